// needs: chromium
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createCertificates } from "../../src/adapters/certificate/certificates.ts";
import type { FinalPage } from "../../src/core/callback-server.ts";
import type { ServerCertificate } from "../../src/core/certificates.ts";
import { clock, closeAll, connectedPage, expectFree, openCallback } from "../adapters/callback-server/fixture.ts";

const executablePath = "/usr/bin/chromium";
const callback = "/callback?code=good-and-secret&state=s&realmId=1";
const quiet = ["quic", "gpu", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);

let browser: Browser;
let certificate: ServerCertificate;

describe("a real browser at the callback", () => {
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "qbo-pages-"));
    certificate = await createCertificates({ folder, clock }).forCallback();
    await rm(folder, { recursive: true });
    browser = await chromium.launch({
      executablePath,
      timeout: 100_000,
      args: ["--no-sandbox", "--no-first-run", ...quiet],
    });
  });
  afterAll(async () => await browser.close());
  afterEach(closeAll);

  async function openPage(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: "reduce", ...options });
    return await context.newPage();
  }

  /** Goes through the redirect and shows `final`, with everything that the browser complained about. */
  async function visit(
    page: Page,
    final: FinalPage,
  ): Promise<{ complaints: string[]; requests: string[]; port: number }> {
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const { port, running } = await openCallback({ certificate, limits: { lingerMs: 20_000 } });
    page.on("request", (request) => requests.push(request.url().replace(String(port), "port")));
    const shown = page.goto(`https://localhost:${port}${callback}`);
    await running.response;
    await running.finish(final);
    await shown;
    await expectFree(port);
    return { complaints, requests, port };
  }

  test("ends on the final page, with no trace of the code and no complaint", async () => {
    const page = await openPage();
    const { complaints, requests, port } = await visit(page, connectedPage);
    expect(page.url()).toMatch(new RegExp(`^https://localhost:${port}/result/[\\w-]{22}$`));
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Connected to Blue Door Supplies");
    expect(await page.evaluate("document.referrer")).toBe("");
    expect(await page.evaluate("history.length")).toBeLessThanOrEqual(2);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([
      `https://localhost:port${callback}`,
      expect.stringMatching(/^https:\/\/localhost:port\/result\//),
    ]);
    // The style counts only when the policy let it through.
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius")).toBe("20px");
    await page.context().close();
  });

  test("is not led astray by hostile texts, at any width, light or dark", async () => {
    const name = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202e ${"W".repeat(400)}`;
    const pages: FinalPage[] = [
      { kind: "connected", companyName: name, environment: name, connection: name },
      { kind: "failed", title: name, message: name, hint: `qbo login ${name}` },
    ];
    for (const final of pages) {
      for (const [width, colorScheme] of [
        [320, "light"],
        [768, "dark"],
        [1440, "light"],
      ] as const) {
        const page = await openPage({ viewport: { width, height: 800 }, colorScheme });
        const { complaints } = await visit(page, final);
        expect(complaints).toEqual([]);
        expect(await page.title()).toContain("<img src=x");
        expect(await page.locator("img, script").count()).toBe(0);
        expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        await page.context().close();
      }
    }
  });

  test.each(["light", "dark"] as const)("can be read: every text has enough contrast (%s)", async (colorScheme) => {
    for (const final of [connectedPage, failedPage]) {
      const page = await openPage({ colorScheme });
      await visit(page, final);
      // WCAG 2.2, success criterion 1.4.3.
      const contrasts: { text: string; ratio: number }[] = await page.evaluate(measureContrasts);
      expect(contrasts.length).toBeGreaterThan(4);
      expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
      await page.context().close();
    }
  });

  test("lets the command be copied as a whole, without its prompt", async () => {
    const page = await openPage();
    await visit(page, failedPage);
    await page.locator("pre code").click();
    expect(await page.evaluate("String(getSelection())")).toBe("qbo login blue-door");
    await page.context().close();
  });
});

const failedPage: FinalPage = {
  kind: "failed",
  title: "The sign-in was for another company",
  message: "Nothing was changed. The connection `blue-door` belongs to Blue Door Supplies.",
  hint: "qbo login blue-door",
};

/** Runs in the page: the contrast of each text with the nearest ground behind it. */
const measureContrasts = `(() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parse(colour).map((value) => value / 255).map((value) =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parse(colour)[3] ?? 1) === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
      return { text: element.textContent.trim(), ratio: (high + 0.05) / (low + 0.05) };
    });
})()`;
