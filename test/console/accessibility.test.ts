import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { checkAccessibility, type VisitorOptions } from "../support/browser.ts";
import { addressOf, type PageRoute, routesOfConsole } from "./all-pages.ts";
import { type FullConsole, openFullConsole } from "./full-console.ts";

let console: FullConsole;
let pages: PageRoute[];

beforeAll(async () => {
  console = await openFullConsole();
  pages = routesOfConsole().filter(({ method, path }) => method === "GET" && !isFile(path));
});

afterAll(() => console[Symbol.asyncDispose]());

/** No pages of the console's own look. */
function isFile(path: string): boolean {
  return /\.(csv|pdf|png|html)$|\/pages\/:page$|\/assets\/|sign-in$/.test(path);
}

const onDesk = {} as const;
const onTelephone = { colours: "dark", screen: "telephone", scripts: "off" } as const;

/**
 * What is wrong with pages, each opened on a desk, in the light, and on a telephone, in the dark and without scripts. The
 * rules of accessibility, which take the longest, are asked of each in one of the two; sections ask them of theirs in both.
 */
async function look(person: "operator" | "manager", chosen: readonly PageRoute[]) {
  const [desk, telephone] = await Promise.all([
    lookBy(onDesk, person, chosen, (at) => at % 2 === 0),
    lookBy(onTelephone, person, chosen, (at) => at % 2 === 1),
  ]);
  return { desk, telephone };
}

async function lookBy(
  options: VisitorOptions,
  person: "operator" | "manager",
  chosen: readonly PageRoute[],
  isChecked: (at: number) => boolean,
) {
  await using visitor = await console.visit(person, options);
  const { page } = visitor;
  const faulty: { path: string; found: readonly string[] }[] = [];
  for (const [at, route] of chosen.entries()) {
    const path = addressOf(route, console.things);
    const answer = await page.goto(path);
    const found = isChecked(at) ? await checkAccessibility(page) : [];
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (width > 0) found.push(`${width} pixels wider than the screen`);
    if (answer?.status() !== 200) found.push(`It answers ${answer?.status()}`);
    if ((await page.locator("h1").count()) !== 1) found.push("It has not one heading");
    found.push(...visitor.faults.splice(0));
    if (found.length > 0) faulty.push({ path: route.path, found });
  }
  return faulty;
}

describe("every page can be read by everybody, with nothing in the browser's log", () => {
  const none = { desk: [], telephone: [] };

  test("of a service", async () => {
    const ofService = pages.filter(({ isOfService }) => isOfService);
    expect(ofService.length).toBeGreaterThan(40);
    expect(await look("manager", ofService)).toEqual(none);
  });

  test("of the whole installation", async () => {
    const ofAll = pages.filter(({ isOfService }) => !isOfService);
    expect(ofAll.length).toBeGreaterThan(20);
    expect(await look("operator", ofAll)).toEqual(none);
  });
});

describe("with a keyboard alone", () => {
  test("people skip what every page begins with, and fill in a form", async () => {
    await using visitor = await console.visit("manager");
    const { page } = visitor;
    await page.goto(console.path("/members/new"));

    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toContain("Skip to");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    const typed = new Map([
      ["name", "Kay Board"],
      ["email", "kay@people.example"],
    ]);
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      const { name, type } = await page.evaluate(() => {
        const field = document.activeElement;
        const isInput = field instanceof HTMLInputElement || field instanceof HTMLButtonElement;
        return isInput ? { name: field.name, type: field.type } : { name: "", type: "" };
      });
      const text = typed.get(name);
      if (text !== undefined) await page.keyboard.type(text);
      if (type === "radio") await page.keyboard.press("Space");
      if (type === "submit") break;
    }
    await page.keyboard.press("Enter");

    await page.locator(".secret").waitFor();
    const [added] = await console.world
      .sql`select name from users where email_address = 'kay@people.example'`;
    expect(added?.name).toBe("Kay Board");
  });

  test("they see where they are", async () => {
    await using visitor = await console.visit("operator");
    const { page } = visitor;
    await page.goto("/console/services");
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate(() => {
        const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement ?? document.body);
        return outlineStyle !== "none" || boxShadow !== "none";
      });
      expect(shown).toBe(true);
    }
  });

  test("they sign in", async () => {
    await using visitor = await console.visit("stranger");
    await visitor.context.clearCookies();
    const { page } = visitor;
    await page.goto("/console/sign-in");
    expect(await checkAccessibility(page)).toEqual([]);
    const names: string[] = [];
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press("Tab");
      names.push(await page.evaluate(() => document.activeElement?.getAttribute("type") ?? ""));
    }
    expect(names.filter((name) => name !== "")).toEqual(["email", "password", "submit"]);
  });
});
