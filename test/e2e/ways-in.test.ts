// needs: tmux
import { describe, expect, test } from "vitest";
import { control, start } from "../emulator/emulator-client.ts";
import { findFreePort } from "../world/free-port.ts";
import { listFiles, readFacts, readJournal } from "./connections.ts";
import { assertNoStackTrace, createHome, readAnswer, readError, runQbo, startQbo } from "./qbo-process.ts";
import { browse, consent, type LoginOptions, startLogin, visit } from "./sign-in.ts";
import { findWrapped, openTerminal, type Terminal } from "./terminal.ts";

/** A redirect URI that production keys may have, and where nothing answers. */
const elsewhere = "https://connect.example.com/callback";
const spinner = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

/** A machine where qbo has never been, and an emulator with the rules for production keys. */
async function setScene(env: Record<string, string> = {}): Promise<LoginOptions> {
  const emulator = await start({ production: true, autoApprove: true });
  return { home: createHome(), emulator, env: { QBO_REDIRECT_URI: elsewhere, ...env } };
}

async function countExchanges({ emulator }: LoginOptions): Promise<number> {
  const { requests } = await control<{ requests: { path: string }[] }>(emulator, "requests");
  return requests.filter(({ path }) => path === "/oauth2/v1/tokens/bearer").length;
}

async function readConsentUrl(terminal: Terminal): Promise<string> {
  const [, url = ""] = await terminal.waitFor(/^ {2}(http\S+\/connect\/oauth2\S+)$/m);
  await terminal.waitFor(spinner);
  return url;
}

describe("the emulator with the rules for production keys", () => {
  test("refuses localhost, plain http and what is not registered to the letter", async () => {
    const { emulator } = await setScene();
    for (const redirectUri of ["https://localhost:8722/callback", "http://connect.example.com/callback"]) {
      await expect(control(emulator, "redirect-uri", { redirectUri })).rejects.toThrow(/REDIRECT|400|must/);
    }
    const asked = new URL(
      `${emulator.baseUrl}/connect/oauth2?client_id=qbo-emulator-client&response_type=code&state=s`,
    );
    asked.searchParams.set("scope", "com.intuit.quickbooks.accounting");
    asked.searchParams.set("redirect_uri", `${elsewhere}/`);
    const page = await visit(asked.href);
    expect([page.status, page.headers["location"]]).toEqual([expect.any(Number), undefined]);
    expect(page.body).toContain("The redirect URI is not registered");
  });
});

test("the emulator with production rules names a command that signs in with it", async () => {
  const emulator = startQbo(["emulator", "--production", "--http", "--port", "0"], { home: createHome() });
  await emulator.waitFor(/^ +https:\/\/connect\.example\.com\/callback$/m);
  const [, words = ""] = await emulator.waitFor(/In another terminal: QBO_EMULATOR_URL=\S+ qbo (.+)$/m);
  expect(words).toBe(`login --env emulator --redirect-uri ${elsewhere} --paste`);
  emulator.signal("SIGTERM");
  await emulator.ended;
});

