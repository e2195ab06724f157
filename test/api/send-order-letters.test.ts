import { letterTemplate, letterTemplateId, liveKey, openApiWorld, smsTemplate, unknownId } from "./deps.ts";
import { asking, atTheDoor, type Fault, testOrder } from "./spoiled-requests.ts";

const address = { address_line_1: "Amala", address_line_2: "1 Mill Lane", postcode: "LS1 4AP" };

const schema: Fault = {
  step: "5 schema",
  says: "Additional properties are not allowed (extra was unexpected)",
  spoil: ({ body }) => {
    body.extra = 1;
  },
};

const permission: Fault = {
  step: "6 permission",
  says: "Service is not allowed to send letters",
  spoil: ({ service }) => {
    service.permissions.delete("letter");
  },
};

const whoMay: Fault[] = [
  {
    step: "13 team key",
    says: "Cannot send letters with a team api key",
    spoil: ({ service }) => {
      service.apiKeys = [{ ...liveKey, type: "team" }];
    },
  },
  {
    step: "13 trial mode",
    says: "Cannot send letters when service is in trial mode",
    spoil: ({ service }) => {
      service.restricted = true;
    },
  },
];

const addressSteps = ["too few lines", "no letters", "no postcode", "a forbidden start", "nowhere"];

const addressFault = (step: string, says: string, lines: Record<string, string>): Fault => ({
  step: `14 ${step}`,
  says,
  spoil: ({ values }) => {
    Object.assign(values, lines);
  },
  // They stand on the same lines.
  never: addressSteps.map((other) => `14 ${other}`),
});

testOrder("letter", {
  path: "letter",
  good: () => {
    const personalisation = { name: "Amala", ...address };
    const template = { ...letterTemplate, content: "((name))", contactBlock: null };
    return asking(template, { template_id: letterTemplateId, personalisation }, personalisation);
  },
  faults: [
    ...atTheDoor,
    schema,
    permission,
    {
      step: "8 template unknown",
      says: "Template not found",
      spoil: ({ body }) => {
        body.template_id = unknownId;
      },
    },
    {
      step: "8 template of another type",
      says: "sms template is not suitable for letter notification",
      spoil: ({ template }) => {
        template.type = smsTemplate.type;
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
      step: "9 QR code",
      says: "Cannot create a usable QR code - the link is too long",
      spoil: ({ template }) => {
        template.content += `\n\nqr: ${"a".repeat(505)}`;
      },
      never: ["11 empty"],
    },
    {
      step: "10 personalisation",
      says: "Missing personalisation: absent",
      spoil: ({ template }) => {
        template.contactBlock = "((absent))";
      },
    },
    {
      step: "11 empty",
      says: "Your message is empty.",
      spoil: ({ values }) => {
        values.name = " ";
      },
    },
    {
      step: "11 file objects",
      says: "Can only send a file by email",
      spoil: ({ values }) => {
        values.file = { file: "YQ==" };
      },
    },
    ...whoMay,
    addressFault("too few lines", "Address must be at least 3 lines", { address_line_2: "" }),
    addressFault("no letters", "The first 2 lines of the address must both include", { address_line_1: "-" }),
    addressFault("no postcode", "Last line of address must be a real UK postcode or", { postcode: "Leeds" }),
    addressFault("a forbidden start", "Address lines must not start with", {
      address_line_2: "<1 Mill Lane",
    }),
    addressFault("nowhere", "Must be a real address", { address_line_2: "NFA" }),
  ],
});

testOrder("precompiled letter", {
  path: "letter",
  good: () => asking(letterTemplate, { reference: "r", content: btoa("%PDF") }),
  faults: [
    ...atTheDoor,
    schema,
    permission,
    ...whoMay,
    {
      step: "14 base64",
      says: "Cannot decode letter content (invalid base64 encoding)",
      spoil: ({ body }) => {
        body.content = "a";
      },
      never: ["14 too large"],
    },
    {
      step: "14 too large",
      says: "Letter content is too large",
      spoil: ({ body }) => {
        body.content = "AAAA".repeat(700_000);
      },
    },
    {
      step: "14 no scanner",
      says: "Precompiled letters cannot be accepted: no virus scanner is configured",
      spoil: ({ deps }) => {
        deps.letters = { ...openApiWorld().letters, takesPrecompiled: false };
      },
    },
  ],
});
