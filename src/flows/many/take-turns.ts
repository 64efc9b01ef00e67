import type { World } from "../../core/world.ts";
import type { Turn } from "./crew.ts";

/** The way to Intuit for an item of a run over many: nothing is sent before it is its turn. */
export function takeTurns(http: World["http"], turn: Turn): World["http"] {
  return async () => {
    const way = await http();
    return {
      async send(request) {
        await turn.take();
        return way.send(request);
      },
    };
  };
}
