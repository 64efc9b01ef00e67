// needs: secret-service
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { randomText, testVault } from "../contract/vault.ts";
import { buildVaultProgram } from "../contract/vault-process.ts";
import type { VaultProcess, VaultProgram, VaultSettings } from "../contract/vault-process.ts";
import { startSecretService } from "./secret-service.ts";
import type { SecretService } from "./secret-service.ts";
import { openSecretServiceVaults } from "./secret-service-vaults.ts";

let program: VaultProgram;
beforeAll(async () => {
  program = await buildVaultProgram();
});
afterAll(() => program.remove());

testVault("the real Secret Service", () => openSecretServiceVaults(program, {}));
testVault("the real Secret Service, with the entry limit of Windows", () =>
  openSecretServiceVaults(program, { maxBytes: 2560 }),
);

describe("a Secret Service that cannot be used", () => {
  const started: { stop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const each of started.toReversed()) await each.stop();
  });

  async function startService(options: Parameters<typeof startSecretService>[0] = {}): Promise<SecretService> {
    const service = await startSecretService(options);
    started.push(service);
    return service;
  }

  function open(env: Record<string, string>, settings: VaultSettings = {}): VaultProcess {
    const process = program.start(settings, { env });
    started.push(process);
    return process;
  }

  const key = "tokens/sandbox/app/1";
  const failing = (reason: string) => ({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(reason),
    hint: expect.stringContaining("--store file"),
  });

  it("is locked: what is stored is not called absent, and is there again once it is unlocked", async () => {
    const service = await startService();
    const token = randomText(4096);
    await open(service.env).vault.write(key, new Secret(`line\n${token}`));
    await service.lock();
    const { vault } = open(service.env);
    await expect(vault.read(key)).rejects.toMatchObject(failing("the keyring is locked"));
    await expect(vault.remove(key)).rejects.toMatchObject(failing("the keyring is locked"));
    await expect(vault.write(key, new Secret("new"))).rejects.toMatchObject(failing("the keyring is locked"));
    await expect(vault.probe({ mayAsk: false })).rejects.toMatchObject(failing("the keyring is locked"));
    await service.unlock();
    expect((await open(service.env).vault.read(key))?.reveal()).toBe(`line\n${token}`);
  });

  it("has no session bus", async () => {
    const { env } = await startService({ withoutKeyring: true });
    const { DBUS_SESSION_BUS_ADDRESS: _, ...without } = env;
    for (const environment of [without, { ...env, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" }]) {
      const { vault } = open(environment);
      await expect(vault.read(key)).rejects.toMatchObject(failing("no D-Bus session bus"));
      await expect(vault.probe({ mayAsk: false })).rejects.toMatchObject(failing("no D-Bus session bus"));
    }
  });

  it("has a session bus, and no keyring on it", async () => {
    const { env } = await startService({ withoutKeyring: true });
    const { vault } = open(env);
    await expect(vault.read(key)).rejects.toMatchObject(failing("provides the Secret Service"));
    await expect(vault.probe({ mayAsk: false })).rejects.toMatchObject(failing("provides the Secret Service"));
  });

  it("hangs: the probe gives up after 3 s, and works again once the service does", async () => {
    const service = await startService();
    const { vault } = open(service.env);
    service.pause();
    const start = performance.now();
    await expect(vault.probe({ mayAsk: false })).rejects.toMatchObject(failing("did not answer in time"));
    // Had a person been waited for, it would have been a minute.
    expect(performance.now() - start).toBeLessThan(40_000);
    service.resume();
    await vault.probe({ mayAsk: false });
  });

  it("hangs while a person may have to act: that is announced, and waited for", async () => {
    const service = await startService();
    const { vault, announced } = open(service.env, { limits: { service: 300, person: 60_000 } });
    service.pause();
    const probing = vault.probe({ mayAsk: true });
    await vi.waitUntil(() => announced.length > 0, { interval: 50, timeout: 20_000 });
    expect(announced).toEqual([expect.stringContaining("waiting for you to unlock")]);
    service.resume();
    await probing;
  });

  it("hangs in the middle of a read, which is bounded", async () => {
    const service = await startService();
    const { vault } = open(service.env, { limits: { service: 100, person: 500 } });
    service.pause();
    await expect(vault.read(key)).rejects.toMatchObject(failing("did not answer in time"));
    service.resume();
  });

  it("keeps the key of a file store, which says so when it is locked", async () => {
    const service = await startService();
    const settings = { folder: `${service.env["HOME"]}/secrets`, withKeychain: true };
    await open(service.env, settings).vault.write(key, new Secret("value"));
    const { vault } = open(service.env, settings);
    expect((await vault.read(key))?.reveal()).toBe("value");
    expect(await vault.describe()).toContain("in the keychain");
    await service.lock();
    await expect(open(service.env, settings).vault.read(key)).rejects.toMatchObject(failing("the keyring is locked"));
  });
});
