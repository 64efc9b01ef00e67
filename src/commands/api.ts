import { httpMethods } from "../core/http.ts";
import type { World } from "../core/world.ts";
import { callApi } from "../flows/api/api-call.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { assertSameOrigins } from "../flows/environments/same-origins.ts";
import { readSettings } from "../flows/settings.ts";
import { resolveApiAddress } from "../intuit/api-address.ts";
import { answerBytes, describeAnswer, formatAnswer, type ShownAnswer } from "./kit/api-answer.ts";
import { buildApiCall, type ApiCall } from "./kit/api-call-options.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import {
  connectionOptions,
  readConnectionChoice,
  readNumber,
  readOption,
  readRepeated,
  readSwitch,
  readWord,
  usage,
} from "./kit/options.ts";

export interface ApiOptions {
  choice: ConnectionChoice;
  call: ApiCall;
  /** A file, or `-` for stdin. */
  input: string | undefined;
  include: boolean;
  maxWait: number;
}

/** Seconds. */
const usualWait = 60;

export const apiCommand = defineCommand<ApiOptions, ShownAnswer>({
  name: "api",
  group: "Everyday",
  summary: "Call Intuit's API as a connection",
  description:
    "Sends one request to the API of the connection's own environment, nowhere else, with a valid access token, and prints the answer. A path that does not " +
    "begin with a slash belongs to the company: customer/1 is /v3/company/{realm}/customer/1. {realm} and {base} are filled in; minorversion=75 is added " +
    "unless given. A rejected access token is refreshed once, throttling is waited out. The method is POST with --input, or with -f but no --query, else GET. An answer may have 64 MiB, and be a PDF; a body is text of at most 1 MiB.",
  arguments: [{ name: "path", description: "such as customer/1; not needed with --query" }],
  options: [
    ...connectionOptions,
    { flags: "-X, --method <method>", description: httpMethods.join(", "), words: httpMethods },
    {
      flags: "-f, --field <key=value>",
      description: "a field of the JSON body, or of the query of a GET (repeatable)",
      isRepeatable: true,
    },
    { flags: "--input <file>", description: "the body from a file; - for stdin" },
    { flags: "-H, --header <header>", description: "one more header, as name: value (repeatable)", isRepeatable: true },
    { flags: "--query <select>", description: 'a query, such as "select * from Customer"' },
    { flags: "-i, --include", description: "print the status and the headers, too" },
    { flags: "--max-wait <seconds>", description: `how long throttling may hold it up (${usualWait}; at most 900)` },
  ],
  examples: [
    ['qbo api "companyinfo/{realm}"', "the company of the default connection"],
    ['qbo api -c acme --query "select * from Customer maxresults 5"', "a query"],
    ["qbo api customer -f DisplayName=Ada", "make a customer"],
    ["qbo api invoice --input invoice.json --json", "with status and headers, for a script"],
    ["qbo api invoice/1/pdf -H 'Accept: application/pdf' > 1.pdf", "a file"],
  ],
  read: readApiOptions,
  run: callOnce,
  // It is the user's own data, asked for to the letter: nothing is taken out.
  isSecret: () => true,
  isVerbatim: true,
  human: formatAnswer,
  bytes: ({ answer }) => answer.bytes,
  json: ({ answer }) => describeAnswer(answer),
});

function readApiOptions(raw: RawInput): ApiOptions {
  const [path] = raw.arguments;
  const query = readOption(raw, "query");
  const input = readOption(raw, "input");
  const fields = readRepeated(raw, "field");
  if (input !== undefined && fields.length > 0) throw usage("The body comes either from --field or from --input.");
  if (path === undefined ? query === undefined : path.trim() === "")
    throw usage("Say what to call.", 'For example: qbo api "companyinfo/{realm}"');
  return {
    choice: readConnectionChoice({ ...raw, arguments: [] }),
    call: buildApiCall({
      path: path ?? "query",
      query,
      fields,
      method: readMethod(raw),
      headers: readRepeated(raw, "header"),
      hasInput: input !== undefined,
    }),
    input,
    include: readSwitch(raw, "include"),
    maxWait: readNumber(raw, "maxWait", { least: 0, most: 900 }) ?? usualWait,
  };
}

function readMethod(raw: RawInput) {
  const given = readOption(raw, "method");
  return httpMethods.find((known) => known === given?.toUpperCase()) ?? readWord(raw, "method", httpMethods);
}

async function callOnce(world: World, { choice, call, input, include, maxWait }: ApiOptions): Promise<ShownAnswer> {
  const facts = await chooseConnection(world, choice);
  assertSameOrigins(world.env, await readSettings(world), facts);
  const target = { base: facts.endpoints.api, realmId: facts.realmId };
  const url = resolveApiAddress(call.path, target, call.parameters);
  const body = input === undefined ? call.body : input === "-" ? await world.readStdin() : await world.readFile(input);
  const { method, headers } = call;
  if (method !== "GET")
    world.notices.inform(`${method} as ${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`);
  const request = { method, url, headers, answerBytes, ...(body === undefined ? {} : { body }) };
  return { answer: await callApi(world, facts, request, { maxWait }), include };
}
