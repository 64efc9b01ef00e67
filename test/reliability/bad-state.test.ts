import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorTable } from "../../src/core/errors.ts";
import type { HttpAnswer } from "../../src/core/http.ts";
import { Secret } from "../../src/core/secret.ts";
import { sealByToken } from "../../src/core/sealed-by-token.ts";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";
import type { Outcome } from "../world/run-qbo.ts";
import type { TestWorld } from "../world/test-world.ts";

const exitCodes = [0, ...Object.values(errorTable).map(({ exitCode }) => exitCode)];

/** An end that the contract knows, told in its words, and none that calls itself a defect. */
function expectTypedEnd({ exitCode, stdout, stderr }: Outcome, circumstances: string): void {
  expect(exitCodes, circumstances).toContain(exitCode);
  expect(exitCode, `${circumstances}\n${stderr}`).not.toBe(1);
  expect(`${stdout}${stderr}`, circumstances).not.toMatch(/^\s+at .*[:)]|node:internal/m);
  if (exitCode === 0) return;
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  expect(stdout === "" ? JSON.parse(last) : { error: {} }, circumstances).toHaveProperty("error");
}

async function startSignedIn(): Promise<EmulatedIntuit> {
  const intuit = await startEmulatedIntuit();
  await intuit.signIn(undefined, "--name", "acme");
  return intuit;
}

/** Every file that qbo keeps, with its bytes. */
function readState({ folder }: TestWorld): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path, readFileSync(path)]));
}

/** One way to damage a file: what it does to the bytes. */
const damage = fc.oneof(
  fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => (bytes: Buffer) => {
    const flipped = Buffer.from(bytes);
    if (flipped.length > 0) flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ bits;
    return flipped;
  }),
  fc.nat(10_000).map((at) => (bytes: Buffer) => bytes.subarray(0, at % (bytes.length + 1))),
  fc.nat(10_000).map((at) => (bytes: Buffer) => bytes.subarray(at % (bytes.length + 1))),
  fc.nat(10_000).map((at) => (bytes: Buffer) => Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), bytes])),
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => () => Buffer.from(text)),
  fc.json({ maxDepth: 2 }).map((text) => () => Buffer.from(text)),
);

const commands = ["status", "token acme", "refresh acme", "companyinfo acme", "rename acme acme", "app list"];

describe("files that somebody or something changed", () => {
  it.each(commands)("are read, or refused in plain words, whatever is in them: %s", async (command) => {
    const intuit = await startSignedIn();
    const { world, qbo, advance } = intuit;
    await advance(2 * 3600);
    mkdirSync(world.paths.rescue, { recursive: true });
    mkdirSync(world.paths.config, { recursive: true });
    writeFileSync(join(world.paths.config, "config.json"), '{ "minValidity": 200, "apps": {} }');
    const sealed = sealByToken(new Secret("x"), new Secret("y"));
    await qbo("refresh", "acme");
    const [facts = ""] = readdirSync(world.paths.connections);
    expect(facts).toBe("acme.json");
    writeFileSync(join(world.paths.rescue, "0".repeat(32)), sealed);
    const whole = readState(world);
    const restore = () => {
      for (const [path, bytes] of whole) writeFileSync(path, bytes);
    };
    const cases = fc.record({
      path: fc.constantFrom(...whole.keys()),
      change: damage,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ path, change }) => {
        restore();
        const damaged = change(whole.get(path) ?? Buffer.alloc(0));
        writeFileSync(path, damaged);
        expectTypedEnd(await qbo(...command.split(" "), "--json"), `${command} with ${path} = ${damaged.toString()}`);
      }),
      { numRuns: 70 },
    );
    restore();
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
  });
});

describe("answers of a server that is not well", () => {
  const tokenFields = fc.record(
    {
      token_type: fc.oneof(fc.constant("bearer"), fc.anything()),
      access_token: fc.oneof(fc.constant("access-token-of-a-kind"), fc.anything()),
      refresh_token: fc.oneof(fc.constant("refresh-token-of-a-kind"), fc.anything()),
      expires_in: fc.oneof(fc.constant(3600), fc.anything()),
      x_refresh_token_expires_in: fc.oneof(fc.constant(8_726_400), fc.anything()),
      id_token: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.oneof(tokenFields, fc.dictionary(fc.string(), fc.anything())).map(writeJson),
    fc.record({ error: fc.anything(), error_description: fc.anything() }).map(writeJson),
    fc.record({ Fault: fc.anything(), fault: fc.anything() }).map(writeJson),
  );
  const answer: fc.Arbitrary<HttpAnswer> = fc.record({
    status: fc.oneof(fc.constant(200), fc.constantFrom(302, 400, 401, 403, 429, 500, 502, 503, 504), fc.nat(999)),
    headers: fc.dictionary(
      fc.constantFrom("intuit_tid", "retry-after", "content-type", "location"),
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("0", "1", "-1", "99999999999", "NaN")),
    ),
    body,
  });

  it.each(["refresh acme", "companyinfo acme", "whoami acme", "revoke acme --yes"])(
    "end in plain words, and cost no token: %s",
    async (command) => {
      const { world, qbo } = await startSignedIn();
      const sealed = () => [...readState(world)].filter(([path]) => path.startsWith(world.paths.secrets));
      const [before, whole] = [sealed(), readState(world)];
      expect(before.length).toBeGreaterThan(1);
      await fc.assert(
        fc.asyncProperty(answer, async (given) => {
          for (const [path, bytes] of whole) writeFileSync(path, bytes);
          Object.assign(world.replaced, { http: async () => ({ send: async () => given }) });
          const outcome = await qbo(...command.split(" "), "--json", "--debug", "--verbose");
          expectTypedEnd(outcome, JSON.stringify(given));
          if (outcome.exitCode !== 0) expect(sealed()).toEqual(before);
        }),
        { numRuns: 150 },
      );
    },
  );

  function writeJson(value: unknown): string {
    return JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? String(field) : field)) ?? "";
  }
});
