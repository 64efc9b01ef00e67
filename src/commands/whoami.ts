import { formatInstant, formatMoment, formatOptionalInstant } from "../core/instant.ts";
import type { World } from "../core/world.ts";
import { getPerson, getPersonOf, validateIdToken, type Person } from "../flows/api/who-am-i.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import type { ConnectionReport } from "../flows/connections/connection-report.ts";
import { reportOneConnection } from "../flows/connections/status.ts";
import { resolveGivenContext } from "../flows/given-token.ts";
import { withConnection } from "../flows/login/with-connection.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { formatFields, indent } from "./kit/fields.ts";
import { connectionArgument, connectionOptions, readConnectionChoice, readSwitch, usage } from "./kit/options.ts";
import { readStdinSecret, stdinSecrets } from "./kit/stdin-secret.ts";

export interface WhoAmIOptions {
  choice: ConnectionChoice;
  source: "connection" | "access-token" | "id-token";
}

interface Identified extends Person {
  report: ConnectionReport | null;
  /** Why a given ID token is not valid; null when it is, or none was given. */
  failure: string | null;
}

export const whoamiCommand = defineCommand<WhoAmIOptions, Identified>({
  name: "whoami",
  group: "Everyday",
  summary: "Show the person who consented",
  description:
    "Asks Intuit who gave the consent (OpenID user info), and shows the claims of the ID token that came with the sign-in.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--id-token-stdin", description: "validate an ID token on stdin instead (exit 5 when it is not valid)" },
    { flags: "--token-stdin", description: "use an access token on stdin that no store holds" },
  ],
  examples: [
    ["qbo whoami", "the person behind the default connection"],
    ["qbo whoami --id-token-stdin --env production < id-token.txt", "check a token that another program received"],
  ],
  read: readWhoAmIOptions,
  run: identify,
  human: formatPerson,
  json: describePerson,
  exitCode: ({ failure }) => (failure === null ? 0 : 5),
});

function readWhoAmIOptions(raw: RawInput): WhoAmIOptions {
  const choice = readConnectionChoice(raw);
  const [idToken, accessToken] = [readSwitch(raw, "idTokenStdin"), readSwitch(raw, "tokenStdin")];
  if (idToken && accessToken) throw usage("stdin can bring one token only.");
  if ((idToken || accessToken) && choice.connection !== undefined)
    throw usage("A token on stdin and a connection exclude each other.");
  return { choice, source: idToken ? "id-token" : accessToken ? "access-token" : "connection" };
}

async function identify(world: World, { choice, source }: WhoAmIOptions): Promise<Identified> {
  if (source === "connection") {
    return withConnection(world, choice, async (facts) => {
      const person = await getPerson(world, facts);
      const latest = (await world.facts.read(facts.name)) ?? facts;
      return { ...person, report: await reportOneConnection(world, latest), failure: null };
    });
  }
  const token = await readStdinSecret(world, source === "id-token" ? stdinSecrets.idToken : stdinSecrets.accessToken);
  const context = await resolveGivenContext(world, choice);
  if (source === "access-token")
    return { ...(await getPersonOf(world, context.environment, token)), report: null, failure: null };
  const { facts, failure } = await validateIdToken(world, context, token);
  return { connection: null, userInfo: null, idToken: facts, report: null, failure };
}

function describePerson({ connection, userInfo, idToken }: Identified) {
  return {
    connection,
    sub: userInfo?.sub ?? idToken?.subject ?? null,
    email: userInfo?.email ?? null,
    emailVerified: userInfo?.emailVerified ?? null,
    givenName: userInfo?.givenName ?? null,
    familyName: userInfo?.familyName ?? null,
    phoneNumber: userInfo?.phoneNumber ?? null,
    phoneNumberVerified: userInfo?.phoneNumberVerified ?? null,
    address: userInfo?.address ?? null,
    idToken: idToken && {
      ...idToken,
      verifiedAt: formatInstant(idToken.verifiedAt),
      expiresAt: formatOptionalInstant(idToken.expiresAt),
    },
  };
}

function formatPerson({ userInfo, idToken, report, failure }: Identified, style: Style): string {
  const name = [userInfo?.givenName, userInfo?.familyName].filter(Boolean).join(" ");
  const verified = (isVerified: boolean | null | undefined) =>
    isVerified === true
      ? ` ${style.green("(verified)")}`
      : isVerified === false
        ? ` ${style.yellow("(not verified)")}`
        : "";
  const person = formatFields(
    [
      ["name", name],
      ["email", userInfo?.email ? `${userInfo.email}${verified(userInfo.emailVerified)}` : null],
      ["phone", userInfo?.phoneNumber ? `${userInfo.phoneNumber}${verified(userInfo.phoneNumberVerified)}` : null],
      ["address", userInfo?.address ? Object.values(userInfo.address).join(", ") : null],
      ["subject", userInfo?.sub ?? idToken?.subject],
    ],
    style,
  );
  const claims = idToken
    ? formatFields(
        [
          [
            "ID token",
            idToken.verified
              ? `${style.green("verified")} ${style.dim(`on ${formatMoment(idToken.verifiedAt)}`)}`
              : style.red(`not verified${failure === null ? "" : `: ${failure}`}`),
          ],
          ["issuer", idToken.issuer],
          ["audience", idToken.audience.join(", ")],
          ["realm ID", idToken.realmId],
        ],
        style,
      )
    : [];
  const connection = report ? ["", ...describeConnection(report, style)] : [];
  return [...indent([...person, ...claims]), ...connection].join("\n");
}
