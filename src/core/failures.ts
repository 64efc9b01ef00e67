/** On which part of the way a request failed: the settings of the way, the name, the connection, TLS with its certificates, or the proxy. */
export type FailedPart = "settings" | "dns" | "connection" | "tls" | "proxy" | "unknown";

/** The request provably never reached the server: no connection, no name, no TLS. Sending it again is safe. */
export class NotSent extends Error {
  override readonly name = "NotSent";
  readonly part: FailedPart;

  constructor(message: string, { part = "unknown", ...options }: ErrorOptions & { part?: FailedPart } = {}) {
    super(message, options);
    this.part = part;
  }
}

/** The request may have been processed and its answer is lost. Sending it again may do harm. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

/** Another holder saved first: the stored generation is no longer the one that this save follows. */
export class StaleGeneration extends Error {
  override readonly name = "StaleGeneration";
}
