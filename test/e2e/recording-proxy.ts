import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { closeServer } from "../adapters/callback-server/fixture.ts";

/** Stands between qbo and an emulator, and knows every secret that went by. */
export interface RecordingProxy {
  /** For QBO_EMULATOR_URL. */
  url: string;
  /** Each secret with the name of the field in which it went by. */
  secrets: Map<string, string>;
}

const secretFields = new Set("access_token refresh_token id_token token code state client_secret".split(" "));

/** Starts it for the length of a test. */
export async function startRecordingProxy(emulator: Emulator): Promise<RecordingProxy> {
  const secrets = new Map<string, string>();
  const keep = (name: string, value: unknown) => {
    if (typeof value === "string" && value !== "" && !secrets.has(value)) secrets.set(value, name);
  };
  const keepFields = (fields: Iterable<[string, unknown]>) => {
    for (const [name, value] of fields) if (secretFields.has(name)) keep(name, value);
  };
  const pass = async (message: IncomingMessage, response: ServerResponse) => {
    const body = await readAll(message);
    keepFields(new URL(message.url ?? "/", emulator.baseUrl).searchParams);
    keepBody(body, keepFields);
    keepAuthorization(message.headers.authorization, keep);
    const answer = await forward(emulator, message, body);
    const text = await readAll(answer);
    keepBody(text, keepFields);
    const { location } = answer.headers;
    if (location !== undefined && URL.canParse(location)) keepFields(new URL(location).searchParams);
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
  };
  // An answer that is cut or lost on one side is so on the other.
  const server = createServer((message, response) => void pass(message, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(() => closeServer(server));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://localhost:${port}`, secrets };
}

/** Sends the same request to the emulator. */
export async function forward({ baseUrl }: Emulator, message: IncomingMessage, body: string): Promise<IncomingMessage> {
  const { method, headers, url = "/" } = message;
  const sent = request(new URL(url, baseUrl), { method, headers, agent: false });
  sent.end(body);
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (answer === undefined) throw new Error("there is an answer or an error");
  return answer;
}

/** The whole body. */
export async function readAll(message: IncomingMessage): Promise<string> {
  let text = "";
  message.setEncoding("utf8");
  for await (const part of message) text += part;
  return text;
}

type KeepFields = (fields: Iterable<[string, unknown]>) => void;

function keepBody(body: string, keepFields: KeepFields): void {
  if (!body.startsWith("{")) return keepFields(new URLSearchParams(body));
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null) return;
  // The "code" of a fault is none.
  keepFields(Object.entries(value).filter(([name]) => name !== "code"));
}

function keepAuthorization(header: string | undefined, keep: (name: string, value: unknown) => void): void {
  const [scheme = "", credentials = ""] = (header ?? "").split(" ");
  keep(`${scheme} credentials`, credentials);
  if (scheme === "Basic") keep("client_secret", Buffer.from(credentials, "base64").toString().split(":")[1]);
}
