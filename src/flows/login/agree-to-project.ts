import { type ErrorCode, hasCode, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { type App, findRedirectUri, resolveApp } from "../apps/apps.ts";
import { withProject, type Settings } from "../settings.ts";

/** For which environment, and which app where a connection keeps its own. */
export interface ProposalSubject {
  environment: string;
  app: string | undefined;
}

/**
 * The settings for a sign-in in a project. A client or a redirect URI that only the project's file names is used after a yes
 * at the terminal: whoever wrote the file would choose where consent and code go.
 * @throws INPUT_REQUIRED when nobody can be asked, CANCELLED after a no, CONFIG_INVALID for a redirect URI that cannot be used.
 */
export async function agreeToProject(
  world: Pick<World, "prompter">,
  settings: Settings,
  subject: ProposalSubject,
): Promise<Settings> {
  const { project } = settings;
  if (!project) return settings;
  const all = withProject(settings);
  // A client given by variables leaves no place for what the project says of its own.
  const proposed = settings.clientId ? { ...settings, redirectUri: all.redirectUri } : all;
  const after = findClient(proposed, subject, ["APP_NOT_CONFIGURED"]);
  // Without a client there is nothing to agree to, and a redirect URI alone must not slip into the first set-up.
  if (!after) return settings;
  // What is wrong with the settings without the project is none of this sign-in's business.
  const before = findClient(settings, subject, ["APP_NOT_CONFIGURED", "USAGE", "CONFIG_INVALID"]);
  const isRedirectNew = findRedirectUri(settings, after.name) !== after.redirectUri.text;
  const changes = [
    ...(before?.clientId === after.clientId ? [] : [`the client ID ${makePrintable(after.clientId, 80)}`]),
    ...(isRedirectNew ? [`the redirect URI ${makePrintable(after.redirectUri.text, 200)}`] : []),
  ];
  if (changes.length === 0) return proposed;
  const file = makePrintable(project.path);
  const what = `The project file ${file} names ${changes.join(" and ")} for ${after.environment}.`;
  if (!world.prompter.canAsk) {
    throw new QboError("INPUT_REQUIRED", `${what} Nobody is here to say whether that is right.`, {
      hint: `If it is, make it your own: ${formatAdoption(after, isRedirectNew)}`,
    });
  }
  if (await world.prompter.confirm(`${what} Use that?`)) return proposed;
  throw new QboError("CANCELLED", "Nobody was signed in.", {
    hint: `To sign in with your own settings, do it outside of the folder of ${file}.`,
  });
}

/** What a sign-in would use; undefined where there is none for one of these reasons. */
function findClient(
  settings: Settings,
  { environment, app }: ProposalSubject,
  reasons: readonly ErrorCode[],
): App | undefined {
  const narrowed = app === undefined ? settings : { ...settings, app: { value: app, source: "connection" } };
  try {
    return resolveApp(narrowed, { name: environment });
  } catch (error) {
    if (hasCode(error, ...reasons)) return undefined;
    throw error;
  }
}

function formatAdoption({ name, environment, clientId, redirectUri }: App, isRedirectNew: boolean): string {
  const app = name === environment ? "" : ` --app ${name}`;
  const redirect = isRedirectNew ? ` --redirect-uri ${makePrintable(redirectUri.text, 200)}` : "";
  return `qbo app set --env ${environment}${app} --client-id ${clientId}${redirect} --client-secret-stdin`;
}
