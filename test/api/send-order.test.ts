import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import type { Admit } from "../../shared/notification/admission.ts";
import { createAdmit } from "../../shared/notification/admit.ts";
import type { StoredTemplate } from "../../shared/notification/notification.ts";
import type { Service } from "../../shared/service/service.ts";
import { type TestDatabase, testDatabase } from "../support/postgres.ts";
import {
  base,
  bearer,
  emailTemplate,
  emailTemplateId,
  liveKey,
  liveService,
  now,
  openApiWorld,
  serviceId,
  smsTemplate,
  smsTemplateId,
  unknownId,
} from "./deps.ts";

/** A request that may be sent, and all that is judged with it. */
interface Asked {
  headers: Record<string, string>;
  service: Omit<Service, "permissions"> & { permissions: Set<string> };
  template: StoredTemplate;
  body: Record<string, unknown> & { personalisation: Record<string, unknown> };
  /** What follows the body's JSON. */
  rest: string;
}

interface Fault {
  step: string;
  /** How the first error begins. */
  says: string;
  spoil: (asked: Asked) => void;
  /** Steps whose faults no request can have as well. */
  never?: readonly string[];
}

let database: TestDatabase;
let sql: Pool;
let admit: Admit;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  const cipher = await createCipher([{ id: "k", bytes: new Uint8Array(32) }]);
  admit = createAdmit({ sql, cipher, now: () => now, timeoutMs: 10_000 });
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

/** In the order of `spec/public-api.md` 4. */
const atTheDoor: Fault[] = [
  {
    step: "1 authentication",
    says: "Unauthorized: authentication token must be provided",
    spoil: ({ headers }) => {
      delete headers.Authorization;
    },
  },
  {
    step: "2 token bucket",
    says: "Exceeded rate limit for key type ",
    spoil: ({ service }) => {
      service.rateLimit = 0;
    },
  },
  {
    step: "3 daily limit",
    says: "Exceeded send limits (",
    spoil: ({ service }) => {
      service.dailyLimits = { ...service.dailyLimits, sms: 0, email: 0 };
    },
  },
  {
    step: "4 JSON",
    says: "Invalid JSON supplied in POST data",
    spoil: (asked) => {
      asked.rest = "}";
    },
  },
];

const ofTheContent = (channel: "sms" | "email"): Fault[] => [
  {
    step: "5 schema",
    says: "Additional properties are not allowed (extra was unexpected)",
    spoil: ({ body }) => {
      body.extra = 1;
    },
  },
  {
    step: "6 permission",
    says: "Service is not allowed to send ",
    spoil: ({ service }) => {
      service.permissions.delete(channel);
    },
  },
  {
    step: "8 template unknown",
    says: "Template not found",
    spoil: ({ body }) => {
      body.template_id = unknownId;
    },
  },
  {
    step: "8 template of another type",
    says: "letter template is not suitable for ",
    spoil: ({ template }) => {
      template.type = "letter";
    },
  },
  {
    step: "8 template deleted",
    says: "Template has been deleted",
    spoil: ({ template }) => {
      template.archived = true;
    },
  },
  {
    step: "10 personalisation",
    says: "Missing personalisation: absent",
    spoil: ({ template }) => {
      template.content += "((absent))";
    },
  },
  {
    step: "11 empty",
    says: "Your message is empty.",
    spoil: ({ body }) => {
      body.personalisation.name = " ";
    },
    never: ["16 too long"],
  },
];

const recipient: Fault[] = [
  {
    step: "13 team key",
    says: "Can’t send to this recipient using a team-only API key",
    spoil: ({ service }) => {
      service.apiKeys = [{ ...liveKey, type: "team" }];
    },
  },
  {
    step: "13 trial mode",
    says: "Can’t send to this recipient when service is in trial mode",
    spoil: ({ service }) => {
      service.restricted = true;
    },
  },
];

