import type { IncomingMessage } from "node:http";
import type { ReceivedRequest } from "./http-message.ts";

const LARGEST_BODY_BYTES = 1024 * 1024;

/** Reads a whole request; `undefined` when its body is larger than 1 MB. Fails when the sender goes away. */
export async function receiveRequest(message: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and dropped: an answer in the middle of a body would reach nobody.
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  if (size > LARGEST_BODY_BYTES) return undefined;
  const target = message.url ?? "/";
  const queryAt = target.indexOf("?");
  return {
    method: message.method ?? "",
    path: queryAt === -1 ? target : target.slice(0, queryAt),
    query: new URLSearchParams(queryAt === -1 ? "" : target.slice(queryAt + 1)),
    headers: message.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
