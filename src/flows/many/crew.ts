import { QboError } from "../../core/errors.ts";

/** The turn of an item that is worked on: there are so many at a time, however many items are under way. */
export interface Turn {
  /** Resolves when it is this item's turn, at once while it has it. Rejects with CANCELLED when the run pauses or ends before. */
  take(): Promise<void>;
  /** Gives the turn to another item. */
  pass(): void;
}

/** The items that are worked on. */
export interface Crew<T> {
  /** Whether one more may begin. */
  hasRoom(): boolean;
  begin(item: T): void;
  /** Gives the turns that are free to those who wait for one. Nobody gets one otherwise. */
  goOn(): void;
  /** Whether somebody is at work, and not merely waiting for a turn. */
  isBusy(): boolean;
  /** Whether such an item is worked on, or waits for its turn. */
  isPresent(isMeant: (item: T) => boolean): boolean;
  /** Lets those who wait for a turn end without one, all or such: while nothing goes on they would hold on to what they have got ready. */
  sendHome(isMeant?: (item: T) => boolean): void;
  /** Resolves when somebody took or passed a turn, began to wait for one, or has finished. */
  change(): Promise<void>;
}

/**
 * Works on items of which only `most` have their turn at a time. A few get ready before, so that no turn is empty while somebody prepares; twice
 * as many as there are turns may be present in all, with those who are finishing.
 */
export function createCrew<T>(most: number, work: (item: T, turn: Turn) => Promise<void>): Crew<T> {
  const ahead = Math.floor(most / 4);
  const [present, preparing, inTurn] = [new Set<T>(), new Set<T>(), new Set<T>()];
  const waiting = new Map<T, { start(this: void): void; leave(this: void): void }>();
  let wake = () => {};

  const take = (item: T) =>
    new Promise<void>((resolve, reject) => {
      if (inTurn.has(item)) return resolve();
      const leave = () => reject(new QboError("CANCELLED", "Nothing was sent: it was not its turn any more."));
      waiting.set(item, { start: resolve, leave });
      wake();
    });
  const pass = (item: T) => {
    inTurn.delete(item);
    wake();
  };

  return {
    hasRoom: () => preparing.size + waiting.size + inTurn.size < most + ahead && present.size < 2 * most,
    begin(item) {
      present.add(item);
      preparing.add(item);
      const turn = { take: () => (preparing.delete(item), take(item)), pass: () => pass(item) };
      void work(item, turn).finally(() => {
        present.delete(item);
        preparing.delete(item);
        pass(item);
      });
    },
    goOn() {
      for (const [item, { start }] of waiting) {
        if (inTurn.size >= most) return;
        waiting.delete(item);
        inTurn.add(item);
        start();
      }
    },
    isBusy: () => present.size > waiting.size,
    isPresent: (isMeant) => [...present].some(isMeant),
    sendHome(isMeant = () => true) {
      for (const [item, { leave }] of waiting) {
        if (!isMeant(item)) continue;
        waiting.delete(item);
        leave();
      }
    },
    change: () => new Promise((resolve) => void (wake = resolve)),
  };
}
