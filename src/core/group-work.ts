/**
 * Lets many ask for a piece of work that can as well be done for all of them at once: what is asked for while it is under way is done
 * together in the next turn. Each hears how the turn ended that its item was in.
 */
export function groupWork<T>(work: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  let next: { items: T[]; end: Promise<void> } | undefined;
  const begin = (items: T[]) => {
    next = undefined;
    underWay = work(items);
    return underWay;
  };
  return (item) => {
    if (next) next.items.push(item);
    else {
      const items = [item];
      const turn = () => begin(items);
      next = { items, end: underWay.then(turn, turn) };
    }
    return next.end;
  };
}
