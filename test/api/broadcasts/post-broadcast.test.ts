import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  addBroadcastService,
  type BroadcastPlace,
  storeBroadcast,
  townSquare,
} from "../../support/broadcasts.ts";
import { type CapFacts, capXml, polygonText } from "../../support/cap.ts";
import { processorClock } from "../../support/processor.ts";
import { openWorld, type World } from "../../support/world.ts";
import { bearerOf } from "../bearer-of.ts";

let world: World;
let place: BroadcastPlace;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  place = await addBroadcastService(world.sql, world.cipher);
});

afterAll(() => world[Symbol.asyncDispose]());

interface Sent {
  type?: string | null;
  key?: string;
}

async function post(body: BodyInit, { type = "application/cap+xml", key = place.apiKey }: Sent = {}) {
  const response = await fetch(`${world.apiUrl}/v2/broadcast`, {
    method: "POST",
    headers: { ...(await bearerOf(key)), ...(type !== null && { "Content-Type": type }) },
    body,
  });
  return { status: response.status, body: await response.json() };
}

let made = 0;
const newIdentifier = () => `identifier-${++made}`;
const alert = (facts: CapFacts = {}) => post(capXml({ identifier: newIdentifier(), ...facts }));
const refusal = (status: number, error: string, ...messages: string[]) => ({
  status,
  body: { status_code: status, errors: messages.map((message) => ({ error, message })) },
});
const invalid = (...messages: string[]) => refusal(400, "ValidationError", ...messages);
const notCap = refusal(400, "BadRequestError", "Request data is not valid CAP XML");

