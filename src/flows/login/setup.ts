import type { Environment } from "../../core/environment.ts";
import type { World } from "../../core/world.ts";
import { isClientId } from "../../core/setting-names.ts";
import { defaultRedirectUri, readRedirectUri } from "../../oauth/redirect-uri.ts";
import { type App, resolveApp } from "../apps.ts";
import { keepClientSecret } from "../client-secret.ts";
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
  const keys = environment.name === "production" ? "production" : "development";
  world.notices.inform(
    [
      `No app is configured for ${environment.name} yet. You need its ${keys} keys:`,
      "  1. Open https://developer.intuit.com/app/developer/dashboard and choose the app.",
      `  2. Under "Keys & credentials", ${keys} side, register this redirect URI, to the letter:`,
      `       ${redirectUri.text}`,
      "  3. Copy the client ID and the client secret from the same page.",
    ].join("\n"),
  );
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
