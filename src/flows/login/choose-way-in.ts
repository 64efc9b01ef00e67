import type { ListenAddress } from "../../core/callback-server.ts";
import type { OwnCertificateFiles } from "../../core/certificates.ts";
import type { Environment } from "../../core/environment.ts";
import { asQboError, QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import {
  deriveListenAddress,
  deriveOwnNameAddress,
  explainRefusal,
  readRedirectUri,
} from "../../oauth/redirect-uri.ts";
import type { App } from "../apps/apps.ts";
import { finishCommand } from "./finish-command.ts";

/** How the answer of the consent page comes here: by itself, in the person's hands, or in a later step. */
export type WayIn = "callback" | "paste" | "start";

export interface WayInQuestion {
  environment: Environment;
  app: App;
  way: WayIn;
  /** Where to listen, if that was said. */
  listen: ListenAddress | undefined;
  /** The certificate for a name of one's own, if one was given: then the name points at this machine. */
  tls: OwnCertificateFiles | undefined;
}

type Doors = Pick<World, "prompter" | "notices">;

/**
 * Decides how the answer comes in: where to listen (`undefined`: nowhere), and with which redirect URI. What the server would refuse, or
 * nobody could receive, is said now; at a terminal pasting is the way out.
 * @throws CONFIG_INVALID, INPUT_REQUIRED.
 */
export async function chooseWayIn(
  world: Doors,
  question: WayInQuestion,
): Promise<{ app: App; listen: ListenAddress | undefined }> {
  const { environment, app, way } = question;
  if (way === "paste" && !world.prompter.canAsk) throw explainNobody(environment);
  const refusal = explainRefusal(app.redirectUri, environment.redirectRules);
  if (refusal !== undefined) return { app: await replaceRedirect(world, question, refusal), listen: undefined };
  if (way !== "callback") return { app, listen: undefined };
  const listen = question.listen ?? deriveListenAddress(app.redirectUri) ?? deriveFromCertificate(question);
  if (listen) {
    assertShown(question.tls, listen);
    return { app, listen };
  }
  const message = `The redirect URI ${app.redirectUri.text} is not on this machine, so qbo cannot know where to listen.`;
  if (!world.prompter.canAsk) {
    throw new QboError("CONFIG_INVALID", message, {
      hint:
        "Say where the redirect arrives in the end: --listen http://127.0.0.1:8722. If the name points at this machine, give its certificate " +
        "instead: --tls-cert <file> --tls-key <file>. At a terminal the address can be pasted: --paste. " +
        `Without one: qbo login --env ${environment.name} --start, then ${finishCommand}`,
    });
  }
  world.notices.inform(
    `${message} So paste the address where the browser ends. (If a tunnel leads here: --listen http://127.0.0.1:8722.)`,
  );
  return { app, listen: undefined };
}

function deriveFromCertificate({ app, tls }: WayInQuestion): ListenAddress | undefined {
  return tls && deriveOwnNameAddress(app.redirectUri);
}

function assertShown(tls: OwnCertificateFiles | undefined, listen: ListenAddress): void {
  if (tls === undefined || listen.scheme === "https") return;
  throw new QboError("USAGE", "A certificate was given, and qbo is to listen on plain http, where none is shown.", {
    hint: "Leave --tls-cert and --tls-key away, or let it listen on https: --listen https://localhost:8722",
  });
}

function explainNobody({ name }: Environment): QboError {
  return new QboError("INPUT_REQUIRED", "Nobody is at a terminal here who could paste the address.", {
    hint: `Take two steps instead: qbo login --env ${name} --start, then ${finishCommand}`,
  });
}

/** Another redirect URI for one that the server refuses, if somebody is there to name it. */
async function replaceRedirect(world: Doors, { environment, app, way }: WayInQuestion, refusal: string): Promise<App> {
  const message = `${refusal}, and the redirect URI is ${app.redirectUri.text}.`;
  if (!world.prompter.canAsk || way === "start") {
    throw new QboError("CONFIG_INVALID", message, {
      hint:
        "Register a public https address with the app and give it with --redirect-uri <uri>, together with --listen <scheme://host:port> " +
        "(a tunnel leads here), --paste (at a terminal) or --start (without one).",
    });
  }
  world.notices.warn(
    `${message} Any https address that is registered for these keys will do when you paste the address where the browser ends: nothing has to answer there.`,
  );
  if (way !== "paste" && !(await world.prompter.confirm("Sign in by pasting that address?"))) {
    throw new QboError("CONFIG_INVALID", message, { hint: "Register a public https address with the app first." });
  }
  const given = await world.prompter.askText("Redirect URI registered with the app", {
    validate: (text) => objectTo(text.trim(), environment) ?? true,
  });
  const redirectUri = readRedirectUri(given.trim());
  return { ...app, redirectUri };
}

function objectTo(text: string, { redirectRules }: Environment): string | undefined {
  try {
    const refusal = explainRefusal(readRedirectUri(text), redirectRules);
    return refusal && `${refusal}.`;
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    return known.message;
  }
}
