import { createServer, request as forward, type IncomingMessage } from "node:http";
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

const secretFields = ["access_token", "refresh_token", "id_token", "token", "code", "state", "client_secret"];

/** Starts it for the length of a test. */
export async function startRecordingProxy(emulator: Emulator): Promise<RecordingProxy> {
  const secrets = new Map<string, string>();
  const keep = (name: string, value: unknown) => {
    if (typeof value === "string" && value !== "" && !secrets.has(value)) secrets.set(value, name);
  };
  const keepFields = (fields: Iterable<[string, unknown]>) => {
    for (const [name, value] of fields) if (secretFields.includes(name)) keep(name, value);
  };
  const server = createServer((message, response) => {
    void readAll(message).then((body) => {
      keepFields(new URL(message.url ?? "/", emulator.baseUrl).searchParams);
      keepBody(body, keepFields);
      keepAuthorization(message.headers.authorization, keep);
      const { port } = new URL(emulator.baseUrl);
      const options = { host: "localhost", port, path: message.url, method: message.method, headers: message.headers };
      const sent = forward(options, (answer) => {
        void readAll(answer).then((text) => {
          keepBody(text, keepFields);
          const { location } = answer.headers;
          if (location !== undefined && URL.canParse(location)) keepFields(new URL(location).searchParams);
          response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
        }, () => response.destroy());
      });
      sent.on("error", () => response.destroy()).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(() => closeServer(server));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://localhost:${port}`, secrets };
}

async function readAll(message: IncomingMessage): Promise<string> {
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
