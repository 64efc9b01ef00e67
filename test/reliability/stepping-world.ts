import type { CredentialStore } from "../../src/core/store-ports.ts";
import type { World } from "../../src/core/world.ts";

/** Told of each step, in words, before it is taken or after it was; as long as it does not resolve, the program stands still. */
export type Step = (name: string) => Promise<void>;

/** Calls that change something which outlives the process. Only at these can a crash make a difference. */
const changes: Readonly<Record<string, readonly string[]>> = {
  journal: ["append"],
  facts: ["create", "update", "rename", "remove"],
  clients: ["write", "remove"],
  rescue: ["write", "remove"],
  store: ["writeClientSecret", "removeClientSecret"],
  tokens: ["save", "replace", "remove"],
  http: ["send"],
};

/** The same world, but that each change through one of its doors is a step before it and another after it. */
export function withSteps(world: World, step: Step): World {
  return {
    ...world,
    journal: watch("journal", world.journal, step),
    facts: watch("facts", world.facts, step),
    clients: watch("clients", world.clients, step),
    rescue: watch("rescue", world.rescue, step),
    openStore: async (name) => watchStore(await world.openStore(name), step),
    http: async () => watch("http", await world.http(), step),
  };
}

function watchStore(store: CredentialStore, step: Step): CredentialStore {
  const exclusively: CredentialStore["exclusively"] = async (id, work, wait) => {
    const answer = await store.exclusively(
      id,
      async (held) => {
        await step("after the lock is taken");
        const result = await work(watch("tokens", held, step));
        await step("before the lock is released");
        return result;
      },
      wait,
    );
    await step("after the lock is released");
    return answer;
  };
  const { join } = store;
  const joined = join && { join: ((id, held) => watch("tokens", join(id, held), step)) satisfies typeof join };
  return watch("store", { ...store, ...joined, exclusively }, step);
}

function watch<T extends object>(room: string, target: T, step: Step): T {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof value !== "function") return value;
      if (!changes[room]?.includes(String(key))) return value.bind(object);
      return async (...args: unknown[]) => {
        if (isQuestion(args[0])) return Reflect.apply(value, object, args);
        const name = `${room}.${String(key)}${describe(args[0])}`;
        await step(`before ${name}`);
        const result: unknown = await Reflect.apply(value, object, args);
        await step(`after ${name}`);
        return result;
      };
    },
  });
}

/** A request that changes nothing at Intuit. */
function isQuestion(argument: unknown): boolean {
  return typeof argument === "object" && argument !== null && "method" in argument && argument.method === "GET";
}

/** What a request or an event is about; a realm ID is different every time. */
function describe(argument: unknown): string {
  if (typeof argument !== "object" || argument === null) return "";
  if ("url" in argument) return ` ${new URL(String(argument.url)).pathname.replaceAll(/\/\d+/g, "")}`;
  return "event" in argument ? ` ${String(argument.event)}` : "";
}
