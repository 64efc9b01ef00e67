import type { ConnectionFacts } from "../../core/connection.ts";
import { formatInstant, formatOptionalInstant, type Instant } from "../../core/instant.ts";
import { Secret } from "../../core/secret.ts";
import type { Tokens } from "../../core/tokens.ts";

/** A connection with everything that another machine needs to take it over. */
export interface ExportedConnection {
  facts: ConnectionFacts;
  tokens: Tokens;
  clientSecret: Secret | undefined;
}

/** The JSON that `qbo import` reads, with one entry per connection. The whole text is secret. */
export function formatExport(connections: readonly ExportedConnection[], exportedAt: Instant): Secret {
  const document = {
    format: "qbo-export",
    version: 1,
    exportedAt: formatInstant(exportedAt),
    connections: connections.map(describeEntry),
  };
  return new Secret(JSON.stringify(document, undefined, 2));
}

function describeEntry({ facts, tokens, clientSecret }: ExportedConnection) {
  const { accessToken, refreshToken, generation } = tokens;
  return {
    environment: facts.environment,
    app: facts.app,
    clientId: facts.clientId,
    ...(clientSecret ? { clientSecret: clientSecret.reveal() } : {}),
    realmId: facts.realmId,
    name: facts.name,
    companyName: facts.companyName,
    scopes: facts.scopes,
    connectedAt: formatInstant(facts.connectedAt),
    refreshToken: refreshToken.secret.reveal(),
    refreshTokenExpiresAt: formatOptionalInstant(refreshToken.expiresAt),
    hardExpiresAt: formatOptionalInstant(refreshToken.hardExpiresAt),
    rotatedAt: formatInstant(refreshToken.rotatedAt),
    generation,
    accessToken: accessToken ? accessToken.secret.reveal() : null,
    accessTokenExpiresAt: formatOptionalInstant(accessToken?.expiresAt ?? null),
  };
}
