import { loginCommand, type Cause } from "./cause.ts";

const keysPage = "https://developer.intuit.com/app/developer/dashboard, your app, Keys & credentials";

/** What keeps a sign-in from ending in tokens. */
export const exchangeCauses = {
  "redirect-uri-has-query": {
    when: "exchange",
    exitCode: 5,
    summary: ({ redirectUri }) =>
      `the redirect URI ${redirectUri ?? ""} carries a query or a fragment, which Intuit does not allow`,
    advice: "Register and configure a redirect URI without a query, then sign in",
    commands: (subject) => [
      `qbo app set --env ${subject.environment ?? "sandbox"} --redirect-uri https://localhost:8722/callback`,
      loginCommand(subject),
    ],
    symptom: "The sign-in is refused before it begins, or Intuit answers `invalid_grant` when the code is exchanged.",
    evidence:
      "The configured redirect URI holds a `?` or a `#`, perhaps with a parameter named `code`. Values of your own travel in the `state`; qbo uses it for that.",
  },
  "redirect-uri-mismatch": {
    when: "exchange",
    exitCode: 5,
    summary: ({ redirectUri }) =>
      `the redirect URI ${redirectUri ?? ""} is not registered to the letter for these keys, so Intuit sends nothing back`,
    advice: `Register exactly this redirect URI (${keysPage}), then sign in`,
    commands: (subject) => [loginCommand(subject)],
    symptom:
      "The browser shows a page of Intuit that speaks of the redirect URI, and `qbo login` ends with `LOGIN_TIMED_OUT`; or the exchange answers `invalid_grant`.",
    evidence:
      "The last sign-in timed out without any callback; the redirect URI differs from the one that last worked; production keys are used with a localhost address. Scheme, case, port, path and trailing slash all count, and each key pair has its own list.",
  },
  "keys-environment-mismatch": {
    when: "exchange",
    exitCode: 5,
    summary: ({ environment, realmId }) =>
      `the keys or the environment ${environment ?? ""} do not fit the company ${realmId ?? ""}: development keys reach sandbox companies only, production keys real ones only`,
    advice: "Sign in with the keys of the environment in which the company lives",
    commands: (subject) => [
      subject.environment === "sandbox"
        ? "qbo login --env production"
        : subject.environment === "production"
          ? "qbo login --env sandbox"
          : loginCommand(subject),
      "qbo app list",
    ],
    symptom: "Calls of the API answer 403 with the code 3100, or 400 with 7001, while the token is valid.",
    evidence:
      "The API refuses the company with a live token, and the host of the other environment accepts it (asked only between Intuit's own two hosts); or the same client ID is in use for both environments.",
  },
  "code-already-used": {
    when: "exchange",
    exitCode: 4,
    summary: () => "the authorization code had been exchanged before, and Intuit accepts a code once only",
    advice: "Sign in afresh, and let the browser call back once",
    commands: (subject) => [loginCommand(subject)],
    symptom: "`qbo login` ends with `invalid_grant`, often after the callback's address was opened or pasted again.",
    evidence: "The journal shows the same code, by its fingerprint, in an earlier exchange.",
  },
  "code-expired": {
    when: "exchange",
    exitCode: 4,
    summary: () => "too much time passed between the consent and the exchange: an authorization code lives ten minutes",
    advice: "Sign in afresh, without a pause between consent and callback",
    commands: (subject) => [loginCommand(subject)],
    symptom:
      "`qbo login` ends with `invalid_grant` after the browser, or the machine, had been left alone for a while.",
    evidence:
      "The journal shows more than ten minutes between the beginning of the sign-in, or the code's arrival, and its exchange.",
  },
} as const satisfies Record<string, Cause>;
