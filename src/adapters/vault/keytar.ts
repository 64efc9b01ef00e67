/** The part of the keychain library that qbo uses. Enumerating is left out: `findCredentials` can crash the process. */
export interface Keytar {
  /** Null when nothing is stored, and just as well when the collection is locked or missing. */
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  /** False when nothing was stored, and just as well when the collection is locked or missing. */
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** Under this service name every entry of qbo lies in the keychain; the account is the vault's key. */
export const keychainService = "qbo-cli";

/** The native library. Its own error hides why it did not load, so the reason is looked for where it can be. */
export async function loadKeytar(): Promise<Keytar> {
  try {
    const library = await import("keytar");
    return library.default;
  } catch (error) {
    if (isMissing(error)) throw new Error("the package keytar is not installed with this program", { cause: error });
    throw new Error(findMissingLibrary() ?? (error instanceof Error ? error.message : String(error)), { cause: error });
  }
}

/** As with the program in a single file, which brings everything but this addon. */
function isMissing(error: unknown): boolean {
  const codes = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];
  return (
    error instanceof Error &&
    "code" in error &&
    codes.includes(String(error.code)) &&
    error.message.includes("'keytar'")
  );
}

/** What the dynamic linker says about libsecret; `undefined` when libsecret loads, or is not what this platform uses. */
function findMissingLibrary(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    process.dlopen({ exports: {} }, "libsecret-1.so.0");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A plain library that loads is still refused, as it is no Node.js addon.
    return message.includes("did not self-register") ? undefined : message;
  }
  return undefined;
}
