import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createTemplate } from "../../../shared/template/queries.ts";
import { notificationRow } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import type { World } from "../../support/world.ts";
import { readPng } from "../../worker/letters/draw/read-png.ts";
import { letterDocument, letterPdf } from "../../worker/letters/precompiled/letter-pdf.ts";
import { type Operators, openOperators, operatorsToken, refused, unknownId } from "./operators.ts";

let operators: Operators;
let world: World;

beforeAll(async () => {
  operators = await openOperators({ LETTER_PICTURE_PATIENCE_MS: "30000" });
  ({ world } = operators);
  await world.startWorker();
});

afterAll(() => world[Symbol.asyncDispose]());

const pathOf = (rest: string, serviceId = world.service.id) => `/service/${serviceId}/${rest}`;
const preview = (id: string, query = "", serviceId?: string) =>
  operators.ask("GET", pathOf(`template/preview/${id}/png${query}`, serviceId));

const address = { address_line_1: "Ada Archer", address_line_2: "1 Mill Lane", postcode: "LS1 4AP" };

async function sendTemplated(content: string): Promise<string> {
  const template = {
    serviceId: world.service.id,
    name: "Long",
    type: "letter",
    subject: "A",
    content,
  } as const;
  const { data } = await world.client().sendLetter(await createTemplate(world.sql, template), {
    personalisation: { ...address, name: "Ada" },
  });
  await until(async () => {
    const [row] =
      await world.sql`select from letters where notification_id = ${data.id} and made_at is not null`;
    return row;
  }, "the letter has its PDF");
  return data.id;
}

async function sendPrecompiled(pdf: Uint8Array, status: string): Promise<string> {
  const { data } = await world.client().sendPrecompiledLetter("mine", Buffer.from(pdf));
  await until(async () => (await notificationRow(world.sql, data.id)).status === status, `it is ${status}`);
  return data.id;
}

const jobs = async () => (await world.sql`select from pgboss.job where name = 'draw-letter-pages'`).length;

describe("GET /service/{id}/template/preview/{notification}/png", () => {
  test("draws a templated letter's pages, all askers' by one job, and keeps them encrypted", async () => {
    const id = await sendTemplated(`Dear ((name))\n\n${"Come soon.\n\n".repeat(30)}`);
    const before = await jobs();

    const [first, second, third] = await Promise.all([
      preview(id),
      preview(id, "?page=2"),
      preview(id, "?page=3"),
    ]);

    expect(await jobs()).toBe(before + 1);
    expect(third).toMatchObject(refused(404, "This letter has no such page"));
    expect([first?.status, first?.body.metadata]).toEqual([200, {}]);
    const pages = [first, second].map(({ body }) => readPng(Uint8Array.fromBase64(body.content)));
    expect(pages.map(({ width, height }) => [width, height])).toEqual([
      [992, 1403],
      [992, 1403],
    ]);
    // The address is on the first; both say something.
    const window = { left: 24.6, right: 120, top: 39.5, bottom: 66.3 };
    const body = { left: 15, right: 195, top: 20, bottom: 150 };
    expect(pages[0]?.inkIn(window)).toBeGreaterThan(300);
    expect(pages.every((page) => page.inkIn(body) > 1000)).toBe(true);
    const stored = await world.sql<{ head: string }[]>`
      select encode(substring(content for 4), 'hex') as head from files where key like 'pictures/%'`;
    expect(stored.length).toBeGreaterThan(1);
    for (const { head } of stored) expect(head).not.toBe("89504e47");
  });

  test("draws what a service made itself, as it is printed", async () => {
    const id = await sendPrecompiled(await letterPdf(), "created");

    const { status, body } = await preview(id, "?page=1");

    expect([status, body.metadata]).toEqual([200, {}]);
    expect(readPng(Uint8Array.fromBase64(body.content)).colourAt(5, 200)).toBe("ffffff");
  });

  test("draws over one that failed validation what is wrong, and says why and where", async () => {
    const draw = ({ box }: { box(place: object): void }, page: number) => {
      if (page === 1) box({ left: 1, right: 5, top: 100, bottom: 110 });
    };
    const id = await sendPrecompiled(await letterPdf({ pages: 2, draw }), "validation-failed");

    const [first, second, pdf] = await Promise.all([
      preview(id),
      preview(id, "?page=2"),
      operators.ask("GET", pathOf(`template/preview/${id}/pdf`)),
    ]);

    const metadata = { message: "content-outside-printable-area", invalid_pages: "[2]", page_count: "2" };
    for (const answer of [first, second, pdf]) expect(answer.body.metadata).toEqual(metadata);
    const [good, bad] = [first, second].map(({ body }) => readPng(Uint8Array.fromBase64(body.content)));
    expect([good?.colourAt(5, 200), bad?.colourAt(5, 200)]).toEqual(["ffffff", "f6d7d2"]);
  });

  test("tells of what cannot be drawn", async () => {
    const locked = await letterDocument();
    locked.encrypt({ ownerPassword: "owner", userPassword: "user", permissions: {} });
    const [isLocked, isNone] = await Promise.all([
      sendPrecompiled(new Uint8Array(await locked.save()), "validation-failed"),
      sendPrecompiled(new TextEncoder().encode("%PDF-1.7 and no more"), "validation-failed"),
    ]);

    expect(await preview(isLocked)).toMatchObject(
      refused(400, "This letter cannot be drawn: its PDF wants a password"),
    );
    expect(await preview(isNone)).toMatchObject(
      refused(400, "This letter cannot be drawn: its PDF cannot be read"),
    );
  });

  test("knows only letters of the service, and pages that there may be", async () => {
    const id = await sendPrecompiled(await letterPdf(), "created");
    const unmade = await world.notification({ channel: "letter" });
    const other = await world.addService("Other");

    for (const answer of [
      await preview(id, "", other.id),
      await preview(unknownId),
      await preview("nonsense"),
      await preview(await world.notification()),
    ]) {
      expect(answer).toMatchObject(refused(404, "No result found"));
    }
    expect(await preview(unmade)).toMatchObject(refused(404, "This letter has no PDF"));
    for (const page of ["0", "-1", "x", "1.5", "99999999"]) {
      expect(await preview(id, `?page=${page}`)).toMatchObject(refused(400, "Invalid page"));
    }
    for (const page of ["11", "1000000"]) {
      expect(await preview(id, `?page=${page}`)).toMatchObject(refused(404, "This letter has no such page"));
    }
  });
});

