// needs: chromium
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { expectFree } from "../adapters/callback-server/fixture.ts";
import { findFreePort } from "../world/free-port.ts";
import { startEmulatorProcess } from "./emulator-process.ts";
import type { EmulatorProcess } from "./emulator-process.ts";
import { createHome, readAnswer, readError, runQbo, startQbo } from "./qbo-process.ts";
import type { Running, RunOptions } from "./qbo-process.ts";

const executablePath = "/usr/bin/chromium";
const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath,
    timeout: 100_000,
    args: ["--no-sandbox", "--no-first-run", ...quiet],
  });
});
afterAll(() => browser.close());

interface Scene {
  options: RunOptions & { env: Record<string, string> };
  emulator: EmulatorProcess;
  port: number;
  page: Page;
  /** Every address that the browser asked for, with the Referer it sent. */
  requests: { url: string; referer: string }[];
}

/** An emulator that knows the redirect URI of a free port, and a browser without a past. */
async function setScene(scheme: "http" | "https" = "https"): Promise<Scene> {
  const port = await findFreePort();
  const redirectUri = `${scheme}://localhost:${port}/callback`;
  const home = createHome();
  const emulator = await startEmulatorProcess(home, ["--redirect-uri", redirectUri]);
  const options = { home, env: { QBO_REDIRECT_URI: redirectUri, QBO_EMULATOR_URL: emulator.baseUrl } };
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const requests: Scene["requests"] = [];
  page.on("request", async (request) => {
    const record = { url: request.url(), referer: "" };
    requests.push(record);
    record.referer = (await request.allHeaders())["referer"] ?? "";
  });
  return { options, emulator, port, page, requests };
}

/** Starts the sign-in as a process and opens the address that it prints. */
async function beginLogin({ options, page }: Scene, ...more: string[]): Promise<Running> {
  const login = startQbo(["login", "--env", "emulator", "--no-browser", ...more], options);
  const [, address = ""] = await login.waitFor(/^ {2}(https?:\S+connect\/oauth2\S+)$/m);
  await page.goto(address);
  return login;
}

async function expectNoTrace({ page, requests, port }: Scene): Promise<void> {
  const secretWords = /[?&](?:code|state)=/;
  expect(page.url()).toMatch(new RegExp(`^https?://localhost:${port}/result/[\\w-]{22}$`));
  expect(await page.evaluate("document.referrer")).not.toMatch(secretWords);
  const ours = requests.filter(({ url }) => new URL(url).port === String(port));
  expect(ours.map(({ referer }) => referer)).toEqual(["", ""]);
  await page.goBack();
  expect(page.url()).not.toMatch(/[?&]code=/);
}

const heading = ({ page }: Scene) => page.getByRole("heading", { level: 1 }).textContent();

test("a person chooses the second company with the keyboard, and everything works from then on", async () => {
  const scene = await setScene();
  const { options, page, emulator, port } = scene;
  const [, second] = emulator.companies;
  const login = await beginLogin(scene);
  await page.locator("input:focus").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/result\//);
  expect(await heading(scene)).toBe(`Connected to ${second?.companyName}`);
  const { exitCode, stdout, stderr } = await login.ended;
  expect(stdout).toContain(`Connected ${second?.companyName}`);
  expect(exitCode).toBe(0);
  expect(stdout + stderr).not.toContain("code=");
  await expectFree(port);

  const token = await runQbo(["token"], options);
  expect(token).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\S{100,}\n$/), stderr: "" });
  expect(readAnswer(await runQbo(["status", "--json"], options))).toMatchObject({
    connections: [{ state: "ready", realmId: second?.realmId, companyName: second?.companyName, store: "file" }],
  });
  expect(readAnswer(await runQbo(["companyinfo", "--json"], options))).toMatchObject({
    realmId: second?.realmId,
    companyInfo: { CompanyName: second?.companyName },
  });
  expect(readAnswer(await runQbo(["whoami", "--json"], options))).toMatchObject({
    emailVerified: true,
    idToken: { verified: true, realmId: second?.realmId },
  });
  expect(await emulator.countRequests("authorization_code")).toBe(1);
  await expectNoTrace(scene);
});

