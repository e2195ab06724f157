import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { letterKey, readLetter } from "../../../shared/letter/files.ts";
import { openPreparer, type Preparer } from "../../../worker/letters/precompiled/preparer.ts";
import { sanitiseLetter } from "../../../worker/tasks/letters/sanitise-letter.ts";
import { scanLetter } from "../../../worker/tasks/letters/scan-letter.ts";
import { addPerson } from "../../support/broadcasts.ts";
import { jobsAbout } from "../../support/notifications.ts";
import type { WorldService } from "../../support/world.ts";
import { letterPdf } from "../../worker/letters/precompiled/letter-pdf.ts";
import { never } from "../../worker/providers/provider-server.ts";
import { invalid, type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;
let service: WorldService;
let member: string;
let preparer: Preparer;

beforeAll(async () => {
  operators = await openOperators();
  service = operators.world.service;
  member = await addPerson(operators.world.sql, { serviceId: service.id });
  preparer = openPreparer();
});

afterAll(async () => {
  await preparer.close();
  await operators.world[Symbol.asyncDispose]();
});

const upload = (pdf: string, name = "letter.pdf", serviceId = service.id) =>
  operators.ask("POST", `/service/${serviceId}/upload-letter?file_name=${name}`, pdf);

const plain = "%PDF-1.7 nearly nothing";

async function uploaded(pdf = plain): Promise<string> {
  const { status, body } = await upload(pdf);
  expect(status).toBe(201);
  return body.data.id;
}

const send = (fileId: string, change: object = {}, serviceId = service.id) =>
  operators.ask("POST", `/service/${serviceId}/send-pdf-letter`, {
    postage: "first",
    filename: "letter.pdf",
    created_by: member,
    file_id: fileId,
    recipient_address: "Ada%20Archer%0A1%20Mill%20Lane%0ALS1%204AP",
    ...change,
  });

const uploads = () => operators.world.sql<{ id: string }[]>`select id from letter_uploads`;

describe("POST /service/{id}/upload-letter", () => {
  test("keeps the file encrypted, as its service's", async () => {
    const { world } = operators;

    const { status, body } = await upload(plain, "Bill%20100%25.pdf");

    expect({ status, body }).toEqual({
      status: 201,
      body: {
        data: {
          id: expect.any(String),
          service: service.id,
          original_file_name: "Bill 100%.pdf",
          created_at: expect.any(String),
        },
      },
    });
    const { id } = body.data;
    const [row] = await world.sql`select service_id, file_name from letter_uploads where id = ${id}`;
    expect(row).toEqual({ service_id: service.id, file_name: "Bill 100%.pdf" });
    const kept = await world.deps.storage.get(letterKey(id, "original"));
    expect(new TextDecoder().decode(kept ?? undefined)).not.toContain("%PDF");
    const pdf = await readLetter(world.deps, id, "original");
    expect(new TextDecoder().decode(pdf ?? undefined)).toBe(plain);
  });

  test("refuses what is no PDF, too large, nameless or for nobody, and keeps nothing of it", async () => {
    const { sql } = operators.world;
    const count = async () => (await sql`select count(*)::int as n from files`)[0]?.n;
    const before = await count();

    expect(await upload("PK not a PDF")).toMatchObject(refused(400, "Your file must be a PDF"));
    expect(await upload("")).toMatchObject(refused(400, "Your file must be a PDF"));
    expect(await upload(`%PDF-${"x".repeat(2 * 1024 * 1024)}`)).toMatchObject(
      refused(413, "Your file must be smaller than 2 MB"),
    );
    expect(await upload(plain, "")).toMatchObject(
      refused(400, { file_name: ["Shorter than minimum length 1."] }),
    );
    expect(await upload(plain, "a.pdf", unknownId)).toMatchObject(refused(404, "No result found"));
    expect(await count()).toBe(before);
  });

  test("refuses a service that sends no letters", async () => {
    const other = await operators.world.addService("No letters");
    await operators.world.sql`
      delete from service_permissions where service_id = ${other.id} and permission = 'letter'`;

    expect(await upload(plain, "a.pdf", other.id)).toMatchObject(
      refused(400, "Service is not allowed to send letters"),
    );
  });
});

describe("POST /service/{id}/send-pdf-letter", () => {
  test("sends it as a letter of the service's own, which is scanned first, once however often it is asked", async () => {
    const { world } = operators;
    const id = await uploaded();

    const first = await send(id);
    const again = await send(id);

    expect([first.status, first.body]).toEqual([201, { id }]);
    expect([again.status, again.body]).toEqual([201, { id }]);
    expect(await jobsAbout(world.sql, "scan-letter", id)).toMatchObject([{ groupId: service.id }]);
    const shown = await operators.ask("GET", `/service/${service.id}/notifications/${id}`);
    expect(shown.body).toMatchObject({
      id,
      status: "pending-virus-check",
      notification_type: "letter",
      to: "Ada Archer\n1 Mill Lane\nLS1 4AP",
      normalised_to: "adaarcher1milllanels14ap",
      client_reference: "letter.pdf",
      personalisation: { address_line_1: "letter.pdf" },
      postage: "first",
      api_key: null,
      created_by: { id: member },
      template: { is_precompiled_letter: true },
    });
    const [letter] = await world.sql`
      select precompiled, postage from letters where notification_id = ${id}`;
    expect(letter).toEqual({ precompiled: true, postage: "first" });
    expect((await uploads()).map((row) => row.id)).not.toContain(id);
  });

  test("takes it through the checks that letters by the API go through", async () => {
    const { world } = operators;
    const path = `/service/${service.id}/upload-letter?file_name=a.pdf`;
    const { body } = await operators.ask("POST", path, new Blob([await letterPdf()]));
    const fileId = body.data.id;
    expect((await send(fileId, { postage: "second" })).status).toBe(201);

    const deps = world.newDeps({ preparer, scanner: { scan: async () => ({ outcome: "clean" }) } });
    await scanLetter({ notificationId: fileId }, deps, never);
    await sanitiseLetter({ notificationId: fileId }, deps, never);

    const [row] = await world.sql`
      select n.status, l.made_at is not null as made from notifications n
        join letters l on l.notification_id = n.id where n.id = ${fileId}`;
    expect(row).toEqual({ status: "created", made: true });
  });

  test("of many who send one at once, one does", async () => {
    const { sql } = operators.world;
    const id = await uploaded();

    const answers = await Promise.all(Array.from({ length: 5 }, () => send(id)));

    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [201, { id }]));
    expect(await jobsAbout(sql, "scan-letter", id)).toHaveLength(1);
  });

  test("sends nobody else's file", async () => {
    const id = await uploaded();
    const other = await operators.world.addService("Other hall");
    const theirs = await addPerson(operators.world.sql, { serviceId: other.id });

    expect(await send(id, { created_by: theirs }, other.id)).toMatchObject(refused(404, "No result found"));
    expect((await uploads()).map((row) => row.id)).toContain(id);
    await send(id);
    expect(await send(id, { created_by: theirs }, other.id)).toMatchObject(refused(404, "No result found"));
  });

  test("leaves the upload where the day's limit is reached", async () => {
    const { world } = operators;
    const few = await world.addService("Few letters");
    const person = await addPerson(world.sql, { serviceId: few.id });
    const ids = [];
    for (let n = 0; n < 2; n++) ids.push((await upload(plain, "a.pdf", few.id)).body.data.id);
    const [first = "", second = ""] = ids;

    expect((await send(first, { created_by: person }, few.id)).status).toBe(201);
    await world.sql`update services set letter_message_limit = 0 where id = ${few.id}`;
    expect(await send(second, { created_by: person }, few.id)).toMatchObject(
      refused(429, "Exceeded send limits (letter: 0) for today"),
    );
    // What was sent is not refused.
    expect((await send(first, { created_by: person }, few.id)).status).toBe(201);

    expect((await uploads()).map((row) => row.id)).toContain(second);
    expect([...(await world.sql`select id from notifications where id = ${second}`)]).toEqual([]);
  });

  test("refuses a service in trial mode, a stranger, and an upload that is too old or was never there", async () => {
    const { world } = operators;
    const trial = await world.addService("Trial");
    const person = await addPerson(world.sql, { serviceId: trial.id });
    await world.sql`update services set restricted = true where id = ${trial.id}`;
    const trialFile = (await upload(plain, "a.pdf", trial.id)).body.data.id;
    expect(await send(trialFile, { created_by: person }, trial.id)).toMatchObject(
      refused(400, expect.stringContaining("when service is in trial mode")),
    );

    const id = await uploaded();
    expect(await send(id, { created_by: person })).toMatchObject(
      refused(400, expect.stringContaining('is not part of the "Town Hall" service')),
    );
    expect(await send(unknownId)).toMatchObject(refused(404, "No result found"));
    await world.sql`update letter_uploads set created_at = now() - interval '49 hours' where id = ${id}`;
    expect(await send(id)).toMatchObject(refused(404, "No result found"));
  });

  test("says all that is wrong with a request", async () => {
    const { body, status } = await operators.ask("POST", `/service/${service.id}/send-pdf-letter`, {
      postage: "tomorrow",
      file_id: "x",
      created_by: member,
      recipient_address: 5,
    });

    expect({ body, status }).toEqual(
      invalid(
        "postage invalid. It must be first, second, economy, europe or rest-of-world.",
        "file_id is not a valid UUID",
        "recipient_address 5 is not of type string",
        "filename is a required property",
      ),
    );
    expect(await send(unknownId, { recipient_address: "Ada%00" })).toMatchObject(
      invalid("recipient_address is not a valid address"),
    );
  });
});
