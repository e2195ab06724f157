import { describe, expect, test } from "bun:test";
import { comparableRecipient } from "../../shared/recipient/allowed-recipients.ts";
import type { KeyType } from "../../shared/service/service.ts";
import { emailTemplateId, liveKey, openApiWorld, smsTemplateId } from "./deps.ts";
import { badRequest, faults, post } from "./post.ts";

const teamOnly = badRequest("Can’t send to this recipient using a team-only API key");
const trial = badRequest(
  "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
);
const abroad = badRequest("Cannot send to international mobile numbers");
const landline = faults(400, "InvalidPhoneError", "Not a UK mobile number");

/** What a stranger's message is answered with (`spec/public-api.md` 2.3); null: anyone's is sent. */
const modes: [KeyType, "live" | "trial", object | null][] = [
  ["normal", "live", null],
  ["normal", "trial", trial],
  ["team", "live", teamOnly],
  ["team", "trial", teamOnly],
  ["test", "live", null],
  ["test", "trial", null],
];

/** As team members and guests wrote them. */
const ownPeople = [
  "07400 900111",
  "+33 (0) 6 12 34 56 78",
  "020 7946 0991",
  "07797 700001",
  "Ann.Team@Example.GOV.UK",
  "not a recipient",
];

interface Recipient {
  what: string;
  to: string;
  own: boolean;
  simulated?: boolean;
  /** What it is answered with for want of this permission. */
  needs?: { permission: string; refusal: object };
}

const international = { permission: "international_sms", refusal: abroad };
const landlines = { permission: "sms_to_uk_landlines", refusal: landline };

const texts: Recipient[] = [
  { what: "one of ours", to: "07400900111", own: true },
  { what: "one of ours, otherwise written", to: "(+44) 7400-900 111", own: true },
  { what: "one of ours abroad", to: "+33612345678", own: true, needs: international },
  { what: "one of ours by landline", to: "+442079460991", own: true, needs: landlines },
  { what: "one of ours in Jersey", to: "+44 7797 700001", own: true },
  { what: "a stranger", to: "07400900222", own: false },
  { what: "a stranger abroad", to: "+33612345679", own: false, needs: international },
  { what: "a stranger by landline", to: "020 7946 0992", own: false, needs: landlines },
  { what: "a stranger in Jersey", to: "07797 700002", own: false },
  { what: "a stranger by landline in Jersey", to: "01534 500700", own: false, needs: landlines },
  ...["07700900000", "+447700900111", "07700 900 222"].map((to) => ({
    what: `the smoke test's ${to}`,
    to,
    own: false,
    simulated: true,
  })),
];

const emails: Recipient[] = [
  { what: "one of ours", to: "ann.team@example.gov.uk", own: true },
  { what: "one of ours, otherwise written", to: " ANN.TEAM@EXAMPLE.gov.uk\u200b", own: true },
  { what: "a stranger", to: "ann@example.gov.uk", own: false },
  ...["simulate-delivered", "simulate-delivered-2", "Simulate-Delivered-3"].map((name) => ({
    what: `the smoke test's ${name}`,
    to: `${name}@notifications.service.gov.uk`,
    own: false,
    simulated: true,
  })),
];

/** Every way to have or not to have each of these. */
function subsets(names: readonly string[]): string[][] {
  return names.reduce<string[][]>((sets, name) => sets.flatMap((set) => [set, [...set, name]]), [[]]);
}

describe.each(modes)("a %s key of a %s service", (type, mode, strangersRefusal) => {
  const service = {
    apiKeys: [{ ...liveKey, type }],
    restricted: mode === "trial",
    allowedRecipients: new Set(ownPeople.map(comparableRecipient)),
  };

  const textCases = subsets(["sms", "international_sms", "sms_to_uk_landlines"]).flatMap((permissions) =>
    texts.map((recipient) => [recipient.what, permissions.join(", ") || "nothing", recipient] as const),
  );
  test.each(textCases)("texts %s, being permitted %s", async (_what, permitted, recipient) => {
    const permissions = new Set(permitted.split(", "));
    const { needs, own, to } = recipient;
    const refusal =
      (permissions.has("sms") ? null : badRequest("Service is not allowed to send text messages")) ??
      (own ? null : strangersRefusal) ??
      (needs === undefined || permissions.has(needs.permission) ? null : needs.refusal);
    const world = openApiWorld({ service: { ...service, permissions } });

    const response = await post(world, "sms", {
      phone_number: to,
      template_id: smsTemplateId,
      personalisation: { name: "A" },
    });

    expect(response.status).toBe(refusal === null ? 201 : 400);
    if (refusal !== null) expect(await response.json()).toEqual(refusal);
    const stored = refusal === null && !recipient.simulated;
    expect(world.admissions).toMatchObject([{ notification: stored ? { keyType: type } : null }]);
  });

  const emailCases = [true, false].flatMap((permitted) =>
    emails.map((recipient) => [recipient.what, permitted ? "emails" : "nothing", recipient] as const),
  );
  test.each(emailCases)("writes to %s, being permitted %s", async (_what, permitted, recipient) => {
    const refusal =
      (permitted === "emails" ? null : badRequest("Service is not allowed to send emails")) ??
      (recipient.own ? null : strangersRefusal);
    const permissions = new Set(permitted === "emails" ? ["email"] : []);
    const world = openApiWorld({ service: { ...service, permissions } });

    const response = await post(world, "email", {
      email_address: recipient.to,
      template_id: emailTemplateId,
      personalisation: { name: "A" },
    });

    expect(response.status).toBe(refusal === null ? 201 : 400);
    if (refusal !== null) expect(await response.json()).toEqual(refusal);
    const stored = refusal === null && !recipient.simulated;
    expect(world.admissions).toMatchObject([{ notification: stored ? { keyType: type } : null }]);
  });
});

test.each(["sms", "email"])(
  "a new service's permission for %s does not stand for the other",
  async (only) => {
    const world = openApiWorld({ service: { permissions: new Set([only]) } });
    const good = { template_id: smsTemplateId, phone_number: "07400900111", personalisation: { name: "A" } };

    expect((await post(world, "sms", good)).status).toBe(only === "sms" ? 201 : 400);
  },
);
