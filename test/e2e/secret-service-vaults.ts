import type { VaultProgram, VaultSettings } from "../contract/vault-process.ts";
import type { VaultsUnderTest } from "../contract/vault.ts";
import { startSecretService } from "./secret-service.ts";

/** Vaults over two keyrings of the tests' own: one that is unlocked, opened by two processes, and one that is locked. */
export async function openSecretServiceVaults(
  program: VaultProgram,
  settings: VaultSettings,
): Promise<VaultsUnderTest> {
  const service = await startSecretService();
  const locked = await startSecretService({ locked: true });
  const processes = [service, service, locked].map(({ env }) => program.start(settings, { env }));
  const [vault, twin, unreachable] = processes.map((process) => process.vault);
  if (vault === undefined || twin === undefined || unreachable === undefined) throw new Error("three were started");
  return {
    vault,
    twin,
    unreachable,
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
      await Promise.all([service.stop(), locked.stop()]);
    },
  };
}
