import { describe, expect, test } from "bun:test";
import { toJsonSchema as theirs } from "@valibot/to-json-schema";
import * as v from "valibot";
import { Errors } from "../../api/openapi/answers/errors.ts";
import { EmailNotification, Links, SmsNotification } from "../../api/openapi/answers/notification.ts";
import { ReceivedText } from "../../api/openapi/answers/received-texts.ts";
import { ReceiptRefused, Unsubscribed } from "../../api/openapi/answers/results.ts";
import { SentEmail, SentSms } from "../../api/openapi/answers/sent.ts";
import { LiveCounts, Status } from "../../api/openapi/answers/status.ts";
import { Preview, Template } from "../../api/openapi/answers/template.ts";
import { toJsonSchema } from "../../api/openapi/json-schema.ts";
import { emailRequest } from "../../api/v2/notifications/email-request.ts";
import { NotificationsQuery } from "../../api/v2/notifications/list-notifications.ts";
import { smsRequest } from "../../api/v2/notifications/sms-request.ts";
import { ReceivedTextsQuery } from "../../api/v2/received-texts/list-received-texts.ts";
import { FileObject } from "../../api/v2/schema/file-object.ts";
import { TemplatesQuery } from "../../api/v2/templates/list-templates.ts";

const now = () => new Date();

describe("a validator as JSON Schema", () => {
  test.each<[string, v.GenericSchema]>([
    ["the request for a text", smsRequest(now)],
    ["the request for an email", emailRequest(now)],
    ["a file", FileObject],
    ["the list's query", NotificationsQuery],
    ["the templates' query", TemplatesQuery],
    ["the received texts' query", ReceivedTextsQuery],
    ["a text accepted", SentSms],
    ["an email accepted", SentEmail],
    ["a text", SmsNotification],
    ["an email", EmailNotification],
    ["links", Links],
    ["a template", Template],
    ["a preview", Preview],
    ["a received text", ReceivedText],
    ["status", Status],
    ["counts", LiveCounts],
    ["an unsubscription", Unsubscribed],
    ["a refused receipt", ReceiptRefused],
    ["errors", Errors],
    ["any other fields", v.looseObject({ a: v.optional(v.string()) })],
    ["a number of at least", v.pipe(v.number(), v.integer(), v.minValue(0))],
  ])("is what the library makes of it: %s", (_what, schema) => {
    const { $schema: _, ...expected } = theirs(schema, {
      target: "draft-2020-12",
      typeMode: "input",
      ignoreActions: ["check", "raw_check", "raw_transform"],
      overrideSchema({ valibotSchema, jsonSchema }) {
        if (valibotSchema.type === "custom") return jsonSchema;
        if (valibotSchema.type === "object") return { ...jsonSchema, additionalProperties: false };
        return null;
      },
    });

    expect<unknown>(toJsonSchema(schema, () => null)).toEqual(expected);
  });

  test("is refused where nothing is known of its kind", () => {
    expect(() => toJsonSchema(v.date(), () => null)).toThrow("Cannot describe a schema of the kind");
    expect(() => toJsonSchema(v.pipe(v.string(), v.email()), () => null)).toThrow('kind "email"');
  });
});
