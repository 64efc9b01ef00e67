import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import { isClientId, isSettingName } from "../core/setting-names.ts";
import type { World } from "../core/world.ts";
import { isScope, readScopes } from "../intuit/scopes.ts";

/** A value and where it was set, in words that a person can act on. */
export interface Setting<T> {
  value: T;
  source: string;
  /** On which layer that is; absent for what does not come out of the configuration. */
  layer?: SettingLayer;
}

/** From the nearest to the farthest. */
export type SettingLayer = "flag" | "variable" | "project" | "user" | "system" | "built-in";

type Env = World["env"];

/** A variable's text; an empty one counts as none. */
export function readText(env: Env, name: string): Setting<string> | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : { value, source: name, layer: "variable" };
}

/** The name of an environment or an app. @throws CONFIG_INVALID. */
export function readName(env: Env, name: string): Setting<string> | undefined {
  const setting = readText(env, name);
  if (setting && !isSettingName(setting.value)) {
    throw new QboError("CONFIG_INVALID", `${name} is ${makePrintable(setting.value, 80)}, which cannot be a name.`, {
      hint: `Set ${name} to lower-case letters, digits and hyphens, or unset it.`,
    });
  }
  return setting;
}

/** @throws CONFIG_INVALID. */
export function readClientId(env: Env): Setting<string> | undefined {
  const setting = readText(env, "QBO_CLIENT_ID");
  if (!setting || isClientId(setting.value)) return setting;
  throw new QboError("CONFIG_INVALID", `QBO_CLIENT_ID is ${makePrintable(setting.value, 80)}, which is no client ID.`, {
    hint: "Copy the client ID from the keys page of the app at developer.intuit.com.",
  });
}

/** @throws CONFIG_INVALID. */
export function readScopeList(env: Env): Setting<string[]> | undefined {
  const setting = readText(env, "QBO_SCOPES");
  if (!setting) return undefined;
  const scopes = readScopes(setting.value);
  if (scopes.length === 0 || !scopes.every(isScope)) {
    throw new QboError("CONFIG_INVALID", "QBO_SCOPES is not a list of scopes.", {
      hint: "Set it to scopes separated by spaces, or unset it.",
    });
  }
  return { ...setting, value: scopes };
}
