import type { Environment } from "../../core/environment.ts";
import type { World } from "../../core/world.ts";
import { isClientId } from "../../core/setting-names.ts";
import { defaultRedirectUri, explainRefusal, readRedirectUri, type RedirectUri } from "../../oauth/redirect-uri.ts";
import { type App, resolveApp } from "../apps/apps.ts";
import { keepClientSecret } from "../apps/client-secret.ts";
import { findAppConfig, readSettings, type Settings } from "../settings.ts";

export type SetupDoors = Pick<World, "env" | "configFiles" | "prompter" | "notices" | "clients" | "openStore">;

/** Asks a person at the terminal for the keys of an app, and keeps them: the first minutes with a new installation. */
export async function offerSetup(
  world: SetupDoors,
  { settings, environment }: { settings: Settings; environment: Environment },
): Promise<App> {
  const name = settings.app?.value ?? environment.name;
  const redirectUri = readRedirectUri(
    settings.redirectUri?.value ?? findAppConfig(settings, name)?.redirectUri ?? defaultRedirectUri,
  );
  world.notices.inform(describeKeys(environment, redirectUri));
  const clientId = await world.prompter.askText("Client ID", {
    validate: (answer) => isClientId(answer.trim()) || "A client ID is made of letters and digits.",
  });
  const secret = await world.prompter.askSecret("Client secret (not shown)");
  const store = settings.store.value;
  await (await world.openStore(store)).probe({ mayAsk: true });
  await keepClientSecret(world, { id: clientId.trim(), secret }, store);
  await world.configFiles.setUser(["apps", name], {
    environment: environment.name,
    clientId: clientId.trim(),
    redirectUri: redirectUri.text,
  });
  world.notices.inform(
    `Kept as the app ${name} in ${world.configFiles.userPath}; the secret is in the ${store} store.`,
  );
  const updated = await readSettings(world);
  return resolveApp({ ...settings, apps: updated.apps, files: updated.files }, environment);
}

/** Where the keys are found, and what to register there, which depends on who hands them out. */
function describeKeys({ name, redirectRules }: Environment, redirectUri: RedirectUri): string {
  const keys = name === "production" ? "production" : "development";
  if (name === "emulator") {
    return `No such app is configured for the emulator yet. Give keys that it knows; its own need no setting up: qbo login --env emulator`;
  }
  const refusal = explainRefusal(redirectUri, redirectRules);
  return [
    `No app is configured for ${name} yet. You need its ${keys} keys:`,
    "  1. Open https://developer.intuit.com/app/developer/dashboard and choose the app.",
    refusal === undefined
      ? `  2. Under "Keys & credentials", ${keys} side, register this redirect URI, to the letter:\n       ${redirectUri.text}`
      : `  2. Under "Keys & credentials", ${keys} side, register a redirect URI. ${refusal}: any https address of yours will do, also one where no page is.`,
    "  3. Copy the client ID and the client secret from the same page.",
  ].join("\n");
}