const faults: Record<"sms" | "email", Fault[]> = {
  sms: [
    ...atTheDoor,
    ...ofTheContent("sms"),
    {
      step: "11 file objects",
      says: "Can only send a file by email",
      spoil: ({ body }) => {
        body.personalisation.file = { file: "YQ==" };
      },
    },
    {
      step: "12 sender",
      says: `sms_sender_id ${unknownId} does not exist`,
      spoil: ({ body }) => {
        body.sms_sender_id = unknownId;
      },
    },
    ...recipient,
    {
      step: "14 phone permission",
      says: "Cannot send to international mobile numbers",
      spoil: ({ body, service }) => {
        body.phone_number = "+33612345678";
        service.permissions.delete("international_sms");
      },
    },
    {
      step: "14 international limit",
      says: "Exceeded send limits (international_sms: 0) for today",
      spoil: ({ body, service }) => {
        body.phone_number = "+33612345678";
        service.dailyLimits = { ...service.dailyLimits, internationalSms: 0 };
      },
    },
    {
      step: "16 too long",
      says: "Your message is too long. Text messages",
      spoil: ({ body }) => {
        body.personalisation.name = "x".repeat(919);
      },
    },
  ],
  email: [
    ...atTheDoor,
    ...ofTheContent("email"),
    {
      step: "12 reply-to",
      says: `email_reply_to_id ${unknownId} does not exist`,
      spoil: ({ body }) => {
        body.email_reply_to_id = unknownId;
      },
    },
    ...recipient,
    {
      step: "15 file objects",
      says: "file 5 is not of type string",
      spoil: ({ body }) => {
        body.personalisation.file = { file: 5 };
      },
    },
    {
      step: "16 too long",
      says: "Your message is too long. Emails",
      spoil: ({ body }) => {
        body.personalisation.name = "x".repeat(2_000_001);
      },
    },
  ],
};

function good(channel: "sms" | "email"): Asked {
  const template = channel === "sms" ? smsTemplate : emailTemplate;
  const body =
    channel === "sms"
      ? { phone_number: "07400900222", template_id: smsTemplateId }
      : { email_address: "stranger@example.gov.uk", template_id: emailTemplateId };
  return {
    headers: {},
    service: { ...liveService, permissions: new Set(liveService.permissions) },
    template: { ...template, content: "((name))" },
    body: { ...body, personalisation: { name: "Amala" } },
    rest: "",
  };
}

async function firstError(channel: "sms" | "email", ...given: readonly Fault[]): Promise<string | null> {
  const asked = good(channel);
  Object.assign(asked.headers, await bearer());
  for (const { spoil } of given) spoil(asked);
  const { service, template, headers, body, rest } = asked;
  // The same service for all, but never its bucket.
  await sql`delete from service_counters where service_id = ${serviceId}`;
  const newId = () => crypto.randomUUID();
  const app = createApp(openApiWorld({ service, templates: [template] }, { admit, newId }));
  const response = await app.request(`${base}/v2/notifications/${channel}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body) + rest,
  });
  return response.status === 201 ? null : (await response.json()).errors[0].message;
}

describe.each(["sms", "email"] as const)("of all that is wrong with a request by %s", (channel) => {
  test("nothing is found where there is nothing", async () => {
    expect(await firstError(channel)).toBeNull();
  });

  test.each(faults[channel].map((fault) => [fault.step, fault] as const))(
    "each is found alone: %s",
    async (_step, fault) => {
      expect(await firstError(channel, fault)).toStartWith(fault.says);
    },
  );

  const pairs = faults[channel].flatMap((earlier, at) =>
    faults[channel].slice(at + 1).map((later) => [earlier.step, later.step, earlier, later] as const),
  );
  const possible = pairs.filter(([, later, { never = [] }]) => !never.includes(later));

  test.each(possible)("%s is said before %s", async (_earlier, _later, earlier, later) => {
    expect(await firstError(channel, earlier, later)).toStartWith(earlier.says);
  });
});

describe("of all that is wrong with a request for nothing we send", () => {
  const ask = async (service: Partial<Service>, body: string, headers: Record<string, string>) => {
    const app = createApp(openApiWorld({ service }, { admit }));
    await sql`delete from service_counters where service_id = ${serviceId}`;
    const request = { method: "POST", headers, body };
    return (await app.request(`${base}/v2/notifications/foo`, request)).status;
  };

  test("its token is judged first, then the rate limit, then its JSON", async () => {
    expect(await ask({ rateLimit: 0 }, "{", {})).toBe(401);
    expect(await ask({ rateLimit: 0 }, "{", await bearer())).toBe(429);
    expect(await ask({}, "{", await bearer())).toBe(400);
    expect(await ask({}, "{}", await bearer())).toBe(404);
  });

  test("no daily limit is meant", async () => {
    const none = { sms: 0, email: 0, letter: 0, internationalSms: 0 };

    expect(await ask({ dailyLimits: none }, "{}", await bearer())).toBe(404);
  });
});
