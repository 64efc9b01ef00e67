import { asQboError } from "../../../core/errors.ts";
import type { Environment } from "../../../core/environment.ts";
import type { Secret } from "../../../core/secret.ts";
import { findClientSecret, readSecretFromEnvironment } from "../../apps/client-secret.ts";
import { checkKeys } from "../../key-check.ts";
import type { Check, DoctorDoors, Examination } from "../examination.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import { wasClientRejected } from "../../causes/journal-answers.ts";

/** Whether client ID and secret belong together. A made-up code is sent, and only when something points at the keys. */
export const clientKeys: Check = {
  id: "client-keys",
  title: "Client keys",
  purpose: "Client ID and secret belong together. Looked at only when something points at them, with a made-up code.",
  needsNetwork: true,
  async run(examination) {
    const { world, environment, subject } = examination;
    const { clientId } = subject;
    if (!environment || clientId === null) return skip("There are no keys to look at.");
    const given = readSecretFromEnvironment(world.env, clientId);
    const stored = await findClientSecret({ ...openDoors(world), env: {} }, clientId);
    const isOverridden = given !== undefined && stored !== undefined && !given.equals(stored);
    if (!isOverridden && !wasClientRejected(examination.events, clientId)) return skip("Nothing points at the keys.");
    const secret = given ?? stored;
    if (!secret) return skip("The client secret is not known here.");
    try {
      return await judgeKeys(examination, environment, { clientId, secret, stored: isOverridden ? stored : undefined });
    } catch (error) {
      const known = asQboError(error);
      if (known?.code !== "INTUIT_UNREACHABLE") throw error;
      return skip(known.message);
    }
  },
};

interface Keys {
  clientId: string;
  secret: Secret;
  /** The stored secret, when a variable overrides it. */
  stored: Secret | undefined;
}

async function judgeKeys(
  examination: Examination,
  environment: Environment,
  { clientId, secret, stored }: Keys,
): Promise<CheckResult> {
  const place = { environment: environment.name, endpoints: environment.endpoints };
  const look = async (with_: Secret) =>
    (await checkKeys(examination.world, place, { id: clientId, secret: with_ })).verdict;
  const verdict = await look(secret);
  if (verdict === "unknown") return warn("Intuit's answer does not tell whether the keys are right.", null);
  if (verdict === "right") return pass(`Intuit accepts the keys of ${clientId}.`);
  if (stored && (await look(stored)) === "right") {
    const detail = `QBO_CLIENT_SECRET overrides the stored secret of ${clientId}, and Intuit accepts the stored one only.`;
    return fail(detail, "Unset QBO_CLIENT_ID and QBO_CLIENT_SECRET.", {
      cause: "shadowed-by-environment",
      confidence: "certain",
      fix: ["unset QBO_CLIENT_ID QBO_CLIENT_SECRET"],
    });
  }
  return fail(
    `Intuit rejects the client ID ${clientId} with the secret that is known here.`,
    `Store the current secret: qbo app set --env ${environment.name} --client-id ${clientId} --client-secret-stdin`,
    { cause: "keys-wrong", confidence: "certain" },
  );
}

function openDoors(world: DoctorDoors): Pick<DoctorDoors, "clients" | "openStore"> {
  return { clients: world.clients, openStore: (name) => world.openStore(name) };
}
