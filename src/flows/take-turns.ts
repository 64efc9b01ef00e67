import type { World } from "../core/world.ts";
import { readTokenAnswer } from "../oauth/token-answer.ts";
import type { Turn } from "./crew.ts";

/**
 * The way to Intuit for an item of a run over many: nothing is sent before it is its turn, and the turn is passed on when tokens are granted. What
 * is left to do for it (durable writes) then overlaps with the request of another. A page that comes with status 200 says nothing: in an
 * outage a gateway may send one.
 */
export function takeTurns(
  { http, clock }: Pick<World, "http" | "clock">,
  turn: Turn,
  onGrant: () => void,
): World["http"] {
  return async () => {
    const way = await http();
    return {
      async send(request) {
        await turn.take();
        const sentAt = clock.now();
        const answer = await way.send(request);
        if (readTokenAnswer(answer, sentAt).kind === "granted") {
          onGrant();
          turn.pass();
        }
        return answer;
      },
    };
  };
}
