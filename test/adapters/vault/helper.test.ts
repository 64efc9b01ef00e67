import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { decodeEntry, encodeEntry, toServerUrl } from "../../../src/adapters/vault/helper-entry.ts";
import { createHelperVault } from "../../../src/adapters/vault/helper.ts";
import { Secret } from "../../../src/core/secret.ts";
import { installHelper, wellBehaved } from "./scripted-helper.ts";

const key = "connection/sandbox/AB1/9341";
const value = new Secret("a-value-that-nobody-may-see\nsecond line\n");

function open(path: string, limits = { service: 10_000, person: 10_000 }, environment: NodeJS.ProcessEnv = {}) {
  const options = { helper: "test", platform: "linux", limits } as const;
  return createHelperVault({ ...options, environment: { ...environment, PATH: path } });
}

const unavailable = (message: RegExp) => ({
  code: "STORE_UNAVAILABLE",
  message: expect.stringMatching(message),
  hint: expect.stringContaining("`"),
});

describe("a credential helper", () => {
  it("gets everything but its verb on stdin, and none of qbo's settings", async () => {
    const helper = installHelper("test");
    const vault = open(helper.path, undefined, { QBO_CLIENT_SECRET: "s3cret", qbo_store_key: "k3y", HOME: "/home/x" });
    await vault.write(key, value);
    expect((await vault.read(key))?.equals(value)).toBe(true);
    expect(await vault.remove(key)).toBe(true);
    expect([...new Set(helper.calls())].toSorted()).toEqual(["erase", "get", "store"]);
    expect(helper.environment()).toContain("HOME=/home/x");
    expect(helper.environment()).not.toMatch(/qbo_/i);
  });

  it("is looked for in the absolute folders of PATH, and named when it is in none", async () => {
    const helper = installHelper("test");
    for (const path of ["", ".", relative(process.cwd(), helper.folder), "/nowhere"]) {
      const missing = unavailable(/^The store helper:test needs the program docker-credential-test\.$/);
      await expect(open(path).read(key)).rejects.toMatchObject(missing);
    }
    const onWindows = createHelperVault({ helper: "test", platform: "win32", environment: { PATH: helper.path } });
    await expect(onWindows.read(key)).rejects.toMatchObject(unavailable(/docker-credential-test\.exe/));
  });

  it.each([
    ["hangs", `echo $$ > "$(dirname "$0")/pid"\nexec sleep 600`, /no answer within 0\.4 s and was ended/],
    ["answers without end", "head -c 200000 /dev/zero", /more than 64 KiB/],
    ["answers what is no JSON", "echo '<html>'", /no answer of the protocol/],
    ["answers JSON of another kind", "echo '[\"Secret\"]'", /no answer of the protocol/],
    ["answers nothing", "true", /no answer of the protocol/],
    ["answers an empty secret", `echo '{"ServerURL":"","Username":"","Secret":""}'`, /an entry without a secret/],
    ["fails with a reason", "echo 'the vault is sealed.'; exit 1", /\(ended with status 1\): the vault is sealed\.$/],
    ["fails on stderr", "echo 'no session' >&2; exit 3", /\(ended with status 3\): no session\.$/],
    ["fails without a word", "exit 1", /it said nothing/],
    ["is killed", "kill -9 $$", /ended by a signal/],
    ["says in control characters why", "printf '\\033[2Jgone'; exit 1", /\\u001b\[2Jgone/],
    ["cannot be run", null, /could not be started/],
  ])("that %s makes the store unreachable, and never empty", async (_, lines, message) => {
    const helper = installHelper("test", lines ?? undefined);
    if (lines === null) writeFileSync(join(helper.folder, "docker-credential-test"), "#!/nowhere/sh\n");
    // Long enough for a busy machine, but where the end of patience is the point.
    const limit = lines?.includes("sleep") ? 400 : 20_000;
    const vault = open(helper.path, { service: limit, person: limit });
    await expect(vault.read(key)).rejects.toMatchObject(unavailable(message));
    await expect(vault.write(key, value)).rejects.toMatchObject(unavailable(message));
    await expect(vault.remove(key)).rejects.toMatchObject(unavailable(message));
    await expect(vault.probe({ mayAsk: false })).rejects.toMatchObject(unavailable(message));
    if (!lines?.includes("sleep")) return;
    const note = join(helper.folder, "pid");
    const readPid = () => Number(existsSync(note) ? readFileSync(note, "utf8") : 0);
    // A helper that is ended before it has begun proves nothing.
    for (let longer = limit; readPid() === 0; longer *= 2)
      await expect(open(helper.path, { service: longer, person: longer }).read(key)).rejects.toThrow("was ended");
    const pid = readPid();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { timeout: 20_000 });
  });

  it("is believed when it has ended, also while a program that it started keeps its output open", async () => {
    const { path } = installHelper("test", `sleep 15 &\n${wellBehaved}`);
    const vault = open(path);
    await vault.write(key, value);
    expect((await vault.read(key))?.equals(value)).toBe(true);
  });

  it.each(["kill -INT $$", "kill -HUP $$", "exit 130"])(
    "that Ctrl-C reaches as `%s` is asked again",
    async (ending) => {
      const cutOnce = `if [ ! -f "$0.$1" ]; then touch "$0.$1"; ${ending}; fi\n${wellBehaved}`;
      const vault = open(installHelper("test", cutOnce).path);
      await vault.write(key, value);
      expect((await vault.read(key))?.equals(value)).toBe(true);
      expect(await vault.remove(key)).toBe(true);
    },
  );

  it("that repeats the secret in its complaint gives nothing away", async () => {
    const complaining = wellBehaved.replace('printf %s "$input" > "$file"', 'printf "cannot keep %s" "$input"; exit 1');
    const { path } = installHelper("test", complaining);
    const failure: unknown = await open(path)
      .write(key, value)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject(unavailable(/cannot keep/));
    expect(String(failure)).not.toMatch(/nobody-may-see|bm9ib2R5|YS12YWx1/);
  });

  it.each([
    ["keeps nothing", wellBehaved.replace('printf %s "$input" > "$file"', "true"), /after `store` what was stored/],
    ["keeps the old value", wellBehaved.replace("store)", 'store) [ -f "$file" ] ||'), /after `store` what was stored/],
    [
      "shortens what it keeps",
      wellBehaved.replace('cat "$file"', `sed 's/....==*"/"/' "$file"`),
      /after `store` what was/,
    ],
    ["removes nothing", wellBehaved.replace("rm -f", "test"), /after `erase` the entry is still there/],
    [
      "gives whatever it has",
      wellBehaved.replace("get)", 'get) cat "${file%/*}"/*9342 2>/dev/null && exit 0;'),
      /another entry/,
    ],
  ])("that %s is not relied on", async (_, lines, message) => {
    const helper = installHelper("test");
    await open(helper.path).write(key, value);
    await open(helper.path).write("connection/sandbox/AB1/9342", value);
    helper.behave(lines);
    const vault = open(helper.path);
    const written: unknown = await vault.write(key, new Secret("another value")).catch((error: unknown) => error);
    const removed: unknown = await vault.remove(key).catch((error: unknown) => error);
    expect([written, removed]).toContainEqual(expect.objectContaining(unavailable(message)));
  });

  it("that says of everything that it is not there is asked to keep something first", async () => {
    const locked =
      'case "$1" in get|erase) echo "credentials not found in native keychain"; exit 1 ;; store) exit 1 ;; esac';
    const vault = open(installHelper("test", locked).path);
    await expect(vault.read(key)).rejects.toMatchObject(unavailable(/failed at `store`/));
    await expect(vault.remove(key)).rejects.toMatchObject(unavailable(/failed at `store`/));
  });

  it("that has something else under the same address does not pass it off as a token", async () => {
    const foreign = wellBehaved.replace('cat "$file"', `echo '{"Username":"x","Secret":"hunter2"}'`);
    const helper = installHelper("test");
    await open(helper.path).write(key, value);
    helper.behave(foreign);
    const error = await open(helper.path)
      .read(key)
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "STORE_CORRUPT", message: expect.stringContaining(toServerUrl(key)) });
    expect(String(error)).not.toContain("hunter2");
    helper.behave(wellBehaved);
    await open(helper.path).write(key, value);
    expect((await open(helper.path).read(key))?.equals(value)).toBe(true);
  });
});

describe("an entry of a credential helper", () => {
  it("has an address in which nothing is left to interpret, and which is different for every key", () => {
    expect(toServerUrl("client/AB-1.x_y")).toBe("https://qbo-cli.local/client/AB-1.x_y");
    expect(toServerUrl("a/../b?c#d%2f~e")).toBe("https://qbo-cli.local/a/~2e./b~3fc~23d~252f~7ee");
  });

  it("opens for its own key only", () => {
    const { Secret: text }: { Secret: string } = JSON.parse(encodeEntry("a", value, "0".repeat(16)));
    expect(decodeEntry("a", JSON.stringify({ Secret: ` ${text}\n` }))).toMatchObject({ kind: "value" });
    expect(decodeEntry("b", JSON.stringify({ Secret: text }))).toEqual({ kind: "other-key" });
    expect(decodeEntry("a", JSON.stringify({ Secret: "hunter2" }))).toEqual({ kind: "foreign" });
  });
});
