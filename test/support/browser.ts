import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { atEnd } from "./at-end.ts";

export interface VisitorOptions {
  scripts?: "on" | "off";
  colours?: "light" | "dark";
  /** A telephone's is 360 by 740 pixels. */
  screen?: "desk" | "telephone";
}

/** Somebody with a browser, who has no cookies yet. */
export interface Visitor extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /**
   * What no page may do: errors in the console (those of the content security policy among them), scripts that throw or
   * open a dialog, parts that cannot be loaded, requests to another host. Any left at the end are thrown; a test that
   * expects one takes it out.
   */
  faults: string[];
}

const screens = { desk: { width: 1280, height: 900 }, telephone: { width: 360, height: 740 } };

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing leaves this machine, whatever a page asks for.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** Debian's names it so; elsewhere it may be on the path. */
const programs = ["/usr/bin/chromium", Bun.which("chromium"), Bun.which("google-chrome")];

let launched: Promise<Browser> | undefined;

/** Of visitors who have gone. Closed with the next: Playwright throws where a page says something as it is closed. */
const left: BrowserContext[] = [];

/** One program for all tests of a run; another where it ended, as it does with a test that took too long. */
async function browser(): Promise<Browser> {
  launched ??= launch();
  const running = await launched;
  if (running.isConnected()) return running;
  launched = launch();
  return await launched;
}

async function launch(): Promise<Browser> {
  const executablePath = programs.find((path) => path !== null && Bun.file(path).size > 0);
  if (!executablePath)
    throw new Error("Cannot find chromium: install the package of that name (.ci/packages)");
  const started = await chromium.launch({ executablePath, args: flags, timeout: 60_000 });
  atEnd.push(() => started.close());
  return started;
}

/** A visitor of the site at this address, to which paths are relative: `page.goto("/console")`. */
export async function openVisitor(
  url: string,
  { scripts = "on", colours = "light", screen = "desk" }: VisitorOptions = {},
): Promise<Visitor> {
  const running = await browser();
  await Promise.all(left.splice(0).map((context) => context.close().catch(() => null)));
  const context = await running.newContext({
    baseURL: url,
    javaScriptEnabled: scripts === "on",
    colorScheme: colours,
    viewport: screens[screen],
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/London",
  });
  context.setDefaultTimeout(20_000);
  const faults: string[] = [];
  watch(context, new URL(url).origin, faults);
  return {
    context,
    page: await context.newPage(),
    faults,
    async [Symbol.asyncDispose]() {
      // What pages have said is on its way: their answers come after it.
      await Promise.all(context.pages().map((page) => page.evaluate(() => null).catch(() => null)));
      const found = [...faults];
      await Promise.all(context.pages().map((page) => page.goto("about:blank").catch(() => null)));
      left.push(context);
      if (found.length > 0) throw new Error(`Pages were at fault:\n${found.join("\n")}`);
    },
  };
}

/** Notes what pages do amiss. */
function watch(context: BrowserContext, origin: string, faults: string[]): void {
  context.on("console", (message) => {
    // Answers are judged below, where it is known what asked for them.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource:"))
      faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`script: ${error.error().message}`));
  context.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (/^(https?|wss?|ftp):$/.test(protocol) && asked !== origin)
      faults.push(`other host: ${request.url()}`);
  });
  context.on("response", (response) => {
    // A page may well say that something is not there; what it is made of may not be missing.
    if (response.status() >= 400 && response.request().resourceType() !== "document")
      faults.push(`answer: ${response.status()} ${response.url()}`);
  });
}

/** The success criteria of WCAG 2.2, levels A and AA, and what its makers call best practice. */
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What an automatic check finds wrong with the page as it is shown now: `serious color-contrast: .tag (…)`, one for each
 * element. Other documents in frames are not looked into.
 */
export async function checkAccessibility(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    // Where scripts are off only promises go on, and the check waits for timers.
    if (!matchMedia("(scripting: none)").matches) return;
    const soon = (run: () => void) => void Promise.resolve().then(run);
    Object.defineProperty(window, "setTimeout", { value: soon });
  });
  // From outside, so that the page's policy does not stand in its way.
  await page.evaluate(axe.source);
  return await page.evaluate(async (values) => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await checker.run(document, {
      runOnly: { type: "tag", values },
      resultTypes: ["violations"],
      iframes: false,
      preload: false,
    });
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(({ target, any }) => `${impact} ${id}: ${target.join(" ")} (${any[0]?.message ?? help})`),
    );
  }, standards);
}
