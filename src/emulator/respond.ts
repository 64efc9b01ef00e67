import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "./http/http-message.ts";
import type { Ending } from "./process-request.ts";
import { mintTransactionId } from "./state/mint.ts";

/** What every answer carries besides its own headers. */
export interface Marks {
  intuitTid: string;
  date: Date;
}

/** Sends an answer, or breaks the connection where the ending says so. */
export function respond(response: ServerResponse, { answer, delivery }: Ending, marks: Marks): void {
  if (delivery === "none") {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.body, "utf8");
  response.writeHead(answer.status, { ...markAnswer(answer, marks), "content-length": body.length });
  if (delivery === "whole" || body.length < 2) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** Answers what is no HTTP request; the connection ends. */
export function respondToNoise(socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const head = [
    "HTTP/1.1 400 Bad Request",
    `intuit_tid: ${mintTransactionId()}`,
    "x-qbo-emulator: 1",
    `date: ${new Date().toUTCString()}`,
    "content-length: 0",
    "connection: close",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.destroySoon();
}

function markAnswer(answer: Answer, { intuitTid, date }: Marks): Record<string, string> {
  return { ...answer.headers, intuit_tid: intuitTid, "x-qbo-emulator": "1", date: date.toUTCString() };
}
