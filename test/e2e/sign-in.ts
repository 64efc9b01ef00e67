import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { join } from "node:path";
import { vi } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control } from "../emulator/emulator-client.ts";
import { findFreePort } from "../world/free-port.ts";
import { type Home, readAnswer, runQbo, type RunOptions, startQbo } from "./qbo-process.ts";

/** Sign-ins without a browser: the tests play it, or a small program that QBO_BROWSER names. */

export type LoginOptions = RunOptions & { emulator: Emulator };

export interface Redirect {
  redirectUri: string;
  port: number;
}

/** A redirect URI on a free port, registered with the emulator. */
export async function registerRedirect(emulator: Emulator, scheme: "http" | "https" = "http"): Promise<Redirect> {
  const port = await findFreePort();
  const redirectUri = `${scheme}://localhost:${port}/callback`;
  await control(emulator, "redirect-uri", { redirectUri });
  return { redirectUri, port };
}

export interface StartedLogin extends Redirect, ReturnType<typeof startQbo> {
  authorizationUrl: string;
  state: string;
}

/** Starts `qbo login --json` and waits until it has printed the address that a person would open. */
export async function startLogin(
  options: LoginOptions,
  args: readonly string[] = ["--env", "emulator"],
  scheme: "http" | "https" = "http",
): Promise<StartedLogin> {
  const redirect = await registerRedirect(options.emulator, scheme);
  const env = { QBO_REDIRECT_URI: redirect.redirectUri, ...options.env };
  const running = startQbo(["login", ...args, "--json"], { ...options, env });
  const [, authorizationUrl = ""] = await running.waitFor(/^ {2}(https?:\/\/\S+\/connect\/oauth2\?\S+)$/m);
  await running.waitFor(/Waiting for consent/);
  const state = new URL(authorizationUrl).searchParams.get("state") ?? "";
  return { ...running, ...redirect, authorizationUrl, state };
}

export interface Page {
  status: number;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One request, certificate unseen, redirects not followed. */
export async function visit(url: string, { method = "GET", headers = {} }: VisitOptions = {}): Promise<Page> {
  const send = url.startsWith("https:") ? requestHttps : requestHttp;
  const request = send(url, { method, headers, rejectUnauthorized: false, agent: false });
  request.end();
  const [response] = await once(request, "response");
  let body = "";
  response.setEncoding("utf8");
  for await (const text of response) body += text;
  return { status: response.statusCode, url, headers: response.headers, body };
}

interface VisitOptions {
  method?: string;
  headers?: Record<string, string>;
}

/** As a browser does it: follows redirects to the last page. */
export async function browse(url: string): Promise<Page> {
  let page = await visit(url);
  for (let step = 0; step < 5 && typeof page.headers["location"] === "string"; step += 1)
    page = await visit(new URL(page.headers["location"], page.url).href);
  return page;
}

/** What the emulator, on auto-approve, sends the browser back to. */
export async function consent({ authorizationUrl }: Pick<StartedLogin, "authorizationUrl">): Promise<string> {
  const { headers } = await visit(authorizationUrl);
  if (typeof headers["location"] !== "string") throw new Error("the emulator did not consent");
  return headers["location"];
}

/** A whole sign-in: `qbo login` opens a program that consents and stays until the last page. */
export async function signIn(
  options: LoginOptions,
  args: readonly string[] = ["--env", "emulator"],
  scheme: "http" | "https" = "http",
) {
  const { redirectUri, port } = await registerRedirect(options.emulator, scheme);
  const browser = installBrowser(options.home);
  const env = { QBO_REDIRECT_URI: redirectUri, QBO_BROWSER: browser.program, ...options.env };
  const ended = await runQbo(["login", ...args, "--store", "file", "--json"], { ...options, env });
  const answer = readAnswer<{ connection: Record<string, unknown>; reconnected: boolean }>(ended);
  return { ended, port, ...answer, lastPage: await browser.lastPage() };
}

/** The smallest browser, behind a launcher as usual: follows redirects and writes down where it ended, and what it was started with. */
function installBrowser({ folder }: Home) {
  const program = join(folder, "browser");
  const seen = join(folder, "browser-saw.json");
  writeFileSync(
    program,
    `#!${process.execPath}
const { writeFileSync, renameSync } = require("node:fs");
const get = (url) => new Promise((resolve, reject) => {
  require(new URL(url).protocol.slice(0, -1)).get(url, { rejectUnauthorized: false, agent: false }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (text) => (body += text)).on("end", () => resolve({ response, body }));
  }).on("error", reject);
});
(async () => {
  if (process.env.LAUNCHED === undefined) {
    const env = { ...process.env, LAUNCHED: "1" };
    return require("node:child_process").spawn(__filename, process.argv.slice(2), { env, detached: true, stdio: "ignore" }).unref();
  }
  let url = process.argv[2];
  for (let step = 0; step < 5; step += 1) {
    const { response, body } = await get(url);
    const { location } = response.headers;
    if (location === undefined) {
      const env = Object.keys(process.env);
      writeFileSync(${JSON.stringify(`${seen}.new`)}, JSON.stringify({ url, status: response.statusCode, body, env, args: process.argv.slice(2) }));
      return renameSync(${JSON.stringify(`${seen}.new`)}, ${JSON.stringify(seen)});
    }
    url = new URL(location, url).href;
  }
})();
`,
  );
  chmodSync(program, 0o700);
  return { program, lastPage: () => readWhenThere(seen) };
}

interface LastPage {
  url: string;
  status: number;
  body: string;
  /** Names of the variables that the browser was started with. */
  env: string[];
  args: string[];
}

async function readWhenThere(path: string): Promise<LastPage> {
  await vi.waitUntil(() => existsSync(path), { interval: 25, timeout: 30_000 });
  const page: LastPage = JSON.parse(readFileSync(path, "utf8"));
  return page;
}
