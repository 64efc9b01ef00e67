const reserved = new Set([
  "all",
  "default",
  "none",
  "new",
  "help",
  "login",
  "emulator",
  "sandbox",
  "production",
  // Names that Windows keeps for devices, whatever the extension.
  "con",
  "prn",
  "aux",
  "nul",
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`com${n}`, `lpt${n}`]),
]);

const longest = 64;

/** Whether `name` may name a connection: `[a-z0-9-]+`, not all digits (a realm ID is), not a reserved word. */
export function isConnectionName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(name) && name.length <= longest && !/^\d+$/.test(name) && !reserved.has(name);
}

/** The default name of a connection: the company's name as a slug, else `company-<last 4 of the realm>`, made unique. */
export function deriveConnectionName(
  companyName: string | null,
  realmId: string,
  isTaken: (name: string) => boolean,
): string {
  const slug = (companyName ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  const base = isConnectionName(slug) ? slug : `company-${realmId.slice(-4)}`;
  let name = base;
  for (let count = 2; isTaken(name); count += 1) name = `${base}-${count}`;
  return name;
}
