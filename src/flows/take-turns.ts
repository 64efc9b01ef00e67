import type { World } from "../core/world.ts";
import type { Turn } from "./crew.ts";

/**
 * The way to Intuit for an item of a run over many: nothing is sent before it is its turn, and the turn is passed on when an answer comes that
 * says yes. What is left to do for it (durable writes) then overlaps with the request of another.
 */
export function takeTurns(http: World["http"], turn: Turn, onSuccess: () => void): World["http"] {
  return async () => {
    const way = await http();
    return {
      async send(request) {
        await turn.take();
        const answer = await way.send(request);
        if (answer.status === 200) {
          onSuccess();
          turn.pass();
        }
        return answer;
      },
    };
  };
}
