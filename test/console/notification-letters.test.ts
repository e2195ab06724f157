import { afterAll, beforeAll, expect, test } from "bun:test";
import { notificationRow } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { letterPdf } from "../worker/letters/precompiled/letter-pdf.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole({ worker: true });
});

afterAll(() => console[Symbol.asyncDispose]());

test("a letter's pages are shown as pictures, with what is wrong with them", async () => {
  const { world } = console;
  const draw = ({ box }: { box(place: object): void }, page: number) => {
    if (page === 1) box({ left: 1, right: 5, top: 100, bottom: 110 });
  };
  const pdf = Buffer.from(await letterPdf({ pages: 2, draw }));
  const { data } = await world.client().sendPrecompiledLetter("mine", pdf);
  await until(
    async () => (await notificationRow(world.sql, data.id)).status === "validation-failed",
    "it has been looked at",
  );

  await using visitor = await console.visit("viewer");
  const { page } = visitor;
  await page.goto(console.path(`/notifications/${data.id}`));
  const second = page.getByAltText("Page 2 of the letter");
  await second.scrollIntoViewIfNeeded();
  const sizes = await until(async () => {
    const images = await page
      .locator("img.letter-page")
      .evaluateAll((all) =>
        all
          .flatMap((image) => (image instanceof HTMLImageElement && image.complete ? [image] : []))
          .map(({ naturalWidth, naturalHeight }) => `${naturalWidth}x${naturalHeight}`),
      );
    return images.length === 2 && images;
  }, "both pages are there");

  expect(sizes).toEqual(["992x1403", "992x1403"]);
  const said = await page.locator("p.warning").textContent();
  expect(said).toContain("Something stands outside the part of the page that can be printed on");
  expect(said).toContain("See page 2. What is wrong is drawn in red.");
  const opened = await world.sql`select from audit where action = 'notification.open'`;
  expect(opened).toHaveLength(1);
});

test("a file that the virus scan has not found clean is given to nobody", async () => {
  const id = await console.world.notification({
    channel: "letter",
    status: "virus-scan-failed",
    precompiled: true,
  });

  const page = await console.get("operator", console.path(`/notifications/${id}`));
  const file = await console.get("operator", console.path(`/notifications/${id}/letter.pdf`));

  expect(page.text).toContain("The virus scan found something in the file");
  expect(file.status).toBe(403);
});
