import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import type { AppReport } from "../../flows/apps/apps.ts";
import { setApp, type AppChange } from "../../flows/apps/manage-apps.ts";
import { knownScopes } from "../../intuit/scopes.ts";
import { defineCommand, type RawInput } from "../kit/command.ts";
import { describeApp } from "../kit/app-lines.ts";
import { readStdinSecret, stdinSecrets } from "../kit/stdin-secret.ts";
import {
  appOption,
  environmentOption,
  readOption,
  readStoreOption,
  readScopesOption,
  readSwitch,
  storeOption,
  usage,
} from "../kit/options.ts";

export interface AppSetOptions extends AppChange {
  clientSecretStdin: boolean;
}

export const appSetCommand = defineCommand<AppSetOptions, AppReport>({
  name: "app set",
  group: "Setting up",
  summary: "Add an OAuth client, or change it",
  description:
    "Keeps the client ID, the redirect URI and the scopes in the user's configuration file, and the client secret in the store. Only what is given " +
    "changes. Without --client-secret-stdin the secret is asked for at a terminal, without echo.",
  options: [
    environmentOption,
    appOption,
    { flags: "--client-id <id>", description: "the client ID, from Intuit's Keys & credentials page" },
    { flags: "--client-secret-stdin", description: "read the client secret from stdin" },
    { flags: "--redirect-uri <uri>", description: "the registered redirect URI (https://localhost:8722/callback)" },
    { flags: "--scopes <list>", description: "the scopes to ask for, separated by spaces", words: knownScopes },
    storeOption,
  ],
  examples: [
    ["qbo app set --env sandbox --client-id ABc123", "asks for the secret"],
    ["qbo app set --env production --client-id ABc123 --client-secret-stdin < secret.txt", "in a script"],
  ],
  read: readAppSetOptions,
  run: keepApp,
  human: (app, style) =>
    [`${style.green("✓")} Kept the app ${style.bold(app.name)}`, ...describeApp(app, style)].join("\n"),
  json: (app) => ({ app }),
});

function readAppSetOptions(raw: RawInput): AppSetOptions {
  const options = {
    environment: readOption(raw, "env"),
    app: readOption(raw, "app"),
    clientId: readOption(raw, "clientId"),
    redirectUri: readOption(raw, "redirectUri"),
    scopes: readScopesOption(raw, "scopes"),
    store: readStoreOption(raw, "store"),
    clientSecretStdin: readSwitch(raw, "clientSecretStdin"),
  };
  if (options.environment === undefined && options.app === undefined)
    throw usage("Nothing says which app is meant.", "Add --env sandbox or --env production, or --app <app>");
  return options;
}

async function keepApp(world: World, { clientSecretStdin, ...change }: AppSetOptions): Promise<AppReport> {
  const clientSecret = clientSecretStdin
    ? await readStdinSecret(world, stdinSecrets.clientSecret)
    : await askForSecret(world, change);
  return setApp(world, { ...change, ...(clientSecret ? { clientSecret } : {}) });
}

/** A new client needs its secret; a change of anything else leaves the known one alone. */
async function askForSecret(world: World, { clientId }: AppChange): Promise<Secret | undefined> {
  if (clientId === undefined || !world.prompter.canAsk || (await world.clients.read(clientId))) return undefined;
  return world.prompter.askSecret("Client secret (not shown)");
}
