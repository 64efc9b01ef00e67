import { isAbsolute } from "node:path";
import * as v from "valibot";
import type { Config, ConfigLayer } from "../../core/config.ts";
import { appKeys, configKeys, environmentKeys, isSecretKey, projectKeys } from "../../core/config-keys.ts";
import { isObject } from "../../core/plain-object.ts";
import { isClientId, isSettingName } from "../../core/setting-names.ts";
import { isStoreName, readStoreName, storeForms } from "../../core/store-name.ts";

/** valibot takes a list for an object, too. */
const object = v.custom<Record<string, unknown>>(isObject, "must be an object");
const name = v.pipe(v.string(), v.check(isSettingName, "must be lower-case letters, digits and hyphens"));
const text = v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(2000, "is too long"));
const address = v.pipe(text, v.check(isSafeAddress, "must be an https address, or http on this machine"));
const scopes = v.array(v.pipe(text, v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be a list of scopes")));

/** A relative one would be another file in each folder. */
const file = v.pipe(text, v.check(isAbsolute, "must be an absolute path"));

const app = v.pipe(
  object,
  v.strictObject({
    environment: v.optional(name),
    clientId: v.optional(v.pipe(v.string(), v.check(isClientId, "must be a client ID"))),
    redirectUri: v.optional(text),
    scopes: v.optional(scopes),
  }),
);

const environment = v.pipe(
  object,
  v.strictObject({
    discoveryUrl: v.optional(address),
    authorizationEndpoint: v.optional(address),
    tokenEndpoint: v.optional(address),
    revocationEndpoint: v.optional(address),
    userinfoEndpoint: v.optional(address),
    jwksUri: v.optional(address),
    issuer: v.optional(address),
    apiBaseUrl: v.optional(address),
  }),
);

const config = v.pipe(
  object,
  v.strictObject({
    environment: v.optional(name),
    app: v.optional(name),
    connection: v.optional(text),
    store: v.optional(
      v.pipe(
        v.string(),
        v.check(isStoreName, `must be ${storeForms}`),
        v.check(hasNoPassword, "must hold no password; put that into QBO_STORE or PGPASSWORD"),
      ),
    ),
    scopes: v.optional(scopes),
    redirectUri: v.optional(text),
    minValidity: v.optional(v.pipe(v.number(), v.integer("must be whole seconds"), v.minValue(0), v.maxValue(3300))),
    callbackTimeout: v.optional(
      v.pipe(v.number(), v.integer("must be whole seconds"), v.minValue(1), v.maxValue(3600)),
    ),
    tlsCert: v.optional(file),
    tlsKey: v.optional(file),
    apps: v.optional(v.pipe(object, v.record(name, app))),
    environments: v.optional(v.pipe(object, v.record(name, environment))),
  }),
);

/** What is wrong with a configuration. */
export interface ConfigFault {
  kind: "invalid";
  key: string[];
  reason: string;
  isSecret: boolean;
}

export type ConfigJudgement = { kind: "valid"; config: Config } | ConfigFault;

/** Checks the content of a configuration file: every key known and allowed there, every value of the right kind. */
export function judgeConfig(value: unknown, layer: ConfigLayer): ConfigJudgement {
  const fault = findSecret(value) ?? findOddKey(value, layer);
  if (fault) return fault;
  const result = v.safeParse(config, value, { abortEarly: true });
  if (result.success) return { kind: "valid", config: result.output };
  const [issue] = result.issues;
  return refuse(readPath(issue), explain(issue));
}

function refuse(key: string[], reason: string, isSecret = false): ConfigFault {
  return { kind: "invalid", key, reason, isSecret };
}

/** The first secret, at any depth; the files of this size are searched without recursion. An app may be named "token". */
function findSecret(value: unknown): ConfigFault | undefined {
  const open: { value: unknown; path: string[] }[] = [{ value, path: [] }];
  for (let next = open.shift(); next; next = open.shift()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    for (const [key, inner] of Object.entries(next.value)) {
      const path = [...next.path, key];
      const isEntry = typeof inner === "object" && inner !== null;
      if (!isEntry && isSecretKey(key))
        return refuse(path, "is a secret, and secrets never stand in a configuration file", true);
      if (isEntry) open.push({ value: inner, path });
    }
  }
  return undefined;
}

/** The first key that is not known. valibot passes over `__proto__`, `constructor` and the like without a word. */
function findOddKey(value: unknown, layer: ConfigLayer): ConfigFault | undefined {
  if (!isObject(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!Object.hasOwn(configKeys, key)) return refuse([key], "is not a known key");
    if (layer === "project" && !Object.hasOwn(projectKeys, key)) return refuse([key], "cannot stand in a project file");
    if ((key !== "apps" && key !== "environments") || !isObject(inner)) continue;
    const known = key === "apps" ? appKeys : environmentKeys;
    for (const [entry, fields] of Object.entries(inner)) {
      if (["__proto__", "constructor", "prototype"].includes(entry)) return refuse([key, entry], "cannot be a name");
      if (!isObject(fields)) continue;
      const odd = Object.keys(fields).find((field) => !Object.hasOwn(known, field));
      if (odd !== undefined) return refuse([key, entry, odd], "is not a known key");
    }
  }
  return undefined;
}

function readPath(issue: v.BaseIssue<unknown>): string[] {
  return (issue.path ?? []).map((step) => String(step.key));
}

function explain(issue: v.BaseIssue<unknown>): string {
  const kinds: Record<string, string> = {
    string: "must be a text",
    number: "must be a number",
    array: "must be a list",
  };
  const bounds: Record<string, string> = { min_value: "is too small", max_value: "is too large" };
  return kinds[issue.type] ?? bounds[issue.type] ?? issue.message;
}

function hasNoPassword(store: string): boolean {
  const known = readStoreName(store);
  return known?.kind !== "postgres" || !known.hasPassword;
}

function isSafeAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname));
}
