import type { World } from "../core/world.ts";

/**
 * The way to Intuit, telling when an answer came that says yes. What is left to do for the one connection (durable writes) can then overlap
 * with the request of another, and there is no more than the chosen number of requests at a time.
 */
export function noticeSuccess(http: World["http"], onSuccess: () => void): World["http"] {
  return async () => {
    const way = await http();
    return {
      async send(request) {
        const answer = await way.send(request);
        if (answer.status === 200) onSuccess();
        return answer;
      },
    };
  };
}
