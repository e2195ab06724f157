import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Status, statuses } from "../../shared/notification/notification.ts";
import type { NotificationFacts } from "../support/notifications.ts";
import { openWorld, type World } from "../support/world.ts";
import { bearerOf } from "./bearer-of.ts";

/** As far as these tests look. */
interface Page {
  links: { current: string; next?: string };
  notifications: { id: string; status: string; reference: string | null; created_at: string }[];
}

type KeyType = "normal" | "team" | "test";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

/** A service of its own. */
async function openService() {
  const service = await world.addService(`Service ${crypto.randomUUID()}`);
  const ask = async (path: string, key: KeyType = "normal"): Promise<Response> =>
    await fetch(new URL(path, world.apiUrl), { headers: await bearerOf(service.keys[key]) });
  return {
    service,
    ask,
    async list(query = "", key?: KeyType): Promise<Page> {
      const response = await ask(`/v2/notifications${query}`, key);
      expect(response.status).toBe(200);
      return await response.json();
    },
    store: (facts: NotificationFacts = {}) =>
      world.notification({
        serviceId: service.id,
        templateId: service.templates[facts.channel ?? "sms"],
        ...facts,
      }),
  };
}

const idsOf = ({ notifications }: Page) => notifications.map(({ id }) => id);
const at = (second: number) => new Date(Date.UTC(2026, 7, 1, 9, 30, second));

describe("a list", () => {
  test("goes through every page by its links, newest first, and ends with an empty one", async () => {
    const { ask, list, store } = await openService();
    const stored: string[] = [];
    for (let n = 0; n < 502; n++)
      stored.push(await store({ createdAt: at(n), clientReference: "all of it" }));

    const pages = [await list("?reference=all%20of%20it")];
    for (let next = pages[0]?.links.next; next; next = pages.at(-1)?.links.next) {
      pages.push(await (await ask(next)).json());
    }

    expect(pages.map((page) => page.notifications.length)).toEqual([250, 250, 2, 0]);
    expect(pages.flatMap(idsOf)).toEqual(stored.toReversed());
    expect(pages.at(-1)?.links.next).toBeUndefined();
    expect(pages[1]?.links.current).toBe(
      `${world.apiUrl}/v2/notifications?reference=all+of+it&older_than=${stored[252]}`,
    );
  });

  test("skips none of those made in one instant", async () => {
    const { list, store } = await openService();
    for (let n = 0; n < 5; n++) await store({ createdAt: at(0) });
    const all = idsOf(await list());

    for (const [place, id] of all.entries()) {
      expect(idsOf(await list(`?older_than=${id}`))).toEqual(all.slice(place + 1));
    }
  });

  test("is empty after an id unknown, or another service's", async () => {
    const { list, store } = await openService();
    await store();
    const other = await openService();
    const foreign = await other.store({ createdAt: new Date(Date.now() + 60_000) });

    expect(idsOf(await list(`?older_than=${foreign}`))).toEqual([]);
    const { notifications, links } = await list(`?older_than=${crypto.randomUUID()}`);
    expect([notifications, links.next]).toEqual([[], undefined]);
  });

  test("takes what is older than a notification that it would not itself show", async () => {
    const { list, store } = await openService();
    const oldest = await store({ createdAt: at(0) });
    const email = await store({ createdAt: at(1), channel: "email", keyType: "team" });
    await store({ createdAt: at(2) });

    expect(idsOf(await list(`?template_type=sms&older_than=${email}`))).toEqual([oldest]);
  });

  test("tells empty references from none", async () => {
    const { list, store } = await openService();
    const none = await store({ createdAt: at(0) });
    const empty = await store({ createdAt: at(1), clientReference: "" });
    const space = await store({ createdAt: at(2), clientReference: " " });

    expect(idsOf(await list("?reference="))).toEqual([empty]);
    expect(idsOf(await list("?reference=+"))).toEqual([space]);
    expect(idsOf(await list())).toEqual([space, empty, none]);
  });

  test.each(["a", "A b/c&d=e+f%", "é’😀", "x".repeat(1000)])(
    "finds the reference %.12s exactly, and links to itself with it",
    async (reference) => {
      const { ask, list, store } = await openService();
      const found = await store({ clientReference: reference });
      await store({ clientReference: `${reference}x` });

      const page = await list(`?reference=${encodeURIComponent(reference)}`);

      expect(idsOf(page)).toEqual([found]);
      expect(idsOf(await (await ask(page.links.current)).json())).toEqual([found]);
    },
  );

  test("shows only what was sent with keys of the caller's type", async () => {
    const { list, store } = await openService();
    for (const keyType of ["normal", "team", "test"] as const) {
      const id = await store({ keyType });
      expect(idsOf(await list("", keyType))).toEqual([id]);
    }
  });

  test("leaves out what came from a spreadsheet unless asked", async () => {
    const { list, store } = await openService();
    const single = await store({ createdAt: at(0) });
    const row = await store({ createdAt: at(1) });
    await world.sql`update notifications set job_id = ${crypto.randomUUID()}, job_row_number = 0 where id = ${row}`;

    expect(idsOf(await list())).toEqual([single]);
    expect(idsOf(await list("?include_jobs=true"))).toEqual([row, single]);
    expect(idsOf(await list("?include_jobs=True"))).toEqual([row, single]);
  });
});