test("plain http on localhost works as well, when that is what is registered", async () => {
  const scene = await setScene("http");
  const login = await beginLogin(scene);
  await scene.page.getByRole("button", { name: "Connect" }).click();
  await scene.page.waitForURL(/\/result\//);
  expect(await heading(scene)).toBe(`Connected to ${scene.emulator.companies[0]?.companyName}`);
  const { exitCode, stderr } = await login.ended;
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain("certificate");
  await expectFree(scene.port);
  await expectNoTrace(scene);
});

test("a person declines: the page and the terminal say the same, and nothing is stored", async () => {
  const scene = await setScene();
  const login = await beginLogin(scene, "--json");
  await scene.page.getByRole("button", { name: "Cancel" }).click();
  await scene.page.waitForURL(/\/result\//);
  expect(await heading(scene)).toBe("Not connected");
  const alert = await scene.page.getByRole("alert").textContent();
  expect(readError(await login.ended)).toMatchObject({
    code: "AUTHORIZATION_DENIED",
    message: alert,
    exitCode: 4,
    intuitError: "access_denied",
  });
  expect(await scene.page.locator("pre code").textContent()).toBe("qbo login --env emulator");
  expect(await scene.emulator.countRequests("authorization_code")).toBe(0);
  expect(readAnswer(await runQbo(["status", "--json"], scene.options))).toEqual({ connections: [] });
  await expectFree(scene.port);
  await expectNoTrace(scene);
});

test("the exchange fails: the page tells why and what to do, and no success is claimed", async () => {
  const scene = await setScene();
  await scene.emulator.control("faults", { kind: "invalid-client", count: 1 });
  const login = await beginLogin(scene, "--json");
  await scene.page.getByRole("button", { name: "Connect" }).click();
  await scene.page.waitForURL(/\/result\//);
  const error = readError(await login.ended);
  expect(error).toMatchObject({ code: "CLIENT_REJECTED", exitCode: 5 });
  expect(await heading(scene)).toBe("The sign-in failed");
  const shown = await scene.page.locator("main").textContent();
  expect(shown).toContain(error.message);
  expect(shown).toContain("qbo app set --env emulator --client-id qbo-emulator-client --client-secret-stdin");
  expect(await scene.emulator.countRequests("authorization_code")).toBe(1);
  expect(readAnswer(await runQbo(["status", "--json"], scene.options))).toEqual({ connections: [] });
  await expectNoTrace(scene);
});

test("a hostile company name does nothing, neither in the pages nor in the terminal", async () => {
  const scene = await setScene();
  const { options, page, emulator } = scene;
  const companyName = `<img src=x onerror="document.title='owned'">\u001b]0;owned\u0007\u001b[2J\u202egnp.exe`;
  await emulator.control("company", { realmId: emulator.companies[0]?.realmId, companyName });
  const login = await beginLogin(scene);
  expect(await page.locator("img, script").count()).toBe(0);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.waitForURL(/\/result\//);
  expect(await heading(scene)).toContain(`<img src=x onerror="document.title='owned'">`);
  expect(await page.locator("img, script").count()).toBe(0);
  expect(await page.title()).toMatch(/^Connected to <img/);
  const outputs = [await login.ended];
  for (const command of ["status", "companyinfo", "token", "refresh"]) outputs.push(await runQbo([command], options));
  for (const { exitCode, stdout, stderr } of outputs) {
    expect(exitCode).toBe(0);
    for (const character of ["\u001b", "\u0007", "\u202e"]) expect(stdout + stderr).not.toContain(character);
  }
  expect(outputs[0]?.stdout).toContain("\\u001b[2J");
});

test("another redirect URI than the registered one: the emulator explains it, nothing comes back, and the login says why", async () => {
  const scene = await setScene();
  const other = `https://localhost:${scene.port}/other`;
  scene.options.env["QBO_REDIRECT_URI"] = other;
  const login = await beginLogin(scene, "--json", "--timeout", "3");
  expect(new URL(scene.page.url()).origin).toBe(scene.emulator.baseUrl);
  expect(await heading(scene)).toMatch(/redirect/i);
  expect(await scene.page.locator("main").textContent()).toContain(other);
  expect(readError(await login.ended)).toMatchObject({
    code: "LOGIN_TIMED_OUT",
    exitCode: 4,
    hint: expect.stringContaining(`Register it with the emulator: qbo emulator --redirect-uri ${other}`),
  });
  expect(scene.requests.filter(({ url }) => url.startsWith(other))).toEqual([]);
  await expectFree(scene.port);
});
