export const httpMethods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface HttpRequest {
  method: (typeof httpMethods)[number];
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** PEM of the only certificate to accept; absent: the system's authorities. */
  pinnedCertificate?: string;
  /** Aborting is only for requests that change nothing. */
  signal?: AbortSignal;
  /** How many bytes the answer may have, when that is more than usual. */
  answerBytes?: number;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; several values of one name are joined by a comma and a space. */
  headers: Record<string, string>;
  body: string;
  /** The body as it came, where it is no UTF-8 text: a PDF, say. `body` is of no use then. */
  bytes?: Uint8Array;
}

/**
 * Sends one request on a socket of its own and follows no redirect. Limits: connect 10 s, whole request 60 s, answer 1 MiB.
 * Throws `NotSent` when the server provably processed nothing (no connection, no TLS), `AnswerLost` otherwise.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}
