/** Where our document differs from Notify's and why. A `*` stands for anything; each line must still be true of something. */
export const listed: readonly (readonly [line: string, reason: string])[] = [
  ...because("ours: Notify's document covers what services' clients call, ours all that is served", [
    "GET /: only ours",
    "GET /_ready: only ours",
    "GET /_status: only ours",
    "POST /_status: only ours",
    "GET /_status/live-service-and-organisation-counts: only ours",
    "GET /d/*: only ours",
    "POST /d/*: only ours",
    "GET /unsubscribe/*: only ours",
    "POST /unsubscribe/*: only ours",
    "POST /notifications/*: only ours",
    "GET /v2/unsubscribe-requests: only ours",
    "POST /v2/notifications/bulk: only ours",
    "GET /v2/notifications/bulk/{batch_id}: only ours",
  ]),
  ...because("ours: `Idempotency-Key`", [
    "POST /v2/notifications/* header Idempotency-Key type: theirs –; ours string",
    "POST /v2/notifications/* 409: only ours",
    "POST /v2/notifications/* 422: only ours",
  ]),
  ...because("ours: a body has a limit (public-api.md 1 asks for 8 MB at least)", [
    "POST /v2/* 413: only ours",
  ]),
  ...because(
    "their document leaves out errors that any endpoint gives (public-api.md 1 and 2.2; 503 is ours)",
    [
      "* /v2/* 401: only ours",
      "GET /v2/notifications* 500: only ours",
      "POST /v2/notifications/letter 500: only ours",
      "GET /v2/received-text-messages 500: only ours",
      "* /v2/* 503: only ours",
      "* /v2/* 504: only ours",
    ],
  ),
  ...because("an unknown template is a 404 there too (public-api.md 9.3)", [
    "POST /v2/template/{template_id}/preview 404: only ours",
  ]),
  ...because("only sending is rate limited (public-api.md 9.3)", ["* /v2/template* 429: only theirs"]),
  ...because("a list without items is no 404 (public-api.md 8.2 and 10)", [
    "GET /v2/notifications 404: only theirs",
    "GET /v2/received-text-messages 404: only theirs",
  ]),
  ...because("a 500 has the shape of all errors (public-api.md 1 and 3)", [
    "* 500 type: theirs array; ours object",
    "* 500[] type: theirs object; ours –",
    "* 500[].* type: theirs string; ours –",
    "* 500.* type: theirs –; ours *",
  ]),
  ...because(
    "their document marks hardly any field of an answer as always there; all are (public-api.md 1)",
    ["* /v2/* ???.* required: theirs –; ours yes"],
  ),
  ...because("null until it is known (public-api.md 8.1 and 14.2)", [
    "GET /v2/notifications* 200*completed_at type: theirs string; ours null, string",
    "GET /v2/notifications* 200*sent_at type: theirs string; ours null, string",
    "GET /v2/notifications* 200*cost_in_pounds type: theirs number; ours null, number",
  ]),
  ...because("null unless it was sent (public-api.md 5 and 6)", [
    "POST /v2/notifications/* 201.reference type: theirs string; ours null, string",
  ]),
  ...because("ours: a service can be without a text sender", [
    "POST /v2/notifications/sms 201.content.from_number type: theirs string; ours null, string",
  ]),
  ...because("never absent, and `{}` where nothing changed (public-api.md 6)", [
    "POST /v2/notifications/email 201.sanitised_content type: theirs null, object; ours object",
  ]),
  ...because("a value need not be text (public-api.md 6 and 12)", [
    "POST /v2/notifications/email 201.sanitised_content.*.sanitised type: theirs string; ours array, string",
    "POST /v2/notifications/email 201.sanitised_content.*.unsanitised type: theirs string; ours –",
  ]),
  ...because("always null (public-api.md 5, 6 and 8.1)", [
    "* /v2/notifications* 20?.scheduled_for type: theirs null, string; ours null",
    "* /v2/notifications* 200*[].scheduled_for type: theirs null, string; ours null",
  ]),
  ...because("whole numbers, which theirs says of some (public-api.md 5 and 14.2)", [
    "* /v2/notifications* *template.version type: theirs number; ours integer",
    "GET /v2/notifications* 200*cost_details.billable_sms_fragments type: theirs number; ours integer",
    "GET /v2/notifications* 200*cost_details.billable_sheets_of_paper type: theirs number; ours integer",
  ]),
  ...because(
    "the statuses that are stored, `failed` and `returned-letter` too, beside those that letters show (public-api.md 14.1)",
    [
      "GET /v2/notifications* 200*status enum: theirs accepted, *; ours accepted, cancelled, created, delivered, failed, *",
    ],
  ),
  ...because("letters only, and there always (public-api.md 8.1)", [
    "GET /v2/notifications* 200*estimated_delivery type: theirs –; ours string",
  ]),
  ...because("whatever value was sent, a number too (public-api.md 8.1)", [
    "GET /v2/notifications* 200*line_? type: theirs null, string; ours null",
    "GET /v2/notifications* 200*postcode type: theirs null, string; ours null",
  ]),
  ...because("a QR code's error has three fields more (public-api.md 7.1)", [
    "* /v2/* ???.errors[].data type: theirs –; ours string",
    "* /v2/* ???.errors[].num_bytes type: theirs –; ours integer",
    "* /v2/* ???.errors[].max_bytes type: theirs –; ours integer",
  ]),
  ...because("the errors of a batch's rows say which they are", [
    "* /v2/* ???.errors[].row type: theirs –; ours integer",
    "* /v2/* ???.errors[].rows type: theirs –; ours integer",
  ]),
  ...because("parts of a PDF (public-api.md 8.3)", [
    "GET /v2/notifications/{notification_id}/pdf 206: only ours",
    "GET /v2/notifications/{notification_id}/pdf 416: only ours",
    "GET /v2/notifications/{notification_id}/pdf header Range type: theirs –; ours string",
  ]),
  ...because("the three that can be asked for (public-api.md 7.2)", [
    "POST /v2/notifications/letter *.postage enum: theirs –; ours economy, first, second",
  ]),
  ...because(
    "an address may begin on any line, and how many it needs no schema says (public-api.md 7.1 and 17)",
    ["POST /v2/notifications/letter body.personalisation.address_line_? *: theirs *; ours –"],
  ),
  ...because("may be repeated (public-api.md 8.2)", [
    "GET /v2/notifications query status type: theirs string; ours array",
    "GET /v2/notifications query status enum: theirs accepted, *; ours –",
    "GET /v2/notifications query status[] type: theirs –; ours string",
    "GET /v2/notifications query status[] enum: theirs –; ours accepted, *",
    "GET /v2/notifications query template_type type: theirs string; ours array",
    "GET /v2/notifications query template_type enum: theirs email, letter, sms; ours –",
    "GET /v2/notifications query template_type[] type: theirs –; ours string",
    "GET /v2/notifications query template_type[] enum: theirs –; ours email, letter, sms",
  ]),
  ...because("`true` or `True` and nothing else (public-api.md 8.2)", [
    "GET /v2/notifications query include_jobs type: theirs boolean; ours string",
    "GET /v2/notifications query include_jobs enum: theirs –; ours True, true",
  ]),
  ...because("their document gives examples of placeholders as if they were fields", [
    "POST * body.personalisation.first_name type: theirs string; ours –",
    "POST * body.personalisation.name type: theirs string; ours –",
    "POST * body.personalisation.appointment_date type: theirs string; ours –",
    "POST * body.personalisation.required_documents type: theirs array; ours –",
    "POST * body.personalisation.required_documents[] type: theirs string; ours –",
  ]),
  ...because("not enforced (public-api.md 17); what is, is 320 characters (6)", [
    "POST /v2/notifications/sms body.phone_number maxLength: theirs 15; ours –",
    "POST /v2/notifications/sms body.phone_number minLength: theirs 7; ours –",
    "POST /v2/notifications/email body.email_address maxLength: theirs 250; ours 320",
    "POST /v2/notifications/email body.email_address minLength: theirs 5; ours –",
  ]),
  ...because("enforced (public-api.md 5)", [
    "POST /v2/notifications/* body.reference maxLength: theirs –; ours 1000",
  ]),
  ...because("checked, though without effect (public-api.md 5)", [
    "POST /v2/notifications/* body.scheduled_for type: theirs –; ours null, string",
  ]),
  ...because("null is taken for absent: the clients send it (public-api.md 6 and 6.1)", [
    "POST /v2/notifications/email body.personalisation.*.confirm_email_before_download type: theirs boolean; ours boolean, null",
    "POST /v2/notifications/email body.personalisation.*.filename type: theirs string; ours null, string",
    "POST /v2/notifications/email body.personalisation.*.retention_period type: theirs string; ours null, string",
    "POST /v2/notifications/email body.sanitise_content_for type: theirs array; ours array, null",
  ]),
  ...because("still taken, though no longer documented (public-api.md 6.1)", [
    "POST /v2/notifications/email body.personalisation.*.is_csv type: theirs –; ours boolean, null",
  ]),
  ...because("what `personalisation` of a template holds is not in their document (public-api.md 9.1)", [
    "GET /v2/template* 200*personalisation.* type: theirs –; ours object",
    "GET /v2/template* 200*personalisation.*.required type: theirs –; ours boolean",
  ]),
  ...because("as a template's postage (public-api.md 9.3)", [
    "POST /v2/template/{template_id}/preview 200.postage enum: theirs –; ours economy, europe, first, rest-of-world, second",
  ]),
];

function because(reason: string, lines: readonly string[]): [string, string][] {
  return lines.map((line) => [line, reason]);
}
