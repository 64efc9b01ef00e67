import { randomUUID } from "node:crypto";
import type { EmulatorClock } from "./clock.ts";
import type { Grant, Judgement } from "./grant.ts";
import { findHardExpiry, findRetired, isAcceptedRefreshToken, isAlive, isValidAccessToken } from "./grant.ts";
import { hashToken, mintAccessToken, mintRefreshToken } from "./mint.ts";
import type { Policy } from "./policy.ts";

/** The tokens that one exchange or refresh hands out. */
export interface IssuedTokens {
  grant: Grant;
  accessToken: string;
  accessTokenExpiresInSeconds: number;
  refreshTokenExpiresInSeconds: number;
  hardExpiresInSeconds: number;
}

export type GrantRequest = Pick<Grant, "clientId" | "realmId" | "scopes">;

const RETIRED_TOKENS_KEPT = 20;

/** Every grant with its living and dead tokens. All methods are synchronous, so two requests cannot interleave. */
export class GrantBook {
  readonly #clock: EmulatorClock;
  readonly #readPolicy: () => Readonly<Policy>;
  readonly #byId = new Map<string, Grant>();
  readonly #byTokenHash = new Map<string, Grant>();
  readonly #byRealmId = new Map<string | null, Grant[]>();

  constructor(clock: EmulatorClock, readPolicy: () => Readonly<Policy>) {
    this.#clock = clock;
    this.#readPolicy = readPolicy;
  }

  open(request: GrantRequest): IssuedTokens {
    const nowSeconds = this.#clock.nowSeconds();
    const grant: Grant = {
      ...request,
      id: randomUUID(),
      firstConsentAtSeconds: this.#findFirstConsent(request),
      consentedAtSeconds: nowSeconds,
      isRevoked: false,
      refreshToken: mintRefreshToken(nowSeconds),
      refreshTokenSinceSeconds: nowSeconds,
      refreshTokenExpiresAtSeconds: nowSeconds,
      retired: [],
      accessTokens: [],
    };
    this.#file(grant);
    return this.#issue(grant);
  }

  /** `undefined`: the token is unknown, old, expired, revoked or another client's. */
  refresh(refreshToken: string, clientId: string): IssuedTokens | undefined {
    const judgement = this.#judgement();
    const grant = this.findByAnyToken(refreshToken);
    if (grant === undefined || grant.clientId !== clientId || !isAlive(grant, judgement)) return undefined;
    if (!isAcceptedRefreshToken(grant, refreshToken, judgement)) {
      const isReplay = findRetired(grant, refreshToken) !== undefined;
      if (isReplay && judgement.policy.oldRefreshTokens === "revoke-chain") grant.isRevoked = true;
      return undefined;
    }
    const ageSeconds = judgement.nowSeconds - grant.refreshTokenSinceSeconds;
    if (ageSeconds >= judgement.policy.rotateAfterSeconds) this.#rotate(grant);
    return this.#issue(grant);
  }

  /** Voids the pair that this access or refresh token belongs to; `false` when the token is not alive. */
  revokeToken(token: string, clientId: string): boolean {
    const judgement = this.#judgement();
    const grant = this.findByAnyToken(token);
    if (grant === undefined || grant.clientId !== clientId || !isAlive(grant, judgement)) return false;
    const isLiving =
      isAcceptedRefreshToken(grant, token, judgement) || isValidAccessToken(grant, token, judgement.nowSeconds);
    if (isLiving) grant.isRevoked = true;
    return isLiving;
  }

  revokeGrant(id: string): void {
    const grant = this.#byId.get(id);
    if (grant !== undefined) grant.isRevoked = true;
  }

  /** The user's "Disconnect" in QuickBooks: voids every grant of the company and answers how many lived. */
  disconnect(realmId: string): number {
    const living = this.#findLiving(realmId);
    for (const grant of living) grant.isRevoked = true;
    return living.length;
  }