describe("a list of the status", () => {
  /** What is asked for, and every stored status that this means, of any channel. */
  const filters: [string, readonly Status[]][] = [
    ...statuses
      .filter((status) => status !== "failed")
      .map((status): [string, Status[]] => [status, [status]]),
    [
      "failed",
      [
        "technical-failure",
        "temporary-failure",
        "permanent-failure",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
      ],
    ],
    ["accepted", ["created", "sending"]],
    ["received", ["delivered"]],
  ];
  let own: Awaited<ReturnType<typeof openService>>;

  beforeAll(async () => {
    own = await openService();
    for (const status of statuses) {
      await own.store({ status, clientReference: `sms ${status}` });
      await own.store({ status, clientReference: `email ${status}`, channel: "email" });
    }
  });

  const found = async (query: string) =>
    (await own.list(query)).notifications.map(({ reference }) => reference).sort();

  test.each(filters)("%s is of every channel", async (asked, stored) => {
    expect(await found(`?status=${asked}`)).toEqual(
      stored.flatMap((status) => [`email ${status}`, `sms ${status}`]).sort(),
    );
    expect(await found(`?status=${asked}&template_type=email`)).toEqual(
      stored.map((status) => `email ${status}`).sort(),
    );
  });

  test("several are joined", async () => {
    expect(await found("?status=created&status=received&status=created&template_type=sms")).toEqual([
      "sms created",
      "sms delivered",
    ]);
    expect(await found("?template_type=sms&template_type=email&status=sent")).toEqual([
      "email sent",
      "sms sent",
    ]);
    expect(await found("?template_type=letter")).toEqual([]);
  });

  test.each(statuses)("%s is shown as it is, in a list as by its id", async (status) => {
    const page = await own.list(`?reference=${encodeURIComponent(`sms ${status}`)}`);
    const alone = await own.ask(`/v2/notifications/${page.notifications[0]?.id}`);

    expect(page.notifications).toMatchObject([{ status }]);
    expect(await alone.json()).toEqual({ ...page.notifications[0] });
  });
});

describe("one notification", () => {
  test("is shown to its service whatever key sent it, and to no other", async () => {
    const { ask, store } = await openService();
    const other = await openService();
    const id = await store({ keyType: "test" });

    for (const key of ["normal", "team", "test"] as const) {
      expect((await ask(`/v2/notifications/${id}`, key)).status).toBe(200);
    }
    expect((await other.ask(`/v2/notifications/${id}`)).status).toBe(404);
  });

  test("keeps the template version it was made from", async () => {
    const { service, ask, store } = await openService();
    const id = await store();
    await world.sql`update templates set content = 'Bye', version = version + 1 where id = ${service.templates.sms}`;

    expect(await (await ask(`/v2/notifications/${id}`)).json()).toMatchObject({
      body: "Hello Ada, come on Monday",
      template: { version: 1, uri: `${world.apiUrl}/v2/template/${service.templates.sms}/version/1` },
    });
  });

  test.each([
    (id: string) => id.toUpperCase(),
    (id: string) => id.replaceAll("-", ""),
    (id: string) => `%7b${id}%7d`,
    (id: string) => `urn:uuid:${id}`,
  ])("is found under another spelling of its id: %#", async (spell) => {
    const { ask, store } = await openService();
    const id = await store();

    expect(await (await ask(`/v2/notifications/${spell(id)}`)).json()).toMatchObject({ id });
  });
});
