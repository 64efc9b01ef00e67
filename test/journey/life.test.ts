import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

const hour = 3600;

describe("the life of a connection", () => {
  it("goes from sign-in through refreshes to revocation, and back", async () => {
    const { qbo, advance, effects, world, signIn } = await startEmulatedIntuit();

    const signedIn = await signIn(undefined, "--json");
    expect(signedIn.json()).toMatchObject({
      reconnected: false,
      connection: { name: "copperleaf-garden-works", state: "ready", environment: "emulator", store: "file" },
    });
    expect(await world.visits[0]?.page).toContain("Copperleaf Garden Works");

    const first = await qbo("token");
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toMatch(/^[\x21-\x7e]{100,}\n$/);
    expect((await qbo("token")).stdout).toBe(first.stdout);
    expect((await effects()).refreshes).toBe(0);

    await advance(2 * hour);
    expect((await qbo("status", "--json")).json()).toMatchObject({ connections: [{ state: "stale" }] });
    const second = await qbo("token");
    expect(second.stdout).not.toBe(first.stdout);
    expect((await qbo("token")).stdout).toBe(second.stdout);
    expect((await effects()).refreshes).toBe(1);

    const refreshed = await qbo("refresh", "--json");
    expect(refreshed.json()).toEqual({
      results: [{ connection: "copperleaf-garden-works", outcome: "refreshed", error: null }],
      refreshed: 1,
      unchanged: 0,
      failed: 0,
    });
    expect((await effects()).refreshes).toBe(2);

    expect((await qbo("whoami", "--json")).json()).toMatchObject({
      connection: "copperleaf-garden-works",
      email: "robin.sample@example.com",
      idToken: { verified: true },
    });
    expect((await qbo("companyinfo")).stdout).toContain("100 Example Street, Sampleton, CA 00000");
    const company = (await qbo("companyinfo", "--json")).json<{ companyInfo: object }>();
    expect(company).toMatchObject({ companyInfo: { CompanyName: "Copperleaf Garden Works" } });
    expect(company.companyInfo).not.toHaveProperty("EmployerId");

    const revoked = await qbo("revoke", "--yes", "--json");
    expect(revoked.json()).toEqual({
      results: [{ connection: "copperleaf-garden-works", remote: "revoked", local: "disconnected", error: null }],
    });
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [
        {
          name: "copperleaf-garden-works",
          state: "disconnected",
          accessToken: null,
          refreshToken: null,
          nextAction: "qbo login copperleaf-garden-works",
        },
      ],
    });
    const dead = await qbo("token", "--json");
    expect(dead).toMatchObject({ exitCode: 4, stdout: "" });
    expect(dead.error()).toMatchObject({ code: "NOT_CONNECTED", connection: "copperleaf-garden-works" });

    const again = await qbo("login", "copperleaf-garden-works", "--json");
    expect(again.json()).toMatchObject({
      reconnected: true,
      connection: { name: "copperleaf-garden-works", state: "ready" },
    });
    expect((await qbo("token")).exitCode).toBe(0);
  });
});