describe("paste", () => {
  test.each([80, 40])(
    "at a terminal of %s columns: wrong ones are explained, nothing is garbled or shown",
    async (columns) => {
      const options = await setScene();
      const terminal = await openTerminal(["login", "--env", "emulator", "--paste"], { ...options, columns, rows: 60 });
      const authorizationUrl = await readConsentUrl(terminal);
      const answer = await consent({ authorizationUrl });
      const wrong: [paste: string, told: RegExp][] = [
        ["nothing of the kind", /That is no address\./],
        [authorizationUrl, /address of the\s+consent page/],
        [answer.replace("/callback", "/other"), /address is of another\s+page/],
        [answer.replace(/state=[^&]*/, `state=${"0".repeat(64)}`), /answer to\s+another sign-in/],
        [answer.slice(0, 60), /The end of that\s+address is missing/],
        [
          `${elsewhere}?error=access_denied&state=${new URL(answer).searchParams.get("state")}`,
          /Consent was not\s+given/,
        ],
      ];
      for (const [paste, told] of wrong) {
        await terminal.paste(paste);
        await terminal.waitFor(told);
        await terminal.waitFor(spinner);
      }
      await terminal.type(answer);
      await terminal.press("Enter");
      expect(await terminal.end()).toBe(0);
      const screen = await terminal.read();
      expect(screen).toMatch(/✓ Connected Copperleaf Garden\s+Works/);
      expect(screen).not.toMatch(spinner);
      expect(screen.replaceAll(authorizationUrl, "")).not.toContain(new URL(answer).searchParams.get("code"));
      expect(screen.replaceAll(authorizationUrl, "")).not.toMatch(/realmId=|\?code|200~|201~/);
      expect(findWrapped(screen, columns).filter((line) => !/https?:\/\//.test(line))).toEqual([]);
      expect(await countExchanges(options)).toBe(1);
    },
  );

  test("of a copy with line breaks, and of more than a terminal's line holds", async () => {
    for (const change of [
      (answer: string) => `"${answer.slice(0, 50)}\n${answer.slice(50, 90)}\n${answer.slice(90)}"`,
      (answer: string) => `${answer}&padding=${"x".repeat(5000)}`,
    ]) {
      const options = await setScene();
      const terminal = await openTerminal(["login", "--env", "emulator", "--paste"], options);
      await terminal.paste(change(await consent({ authorizationUrl: await readConsentUrl(terminal) })));
      expect(await terminal.end()).toBe(0);
    }
  });

  test("while the callback is waited for; the screen is ours again afterwards", async () => {
    const options = await setScene();
    const port = await findFreePort();
    const words = ["login", "--env", "emulator", "--listen", `http://127.0.0.1:${port}`];
    const terminal = await openTerminal(words, { ...options, rows: 40 });
    await terminal.waitFor(/copy the address where it\s+ends/);
    await terminal.paste(await consent({ authorizationUrl: await readConsentUrl(terminal) }));
    expect(await terminal.end()).toBe(0);
    await terminal.type("typed afterwards");
    await terminal.waitFor(/\[exit 0\]\ntyped afterwards/);
    await expect(visit(`http://127.0.0.1:${port}/callback`)).rejects.toThrow(/ECONNREFUSED/);
  });

  test("is interrupted by Ctrl-C at once", async () => {
    const options = await setScene();
    const terminal = await openTerminal(["login", "--env", "emulator", "--paste"], options);
    await readConsentUrl(terminal);
    await terminal.type("half an addr");
    await terminal.press("C-c");
    expect(await terminal.end()).toBe(130);
    const screen = await terminal.read();
    expect(screen).toMatch(/Nothing was\s+changed/);
    assertNoStackTrace({ stdout: screen, stderr: "" });
  });

  test("is offered at a terminal when Intuit would refuse the redirect URI", async () => {
    const env = {
      QBO_REDIRECT_URI: "https://localhost:8722/callback",
      QBO_CLIENT_ID: "ABc",
      QBO_CLIENT_SECRET: "secret-key",
    };
    const options = await setScene(env);
    const terminal = await openTerminal(["login", "--env", "production"], { ...options, rows: 40 });
    await terminal.waitFor(/refuses localhost redirect URIs[^]*Sign in by pasting/);
    await terminal.type("y");
    await terminal.waitFor(/Redirect URI registered/);
    await terminal.type("https://localhost/x");
    await terminal.press("Enter");
    await terminal.waitFor(/refuses localhost redirect URIs for production keys\.$/m);
    await terminal.press(...Array.from("https://localhost/x", () => "BSpace"));
    await terminal.type(elsewhere);
    await terminal.press("Enter");
    const [, url = ""] = await terminal.waitFor(/^ {2}(https:\/\/appcenter\.intuit\.com\/\S+)$/m);
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(elsewhere);
    await terminal.waitFor(spinner);
    await terminal.press("C-c");
    expect(await terminal.end()).toBe(130);
  });
});

describe("two steps", () => {
  test("without a terminal: JSON, nothing left running, and one exchange for two that finish", async () => {
    const options = await setScene();
    const started = readAnswer<{ authorizationUrl: string; state: string }>(
      await runQbo(["login", "--env", "emulator", "--name", "acme", "--start"], options),
    );
    const answer = await consent(started);
    const finish = () => runQbo(["login", "--finish", "-", "--json"], { ...options, stdin: answer });
    const ends = await Promise.all([finish(), finish()]);
    const [winner, loser] = ends.toSorted((a, b) => Number(a.exitCode) - Number(b.exitCode));
    if (!winner || !loser) throw new Error("two were started");
    expect(readAnswer(winner)).toMatchObject({ reconnected: false, connection: { name: "acme" } });
    expect(readError(loser)).toMatchObject({ code: "AUTHORIZATION_FAILED" });
    expect(await countExchanges(options)).toBe(1);
    expect(readFacts(options.home)).toHaveLength(1);
    const files = listFiles(options.home.state).filter((path) => path.startsWith("sign-ins/"));
    expect(files).toEqual([expect.stringMatching(/^sign-ins\/[0-9a-f]{64}\.used\.json$/)]);
    expect(files[0]).not.toContain(started.state);
    const events = readJournal(options.home).map(({ event, outcome }) => `${String(event)} ${String(outcome)}`);
    expect(events).toEqual(expect.arrayContaining(["login-started waiting", "code-exchanged ok"]));
  });

  test("the second at a terminal: pasted, not shown", async () => {
    const options = await setScene();
    const started = readAnswer<{ authorizationUrl: string }>(
      await runQbo(["login", "--env", "emulator", "--start", "--json"], options),
    );
    const terminal = await openTerminal(["login", "--finish", "-"], options);
    await terminal.waitFor(/Paste the address where the browser ended/);
    await terminal.paste(await consent(started));
    expect(await terminal.end()).toBe(0);
    expect(await terminal.read()).not.toContain("code=");
  });
});

describe("a tunnel", () => {
  test("brings the callback to a plain listener under its public name", async () => {
    const options = await setScene();
    const port = await findFreePort();
    const words = ["login", "--env", "emulator", "--listen", `http://127.0.0.1:${port}`, "--json"];
    const running = startQbo(words, options);
    const [, authorizationUrl = ""] = await running.waitFor(/^ {2}(http\S+\/connect\/oauth2\?\S+)$/m);
    await running.waitFor(/Waiting for consent/);
    const { pathname, search } = new URL(await consent({ authorizationUrl }));
    const local = `http://127.0.0.1:${port}${pathname}${search}`;
    expect((await visit(local, { headers: { host: "stranger.example.com" } })).status).toBe(403);
    const accepted = await visit(local, { headers: { host: "connect.example.com" } });
    expect(accepted.status).toBe(303);
    const result = new URL(String(accepted.headers["location"]), local).href;
    const page = await visit(result, { headers: { host: "connect.example.com" } });
    expect(page.body).toContain("Connected");
    expect(readAnswer(await running.ended)).toMatchObject({ reconnected: false });
  });
});

describe("no browser here", () => {
  const ssh = { SSH_CONNECTION: "203.0.113.7 50000 198.51.100.2 22", USER: "ada" };
  test.each<[what: string, env: Record<string, string>, told: (port: number) => string]>([
    ["SSH", ssh, (port) => `\n  ssh -L ${port}:localhost:${port} ada@198.51.100.2\n`],
    [
      "SSH at another port",
      { ...ssh, SSH_CONNECTION: "203.0.113.7 50000 2001:db8::2 2222" },
      (port) => `\n  ssh -L ${port}:localhost:${port} -p 2222 ada@2001:db8::2\n`,
    ],
    [
      "a codespace",
      { CODESPACES: "true", CODESPACE_NAME: "fluffy-invention" },
      (port) => `\n  gh codespace ports forward ${port}:${port} -c fluffy-invention\n`,
    ],
    ["a container", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, (port) => `--listen http://0.0.0.0:${port}\n`],
    ["WSL", { WSL_DISTRO_NAME: "Debian" }, (port) => `localhost:${port} on to this Linux`],
  ])("in %s it says how the answer gets here, and that nobody may be there", async (_, env, told) => {
    const options = { home: createHome(), emulator: await start({ autoApprove: true }), env };
    const running = await startLogin(options);
    expect(running.stderr()).toContain(told(running.port));
    expect(running.stderr()).toContain("qbo login --env emulator --start, then qbo login --finish -");
    await browse(await consent(running));
    readAnswer(await running.ended);
  });
});