test("GET …/notifications/{id}/png answers the picture itself, for whoever asked alone", async () => {
  const id = await sendPrecompiled(await letterPdf({ address: ["Nobody"] }), "validation-failed");

  const url = `${world.apiUrl}${pathOf(`notifications/${id}/png`)}`;
  const response = await fetch(url, { headers: { Authorization: await operatorsToken() } });

  expect(response.headers.get("Content-Type")).toBe("image/png");
  expect(response.headers.get("Cache-Control")).toContain("no-store");
  // The address window is what is wrong.
  const picture = readPng(await response.bytes());
  expect([picture.colourAt(110, 60), picture.colourAt(110, 80)]).toEqual(["f6d7d2", "ffffff"]);
});

describe("GET …/template/{id}/preview/png/{page}", () => {
  const ask = async (template: string, page: string, query = "") => {
    const url = `${world.apiUrl}${pathOf(`template/${template}/preview/png/${page}${query}`)}`;
    return await fetch(url, { headers: { Authorization: await operatorsToken() } });
  };

  test("draws a letter that nobody sent, with its values and without", async () => {
    const { letter } = world.service.templates;
    const values = new URLSearchParams({ ...address, name: "Ada", day: "Monday" });

    const [filled, again, bare] = await Promise.all([
      ask(letter, "1", `?${values}`).then((answer) => answer.bytes()),
      ask(letter, "1", `?${values}`).then((answer) => answer.bytes()),
      ask(letter, "1").then((answer) => answer.bytes()),
    ]);

    const window = { left: 24.6, right: 120, top: 39.5, bottom: 66.3 };
    const inks = [filled, bare].map((png) => readPng(png).inkIn(window));
    expect(again).toEqual(filled);
    // Seven lines that say which they are, against three.
    expect(inks[0]).toBeGreaterThan(300);
    expect(inks[1]).toBeGreaterThan(inks[0] ?? 0);
  });

  test("knows letters alone, and tells what cannot be printed", async () => {
    const { letter, sms } = world.service.templates;

    const answers = await Promise.all([
      ask(sms, "1"),
      ask(unknownId, "1"),
      ask(letter, "0"),
      ask(letter, "2"),
      ask(letter, "1", "?name=%F0%93%80%80"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 404, 400]);
  });
});
