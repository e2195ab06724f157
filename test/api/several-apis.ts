import { scrypt } from "../../api/serve.scrypt.ts";
import { type Api, startApi } from "../../api/start.ts";
import { readConfig } from "../../shared/config.ts";
import { openDatabase } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import type { KeyType } from "../../shared/service/service.ts";
import {
  addGuest,
  changeServiceLimits,
  createApiKey,
  createService,
  type ServiceLimits,
} from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { createListLog } from "../support/list-log.ts";
import { testDatabase } from "../support/postgres.ts";
import { bearerOf } from "./bearer-of.ts";

interface Given {
  limits?: { [Limit in keyof ServiceLimits]?: number };
  restricted?: boolean;
}

export interface Answer {
  status: number;
  /** The first error's. */
  message: string | null;
}

export type Sent = "sms" | "abroad" | "email" | "simulated" | "invalid";

/** Three APIs, each with a pool and caches of its own, on one database that has one service. No worker. */
export async function openApis({ limits = {}, restricted = false }: Given = {}) {
  const database = await testDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
  });
  const sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  const cipher = await createCipher(config.encryptionKeys);
  const serviceId = await createService(sql, {
    name: "Town Hall",
    restricted,
    smsSender: "TownHall",
    replyTo: null,
  });
  await changeServiceLimits(sql, serviceId, limits);
  const newKey = (type: KeyType) => createApiKey(sql, cipher, { serviceId, name: type, type });
  const keys = { normal: await newKey("normal"), team: await newKey("team"), test: await newKey("test") };
  await addGuest(sql, serviceId, "07400900111");
  await addGuest(sql, serviceId, "+33612345678");
  await addGuest(sql, serviceId, "ann@example.gov.uk");
  const template = { serviceId, name: "Hello", content: "Hello", subject: null };
  const smsTemplate = await createTemplate(sql, { ...template, type: "sms" });
  const emailTemplate = await createTemplate(sql, { ...template, type: "email", subject: "Hello" });

  const clock = { now: new Date("2026-05-14T12:00:00Z") };
  const { log } = createListLog();
  const start = () => startApi({ config, log, scrypt, now: () => clock.now });
  let apis: Api[] = [];
  const openAll = async () => {
    apis = [await start(), await start(), await start()];
  };
  const closeAll = () => Promise.all(apis.map((api) => api.close()));
  await openAll();

  async function ask({ app }: Api, keyType: KeyType, path: string, body?: object): Promise<Answer> {
    const response = await app.request(path, {
      method: body ? "POST" : "GET",
      headers: await bearerOf(keys[keyType], clock.now),
      body: body ? JSON.stringify(body) : null,
    });
    return {
      status: response.status,
      message: response.ok ? null : (await response.json()).errors[0].message,
    };
  }

  const to: Record<Sent, object> = {
    sms: { phone_number: "07400900111", template_id: smsTemplate },
    abroad: { phone_number: "+33612345678", template_id: smsTemplate },
    email: { email_address: "ann@example.gov.uk", template_id: emailTemplate },
    simulated: { phone_number: "07700900000", template_id: smsTemplate },
    invalid: {},
  };
  const send = (api: Api, what: Sent, keyType: KeyType) =>
    ask(api, keyType, `/v2/notifications/${what === "email" ? "email" : "sms"}`, to[what]);

  return {
    sql,
    serviceId,
    clock,
    /** Lets time pass for the APIs. */
    pass(ms: number) {
      clock.now = new Date(clock.now.getTime() + ms);
    },
    /** One after another, each by the next API. */
    async sendInTurn(what: Sent, times: number, keyType: KeyType = "normal"): Promise<Answer[]> {
      const answers: Answer[] = [];
      while (answers.length < times) {
        for (const api of apis.slice(0, times - answers.length)) answers.push(await send(api, what, keyType));
      }
      return answers;
    },
    /** So many by each of the APIs, all at once. */
    sendAtOnce(what: Sent, times: number, keyType: KeyType = "normal"): Promise<Answer[]> {
      return Promise.all(
        apis.flatMap((api) => Array.from({ length: times }, () => send(api, what, keyType))),
      );
    },
    /** What a list is answered with by each of the APIs. */
    read: (keyType: KeyType) => Promise.all(apis.map((api) => ask(api, keyType, "/v2/notifications"))),
    async restart() {
      await closeAll();
      await openAll();
    },
    async stored(): Promise<number> {
      const [row] = await sql<{ count: number }[]>`select count(*)::int as count from notifications`;
      return row?.count ?? 0;
    },
    async [Symbol.asyncDispose]() {
      await closeAll();
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}
