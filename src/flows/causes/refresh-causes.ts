import { doctorCommand, loginCommand, refreshCommand, type Cause } from "./cause.ts";

const signInAgain = "Sign in again, with all its settings kept";
const isRejected = "`invalid_grant` when tokens are refreshed (`REFRESH_REJECTED`, exit 4).";

/** What makes Intuit refuse a refresh token. */
export const refreshCauses = {
  "keys-wrong": {
    when: "refresh",
    exitCode: 5,
    summary: ({ clientId }) =>
      `the client ID ${clientId ?? ""} and its client secret do not belong together any more: the secret is mistyped, or was replaced at Intuit`,
    advice: "Store the current client secret",
    commands: ({ environment, clientId }) => [
      `qbo app set --env ${environment ?? "sandbox"} --client-id ${clientId ?? "<id>"} --client-secret-stdin`,
    ],
    symptom: "`invalid_client` (`CLIENT_REJECTED`, exit 5), in a sign-in as well as in a refresh.",
    evidence:
      "The journal shows that Intuit rejected the client; then a made-up code is exchanged, which right keys answer with 400 and wrong ones with 401.",
  },
  "revoked-here": {
    when: "refresh",
    exitCode: 4,
    summary: () => "the connection was revoked on purpose, with qbo revoke",
    advice: signInAgain,
    commands: (subject) => [loginCommand(subject)],
    symptom: "The connection is `disconnected`; a copy of its token elsewhere gets `invalid_grant`.",
    evidence: "The journal holds the revocation, and no sign-in after it.",
  },
  "hard-expiry-reached": {
    when: "refresh",
    exitCode: 4,
    summary: () => "the consent has reached its five-year limit, which refreshing does not move",
    advice: signInAgain,
    commands: (subject) => [loginCommand(subject)],
    symptom: "`REFRESH_EXPIRED`, or " + isRejected,
    evidence: "The hard expiry that Intuit told with the tokens is past.",
  },
  "refresh-token-expired": {
    when: "refresh",
    exitCode: 4,
    summary: () => "the refresh token has expired, because it was not used for about 100 days",
    advice: signInAgain,
    commands: (subject) => [loginCommand(subject)],
    symptom: "`REFRESH_EXPIRED`, or " + isRejected,
    evidence:
      "The expiry that Intuit told with the tokens is past, also by Intuit's own clock. A scheduled `qbo refresh --all --expiring-within 30d` prevents it.",
  },
  "double-exchange": {
    when: "refresh",
    exitCode: 4,
    summary: () =>
      "one authorization code was sent twice, which Intuit answers by revoking the tokens that the first exchange brought",
    advice: signInAgain,
    commands: (subject) => [loginCommand(subject)],
    symptom: isRejected + " It begins right after a sign-in that seemed to work.",
    evidence: "The journal shows one code, by its fingerprint, in two exchanges, before the failures began.",
  },
  "stale-refresh-token": {
    when: "refresh",
    exitCode: 4,
    summary: () =>
      "an old refresh token was sent: this machine had already been given a newer one, and the store holds the old one again",
    advice: "Restore the newer copy of the store if there is one; otherwise sign in again",
    commands: (subject) => [loginCommand(subject)],
    symptom: isRejected + " Typical after a backup was restored, or a CI secret was imported once more.",
    evidence: "The journal shows that the stored token was replaced by a newer one.",
  },
  "rotated-elsewhere": {
    when: "refresh",
    exitCode: 4,
    summary: () => "another machine or process refreshed the connection and holds the newer token",
    advice: "Let one store serve both, or sign in again here, which ends the other copy",
    commands: (subject) => [loginCommand(subject)],
    symptom: isRejected + " Typical for a token that was copied to several machines.",
    evidence:
      "Another host's events in the journal show a later rotation, or the store holds a newer token than the one that was rejected.",
  },
  "unconfirmed-refresh": {
    when: "refresh",
    exitCode: 6,
    exitCodeWhenRejected: 4,
    summary: () => "a refresh was sent whose answer was lost, so Intuit may have replaced the token meanwhile",
    advice: "Wait 30 s and send the stored token once more; if that is rejected, sign in again",
    commands: (subject) => [refreshCommand(subject), loginCommand(subject)],
    symptom: "`REFRESH_UNCONFIRMED` (exit 6), perhaps followed by `invalid_grant`.",
    evidence: "The journal shows a refresh of the stored token whose answer never came.",
  },
  "client-changed": {
    when: "refresh",
    exitCode: 4,
    summary: ({ clientId }) =>
      `the connection was made by the client ${clientId ?? ""}, and its app has another client ID by now`,
    advice: "Sign in again, which moves the connection to the new client",
    commands: (subject) => [loginCommand(subject)],
    symptom: isRejected,
    evidence:
      "The configured client ID of the app differs from the one that made the connection, whose secret may be gone.",
  },
  "service-outage": {
    when: "refresh",
    exitCode: 6,
    summary: () => "Intuit's service has an outage, during which it may answer invalid_grant to valid tokens",
    advice: "Change nothing, and try again in 15 minutes; https://status.developer.intuit.com tells when it is over",
    commands: (subject) => [refreshCommand(subject)],
    symptom: "`INTUIT_BUSY` or `SERVICE_SUSPECT` (exit 6), or `invalid_grant` for several connections at once.",
    evidence:
      "Intuit's status page reports an incident, its API answers with 5xx, or several different connections were rejected within minutes.",
  },
  "revoked-or-rotated-elsewhere": {
    when: "refresh",
    exitCode: 4,
    summary: () => "the app was disconnected in QuickBooks, or another program holds a newer token",
    advice: signInAgain,
    commands: (subject) => [loginCommand(subject), doctorCommand(subject)],
    symptom: isRejected,
    evidence:
      "Nothing here explains the rejection. First, the person disconnected the app in QuickBooks (Apps, My Apps); second, another tool refreshes with a copy of the token.",
  },
} as const satisfies Record<string, Cause>;
