import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  consent,
  control,
  exchange,
  get,
  getCompanyInfo,
  readJson,
  readTokens,
  refresh,
  revoke,
  signIn,
  start,
} from "./emulator-client.ts";

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-emulator-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("grants, codes, companies, keys, policy and clock survive a restart", async () => {
  const stateFile = join(await makeFolder(), "state.json");
  const first = await start({ stateFile });
  await control(first, "clock", { advance: 86_400 });
  await control(first, "policy", { oldRefreshTokens: "accept-24h", rotateAfterSeconds: 0 });
  await control(first, "company", { realmId: "77", companyName: "Added" });
  const tokens = await signIn(first);
  const rotated = await readTokens(await refresh(first, tokens.refresh_token));
  const code = (await consent(first)).get("code") ?? "";
  const keys = await readJson(await get(first, "/op/v1/jwks"));
  await first.close();

  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const signingKeyPem = otherKey.export({ type: "pkcs8", format: "pem" }).toString();
  const second = await start({ stateFile, signingKeyPem });
  expect(await control(second, "state")).toMatchObject({
    clockOffsetSeconds: 86_400,
    policy: { rotateAfterSeconds: 0 },
  });
  expect(second.announcement().companies).toContainEqual({ realmId: "77", companyName: "Added" });
  expect(await readJson(await get(second, "/op/v1/jwks"))).toEqual(keys);
  expect((await getCompanyInfo(second, tokens.access_token)).status).toBe(200);
  expect((await refresh(second, tokens.refresh_token)).status).toBe(200);
  expect((await exchange(second, code)).status).toBe(200);
  expect((await exchange(second, code)).status).toBe(400);
  expect((await revoke(second, rotated.access_token)).status).toBe(200);
});

test("an answer is sent only after its effect is on the disk, for the owner's eyes only", async () => {
  const folder = await makeFolder();
  const stateFile = join(folder, "state.json");
  const emulator = await start({ stateFile });
  const { refresh_token } = await signIn(emulator);
  expect(await readFile(stateFile, "utf8")).toContain(refresh_token);
  expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
  await Promise.all(Array.from({ length: 20 }, () => refresh(emulator, refresh_token)));
  expect(await readdir(folder)).toEqual(["state.json"]);
});

test.each(["", "{", "[]", "{}", '{"version":2}', '{"version":1}'])(
  "the state file %j is refused and kept",
  async (text) => {
    const stateFile = join(await makeFolder(), "state.json");
    await writeFile(stateFile, text);
    await expect(start({ stateFile })).rejects.toMatchObject({ code: "STATE_FILE_UNUSABLE" });
    expect(await readFile(stateFile, "utf8")).toBe(text);
  },
);

test("a state file that cannot be written is noticed at the start", async () => {
  const stateFile = join(await makeFolder(), "missing-folder", "state.json");
  await expect(start({ stateFile })).rejects.toMatchObject({ code: "STATE_FILE_UNUSABLE" });
});

test("a snapshot with a foreign policy or key is refused", async () => {
  const stateFile = join(await makeFolder(), "state.json");
  await (await start({ stateFile })).close();
  const good: Record<string, unknown> = JSON.parse(await readFile(stateFile, "utf8"));
  for (const bad of [
    { policy: { unknown: 1 } },
    { signingKeyPem: "no key" },
    { grants: [{ id: 1 }] },
    { version: 2 },
  ]) {
    await writeFile(stateFile, JSON.stringify({ ...good, ...bad }));
    await expect(start({ stateFile })).rejects.toMatchObject({ code: "STATE_FILE_UNUSABLE" });
  }
});
