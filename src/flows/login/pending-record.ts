import { readEndpoints } from "../../core/endpoints-record.ts";
import { formatConnectionId } from "../../core/connection.ts";
import { formatInstant, type Instant } from "../../core/instant.ts";
import { type Fields, readRecord } from "../../core/record-fields.ts";
import { openText, sealText } from "../../core/sealed-text.ts";
import { readRedirectUri } from "../../oauth/redirect-uri.ts";
import type { KnownConnection, LoginPlan } from "./plan.ts";

const purpose = "qbo pending sign-in, version 1";

/** What the second step of a sign-in must know of the first. */
export interface PendingPlan {
  plan: LoginPlan;
  startedAt: Instant;
}

/** The plan of a started sign-in, sealed under its state: only whoever brings the answer back can open it, and nobody can change it. */
export function sealPlan({ plan, startedAt }: PendingPlan, state: string): string {
  const { environment, app, isRedirectGiven, scopes, store, existing, name } = plan;
  const record = {
    version: 1,
    startedAt: formatInstant(startedAt),
    environment,
    app: { ...app, redirectUri: app.redirectUri.text },
    isRedirectGiven,
    scopes,
    store,
    existing: existing
      ? {
          clientId: readClientId(existing),
          name: existing.name,
          realmId: existing.realmId,
          companyName: existing.companyName,
        }
      : null,
    name: name ?? null,
  };
  return sealText(JSON.stringify(record), { key: state, purpose });
}

/** Opens what `sealPlan` sealed; `undefined` when it is damaged. Throws STORE_CORRUPT for a record of a later version. */
export function openPlan(sealed: string, state: string): PendingPlan | undefined {
  const text = openText(sealed, { key: state, purpose });
  return text === undefined ? undefined : readRecord("The started sign-in", text, readPlan);
}

function readPlan(fields: Fields): PendingPlan {
  const environment = fields.object("environment", (inner) => ({
    name: inner.text("name"),
    endpoints: inner.object("endpoints", readEndpoints),
    redirectRules: inner.text("redirectRules") === "production" ? ("production" as const) : ("development" as const),
  }));
  const existing = fields.optionalObject("existing", (inner) => readKnown(inner, environment.name));
  return {
    startedAt: fields.instant("startedAt"),
    plan: {
      environment,
      app: fields.object("app", (inner) => ({
        name: inner.text("name"),
        environment: inner.text("environment"),
        clientId: inner.text("clientId"),
        redirectUri: readRedirectUri(inner.text("redirectUri")),
        scopes: inner.texts("scopes"),
        source: inner.text("source"),
      })),
      isRedirectGiven: fields.flag("isRedirectGiven"),
      scopes: fields.texts("scopes"),
      listen: undefined,
      tls: undefined,
      store: fields.text("store"),
      existing: existing ?? undefined,
      name: fields.optionalText("name") ?? undefined,
      timeout: 0,
    },
  };
}

function readKnown(fields: Fields, environment: string): KnownConnection {
  const realmId = fields.text("realmId");
  return {
    id: formatConnectionId({ environment, clientId: fields.text("clientId"), realmId }),
    name: fields.text("name"),
    realmId,
    companyName: fields.optionalText("companyName"),
  };
}

/** The middle part of `formatConnectionId`. */
function readClientId({ id }: KnownConnection): string {
  return id.split("/")[1] ?? "";
}
