import type { Endpoints, Environment } from "../core/environment.ts";

const shared = {
  authorization: "https://appcenter.intuit.com/connect/oauth2",
  token: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
  revocation: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
  jwks: "https://oauth.platform.intuit.com/op/v1/jwks",
  issuer: "https://oauth.platform.intuit.com/op/v1",
} as const;

/** Intuit's own two environments (Intuit, discovery documents). Development keys reach the first, production keys the second. */
export const intuitEnvironments: Record<"sandbox" | "production", Environment> = {
  sandbox: {
    name: "sandbox",
    redirectRules: "development",
    endpoints: {
      ...shared,
      userInfo: "https://sandbox-accounts.platform.intuit.com/v1/openid_connect/userinfo",
      api: "https://sandbox-quickbooks.api.intuit.com",
    },
  },
  production: {
    name: "production",
    redirectRules: "production",
    endpoints: {
      ...shared,
      userInfo: "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
      api: "https://quickbooks.api.intuit.com",
    },
  },
};

/** Where Intuit reports outages (Statuspage JSON). */
export const statusAddress = "https://status.developer.intuit.com/api/v2/status.json";

export const defaultEmulatorUrl = "https://localhost:9722";

/** The keys that every emulator knows. They open nothing but the emulator. */
export const emulatorClient = { id: "qbo-emulator-client", secret: "qbo-emulator-secret" } as const;

/** The addresses of an emulator at `baseUrl`, which mirrors Intuit's paths on one origin. */
export function buildEmulatorEnvironment(baseUrl: string): Environment {
  const base = baseUrl.replace(/\/+$/, "");
  const endpoints: Endpoints = {
    authorization: `${base}/connect/oauth2`,
    token: `${base}/oauth2/v1/tokens/bearer`,
    revocation: `${base}/v2/oauth2/tokens/revoke`,
    userInfo: `${base}/v1/openid_connect/userinfo`,
    jwks: `${base}/op/v1/jwks`,
    issuer: `${base}/op/v1`,
    api: base,
  };
  return { name: "emulator", redirectRules: "development", endpoints };
}
