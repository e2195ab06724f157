import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { Service } from "../../shared/service/service.ts";
import {
  base,
  bearer,
  emailTemplate,
  emailTemplateId,
  liveKey,
  openApiWorld,
  smsTemplate,
  smsTemplateId,
  unknownId,
} from "./deps.ts";
import {
  type Asked,
  asking,
  atTheDoor,
  type Fault,
  type Limits,
  openLimits,
  testOrder,
} from "./spoiled-requests.ts";

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
    spoil: ({ values }) => {
      values.name = " ";
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
      spoil: ({ values }) => {
        values.file = { file: "YQ==" };
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
      spoil: ({ values }) => {
        values.name = "x".repeat(919);
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
      spoil: ({ values }) => {
        values.file = { file: 5 };
      },
    },
    {
      step: "16 too long",
      says: "Your message is too long. Emails",
      spoil: ({ values }) => {
        values.name = "x".repeat(2_000_001);
      },
    },
  ],
};

function good(channel: "sms" | "email"): Asked {
  const template = {
    ...(channel === "sms" ? smsTemplate : emailTemplate),
    postage: null,
    contactBlock: null,
  };
  const body =
    channel === "sms"
      ? { phone_number: "07400900222", template_id: smsTemplateId }
      : { email_address: "stranger@example.gov.uk", template_id: emailTemplateId };
  const personalisation = { name: "Amala" };
  return asking({ ...template, content: "((name))" }, { ...body, personalisation }, personalisation);
}

for (const channel of ["sms", "email"] as const) {
  testOrder(channel, { path: channel, good: () => good(channel), faults: faults[channel] });
}

describe("of all that is wrong with a request for nothing we send", () => {
  let limits: Limits;
  beforeAll(async () => {
    limits = await openLimits();
  });
  afterAll(() => limits[Symbol.asyncDispose]());

  const ask = async (service: Partial<Service>, body: string, headers: Record<string, string>) => {
    const app = createApp(openApiWorld({ service }, { admit: limits.admit }));
    await limits.clear();
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
