/**
 * Stands for a door that is opened when it is first used: most runs of the program use few of theirs, and need not read the code of
 * the others. What `open` throws, the use throws.
 */
export function openWhenUsed<Door extends object>(open: () => Door): Door {
  let door: Door | undefined;
  // An empty stand: whatever is asked of it is looked up at the door.
  const stand: Door = Object.create(null);
  return new Proxy(stand, { get: (_, key): unknown => Reflect.get((door ??= open()), key) });
}
