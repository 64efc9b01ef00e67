// needs: secret-service, credential-helpers
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { testVault } from "../contract/vault.ts";
import { buildVaultProgram, type VaultProgram } from "../contract/vault-process.ts";
import { startSecretService } from "./secret-service.ts";

const settings = { helper: "secretservice" };
let program: VaultProgram;
beforeAll(async () => {
  program = await buildVaultProgram();
});
afterAll(() => program.remove());

testVault("docker-credential-secretservice", async () => {
  const service = await startSecretService();
  const locked = await startSecretService({ locked: true });
  const processes = [service, service, locked].map(({ env }) => program.start(settings, { env }));
  const [vault, twin, unreachable] = processes.map((process) => process.vault);
  if (vault === undefined || twin === undefined || unreachable === undefined) throw new Error("three were started");
  const close = async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await Promise.all([service.stop(), locked.stop()]);
  };
  return { vault, twin, unreachable, close };
});

describe("docker-credential-secretservice", () => {
  it("is never believed that nothing is stored while its keyring is locked", async () => {
    const service = await startSecretService();
    const process = program.start(settings, { env: service.env });
    const { vault } = process;
    try {
      await vault.write("connection/sandbox/app/1", new Secret("kept"));
      await service.lock();
      await expect(vault.read("connection/sandbox/app/1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await expect(vault.read("connection/sandbox/app/2")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    } finally {
      await process.stop();
      await service.stop();
    }
  });
});
