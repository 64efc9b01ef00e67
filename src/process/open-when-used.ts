/**
 * Stands for a door that is opened when it is first used: most runs of the program use few of theirs, and need not read the code of
 * the others. What `open` throws, the use throws.
 */
export function openWhenUsed<Door extends object>(open: () => Door): Door {
  let door: Door | undefined;
  const enter = () => (door ??= open());
  // An empty stand: whatever is asked of it is looked up at the door.
  const stand: Door = Object.create(null);
  return new Proxy(stand, {
    get: (_, key): unknown => Reflect.get(enter(), key),
    has: (_, key) => Reflect.has(enter(), key),
    // Whoever takes the door over with changes ({ ...door, … }) takes all of it.
    ownKeys: () => Reflect.ownKeys(enter()),
    getOwnPropertyDescriptor: (_, key) => describe(enter(), key),
  });
}

/** A stand that has nothing of its own may not say that anything is there for good. */
function describe(door: object, key: PropertyKey): PropertyDescriptor | undefined {
  const found = Reflect.getOwnPropertyDescriptor(door, key);
  return found && { ...found, configurable: true };
}
