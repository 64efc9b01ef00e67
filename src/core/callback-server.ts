import type { ServerCertificate } from "./certificates.ts";

/** Where the local callback server listens: never the same thing as the redirect URI that Intuit knows. */
export interface ListenAddress {
  scheme: "http" | "https";
  /** `localhost` means both loopback addresses. */
  host: string;
  port: number;
}

/** One request to the callback server, as judged by `judge`. The URL is as it came: undecoded, hostile. */
export interface CallbackRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  /** Each Host header as sent. */
  hosts: readonly string[];
}

/** What becomes of a request. `ignored` gets a short answer and changes nothing. */
export type CallbackVerdict<A> =
  | { kind: "ignored"; status: 400 | 403 | 404 | 405 | 414; text: string }
  | { kind: "accepted"; response: A };

/** The last page that the person sees. All texts may be hostile: the page makes them inert. */
export type FinalPage =
  | { kind: "connected"; companyName: string | null; environment: string; connection: string }
  | { kind: "failed"; title: string; message: string; hint: string | null };

export interface RunningCallback<A> {
  /** The first accepted response. Later ones with the same request target get the same final page. */
  readonly response: Promise<A>;
  /** Shows the final page to the browser that called back, then closes the port: once it was served, or after 2 s. */
  finish(page: FinalPage): Promise<void>;
  /** Closes the port and every socket at once. */
  close(): Promise<void>;
}

export interface CallbackListenOptions<A> {
  address: ListenAddress;
  /** Null for plain http. */
  certificate: ServerCertificate | null;
  judge(request: CallbackRequest): CallbackVerdict<A>;
}

/** Opens the temporary server for the redirect. Throws CALLBACK_PORT_IN_USE, CERTIFICATE_UNUSABLE. */
export interface CallbackServer {
  listen<A>(options: CallbackListenOptions<A>): Promise<RunningCallback<A>>;
}
