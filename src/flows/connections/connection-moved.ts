import type { ConnectionFacts } from "../../core/connection.ts";
import type { World } from "../../core/world.ts";

/** The tokens were moved to another store after the facts were read from which they were looked for. */
export class ConnectionMoved extends Error {
  override readonly name = "ConnectionMoved";
  /** As they are now. */
  readonly facts: ConnectionFacts;

  constructor(facts: ConnectionFacts) {
    super(`${facts.name} was moved to another store meanwhile`);
    this.facts = facts;
  }
}

/** Whether the tokens of a connection that was known lie in another store by now. */
export function hasMoved(known: ConnectionFacts, now: ConnectionFacts): boolean {
  return known.id === now.id && known.store !== now.store;
}

/**
 * For whoever holds the connection in the store that the facts named: while nobody else can move it, makes sure that nobody has. What an
 * interrupted move left in the old store looks like tokens, and must not be refreshed.
 * @throws `ConnectionMoved`.
 */
export async function assertNotMoved(world: Pick<World, "facts">, known: ConnectionFacts): Promise<void> {
  const now = await world.facts.read(known.name);
  if (now && hasMoved(known, now)) throw new ConnectionMoved(now);
}

/** More moves of one connection than happen while one command waits for it. */
const mostMoves = 5;

/** Does `work` on a connection, once more with its facts as they are by then when it was moved in the middle. */
export async function followMoves<T>(facts: ConnectionFacts, work: (facts: ConnectionFacts) => Promise<T>): Promise<T> {
  let current = facts;
  for (let moves = 0; ; moves += 1) {
    try {
      return await work(current);
    } catch (error) {
      if (!(error instanceof ConnectionMoved) || moves === mostMoves) throw error;
      current = error.facts;
    }
  }
}