describe("POST /v2/broadcast, an alert", () => {
  test("is stored to be approved, and shown as Notify shows it", async () => {
    const { status, body } = await alert({ identifier: "our-own-name" });

    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        reference: "our-own-name",
        cap_event: "053/055 Issue Severe Flood Warning EA",
        service_id: place.serviceId,
        template_id: null,
        template_version: null,
        template_name: null,
        personalisation: null,
        content: "A severe flood warning. Act now.",
        areas: { names: ["River Steeping in Wainfleet All Saints"], simple_polygons: [townSquare] },
        status: "pending-approval",
        version: 1,
        starts_at: null,
        finishes_at: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        approved_at: null,
        cancelled_at: null,
        updated_at: null,
        created_by_id: null,
        approved_by_id: null,
        cancelled_by_id: null,
      },
    });
  });

  test("is sent to nobody before a person approved it", async () => {
    const { body } = await alert();

    const events = await world.sql`select from broadcast_events where broadcast_message_id = ${body.id}`;
    const jobs = await world.sql`select from pgboss.job where name = 'send-broadcast-message'`;
    expect([events.length, jobs.length]).toEqual([0, 0]);
  });

  test("remembers its service's mode when it was made", async () => {
    const training = await addBroadcastService(world.sql, world.cipher, { mode: "training" });

    const { body } = await post(capXml(), { key: training.apiKey });

    const [row] = await world.sql`select stubbed from broadcast_messages where id = ${body.id}`;
    expect(row?.stubbed).toBe(true);
  });

  test("whose identifier the service gave before is refused", async () => {
    const identifier = newIdentifier();
    await alert({ identifier });

    expect(await alert({ identifier })).toEqual(
      refusal(400, "BadRequestError", "An alert with this identifier already exists"),
    );
  });

  test("may have an identifier that another service gave", async () => {
    const identifier = newIdentifier();
    const other = await addBroadcastService(world.sql, world.cipher);
    await alert({ identifier });

    expect(await post(capXml({ identifier }), { key: other.apiKey })).toMatchObject({ status: 201 });
  });

  test("of two with one identifier at once one is stored", async () => {
    const identifier = newIdentifier();

    const answers = await Promise.all(Array.from({ length: 5 }, () => alert({ identifier })));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400]);
  });

  test.each([
    "application/cap+xml; charset=utf-8",
    'application/cap+xml;charset="UTF-8"',
    "Application/CAP+XML",
  ])("may come as %s", async (type) => {
    expect(await post(capXml({ identifier: newIdentifier() }), { type })).toMatchObject({ status: 201 });
  });

  test.each(["application/json", "text/xml", "application/cap+xml; charset=utf-16", "application/xml"])(
    "may not come as %s",
    async (type) => {
      expect(await post(capXml(), { type })).toEqual(
        refusal(415, "BadRequestError", `Content type ${type} not supported`),
      );
    },
  );

  test("is asked for by a service that may", async () => {
    expect(await post("anything", { key: world.service.keys.normal, type: "text/plain" })).toEqual(
      refusal(400, "BadRequestError", "Service is not allowed to send broadcast messages"),
    );
  });

  test("is not taken from a suspended service", async () => {
    const suspended = await addBroadcastService(world.sql, world.cipher);
    await world.sql`update services set active = false where id = ${suspended.serviceId}`;

    expect(await post(capXml(), { key: suspended.apiKey })).toEqual(
      refusal(403, "AuthError", "Invalid token: service is archived"),
    );
  });

  const long = "a".repeat(256);
  const square = polygonText(townSquare);
  const area = (...polygons: string[]) => ({ areas: [{ name: "Here", polygons }] });
  test.each<[what: string, facts: CapFacts, ...messages: string[]]>([
    ["an update", { msgType: "Update" }, "msgType Update is not one of [Alert, Cancel]"],
    ["an acknowledgement", { msgType: "Ack" }, "msgType Ack is not one of [Alert, Cancel]"],
    ["a test", { status: "Test" }, "status Test is not one of [Actual]"],
    ["an exercise", { status: "Exercise" }, "status Exercise is not one of [Actual]"],
    [
      "an exercise called off",
      { status: "Exercise", msgType: "Cancel" },
      "status Exercise is not one of [Actual]",
    ],
    ["no information", { info: null }, "info is a required property"],
    ["no end", { expires: null }, "expires is a required property"],
    ["no words", { description: null }, "description is a required property"],
    ["empty words", { description: " \n " }, "description must not be empty"],
    ["placeholders", { description: "Dear ((name))" }, "description must not contain ((placeholders))"],
    ["an empty identifier", { identifier: "" }, "identifier  is too short"],
    ["a long identifier", { identifier: long }, `identifier ${long} is too long`],
    ["a long event", { event: long }, `event ${long} is too long`],
    ["no area", { areas: [] }, "areas [] is too short"],
    ["an area without polygons", area(), "areas [] is too short"],
    [
      "a name of signs",
      { areas: [{ name: "- 0 !", polygons: [square] }] },
      "areas - 0 ! does not match ([a-zA-Z1-9]+ )*[a-zA-Z1-9]+",
    ],
    [
      "a long name",
      { areas: [{ name: long, polygons: [square] }] },
      "areas must have names of at most 255 characters",
    ],
    [
      "a triangle that is not closed",
      area("51.5,-1 51.6,-1 51.6,-1.1"),
      "areas [[51.5, -1], [51.6, -1], [51.6, -1.1]] is too short",
    ],
    ["an open ring", area("51.5,-1 51.6,-1 51.6,-1.1 51.5,-1.1"), "areas polygon 1 must end where it begins"],
    [
      "a ring that crosses itself",
      area("51,-1 52,-2 52,-1 51,-2 51,-1"),
      "areas polygon 1 must not cross or touch itself",
    ],
    [
      "a ring that runs back",
      area("51,-1 52,-1 52,-2 52,-1 51,-1"),
      "areas polygon 1 must not cross or touch itself",
    ],
    ["a line", area("51,-1 52,-2 53,-3 51,-1"), "areas polygon 1 must not cross or touch itself"],
    ["a point", area("51,-1 51,-1 51,-1 51,-1"), "areas polygon 1 must enclose an area"],
    [
      "a latitude of 91",
      area(square, "91,-1 52,-1 52,-2 91,-1"),
      "areas polygon 2 must have latitudes from -90 to 90 and longitudes from -180 to 180",
    ],
    [
      "a longitude of 181",
      area("51,181 52,-1 52,-2 51,181"),
      "areas polygon 1 must have latitudes from -90 to 90 and longitudes from -180 to 180",
    ],
    [
      "words for numbers",
      area("51,here 52,there 52,-2 51,here"),
      "areas must have polygons of pairs like 51.5,-0.12, separated by spaces",
    ],
    [
      "three numbers in a pair",
      area("51,-1,0 52,-1,0 52,-2,0 51,-1,0"),
      "areas must have polygons of pairs like 51.5,-0.12, separated by spaces",
    ],
    [
      "two faults at once",
      { status: "Test", expires: null },
      "status Test is not one of [Actual]",
      "expires is a required property",
    ],
  ])("with %s is refused", async (_, facts, ...messages) => {
    expect(await alert(facts)).toEqual(invalid(...messages));
  });

  test("may have its coordinates parted by line ends and several spaces", async () => {
    const { status, body } = await alert(area(` ${polygonText(townSquare).replaceAll(" ", " \n   ")}\n`));

    expect({ status, polygons: body.areas?.simple_polygons }).toEqual({
      status: 201,
      polygons: [townSquare],
    });
  });

  test("keeps latitude before longitude, whatever they are", async () => {
    const odd = [
      [-51.5, 170.25],
      [-51.5, 170.5],
      [-51.25, 170.5],
      [-51.5, 170.25],
    ] as const;
    const { body } = await alert(area(polygonText(odd)));

    expect(body.areas.simple_polygons).toEqual([odd]);
  });

  test("of 1,395 characters fits, of one more does not", async () => {
    expect(await alert({ description: "a".repeat(1395) })).toMatchObject({ status: 201 });
    expect(await alert({ description: "a".repeat(1396) })).toEqual(
      invalid("description must be 1,395 characters or fewer"),
    );
  });

  test("of 615 characters with Welsh letters fits, of one more does not", async () => {
    expect(await alert({ description: "ŵ".repeat(615) })).toMatchObject({ status: 201 });
    expect(await alert({ description: "ŵ".repeat(616) })).toEqual(
      invalid("description must be 615 characters or fewer (because it could not be GSM7 encoded)"),
    );
  });

  test("is stored as phones show it, without HTML", async () => {
    const { body } = await alert({
      description: "  Fire &amp; flood – “leave” …\r\n\n\n\n<![CDATA[<b>now</b>]]>  😀 ",
    });

    expect(body.content).toBe('Fire & flood - "leave" ...\n\n<b>now</b> ?');
  });

  test("of many polygons is simplified", async () => {
    const polygons = Array.from({ length: 13 }, (_, index) =>
      polygonText(townSquare.map(([lat, long]) => [lat + index * 0.001, long] as const)),
    );

    const { status, body } = await alert(area(...polygons));

    expect(status).toBe(201);
    expect(body.areas.simple_polygons).toHaveLength(1);
    expect(body.areas.names).toEqual(["Here"]);
  });

  test("of more places than networks take is refused", async () => {
    const polygons = Array.from({ length: 30 }, (_, index) =>
      polygonText(townSquare.map(([lat, long]) => [lat - index * 0.1, long - index * 0.1] as const)),
    );

    expect(await alert(area(...polygons))).toEqual(
      invalid("areas must have at most 25 polygons, after they were simplified"),
    );
  });

  test("of 100,000 points is answered in bounded time, and one of more refused", async () => {
    const circle = (count: number) => {
      const points = Array.from({ length: count - 1 }, (_, index): [number, number] => {
        const angle = (2 * Math.PI * index) / (count - 1);
        return [53 + 0.1 * Math.sin(angle), -1 + 0.1 * Math.cos(angle)];
      });
      return polygonText([...points, points[0] ?? [0, 0]]);
    };
    const spentMs = processorClock();

    const { status, body } = await alert(area(circle(100_000)));

    expect({ status, polygons: body.areas?.simple_polygons.length }).toEqual({ status: 201, polygons: 1 });
    expect(body.areas.simple_polygons[0].length).toBeLessThan(1000);
    expect(await alert(area(circle(100_001)))).toEqual(invalid("areas must have at most 100000 points"));
    expect(spentMs()).toBeLessThan(8_000);
  });
});

