// needs: chromium
import { createServer } from "node:https";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createCertificates } from "../../src/adapters/certificate/certificates.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { findFreePort } from "../world/free-port.ts";
import { startEmulatorProcess } from "./emulator-process.ts";
import { createHome, readAnswer, runQbo, startQbo } from "./qbo-process.ts";
import type { Home } from "./qbo-process.ts";

const executablePath = "/usr/bin/chromium";
const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);
/** A name that is not this machine's, as production keys need one; the browser is told where it is. */
const host = "relay.example.com";
const rules = `--host-resolver-rules=MAP ${host} 127.0.0.1`;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath,
    timeout: 100_000,
    args: ["--no-sandbox", "--no-first-run", rules, ...quiet],
  });
});
afterAll(() => browser.close());

interface Site {
  home: Home;
  /** Address of the page. */
  address: string;
  origin: string;
  /** What the host was asked for: paths with their queries. */
  asked: string[];
  html: string;
}

/** In this page time passes only when the test says so: what goes on by itself after a moment is not faster than the test. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
}

/** The page as `qbo relay` makes it for a port of this machine, on a host of its own. */
async function hostRelay(listen: string, path = "/sign-in/relay.html"): Promise<Site> {
  const home = createHome();
  const file = join(home.folder, "relay.html");
  expect(await runQbo(["relay", "--to", listen, "--output", file], { home })).toMatchObject({ exitCode: 0 });
  const html = readFileSync(file, "utf8");
  const certificates = createCertificates({ folder: join(home.folder, "site"), clock: systemClock });
  const { certificatePem: cert, keyPem: key } = await certificates.forCallback();
  const asked: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? "");
    const isPage = (request.url ?? "").split("?")[0] === path;
    response
      .writeHead(isPage ? 200 : 404, { "content-type": "text/html" })
      .end(isPage ? html : "There is nothing here.");
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `https://${host}:${port}`;
  return { home, address: `${origin}${path}`, origin, asked, html };
}

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  onTestFinished(() => context.close());
  return context.newPage();
}

test("a production sign-in comes back through the page, and leaves no trace of the code", async () => {
  const listen = `https://localhost:${await findFreePort()}`;
  const site = await hostRelay(listen);
  const emulator = await startEmulatorProcess(site.home, ["--production", "--redirect-uri", site.address]);
  const options = { home: site.home, env: { QBO_EMULATOR_URL: emulator.baseUrl } };
  const where = ["--redirect-uri", site.address, "--listen", listen];
  const login = startQbo(["login", "--env", "emulator", "--no-browser", ...where], options);
  const [, address = ""] = await login.waitFor(/^ {2}(https?:\S+connect\/oauth2\S+)$/m);
  expect(login.stderr()).toContain("the browser warns about the certificate of localhost");
  const page = await openPage();
  const referers: string[] = [];
  page.on("request", async (request) => void referers.push((await request.allHeaders())["referer"] ?? ""));
  await page.goto(address);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.waitForURL(/\/result\//);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Connected to");
  expect(await login.ended).toMatchObject({ exitCode: 0 });
  expect(readAnswer(await runQbo(["status", "--json"], options))).toMatchObject({ connections: [{ state: "ready" }] });
  expect(referers.filter((referer) => /[?&]code=/.test(referer))).toEqual([]);
  await page.goBack();
  expect(page.url()).not.toContain("code=");
});

describe("the page", () => {
  const query = "?code=XAB1-code&state=abc%20d&realmId=42";

  test("hands nothing on while a person looks at it, and has the address ready to copy", async () => {
    const listen = `https://localhost:${await findFreePort()}`;
    const site = await hostRelay(listen);
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await openPage({ colorScheme, viewport: { width: 760, height: 720 } });
      await stopClock(page);
      await page.goto(site.address + query);
      await page.getByRole("button", { name: "Stay here" }).click();
      const expected = `${listen}/sign-in/relay.html${query}`;
      expect(await page.getByLabel("The address to paste").inputValue()).toBe(site.address + query);
      await page.clock.runFor(60_000);
      expect(page.url()).toBe(site.address + query);
      // Nothing listens: the browser says so, and its address bar holds the same answer.
      const gone = page.waitForEvent("requestfailed");
      await page.getByRole("button", { name: "Continue to qbo" }).click();
      expect((await gone).url()).toBe(expected);
    }
    expect(site.asked.filter((path) => !path.startsWith("/sign-in/relay.html") && path !== "/favicon.ico")).toEqual([]);
  });

  test.each([
    ["a script as an address", "?state=a&code=javascript:document.title='owned'"],
    ["markup", `?state=a&error="><script>document.title='owned'</script><img src=x onerror=alert(1)>`],
    ["another host", "?state=a&code=b&to=https://evil.example.com&origin=//evil.example.com"],
  ])("is left cold by %s", async (_what, hostile) => {
    const listen = `http://localhost:${await findFreePort()}`;
    const site = await hostRelay(listen);
    const page = await openPage();
    await stopClock(page);
    const failed = page.waitForEvent("requestfailed", (request) => request.url().startsWith(listen));
    await page.goto(site.address + hostile);
    expect(await page.locator("img, script:not(body > script)").count()).toBe(0);
    expect(await page.title()).toBe("Back to qbo");
    await page.clock.runFor(60_000);
    const url = new URL((await failed).url());
    expect([url.origin, url.pathname]).toEqual([listen, "/sign-in/relay.html"]);
    expect([...url.searchParams]).toEqual([...new URLSearchParams(hostile)]);
  });

  test.each([
    ["without an answer", "", {}, "Nothing to hand on"],
    ["with half an answer", "?code=x", {}, "Nothing to hand on"],
    ["without JavaScript", query, { javaScriptEnabled: false }, "One step is left"],
  ])("%s it stays and says what to do", async (_what, more, options, heading) => {
    const site = await hostRelay(`https://localhost:${await findFreePort()}`);
    const page = await openPage(options);
    await page.goto(site.address + more);
    expect(await page.getByRole("heading", { level: 1 }).filter({ visible: true }).textContent()).toBe(heading);
    expect(page.url()).toBe(site.address + more);
  });

  test("hands nothing on inside another page, and runs nothing but its own script", async () => {
    const site = await hostRelay(`https://localhost:${await findFreePort()}`);
    const page = await openPage();
    await page.goto(`${site.origin}/empty`);
    await page.setContent(`<iframe src="${site.address}${query}"></iframe>`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "Nothing to hand on" }).waitFor();
    const blocked = await openPage();
    const reports: string[] = [];
    blocked.on("console", (message) => reports.push(message.text()));
    await blocked.goto(site.address);
    await blocked.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
    }`);
    expect(await blocked.title()).toBe("Back to qbo");
    expect(reports.join("\n")).toContain("Content Security Policy");
    expect(site.html).not.toMatch(/\b(?:src|href)=/);
  });
});

test("--to takes an address of this machine only", async () => {
  const home = createHome();
  const wrong = ["https://example.com:8722", "https://localhost", "ftp://localhost:1", "https://localhost:1/a?b", "x"];
  for (const to of wrong)
    expect(await runQbo(["relay", "--to", to], { home })).toMatchObject({ exitCode: 2, stdout: "" });
  const page = await runQbo(["relay", "--to", "http://127.0.0.1:8722/callback"], { home });
  expect(page.stdout).toContain('const target = {"origin":"http://127.0.0.1:8722","path":"/callback"};');
  expect(page.stdout).not.toContain("[redacted]");
  expect(page.stderr).toContain("qbo login --env production --redirect-uri");
});
