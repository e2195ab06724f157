import { expect, test } from "bun:test";
import { readLetter } from "../../../../shared/letter/files.ts";
import { openPdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { notificationRow } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import { openWorld } from "../../../support/world.ts";
import { textsOf } from "./letters.ts";

test("a letter that the API took gets its PDF from the worker", async () => {
  await using world = await openWorld();
  const { data } = await world.client().sendLetter(world.service.templates.letter, {
    personalisation: {
      address_line_1: "Ada Archer",
      address_line_2: "1 Mill Lane",
      postcode: "ls14ap",
      name: "Ada & Ben",
      day: "Monday",
    },
  });

  await until(
    async () => (await notificationRow(world.sql, data.id)).billableUnits === 1,
    "the letter's sheets are known",
  );

  const pdf = await readLetter(world.deps, data.id, "letter");
  const texts = textsOf(await openPdfium(), pdf ?? new Uint8Array());
  expect(texts.slice(0, 4)).toEqual(["NOTIFY", "ADA ARCHER", "1 MILL LANE", "LS1 4AP"]);
  expect(texts).toContain("Dear Ada & Ben");
});
