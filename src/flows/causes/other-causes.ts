import { doctorCommand, loginCommand, type Cause } from "./cause.ts";

/** What stands in the way at any time. */
export const otherCauses = {
  "store-unavailable": {
    when: "any",
    exitCode: 7,
    summary: () => "the store that holds the secrets cannot be used on this machine now",
    advice: "Mend the store as its check says, then look again",
    commands: (subject) => [doctorCommand(subject)],
    symptom: "`STORE_UNAVAILABLE`, `STORE_CORRUPT` or `FILES_UNAVAILABLE` (exit 7).",
    evidence:
      "Reading, writing or removing a value in the store fails: a locked keychain, no session bus, a full disk, missing rights, another key.",
  },
  "shadowed-by-environment": {
    when: "any",
    exitCode: 7,
    summary: () => "an environment variable or a project file overrides what made the connection",
    advice: "Unset what the check names, then look again",
    commands: (subject) => [doctorCommand(subject)],
    symptom: "It works in one terminal and not in another, or not in CI.",
    evidence:
      "`QBO_CLIENT_ID`, `QBO_CLIENT_SECRET`, `QBO_ENV`, `QBO_APP`, `QBO_STORE`, `QBO_STATE_DIR` or a project file says something else than the connection was made with.",
  },
  "not-admin-anymore": {
    when: "any",
    exitCode: 5,
    summary: ({ realmId }) => `the person who consented is no longer an administrator of the company ${realmId ?? ""}`,
    advice: "Let an administrator of the company sign in",
    commands: (subject) => [loginCommand(subject)],
    symptom: "Calls of the API answer 401 with the code 120; refreshing still works.",
    evidence: "The API answered so to a live token.",
  },
  "subscription-lapsed": {
    when: "any",
    exitCode: 5,
    summary: ({ realmId }) => `the QuickBooks subscription of the company ${realmId ?? ""} has lapsed`,
    advice: "Renew the company's subscription in QuickBooks, then look again",
    commands: (subject) => [doctorCommand(subject)],
    symptom: "Calls of the API answer with the code 6190, or with 7001 on the right host.",
    evidence: "The API answered so to a live token.",
  },
  "scope-missing": {
    when: "any",
    exitCode: 4,
    summary: () => "the consent does not cover a scope that is asked for",
    advice: "Sign in again with the scopes that the check names",
    commands: (subject) => [loginCommand(subject)],
    symptom: "`SCOPE_MISSING` (exit 4), or 403 from the API.",
    evidence:
      "The configured scopes hold one that the connection was not given. More scopes always mean a new consent.",
  },
  "network-unreachable": {
    when: "any",
    exitCode: 6,
    summary: () => "Intuit cannot be reached from this machine",
    advice: "Check network, DNS and proxy as the check says, then look again",
    commands: (subject) => [doctorCommand(subject)],
    symptom: "`INTUIT_UNREACHABLE` (exit 6).",
    evidence:
      "DNS, TLS or the proxy fails for one of the hosts; the check names each with the proxy that applies to it.",
  },
  "clock-skew": {
    when: "any",
    exitCode: 7,
    summary: () => "the clock of this machine is wrong, so expiries are misjudged",
    advice: "Set the clock (turn on its synchronisation), then look again",
    commands: (subject) => [doctorCommand(subject)],
    symptom: "Tokens seem valid and are refused, or seem expired too early; ID tokens are not verified.",
    evidence: "Local time differs from the `Date` header of Intuit's answer by more than 60 s.",
  },
} as const satisfies Record<string, Cause>;
