// needs: secret-service, credential-helpers
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { testVault } from "../contract/vault.ts";
import { buildVaultProgram, type VaultProgram } from "../contract/vault-process.ts";
import { start } from "../emulator/emulator-client.ts";
import { describeImport, grant, nameOf } from "../reliability/scene.ts";
import { createHome, runQbo } from "./qbo-process.ts";
import { startSecretService } from "./secret-service.ts";
import { openSecretServiceVaults } from "./secret-service-vaults.ts";

const settings = { helper: "secretservice" };
let program: VaultProgram;
beforeAll(async () => {
  program = await buildVaultProgram();
});
afterAll(() => program.remove());

testVault("docker-credential-secretservice", () => openSecretServiceVaults(program, settings));

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

  it("keeps connections of the whole program, and `store status` tells when its keyring is locked", async () => {
    const [service, home, emulator] = [await startSecretService(), createHome(), await start()];
    onTestFinished(() => service.stop());
    const { HOME: _, ...session } = service.env;
    const env = { ...session, QBO_STORE: "helper:secretservice" };
    const qbo = (words: string, stdin?: string) =>
      runQbo(words.split(" "), { home, emulator, env, ...(stdin === undefined ? {} : { stdin }) });
    const [granted = expect.fail("there is a company")] = await grant(emulator, 1);
    expect(await qbo("import --stdin", describeImport([granted]))).toMatchObject({ exitCode: 0 });
    const name = nameOf(granted.realmId);
    const { exitCode, stdout: token } = await qbo(`token ${name}`);
    expect([exitCode, token.trim()]).toEqual([0, expect.not.stringMatching(/^$/)]);
    expect((await qbo("store status")).stdout).toContain("docker-credential-secretservice");
    await service.lock();
    expect((await qbo(`token ${name} --json`)).stderr).toContain('"STORE_UNAVAILABLE"');
    expect(await qbo("store status --json")).toMatchObject({
      exitCode: 7,
      stdout: expect.stringMatching(/"reachable": *false/),
    });
    await service.unlock();
    expect(await qbo(`store move ${name} --to file`)).toMatchObject({ exitCode: 0 });
    expect((await qbo(`token ${name}`)).stdout).toBe(token);
  });
});
