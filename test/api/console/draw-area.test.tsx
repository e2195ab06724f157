/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { assetPath, assetRoutes } from "../../../api/console/assets.ts";
import { consoleHeaders } from "../../../api/console/headers.ts";
import { AreaMap } from "../../../api/console/map.tsx";
import { effectOf } from "../../../shared/broadcast/effect.ts";
import { areaTextOf, readAreaText } from "../../../shared/broadcast/map/area-text.ts";
import { type MapView, side, viewAround, viewOfPolygons } from "../../../shared/broadcast/map/view.ts";
import { checkAccessibility, openVisitor, type VisitorOptions } from "../../support/browser.ts";

const square = [
  [51.52, -0.1],
  [51.52, -0.02],
  [51.58, -0.02],
  [51.52, -0.1],
] as const;

/** A page with a form to draw an area in, under the console's headers, as the broadcasts' page has it. */
async function openForm(view: MapView, text: string, options: VisitorOptions = {}) {
  const read = readAreaText(text);
  const polygons = "polygons" in read ? read.polygons : [];
  const app = new Hono().use(consoleHeaders).route("/console/assets", assetRoutes());
  app.get("/", (c) =>
    c.html(
      <html lang="en">
        <head>
          <title>Draw an area</title>
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href={assetPath("console.css")} />
          <link rel="stylesheet" href={assetPath("map.css")} />
          <script src={assetPath("draw-area.js")} defer />
        </head>
        <body>
          <main>
            <h1>Draw an area</h1>
            <form method="get">
              <AreaMap polygons={polygons} effect={effectOf(polygons)} view={view} />
              <label for="areas">Areas</label>
              <textarea id="areas" name="areas" rows={6} data-draw-area>
                {text}
              </textarea>
              <button type="submit">Save</button>
            </form>
          </main>
        </body>
      </html>,
    ),
  );
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => app.fetch(request) });
  const visitor = await openVisitor(`http://127.0.0.1:${server.port}`, options);
  await visitor.page.goto("/");
  const { page } = visitor;
  return {
    page,
    text: page.getByLabel("Areas"),
    drawn: () => page.locator("path.map-area"),
    corners: () => page.locator(".map-corner").count(),
    /** Points at degrees on the map. */
    async point(latitude: number, longitude: number) {
      const map = page.locator(".area-map > svg");
      const { width = 0 } = (await map.boundingBox()) ?? {};
      const { x, y } = view.placeOf([latitude, longitude]);
      await map.click({ position: { x: (x / side) * width, y: (y / side) * width } });
    },
    polygons: async (): Promise<unknown> => {
      const read = readAreaText(await page.getByLabel("Areas").inputValue());
      return "polygons" in read ? read.polygons : read.fault;
    },
    async [Symbol.asyncDispose]() {
      await visitor[Symbol.asyncDispose]();
      await server.stop(true);
    },
  };
}

describe("drawing an area", () => {
  test("is pointing at its corners; a point can be taken back, and another area begun", async () => {
    await using form = await openForm(viewAround([51.5, -0.1], 40), "");
    const remove = form.page.getByRole("button", { name: "Remove the last point" });
    const another = form.page.getByRole("button", { name: "Begin another area" });
    const caption = () => form.page.locator("figcaption").textContent();

    await another.click();
    await remove.click();
    expect(await form.text.inputValue()).toBe("");
    for (const [latitude, longitude] of square.slice(0, 3)) await form.point(latitude, longitude);

    const near = square.map(([latitude, longitude]) => [
      expect.closeTo(latitude, 2),
      expect.closeTo(longitude, 2),
    ]);
    expect(await form.polygons()).toEqual([near]);
    expect(await form.corners()).toBe(3);
    expect(await form.drawn().getAttribute("d")).toMatch(/^M.*L.*L.*Z$/);
    expect(await caption()).toBe("1 area, 3 points");

    await remove.click();
    await another.click();
    await form.point(51.4, 0);

    expect(await caption()).toBe("2 areas, 3 points");
    expect((await form.text.inputValue()).split("\n\n")).toHaveLength(2);
  });

  test("is typing too: the map shows what is typed", async () => {
    await using form = await openForm(viewOfPolygons([square]), areaTextOf([square]), { colours: "dark" });
    expect(await form.drawn().count()).toBe(1);
    expect(await form.corners()).toBe(4);

    await form.text.focus();
    await form.page.keyboard.press("ControlOrMeta+End");
    await form.page.keyboard.type("\n\n51.5, -0.05\n51.51, -0.05\nnonsense");

    expect(await form.corners()).toBe(6);
    expect(await form.page.locator("figcaption").textContent()).toBe("2 areas, 6 points");
    expect(await checkAccessibility(form.page)).toEqual([]);
  });

  test("works without scripts, by the text", async () => {
    await using form = await openForm(viewOfPolygons([square]), areaTextOf([square]), {
      scripts: "off",
      screen: "telephone",
    });

    expect(await form.drawn().count()).toBe(1);
    expect(await form.page.getByRole("img", { name: "Map of where the alert is for" }).count()).toBe(1);
    expect(await form.polygons()).toEqual([square]);
    expect(await form.page.getByRole("button").count()).toBe(1);
    expect(await checkAccessibility(form.page)).toEqual([]);
  });
});
