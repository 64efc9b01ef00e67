import { hasCode } from "../../core/errors.ts";
import type { FactsStore } from "../../core/store-ports.ts";

/** The connections of this machine, for whoever asks again and again whether one is among them. */
export interface OwnConnections {
  /** To be used instead of those that were given: what is done through them is known here. */
  facts: FactsStore;
  /** `id`: a `ConnectionId`. */
  holds(this: void, id: string): Promise<boolean>;
}

/** Reads all records once only, at the first question, as there may be thousands. */
export function watchOwnConnections(facts: FactsStore): OwnConnections {
  let names: Promise<Map<string | null, string>> | undefined;
  const survey = async () => {
    const { facts: known, damaged } = await facts.survey();
    return new Map<string | null, string>([...known, ...damaged].map(({ id, name }) => [id, name]));
  };
  /** A damaged record is still that of its connection. */
  const isAt = async (name: string, id: string) => {
    try {
      return (await facts.read(name))?.id === id;
    } catch (error) {
      if (hasCode(error, "STORE_CORRUPT")) return true;
      throw error;
    }
  };
  return {
    async holds(id) {
      const name = (await (names ??= survey())).get(id);
      if (name === undefined) return false;
      if (await isAt(name, id)) return true;
      // Another process has moved, renamed or removed it since.
      return (await (names = survey())).has(id);
    },
    facts: {
      ...facts,
      async create(created) {
        await facts.create(created);
        (await names)?.set(created.id, created.name);
      },
      async remove(name) {
        const isRemoved = await facts.remove(name);
        const known = await names;
        for (const [id, each] of known ?? []) if (each === name) known?.delete(id);
        return isRemoved;
      },
    },
  };
}