describe("POST /v2/broadcast, what is no CAP", () => {
  test.each<[what: string, body: string]>([
    ["nothing", ""],
    ["JSON", "{}"],
    ["half a document", capXml().slice(0, 600)],
    ["another root", "<alarm/>"],
    ["CAP 1.1", capXml().replace("cap:1.2", "cap:1.1")],
    ["no namespace", capXml().replace(/ xmlns="[^"]*"/, "")],
    ["a document type", capXml().replace("<alert", "<!DOCTYPE alert><alert")],
    [
      "entities that grow",
      capXml()
        .replace("<alert", '<!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><alert')
        .replace("Act now.", "&b;"),
    ],
    [
      "an entity of a file",
      capXml()
        .replace("<alert", '<!DOCTYPE alert [<!ENTITY a SYSTEM "file:///etc/hostname">]><alert')
        .replace("Act now.", "&a;"),
    ],
    ["an unknown entity", capXml().replace("Act now.", "&nbsp;")],
    ["a processing instruction", capXml().replace("<sender>", "<?php echo 1 ?><sender>")],
    ["a style sheet", capXml().replace("<alert", '<?xml-stylesheet href="a.xsl"?><alert')],
    ["another encoding", capXml().replace("UTF-8", "ISO-8859-1")],
    ["an element twice", capXml().replace("<scope>", "<status>Actual</status><scope>")],
    ["an element out of order", capXml().replace(/(<sender>.*<\/sender>)\s*(<sent>.*<\/sent>)/, "$2$1")],
    ["no identifier", capXml().replace(/<identifier>.*<\/identifier>/, "")],
    ["an element that CAP has not", capXml().replace("<scope>", "<mood>Good</mood><scope>")],
    ["an attribute", capXml().replace("<scope>", '<scope kind="x">')],
    ["text between elements", capXml().replace("<scope>", "x<scope>")],
    ["a time in Z", capXml().replace("23:01:13-00:00", "23:01:13Z")],
    ["a time that never was", capXml().replace("2026-11-20T", "2026-02-30T")],
    ["a category of its own", capXml().replace("<category>Met", "<category>Meteo")],
    ["a status of its own", capXml({ status: "Real" })],
    ["a character that XML has not", capXml({ description: "a\u0001" })],
    ["a reference to NUL", capXml({ description: "a&#0;" })],
    ["a reference to half a pair", capXml({ description: "a&#xD800;" })],
    ["two documents", capXml() + capXml()],
  ])("refuses %s", async (_, body) => {
    expect(await post(body)).toEqual(notCap);
  });

  test("refuses bytes that are no UTF-8", async () => {
    const bytes = new TextEncoder().encode(capXml());
    bytes[400] = 0xff;

    expect(await post(bytes)).toEqual(notCap);
  });

  test("takes a signature after all else, and where schemas are", async () => {
    const signed = capXml({ identifier: newIdentifier() })
      .replace(
        "</alert>",
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo Id="a"/></Signature></alert>',
      )
      .replace(
        "<alert ",
        '<alert xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" ',
      );

    expect(await post(signed)).toMatchObject({ status: 201 });
  });

  test("takes prefixes, comments, a byte order mark and references to characters", async () => {
    const text = capXml({ identifier: newIdentifier(), description: "Act&#32;now&#x21; <!-- soon -->Go." })
      .replaceAll(/<(\/?)(?=[a-z])/g, "<$1cap:")
      .replace("xmlns=", "xmlns:cap=");

    expect(await post(`\ufeff${text}`)).toMatchObject({ status: 201, body: { content: "Act now! Go." } });
  });
});

describe("POST /v2/broadcast, a cancel", () => {
  const cancel = (references: string | null, facts: CapFacts = {}, sent: Sent = {}) =>
    post(capXml({ msgType: "Cancel", identifier: newIdentifier(), references, ...facts }), sent);
  const named = (...identifiers: string[]) =>
    identifiers.map((one) => `www.gov.uk/environment-agency,${one},2026-11-20T23:01:13-00:00`).join(" ");

  test("of an alert that waits rejects it", async () => {
    const { body: waiting } = await alert({ identifier: "to-reject" });

    const { status, body } = await cancel(named("to-reject"));

    expect({ status, id: body.id, became: body.status }).toEqual({
      status: 201,
      id: waiting.id,
      became: "rejected",
    });
  });

  test("of an alert on air calls it off, and notes the key", async () => {
    const id = await storeBroadcast(world.sql, place, { status: "broadcasting", reference: "on-air" });

    const { status, body } = await cancel(named("older-one", "on-air"));

    expect({ status, id: body.id, became: body.status }).toEqual({ status: 201, id, became: "cancelled" });
    const [row] = await world.sql`
      select k.name, b.cancelled_by_id as person from broadcast_messages b
      join api_keys k on k.id = b.cancelled_by_api_key_id where b.id = ${id}`;
    expect(row).toEqual({ name: "alerts", person: null });
  });

  test("needs references", async () => {
    expect(await cancel(null)).toEqual(refusal(400, "BadRequestError", "Missing <references>"));
  });

  test("needs no information", async () => {
    await alert({ identifier: "bare" });

    expect(await cancel(named("bare"), { info: null })).toMatchObject({ status: 201 });
  });

  test("may have empty words, and ones too long to send", async () => {
    for (const description of ["", "a".repeat(3000)]) {
      const identifier = newIdentifier();
      await alert({ identifier });

      expect(await cancel(named(identifier), { description })).toMatchObject({ status: 201 });
    }
  });

  test("of nothing known, or what is over, finds nothing", async () => {
    const nothing = refusal(404, "NoResultFound", "No result found");
    await storeBroadcast(world.sql, place, { status: "completed", reference: "is-over" });

    expect(await cancel(named("never-seen"))).toEqual(nothing);
    expect(await cancel(named("is-over"))).toEqual(nothing);
  });

  test("of two alerts at once does neither", async () => {
    await alert({ identifier: "one-of-two" });
    await alert({ identifier: "two-of-two" });

    expect(await cancel(named("one-of-two", "two-of-two"))).toEqual(
      refusal(400, "BadRequestError", "Multiple alerts found - unclear which one to cancel"),
    );
  });

  test("does not reach another service's alert", async () => {
    const other = await addBroadcastService(world.sql, world.cipher);
    const { body } = await alert({ identifier: "ours" });

    expect(await cancel(named("ours"), {}, { key: other.apiKey })).toMatchObject({ status: 404 });

    const [row] = await world.sql`select status from broadcast_messages where id = ${body.id}`;
    expect(row?.status).toBe("pending-approval");
  });

  test("given twice finds nothing the second time", async () => {
    await alert({ identifier: "twice" });

    const answers = await Promise.all([cancel(named("twice")), cancel(named("twice"))]);

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404]);
  });
});
