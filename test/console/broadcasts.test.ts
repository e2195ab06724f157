import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fanOut } from "../../shared/broadcast/fan-out.ts";
import { findBroadcast } from "../../shared/broadcast/queries.ts";
import { setAsBroadcastService } from "../../shared/broadcast/settings.ts";
import { addPerson, storeBroadcast, townSquare } from "../support/broadcasts.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole, type Person } from "./open-console.ts";

let console: ConsoleWorld;
/** Somebody else, who hands in what the manager approves. */
let writer: string;

const rights = ["create_broadcasts", "approve_broadcasts", "cancel_broadcasts", "view_activity"];

beforeAll(async () => {
  console = await openConsole();
  const { sql } = console.world;
  const serviceId = console.service.id;
  await setAsBroadcastService(sql, {
    serviceId,
    mode: "live",
    channel: "severe",
    provider: "all",
    at: new Date(),
  });
  // Setting it up took the rights of its people.
  await sql`
    insert into permissions (service_id, user_id, permission)
    select ${serviceId}, ${console.userIds.manager}, unnest(${rights}::text[]) on conflict do nothing`;
  writer = await addPerson(sql, { name: "Wanda Writer", serviceId });
});

afterAll(() => console[Symbol.asyncDispose]());

const path = (rest = "") => console.path(`/broadcasts${rest}`);

const areas = townSquare.map((point) => point.join(", ")).join("\n");
const typed = {
  reference: "Flood 7",
  content: "A flood is coming. Leave now.",
  area_names: "Wainfleet\nFriskney",
  areas,
  hours: "2",
  minutes: "30",
};

async function alert(id: string) {
  const found = await findBroadcast(console.world.sql, console.service.id, id);
  if (!found) throw new Error(`There is no alert ${id}`);
  return found;
}

async function store(facts: Parameters<typeof storeBroadcast>[2] = {}, by = writer) {
  return await storeBroadcast(console.world.sql, { serviceId: console.service.id, writer: by }, facts);
}

async function move(person: Person, id: string, name: string, fields: Record<string, string> = {}) {
  const { version } = await alert(id);
  return await console.post(person, path(`/${id}/${name}`), { version: String(version), ...fields });
}

async function entryOf(id: string, action: string) {
  const [entry] = await console.world.sql`
    select outcome, before, after from audit where subject like ${`%${id}%`} and action = ${action}
    order by at desc limit 1`;
  return entry;
}

