import type { StoreInit } from "../../core/team-store.ts";
import { readSettings } from "../../flows/settings.ts";
import { defineCommand } from "../kit/command.ts";
import { readStoreOption, storeOption } from "../kit/options.ts";

export const storeInitCommand = defineCommand<{ store: string | undefined }, StoreInit>({
  name: "store init",
  isVerbatim: true,
  group: "Storing and moving",
  summary: "Prepare a PostgreSQL database as a team store",
  description:
    "Makes the tables of a team store in the database's schema qbo, or brings older ones up to date. The key in QBO_STORE_KEY becomes the store's key. Doing it again changes nothing.",
  options: [{ ...storeOption, description: "the team store, when it is not the chosen one" }],
  examples: [
    ["QBO_STORE=postgres://owner@db.example.com/qbo qbo store init", "prepare the database, as the role that owns it"],
  ],
  read: (raw) => ({ store: readStoreOption(raw, "store") }),
  run: async (world, options) => world.initStore((await readSettings(world, options)).store.value),
  human: (result) => describe(result).join("\n"),
  json: (result) => result,
});

function describe({ store, outcome, versionBefore, version, keyId, grants }: StoreInit): string[] {
  const done = {
    created: `Made the tables of the team store ${store} (schema qbo, version ${version}).`,
    migrated: `Brought the team store ${store} up to date (schema qbo, version ${versionBefore ?? 0} to ${version}).`,
    current: `The team store ${store} is up to date (schema qbo, version ${version}); nothing was changed.`,
  };
  const key = `It is sealed with the key ${keyId}: everybody who shares it sets the same QBO_STORE_KEY.`;
  if (outcome === "current") return [done[outcome], key];
  return [
    done[outcome],
    key,
    "",
    "Let each role that is to use it do so, as the owner:",
    ...grants.map((line) => `  ${line}`),
  ];
}
