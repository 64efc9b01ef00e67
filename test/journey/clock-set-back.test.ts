import { expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

const [hour, day] = [3600, 86_400];
const tokenPath = "/oauth2/v1/tokens/bearer";

it("a token that came while the clock was ahead is not handed out by what that clock made of its expiry", async () => {
  const { qbo, advance, countRequests, world, signIn } = await startEmulatedIntuit();
  await signIn(undefined, "--name", "acme");
  world.clock.advance(9 * hour);
  expect((await qbo("refresh")).exitCode).toBe(0);
  const early = (await qbo("token")).stdout;
  world.clock.advance(-9 * hour);
  await advance(2 * hour);

  const status = await qbo("status", "--json");
  expect(status.json()).toMatchObject({
    connections: [{ state: "stale", accessToken: null, refreshToken: { expiresAt: null, hardExpiresAt: null } }],
  });
  const before = await countRequests(tokenPath);
  const token = await qbo("token", "--json");
  expect(token.json()).toMatchObject({ expiresIn: expect.closeTo(hour, -2) });
  expect(token.json<{ accessToken: string }>().accessToken).not.toBe(early.trim());
  expect((await qbo("token")).exitCode).toBe(0);
  expect(await countRequests(tokenPath)).toBe(before + 1);
  expect((await qbo("status", "--json")).json()).toMatchObject({ connections: [{ state: "ready" }] });
});

it("a bulk run does not leave out a connection whose expiry nobody knows since the clock was set back", async () => {
  const { qbo, world, signIn } = await startEmulatedIntuit();
  world.clock.advance(200 * day);
  await signIn(undefined, "--name", "acme");
  world.clock.advance(-200 * day);
  expect((await qbo("refresh", "--expiring-within", "14d", "--json")).json()).toMatchObject({ refreshed: 1 });
  expect((await qbo("refresh", "--expiring-within", "14d", "--json")).json()).toMatchObject({
    refreshed: 0,
    failed: 0,
  });
});

it("clocks that differ by a few minutes cause no refreshes", async () => {
  const { qbo, countRequests, world, signIn } = await startEmulatedIntuit();
  world.clock.advance(240);
  await signIn(undefined, "--name", "acme");
  world.clock.advance(-240);
  const before = await countRequests(tokenPath);
  expect((await qbo("token")).exitCode).toBe(0);
  expect(await countRequests(tokenPath)).toBe(before);
});