describe("writing an alert", () => {
  test("makes a draft with its areas and times, and notes it", async () => {
    const { location } = await console.post("manager", path("/new"), { ...typed, do: "save" });

    const id = location?.split("/").at(-1) ?? "";
    const { startsAt, finishesAt, ...made } = await alert(id);
    expect(location).toBe(path(`/${id}`));
    expect(made).toMatchObject({
      status: "draft",
      reference: "Flood 7",
      content: typed.content,
      areas: { names: ["Wainfleet", "Friskney"], simple_polygons: [townSquare] },
      createdById: console.userIds.manager,
    });
    expect((finishesAt?.getTime() ?? 0) - (startsAt?.getTime() ?? 0)).toBe(150 * 60_000);
    expect(await entryOf(id, "broadcast.create")).toEqual({
      outcome: "done",
      before: null,
      after: { status: "draft", version: 1 },
    });
  });

  test.each([
    [{ reference: " " }, "Enter a reference"],
    [{ content: "" }, "The message must not be empty"],
    [{ content: "long ".repeat(280) }, "The message must be 1,395 characters or fewer"],
    [{ content: `Ŵ${"a".repeat(615)}` }, "The message must be 615 characters or fewer"],
    [{ content: "Dear ((name))" }, "The message must not contain ((placeholders))"],
    [{ areas: "" }, "Point out the area"],
    [{ areas: "over there" }, "Line 1 must be a latitude and a longitude"],
    [{ areas: "51, 0\n52, 0\n51, 1\n52, 1" }, "The areas polygon 1 must not cross or touch itself"],
    [{ hours: "24" }, "The hours must be a number from 0 to 23"],
    [{ minutes: "60" }, "The minutes must be a number from 0 to 59"],
    [{ hours: "0", minutes: "0" }, "Say how long phones are to show it"],
  ])("is refused with %#", async (fields, fault) => {
    const { status, text } = await console.post("manager", path("/new"), { ...typed, ...fields, do: "save" });

    expect(status).toBe(400);
    expect(text).toContain(fault);
    expect(text).toContain("Problem: ");
  });

  test("shows what it will be, for who has no scripts, and copies an earlier one", async () => {
    const id = await store({ content: "Copied words", reference: "Earlier one" });

    const look = await console.post("manager", path("/new"), {
      ...typed,
      content: "Look [here]",
      do: "look",
    });
    const copy = await console.get("manager", path(`/new?from=${id}`));
    const preview = await console.post("manager", path("/preview"), { content: "Ŵ" });

    expect(look.status).toBe(200);
    expect(look.text).toContain("13 of 1,395");
    expect(look.text).toContain('class="map-area"');
    expect(copy.text).toContain("Copied words</textarea>");
    expect(copy.text).toContain('value="Earlier one"');
    expect(preview.text).toContain("1 of 615");
  });

  test("is for those alone who may", async () => {
    for (const person of ["viewer", "operator"] as const) {
      expect((await console.get(person, path("/new"))).status).toBe(404);
      expect((await console.post(person, path("/new"), typed)).status).toBe(404);
    }
    expect((await console.get("viewer", path())).text).not.toContain("Write an alert");
  });
});

test("its areas and times can be changed until it is approved, which must be handed in again", async () => {
  const id = await store({}, console.userIds.manager);

  const { location } = await console.post("manager", path(`/${id}/edit`), { ...typed, hours: "1" });
  const changed = await alert(id);

  expect(location).toBe(path(`/${id}`));
  expect(changed).toMatchObject({
    version: 2,
    editedVersion: 2,
    areas: { names: ["Wainfleet", "Friskney"] },
  });
  expect(await entryOf(id, "broadcast.change")).toMatchObject({
    before: { version: 1 },
    after: { version: 2 },
  });
  const onAir = await store({ status: "broadcasting" });
  expect((await console.get("manager", path(`/${onAir}/edit`))).status).toBe(404);
});

describe("two people", () => {
  test("stand behind an alert: nobody approves their own", async () => {
    const id = await store({ status: "draft" }, console.userIds.manager);
    await move("manager", id, "submit");
    const page = await console.get("manager", path(`/${id}`));

    const refused = await move("manager", id, "approve", { confirm: "yes" });

    expect(page.text).toContain("somebody else must approve it");
    expect(page.text).not.toContain("Approve and send");
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("You cannot approve your own alert");
    expect((await alert(id)).status).toBe("pending-approval");
    expect(await entryOf(id, "broadcast.approve")).toMatchObject({ outcome: "refused" });
  });

  test("are the one who hands it in and one who has read just that", async () => {
    const id = await store();
    const page = await console.get("manager", path(`/${id}`));
    await console.world.sql`update broadcast_messages set version = version + 1 where id = ${id}`;

    const unsure = await move("manager", id, "approve");
    const old = await move("manager", id, "approve", { version: "1", confirm: "yes" });
    const approved = await move("manager", id, "approve", { confirm: "yes" });

    expect(page.text).toContain("Approve and send");
    expect(unsure.text).toContain("Tick that it is to go out to phones");
    expect(old.text).toContain("has changed since it was read");
    expect(approved.location).toBe(path(`/${id}`));
    expect(await alert(id)).toMatchObject({ status: "broadcasting", approvedById: console.userIds.manager });
    const told = await console.world.sql`
      select provider from broadcast_provider_messages m join broadcast_events e on e.id = m.broadcast_event_id
      where e.broadcast_message_id = ${id}`;
    expect(told).toHaveLength(4);
    expect(await entryOf(id, "broadcast.approve")).toEqual({
      outcome: "done",
      before: { status: "pending-approval", version: 2 },
      after: { status: "broadcasting", version: 3 },
    });
  });

  test("can reject it and make it a draft again", async () => {
    const id = await store();

    await move("manager", id, "reject");
    const rejected = (await alert(id)).status;
    await move("manager", id, "withdraw");

    expect([rejected, (await alert(id)).status]).toEqual(["rejected", "draft"]);
  });

  test("are not those who may only look, nor operators, who may but call it off", async () => {
    const id = await store();
    for (const [person, name] of [
      ["viewer", "approve"],
      ["viewer", "reject"],
      ["viewer", "cancel"],
      ["operator", "approve"],
    ] as const) {
      expect((await move(person, id, name, { confirm: "yes" })).status).toBe(404);
    }
    expect((await console.get("viewer", path(`/${id}`))).text).not.toContain("Approve and send");
    await move("manager", id, "approve", { confirm: "yes" });

    const unsure = await move("operator", id, "cancel");
    await move("operator", id, "cancel", { confirm: "yes" });

    expect(unsure.text).toContain("Tick that it is to be called off");
    expect(await alert(id)).toMatchObject({ status: "cancelled", cancelledById: console.userIds.operator });
    const page = await console.get("viewer", path(`/${id}`));
    expect(page.text).toContain("waits for the one before");
    expect(page.text).toContain("Wanda Writer");
  });
});

