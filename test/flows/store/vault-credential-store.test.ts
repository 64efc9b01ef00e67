import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/adapters/clock.ts";
import { createLock } from "../../../src/adapters/lock/lock.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { createFileVault } from "../../../src/adapters/vault/file.ts";
import { Secret } from "../../../src/core/secret.ts";
import { createVaultCredentialStore } from "../../../src/flows/store/vault-credential-store.ts";
import { testCredentialStore } from "../../contract/credential-store.ts";

testCredentialStore("files", async () => {
  const home = mkdtempSync(join(tmpdir(), "qbo-credential-store-"));
  writeFileSync(join(home, "plain"), "");
  const open = (folder: string) => {
    const lock = createLock({
      folder: join(home, "locks"),
      clock: systemClock,
      host: "here",
      pid: process.pid,
      random: systemRandom,
    });
    const storeKey = new Secret(Buffer.alloc(32, 7).toString("base64"));
    const vault = createFileVault({ folder: join(home, folder), storeKey, keychain: undefined });
    return createVaultCredentialStore({ vault, lock, isProbeCheap: true });
  };
  return {
    store: open("secrets"),
    twin: open("secrets"),
    unreachable: open("plain/secrets"),
    close: async () => rmSync(home, { recursive: true }),
  };
});
