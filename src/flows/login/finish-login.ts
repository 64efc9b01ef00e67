import { QboError } from "../../core/errors.ts";
import { NotSent } from "../../core/failures.ts";
import { day } from "../../core/instant.ts";
import type { PendingSignIns, World } from "../../core/world.ts";
import { judgePaste, longestPaste, readPastedAddress, readPastedState } from "../../oauth/pasted-address.ts";
import { recordEvent } from "../book-keeping.ts";
import { findMovedOrigin } from "../environments/same-origins.ts";
import { readSettings } from "../settings.ts";
import { explainDenial } from "./denial.ts";
import type { KeptConnection } from "./keep-connection.ts";
import { finishCommand } from "./finish-command.ts";
import { formatLoginCommand } from "./login-command.ts";
import { expectPaste } from "./paste.ts";
import { openPlan } from "./pending-record.ts";
import type { LoginPlan } from "./plan.ts";
import { acceptConsent, type Granted, prepareSignIn } from "./sign-in.ts";
import { explainWrongPaste } from "./wrong-paste.ts";

/** How long a started sign-in waits, in milliseconds: the consent may be a customer's, elsewhere. */
export const pendingLife = 7 * day;

/**
 * The second step of a started sign-in: reads the address to which the browser was redirected from stdin. It is finished once, whoever
 * tries; all that is wrong before the code is exchanged leaves it waiting.
 * @throws USAGE, AUTHORIZATION_FAILED, AUTHORIZATION_DENIED, LOGIN_TIMED_OUT, CONFIG_INVALID.
 */
export async function finishLogin(world: World): Promise<KeptConnection> {
  const text = await readAnswer(world);
  const state = readState(text);
  const pending = await world.pendingSignIns();
  const plan = await findPlan(world, pending, state);
  const response = readResponse(text, plan, state);
  await assertUnmoved(world, plan);
  const client = await prepareSignIn(world, plan);
  await recordEvent(world, plan.existing?.id ?? null, { event: "login-started", detail: plan.app.redirectUri.text });
  if (!(await pending.claim(state))) throw explainUsed(plan);
  try {
    return await acceptConsent(world, { plan, client, response });
  } catch (error) {
    if (!(error instanceof QboError && error.cause instanceof NotSent)) throw error;
    await pending.release(state);
    throw new QboError(error.code, error.message, {
      hint: "Nothing was sent, so the code is still good, for a few minutes: run the same command again.",
      details: error.details,
      cause: error.cause,
    });
  }
}

/** At a terminal the person pastes: nothing of it is shown. */
async function readAnswer(world: World): Promise<string> {
  if (!world.prompter.canAsk) return world.readStdin();
  world.notices.warn("Paste the address where the browser ended, and press Enter. It is not shown.");
  for await (const entry of world.prompter.readEntries(world.interruption)) return entry;
  throw new QboError("CANCELLED", "Nothing was pasted, and nothing was changed.");
}

function readState(text: string): string {
  const pasted = text.length > longestPaste ? undefined : readPastedAddress(text);
  const state = pasted && readPastedState(pasted);
  if (state !== undefined && state !== "") return state;
  const problem =
    text.trim() === ""
      ? "There is nothing on stdin."
      : pasted
        ? "The address on stdin carries no state: its end is missing, or the browser has not come back yet."
        : text.length > longestPaste
          ? "What is on stdin is far longer than the address can be."
          : "What is on stdin is no address.";
  throw new QboError("USAGE", problem, {
    hint: `Give the whole address where the browser ended: ${finishCommand} < file`,
  });
}

async function findPlan(world: World, pending: PendingSignIns, state: string): Promise<LoginPlan> {
  const found = await pending.find(state);
  if (!found) {
    throw new QboError("AUTHORIZATION_FAILED", "No sign-in that was started here waits for this answer.", {
      hint: "It belongs to another sign-in, another machine or another user, or it is more than 7 days old. Start anew: qbo login --start",
    });
  }
  const opened = openPlan(found.sealed, state);
  if (!opened) {
    throw new QboError("STORE_CORRUPT", "What was kept about the started sign-in is damaged.", {
      hint: "Start anew: qbo login --start",
    });
  }
  const { plan, startedAt } = opened;
  if (found.isUsed) throw explainUsed(plan);
  if (world.clock.now() < startedAt + pendingLife) return plan;
  throw new QboError("LOGIN_TIMED_OUT", "The sign-in was started more than 7 days ago and waits no longer.", {
    hint: `Start anew: ${formatLoginCommand(plan)} --start`,
  });
}

function explainUsed(plan: LoginPlan): QboError {
  return new QboError("AUTHORIZATION_FAILED", "This answer was used already: a started sign-in is finished once.", {
    hint: `See what came of it: qbo status. To begin another: ${formatLoginCommand(plan)} --start`,
  });
}

function readResponse(text: string, plan: LoginPlan, state: string): Granted {
  const verdict = judgePaste(text, expectPaste(plan, state));
  if (verdict.kind === "granted") return verdict;
  if (verdict.kind === "denied") {
    const { code, message, details } = explainDenial(verdict, plan);
    throw new QboError(code, message, {
      hint: `The sign-in still waits: the same authorizationUrl may be opened again, then ${finishCommand}`,
      details,
    });
  }
  throw new QboError("USAGE", explainWrongPaste(verdict.problem, plan), {
    hint: `Nothing is lost: give the whole address to ${finishCommand}`,
  });
}

/** The code and the client secret go where the person was sent, or nowhere. */
async function assertUnmoved(world: World, plan: LoginPlan): Promise<void> {
  const { name, endpoints } = plan.environment;
  const moved = findMovedOrigin(world.env, await readSettings(world), { environment: name, endpoints });
  if (moved === undefined) return;
  throw new QboError(
    "CONFIG_INVALID",
    `The environment ${name} now points to ${moved}, but the sign-in was started with other addresses.`,
    {
      hint: `If the move is right, start anew: ${formatLoginCommand(plan)} --start`,
    },
  );
}