test("of another service it is nobody's", async () => {
  const { sql } = console.world;
  const foreign = await storeBroadcast(sql, {
    serviceId: console.other.id,
    writer: console.userIds.stranger,
  });

  const statuses = await Promise.all([
    console.get("manager", path(`/${foreign}`)),
    console.post("manager", path(`/${foreign}/cancel`), { version: "1", confirm: "yes" }),
    console.get("stranger", path()),
    console.get("manager", "/console/broadcasts"),
  ]);

  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

/** An alert on air whose cancellation waits: EE refused the alert. */
async function blocked() {
  const { sql } = console.world;
  const id = await store({ status: "broadcasting", reference: "Stuck one" });
  await sql`update broadcast_messages set providers = '{ee,o2}', channel = 'severe' where id = ${id}`;
  const [eventId] = await sql.begin(async (tx) => [
    await fanOut(tx, await alert(id), "alert", new Date()),
    await fanOut(tx, await alert(id), "cancel", new Date()),
  ]);
  await sql`
    update broadcast_provider_messages set status = 'returned-ack', acknowledged_at = now(), acknowledged_by = 'o2-1-proxy'
    where provider = 'o2' and broadcast_event_id = ${eventId ?? ""}`;
  await sql`
    update broadcast_provider_messages set status = 'technical-failure', attempts = 7, last_error = 'No such channel'
    where provider = 'ee' and broadcast_event_id = ${eventId ?? ""}`;
  return { id, eventId };
}

describe("operators", () => {
  test("see every service's alerts, and what networks have not taken", async () => {
    const { id, eventId } = await blocked();

    const all = await console.get("operator", "/console/broadcasts");
    const none = await console.get("operator", "/console/broadcasts?status=completed");
    const one = await console.get("operator", path(`/${id}`));

    for (const words of ["Stuck one", "Town Hall", "No such channel", "waits for the one before"]) {
      expect(all.text).toContain(words);
    }
    expect(none.text).not.toContain("Stuck one");
    expect(one.text).toContain("acknowledged");
    expect(one.text).toContain("by o2-1-proxy");
    expect(one.text).toContain(`/console/broadcasts/events/${eventId}/ee`);
    const viewed = await console.get("viewer", path(`/${id}`));
    expect(viewed.text).not.toContain("/console/broadcasts/events/");
  });

  test("have an event sent to a network again, and say why", async () => {
    const { eventId } = await blocked();
    const at = `/console/broadcasts/events/${eventId}/ee`;

    const page = await console.get("operator", at);
    const silent = await console.post("operator", at, { reason: "" });
    const { location } = await console.post("operator", at, { reason: "The channel is there now" });
    const acknowledged = await console.post("operator", `/console/broadcasts/events/${eventId}/o2`, {
      reason: "Again",
    });

    expect(page.text).toContain("Send the alert to EE again");
    expect(silent.text).toContain("Say why");
    expect(location).toContain(path());
    expect(acknowledged.status).toBe(400);
    const [replay] = await console.world.sql`
      select r.reason, r.requested_by as by, m.status, m.attempts
      from broadcast_replays r join broadcast_provider_messages m on m.id = r.provider_message_id
      where m.broadcast_event_id = ${eventId ?? ""}`;
    expect(replay).toEqual({
      reason: "The channel is there now",
      by: "Ms operator",
      status: "sending",
      attempts: 0,
    });
    expect(await entryOf(eventId ?? "", "broadcast.replay")).toBeDefined();
    expect((await console.get("operator", "/console/broadcasts/events/x/ee")).status).toBe(404);
  });

  test("see how ways to networks do, and have them tried now", async () => {
    const { sql } = console.world;
    const add = async (name: string, minutesAgo: number, error: string | null) => {
      await sql`
        insert into broadcast_link_tests (id, provider, function, tested_at, succeeded, error, duration_ms)
        values (${crypto.randomUUID()}, 'ee', ${name}, now() - ${minutesAgo} * interval '1 minute',
          ${error === null}, ${error}, 31)`;
    };
    await add("ee-1-proxy", 20, "Refused");
    await add("ee-1-proxy", 5, null);
    await add("ee-2-proxy", 5, "No route");

    const page = await console.get("operator", "/console/broadcasts/links");
    const { location } = await console.post("operator", "/console/broadcasts/links");

    expect(page.text).toContain("ee-2-proxy");
    expect(page.text).toContain("No route");
    expect(page.text).not.toContain("Refused");
    expect(location).toBe("/console/broadcasts/links");
    const jobs = await sql`
      select 1 from pgboss.job where name = 'maintenance' and data->>'task' = 'trigger-link-tests'`;
    expect(jobs).toHaveLength(1);
  });
});

test("it is written with the map and the count, then handed in and read, in a browser", async () => {
  await using visitor = await console.visit("manager");
  const { page } = visitor;
  await page.goto(path("/new"));
  await page.getByLabel("Reference").fill("Drawn");
  await page.getByLabel("Message").fill("Go to high ground");
  await page.getByText("17 of 1,395").waitFor();
  await page.getByLabel("What the area is called").fill("Fens");
  for (const position of [
    { x: 200, y: 200 },
    { x: 240, y: 200 },
    { x: 220, y: 240 },
  ]) {
    await page.locator(".area-map > svg").click({ position });
  }
  expect(await page.locator("figcaption").textContent()).toBe("1 area, 3 points");
  expect(await checkAccessibility(page)).toEqual([]);
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByRole("heading", { name: "Drawn" }).waitFor();
  await page.getByRole("button", { name: "Hand it in for approval" }).click();
  await page.getByText("somebody else must approve it").waitFor();
  expect(await checkAccessibility(page)).toEqual([]);
});

test.each(["light", "dark"] as const)("its pages can be read by everybody, in %s", async (colours) => {
  const { id, eventId } = await blocked();
  const waiting = await store();
  await using visitor = await console.visit(colours === "dark" ? "operator" : "manager", {
    colours,
    scripts: colours === "dark" ? "off" : "on",
    screen: colours === "dark" ? "telephone" : "desk",
  });
  const paths =
    colours === "dark"
      ? [
          path(`/${id}`),
          "/console/broadcasts",
          "/console/broadcasts/links",
          `/console/broadcasts/events/${eventId}/ee`,
        ]
      : [path(), path(`/${waiting}`), path(`/${waiting}/edit`)];
  for (const at of paths) {
    await visitor.page.goto(at);
    expect({ at, faults: await checkAccessibility(visitor.page) }).toEqual({ at, faults: [] });
  }
});
