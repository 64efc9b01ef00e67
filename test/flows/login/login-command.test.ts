import { describe, expect, it } from "vitest";
import { formatLoginCommand } from "../../../src/flows/login/login-command.ts";
import type { LoginPlan } from "../../../src/flows/login/plan.ts";
import { readListenAddress, readRedirectUri } from "../../../src/oauth/redirect-uri.ts";

const redirectUri = readRedirectUri("https://connect.example.com/callback");

function format(change: Partial<LoginPlan>): string {
  return formatLoginCommand({
    environment: {
      name: "production",
      redirectRules: "production",
      endpoints: { authorization: "", token: "", revocation: "", userInfo: "", jwks: "", issuer: "", api: "" },
    },
    app: { name: "production", environment: "production", clientId: "c", redirectUri, scopes: [], source: "" },
    isRedirectGiven: false,
    scopes: [],
    listen: undefined,
    tls: undefined,
    store: "file",
    existing: undefined,
    name: undefined,
    timeout: 1,
    ...change,
  });
}

const tunnel = readListenAddress("http://[::1]:8722");

describe("the command for the same sign-in again", () => {
  it.each<[what: string, change: Partial<LoginPlan>, words: string]>([
    ["the environment", {}, "--env production"],
    ["the connection", { existing: { id: "e/c/1", name: "acme", realmId: "1", companyName: null } }, "acme"],
    ["a redirect URI of its own", { isRedirectGiven: true }, `--env production --redirect-uri ${redirectUri.text}`],
    ["a tunnel's end", { listen: tunnel }, "--env production --listen http://[::1]:8722"],
    [
      "a certificate in place of the listen address that follows from it",
      {
        listen: readListenAddress("https://localhost:443"),
        tls: { certificateFile: "my cert.pem", keyFile: "key.pem" },
      },
      "--env production --tls-cert 'my cert.pem' --tls-key key.pem",
    ],
  ])("says %s", (_, change, words) => {
    expect(format(change)).toBe(`qbo login ${words}`);
  });
});
