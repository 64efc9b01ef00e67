// needs: chromium
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createHome, expectTypedError, readAnswer, runQbo, type Home } from "./qbo-process.ts";

const executablePath = "/usr/bin/chromium";
const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);
const day = 86_400_000;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath,
    timeout: 100_000,
    args: ["--no-sandbox", "--no-first-run", ...quiet],
  });
});
afterAll(() => browser.close());

interface Sample {
  name: string;
  companyName: string;
  /** Days until the refresh token ends. */
  days: number;
}

const sample: readonly Sample[] = [
  { name: "dead", companyName: "Zebra Motors", days: -2 },
  { name: "soon", companyName: "Meadow Dental", days: 5 },
  { name: "well", companyName: "Amber Bakery", days: 90 },
  { name: "fine", companyName: "Bluebell & Söhne", days: 60 },
];

/** A home that knows these companies, and the report about them. */
async function writeReport(companies: readonly Sample[] = sample): Promise<{ home: Home; file: string }> {
  const home = createHome();
  const entries = companies.map(({ name, companyName, days }, index) => ({
    environment: "emulator",
    realmId: String(9_341_000_000_001 + index),
    name,
    companyName,
    refreshToken: `RT1-${index}-report-secret-value`,
    accessToken: `report-secret-access-${index}`,
    accessTokenExpiresAt: new Date(Date.now() + day / 24).toISOString(),
    refreshTokenExpiresAt: new Date(Date.now() + days * day).toISOString(),
    hardExpiresAt: new Date(Date.now() + 900 * day).toISOString(),
  }));
  const stdin = entries.map((entry) => JSON.stringify(entry)).join("\n");
  expect(await runQbo(["import", "--stdin", "--no-refresh"], { home, stdin })).toMatchObject({ exitCode: 0 });
  const file = join(home.folder, "report.html");
  readAnswer(await runQbo(["report", "--output", file, "--json"], { home }));
  return { home, file };
}

/** The report in a browser that may load nothing else; whatever it tries is a failure. */
async function open(file: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const loaded: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  onTestFinished(() => expect({ loaded, complaints }).toEqual({ loaded: [url], complaints: [] }));
  return page;
}

/** The names of the rows that can be seen, from top to bottom. */
async function listShown(page: Page): Promise<string[]> {
  const rows = await page.locator("tbody tr:visible").all();
  const places = await Promise.all(
    rows.map(async (row) => ({ name: await row.locator("b").textContent(), y: (await row.boundingBox())?.y ?? 0 })),
  );
  return places.toSorted((a, b) => a.y - b.y).map(({ name }) => name ?? "");
}

test.each([true, false])("filter and order work, with JavaScript: %s", async (javaScriptEnabled) => {
  const page = await open((await writeReport()).file, { javaScriptEnabled });
  expect(await listShown(page)).toEqual(["dead", "soon", "fine", "well"]);
  await page.getByText("company", { exact: true }).click();
  expect(await listShown(page)).toEqual(["well", "fine", "soon", "dead"]);
  await page.getByText("expiring 1").click();
  expect(await listShown(page)).toEqual(["soon"]);
  await page.getByText("all 4").click();
  await page.getByText("refresh token", { exact: true }).click();
  expect(await listShown(page)).toEqual(["dead", "soon", "fine", "well"]);
  expect(await page.getByRole("searchbox").count()).toBe(javaScriptEnabled ? 1 : 0);
});

test("the search finds words of any column, and says how many", async () => {
  const page = await open((await writeReport()).file);
  await page.getByRole("searchbox").fill("BAKERY ready");
  expect(await listShown(page)).toEqual(["well"]);
  expect(await page.getByRole("status").textContent()).toBe("1 of 4 fit the search");
  await page.getByRole("searchbox").fill("");
  expect(await listShown(page)).toHaveLength(4);
});

test("tiles and drawings count what there is, and the next command stands beside who needs it", async () => {
  const page = await open((await writeReport()).file);
  const tiles = await page.locator(".tile").evaluateAll((all) => all.map((tile) => String(tile.textContent)));
  expect(tiles.map((tile) => /^([a-z]+)(\d+)/.exec(tile)?.slice(1))).toEqual([
    ["connections", "4"],
    ["reconnect", "1"],
    ["expiring", "1"],
    ["stale", "0"],
    ["ready", "2"],
    ["disconnected", "0"],
  ]);
  const [refresh, consent] = await page.getByRole("img").all();
  // The dead one needs a person already; its end is no news.
  expect(await refresh?.locator(".count").allTextContents()).toEqual(["1", "1", "1"]);
  expect(await refresh?.locator(".bar.soon title").allTextContents()).toEqual([
    expect.stringMatching(/^1 refresh token ends from \d{4}-\d\d-\d\d to/),
  ]);
  expect(await consent?.locator(".count").allTextContents()).toEqual(["3"]);
  const row = page.getByRole("row").filter({ hasText: "dead" });
  expect(await row.locator("code").textContent()).toBe("qbo login dead");
  expect(await page.getByRole("columnheader").count()).toBe(6);
});

test("hostile names are shown as they are and do nothing", async () => {
  const companyName = `</script><img src=x onerror="document.title='owned'"><b class=x>\u202egpj`;
  const page = await open((await writeReport([{ name: "evil", companyName, days: 50 }])).file);
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toMatch(/^QuickBooks connections, /);
  const shown = await page.locator("tbody bdi").textContent();
  expect(shown).toContain(`</script><img src=x onerror="document.title='owned'">`);
  expect(shown).not.toContain("\u202e");
});

test.each([
  [1280, "light"],
  [390, "dark"],
] as const)("nothing is cut or runs out of the page at %i pixels, %s", async (width, colorScheme) => {
  const long = { name: "a-very-long-name-of-a-connection-that-somebody-chose", companyName: "W".repeat(90), days: 3 };
  const { file } = await writeReport([...sample, long]);
  const page = await open(file, { viewport: { width, height: 800 }, colorScheme });
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  expect(overflow).toBe(0);
  const contrast = await page.evaluate<string[]>(
    "['.tile.reconnect strong', 'h1', '.soft'].map((s) => getComputedStyle(document.querySelector(s)).color)",
  );
  expect(new Set(contrast).size).toBe(3);
  await page.emulateMedia({ media: "print" });
  expect(await page.locator(".tools").isVisible()).toBe(false);
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
});

test("the file is private, holds no secret, and replaces an older report", async () => {
  const { home, file } = await writeReport();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("secret");
  writeFileSync(file, "older");
  const ended = await runQbo(["report", "--output", file, "--env", "emulator"], { home });
  expect(ended).toMatchObject({ exitCode: 0, stdout: `✓ ${file}: 4 connections, 2 need somebody\n` });
  const piped = await runQbo(["report", "--output", "-"], { home });
  expect(piped.stdout).toMatch(/^<!doctype html>\n[^]*<\/html>\n$/);
  expect(await expectTypedError(["report"], { home })).toMatchObject({ code: "USAGE" });
  expect(await expectTypedError(["report", "--output", join(file, "below")], { home })).toMatchObject({ exitCode: 2 });
  // A folder that is made for a mistyped name is found by nobody.
  const missing = join(home.folder, "mistyped");
  expect(await expectTypedError(["report", "--output", join(missing, "fleet.html")], { home })).toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("mkdir -p"),
  });
  expect(existsSync(missing)).toBe(false);
});
