import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { type Cipher, createCipher } from "../../../shared/encryption.ts";
import { listReceivedTexts, type NewReceivedText } from "../../../shared/inbound/queries.ts";
import { createService } from "../../../shared/service/setup.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";
import { storeReceivedText } from "../../support/received-texts.ts";

let database: TestDatabase;
let sql: Pool;
let cipher: Cipher;
let services = 0;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 10_000 });
  cipher = await createCipher([{ id: "test", bytes: new Uint8Array(32).fill(3) }]);
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

const addService = () =>
  createService(sql, { name: `Service ${++services}`, restricted: false, smsSender: "Town", replyTo: null });

const at = (seconds: number) => new Date(Date.UTC(2026, 7, 1, 9, 30, seconds));

type Received = Omit<NewReceivedText, "callback">;

async function receive(serviceId: string, over: Partial<Received> = {}): Promise<Received> {
  const text: Received = {
    id: crypto.randomUUID(),
    serviceId,
    notifyNumber: "07700900000",
    userNumber: "447700900111",
    content: "Hello “there” 👋",
    createdAt: at(0),
    provider: "mmg",
    providerDate: at(0),
    providerReference: "ref",
    ...over,
  };
  expect(await storeReceivedText(sql, cipher, text)).toBe(true);
  return text;
}

const list = (serviceId: string, olderThan: string | null = null, limit = 250) =>
  listReceivedTexts(sql, cipher, { serviceId, olderThan, limit });

describe("storeReceivedText", () => {
  test("stores a text once however often its task runs, and encrypted", async () => {
    const service = await addService();
    const text = await receive(service);

    expect(await storeReceivedText(sql, cipher, { ...text, content: "again" })).toBe(false);

    const { provider, providerDate, providerReference, ...shown } = text;
    expect(await list(service)).toEqual([shown]);
    const [row] = await sql`
      select content, user_number as number, provider, provider_reference as reference from inbound_sms
      where id = ${text.id}`;
    expect(row).toEqual({
      content: expect.stringMatching(/^test\./),
      number: "447700900111",
      provider: "mmg",
      reference: "ref",
    });
  });

  test("binds the content to its row", async () => {
    const service = await addService();
    const [one, other] = [await receive(service), await receive(service)];
    await sql`
      update inbound_sms set content = (select content from inbound_sms where id = ${one.id})
      where id = ${other.id}`;

    expect(await list(service).then(String, () => "refused")).toBe("refused");
  });

  test("takes what need not be known", async () => {
    const service = await addService();

    await receive(service, { providerDate: null, providerReference: null, content: "" });

    expect(await list(service)).toMatchObject([{ content: "" }]);
  });
});

describe("listReceivedTexts", () => {
  test("lists a service's newest first, those of one instant by id, and pages through all of them once", async () => {
    const service = await addService();
    await receive(await addService());
    const texts = [];
    for (let n = 0; n < 12; n++) texts.push(await receive(service, { createdAt: at(Math.floor(n / 4)) }));
    const expected = texts
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id);

    const pages: string[][] = [];
    let page = await list(service, null, 5);
    while (page.length > 0) {
      pages.push(page.map(({ id }) => id));
      page = await list(service, page.at(-1)?.id, 5);
    }

    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(pages.flat()).toEqual(expected);
  });

  test("lists nothing after a text that is not the service's", async () => {
    const [service, other] = [await addService(), await addService()];
    await receive(service, { createdAt: at(1) });
    const foreign = await receive(other, { createdAt: at(59) });

    expect(await list(service, foreign.id)).toEqual([]);
    expect(await list(service, crypto.randomUUID())).toEqual([]);
    expect(await list(service)).toHaveLength(1);
  });
});