  /** The grant of an access token that is valid now. */
  findByAccessToken(accessToken: string): Grant | undefined {
    const grant = this.findByAnyToken(accessToken);
    if (grant === undefined) return undefined;
    return isValidAccessToken(grant, accessToken, this.#clock.nowSeconds()) ? grant : undefined;
  }

  /** The grant that a token belongs to, alive or dead. */
  findByAnyToken(token: string): Grant | undefined {
    return this.#byTokenHash.get(hashToken(token));
  }

  all(): Grant[] {
    return [...this.#byId.values()];
  }

  replaceAll(grants: readonly Grant[]): void {
    for (const index of [this.#byId, this.#byTokenHash, this.#byRealmId]) index.clear();
    for (const grant of grants) this.#file(grant);
  }

  #judgement(): Judgement {
    return { policy: this.#readPolicy(), nowSeconds: this.#clock.nowSeconds() };
  }

  #findLiving(realmId: string | null): Grant[] {
    const judgement = this.#judgement();
    return (this.#byRealmId.get(realmId) ?? []).filter((grant) => isAlive(grant, judgement));
  }

  /** A fresh consent while an older one lives does not start the five years anew. */
  #findFirstConsent({ clientId, realmId }: GrantRequest): number {
    const living = this.#findLiving(realmId).filter((grant) => grant.clientId === clientId);
    return Math.min(this.#clock.nowSeconds(), ...living.map((grant) => grant.firstConsentAtSeconds));
  }

  #file(grant: Grant): void {
    this.#byId.set(grant.id, grant);
    const ofCompany = this.#byRealmId.get(grant.realmId);
    if (ofCompany === undefined) this.#byRealmId.set(grant.realmId, [grant]);
    else ofCompany.push(grant);
    this.#byTokenHash.set(hashToken(grant.refreshToken), grant);
    for (const token of [...grant.retired, ...grant.accessTokens]) this.#byTokenHash.set(token.hash, grant);
  }

  #issue(grant: Grant): IssuedTokens {
    const { policy, nowSeconds } = this.#judgement();
    const hardExpiry = findHardExpiry(grant, policy);
    grant.refreshTokenExpiresAtSeconds = Math.min(nowSeconds + policy.refreshTokenLifetimeSeconds, hardExpiry);
    return {
      grant,
      accessToken: this.#issueAccessToken(grant),
      accessTokenExpiresInSeconds: policy.accessTokenLifetimeSeconds,
      refreshTokenExpiresInSeconds: grant.refreshTokenExpiresAtSeconds - nowSeconds,
      hardExpiresInSeconds: hardExpiry - nowSeconds,
    };
  }

  #issueAccessToken(grant: Grant): string {
    const { policy, nowSeconds } = this.#judgement();
    const accessToken = mintAccessToken(policy.accessTokenLength);
    const hash = hashToken(accessToken);
    for (const old of grant.accessTokens) if (old.expiresAtSeconds <= nowSeconds) this.#byTokenHash.delete(old.hash);
    grant.accessTokens = grant.accessTokens.filter((old) => old.expiresAtSeconds > nowSeconds);
    grant.accessTokens.push({ hash, expiresAtSeconds: nowSeconds + policy.accessTokenLifetimeSeconds });
    this.#byTokenHash.set(hash, grant);
    return accessToken;
  }

  #rotate(grant: Grant): void {
    const nowSeconds = this.#clock.nowSeconds();
    grant.retired.push({ hash: hashToken(grant.refreshToken), atSeconds: nowSeconds });
    const surplus = grant.retired.splice(0, Math.max(0, grant.retired.length - RETIRED_TOKENS_KEPT));
    for (const { hash } of surplus) this.#byTokenHash.delete(hash);
    grant.refreshToken = mintRefreshToken(nowSeconds);
    grant.refreshTokenSinceSeconds = nowSeconds;
    this.#byTokenHash.set(hashToken(grant.refreshToken), grant);
  }
}
