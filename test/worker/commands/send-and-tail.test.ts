import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openWorld, type World } from "../../support/world.ts";
import { runInWorld } from "../../support/world-cli.ts";
import { unknownId } from "./cli.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const run = (...argv: string[]) => runInWorld(world, ...argv);

const send = (...argv: string[]) => run("send", ...argv, "--api", world.apiUrl);
const values = JSON.stringify({ name: "Ada", day: "Monday" });

describe("send", () => {
  test("sends as the service does, and prints the id", async () => {
    const { sms, email, letter } = world.service.templates;
    const address = { address_line_1: "Ada", address_line_2: "1 Mill Lane", postcode: "LS1 4AP" };

    const text = await send(sms, "--to", "07700900123", "--values", values, "--reference", "by-hand");
    const mail = await send(email, "--to", "ada@example.com", "--values", values, "--key", "test", "--json");
    const posted = await send(letter, "--values", JSON.stringify({ ...JSON.parse(values), ...address }));

    for (const { code, err } of [text, mail, posted]) expect({ code, err }).toEqual({ code: 0, err: "" });
    const rows = await world.sql`
      select id, notification_type, key_type, client_reference, status from notifications order by created_at`;
    expect([...rows]).toMatchObject([
      { id: text.out, notification_type: "sms", key_type: "normal", client_reference: "by-hand" },
      { id: JSON.parse(mail.out).id, notification_type: "email", key_type: "test" },
      { id: posted.out, notification_type: "letter" },
    ]);
  });

  test("only shows it on a dry run", async () => {
    const before = await world.sql`select from notifications`;

    const { out } = await send(
      world.service.templates.email,
      "--to",
      "a@example.com",
      "--values",
      values,
      "--dry-run",
    );

    expect(out).toStartWith("Your visit on Monday\n\nHello Ada");
    expect(await world.sql`select from notifications`).toHaveLength(before.length);
  });

  test.each([
    [["--to", "07700900123"], 1, "Cannot send: Missing personalisation: name, day"],
    [["--to", "x", "--values", values], 1, "Cannot send: phone_number"],
    [["--values", values], 2, "--to is needed"],
    [["--to", "07700900123", "--values", "[1]"], 2, "--values must be a JSON object"],
    [["--to", "07700900123", "--key", "other"], 2, "--key must be normal, team or test"],
  ])("says why it cannot be sent with %j", async (argv, code, message) => {
    const answer = await send(world.service.templates.sms, ...argv);

    expect(answer).toMatchObject({ code, out: "" });
    expect(answer.err).toStartWith(message);
  });

  test("says what is missing: the template, a key, the API", async () => {
    const { sms } = world.service.templates;
    const none = await send(unknownId, "--to", "07700900123");
    const away = await run("send", sms, "--to", "07700900123", "--api", "http://127.0.0.1:1");
    const other = await world.addService("Keyless");
    await world.sql`update api_keys set expiry_date = now() where service_id = ${other.id}`;
    const keyless = await send(other.templates.sms, "--to", "07700900123", "--values", values);

    expect(none.err).toBe(`Cannot find the template ${unknownId}: there is none`);
    expect(away.err).toStartWith("Cannot reach the API at http://127.0.0.1:1");
    expect(keyless.err).toContain(`key create ${other.id} NAME --type normal`);
    expect([none, away, keyless].map(({ code }) => code)).toEqual([1, 1, 1]);
  });
});

describe("tail", () => {
  test("shows messages of a service and each change of theirs, without whom they go to", async () => {
    const service = await world.addService("Followed");
    const place = { serviceId: service.id, templateId: service.templates.sms };
    const id = await world.notification(place);
    const following = run("tail", "--service", service.id, "--seconds", "1", "--every", "100");
    await world.sql`update notifications set status = 'delivered', updated_at = now() where id = ${id}`;

    const { code, out } = await following;

    expect(code).toBe(0);
    expect(out).toContain(id);
    expect(out).toContain("delivered");
    expect(out).not.toContain("07700 900123");
    for (const line of out.split("\n")) expect(line).toContain(service.id);
  });

  test("shows one's timeline until it is over", async () => {
    const id = await world.notification({ status: "delivered" });

    const shown = await run("tail", id, "--until-over");
    const wire = await run("tail", id, "--until-over", "--json");

    expect(shown.out).toMatch(/accepted {2}-? ?/);
    expect(JSON.parse(wire.out)).toMatchObject({ event: "accepted" });
  });

  test.each([
    [[unknownId], 1],
    [["--service", unknownId], 1],
    [["--until-over"], 2],
    [["--every", "1"], 2],
  ])("does not follow %j", async (argv, code) => {
    expect(await run("tail", ...argv)).toMatchObject({ code, out: "" });
  });
});
