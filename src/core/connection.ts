import type { Endpoints } from "./environment.ts";
import type { ErrorCode } from "./errors.ts";
import type { Instant } from "./instant.ts";

/** Environment + client ID + realm ID: signing in to the same three reconnects, and makes no second connection. */
export type ConnectionId = `${string}/${string}/${string}`;

export interface ConnectionIdentity {
  environment: string;
  clientId: string;
  realmId: string;
}

/** The identity as one text, in which none of the parts can contain the separator. */
export function formatConnectionId({ environment, clientId, realmId }: ConnectionIdentity): ConnectionId {
  return `${environment}/${clientId}/${realmId}`;
}

export type RefreshOutcome = "ok" | "rejected" | "unconfirmed" | "unreachable";

/** What is known of the tokens without the tokens. */
export interface TokenFacts {
  generation: number;
  accessTokenExpiresAt: Instant | null;
  /** Absent when unknown. */
  accessTokenReceivedAt?: Instant;
  refreshTokenExpiresAt: Instant | null;
  refreshTokenRotatedAt: Instant;
  hardExpiresAt: Instant | null;
  /** `fingerprint` of the refresh token. */
  refreshTokenFingerprint: string;
}

/** Evidence that a person must sign in. It is not a verdict: an outage may answer the same, and a success clears it. */
export interface RejectionMark {
  at: Instant;
  code: ErrorCode;
  detail: string;
  intuitTid: string | null;
}

/** Claims of an ID token (OpenID Connect Core, section 2) as they were found when it came. */
export interface IdTokenFacts {
  verified: boolean;
  verifiedAt: Instant;
  issuer: string | null;
  audience: string[];
  subject: string | null;
  realmId: string | null;
  expiresAt: Instant | null;
}

/** One app's access to one company, as far as it is known without secrets. */
export interface ConnectionFacts {
  id: ConnectionId;
  name: string;
  environment: string;
  app: string;
  clientId: string;
  realmId: string;
  companyName: string | null;
  scopes: string[];
  /** The store that holds its tokens; reading never falls back to another. */
  store: string;
  /** Another store that may hold a copy of them, or part of one: a move is under way, or was interrupted. */
  alsoIn?: string;
  /** Recorded at sign-in. Tokens go only there; a configuration that points elsewhere later is refused. */
  endpoints: Endpoints;
  connectedAt: Instant;
  lastUsedAt: Instant | null;
  tokens: TokenFacts;
  lastRefresh: { at: Instant; outcome: RefreshOutcome; intuitTid: string | null } | null;
  rejection: RejectionMark | null;
  disconnectedAt: Instant | null;
  idToken: IdTokenFacts | null;
  /** True from before the secret is written until it is: after a crash the secret record tells whether it ever was. */
  isPending: boolean;
}
