import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { TemplateDetails } from "../../shared/template/queries.ts";
import { base, bearer, emailTemplate, now, openApiWorld, secret, smsTemplate, tokenWith } from "./deps.ts";
import { badRequest, faults, invalid } from "./post.ts";

const plain = { postage: null, contactBlock: null, welsh: null, createdAt: now, createdBy: null };

const text: TemplateDetails = { ...smsTemplate, ...plain, updatedAt: new Date("2026-08-02T10:00:00.5Z") };
const email: TemplateDetails = {
  ...emailTemplate,
  ...plain,
  updatedAt: null,
  createdBy: "ann@example.gov.uk",
};
const letter: TemplateDetails = {
  ...plain,
  id: "8a9b6c0e-0d8f-4f43-9c7f-0b6f5f6a0001",
  version: 4,
  type: "letter",
  name: "Llythyr £",
  content: "Dear ((Name))\n\n((b??yes)) ((b)) <i>\n",
  subject: "((name)) & <((ref))> - now",
  archived: false,
  hidden: false,
  hasUnsubscribeLink: false,
  postage: "economy",
  contactBlock: "((Team name))\nTown Hall",
  welsh: { subject: "Annwyl ((enw))", content: "((REF)) ((cymraeg))" },
  updatedAt: null,
};

const plainNotFound =
  '{"message":"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.","result":"error"}\n';
const noResult = faults(404, "NoResultFound", "No result found");

/** An app that knows these versions, and what it was asked for. */
function open(templates: readonly TemplateDetails[] = [text, email, letter]) {
  const asked: unknown[][] = [];
  const app = createApp(
    openApiWorld(
      {},
      {
        findTemplateDetails: async (...what) => {
          asked.push(what);
          return templates.find(({ id }) => id === what[1]) ?? null;
        },
        listSendableTemplates: async (...what) => {
          asked.push(what);
          return [...templates];
        },
      },
    ),
  );
  const request = async (path: string, init: RequestInit = {}) =>
    await app.request(`${base}${path}`, { headers: await bearer(), ...init });
  return { app, asked, request };
}

describe("GET /v2/template/{id}", () => {
  test("answers a text to the byte", async () => {
    const response = await open().request(`/v2/template/${text.id}`);

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(
      `{"body":"Hi ((name))","created_at":"2026-08-01T09:30:00.123000Z","created_by":"noreply@notifications.service.gov.uk","id":"${text.id}","letter_contact_block":null,"name":"Greeting","personalisation":{"name":{"required":true}},"postage":null,"subject":null,"type":"sms","updated_at":"2026-08-02T10:00:00.500000Z","version":3}\n`,
    );
  });

  test("answers a letter to the byte, with what its Welsh half and sender name too", async () => {
    const response = await open().request(`/v2/template/${letter.id}`);

    expect(await response.text()).toBe(
      `{"body":"Dear ((Name))\\n\\n((b??yes)) ((b)) <i>\\n","created_at":"2026-08-01T09:30:00.123000Z","created_by":"noreply@notifications.service.gov.uk","id":"${letter.id}","letter_contact_block":"((Team name))\\nTown Hall","name":"Llythyr \\u00a3","personalisation":{"REF":{"required":true},"Team name":{"required":true},"b":{"required":true},"cymraeg":{"required":true},"enw":{"required":true},"name":{"required":true}},"postage":"economy","subject":"((name)) & <((ref))> - now","type":"letter","updated_at":null,"version":4}\n`,
    );
  });

  test("names the user who made it", async () => {
    const response = await open().request(`/v2/template/${email.id}`);

    expect(await response.json()).toMatchObject({ created_by: "ann@example.gov.uk", type: "email" });
  });

  test.each<[string, string, string[]]>([
    ["Hello", "none", []],
    ["((First Name)) ((first_name)) ((FIRST-NAME)) ((last.name))", "spellings", ["First Name", "last.name"]],
    ["((x??a)) ((x??b)) ((x))", "conditionals", ["x"]],
    ["((__proto__)) ((constructor)) ((2)) ((1))", "odd names", ["1", "2", "__proto__", "constructor"]],
  ])("lists the placeholders of %p: %s", async (content, _, names) => {
    const response = await open([{ ...text, content }]).request(`/v2/template/${text.id}`);

    const shown = Object.entries(JSON.parse(await response.text()).personalisation);
    expect(shown).toEqual(names.map((name) => [name, { required: true }]));
  });

  test.each([
    ["in upper case", text.id.toUpperCase()],
    ["without hyphens", text.id.replaceAll("-", "")],
    ["in braces", `%7B${text.id}%7D`],
    ["as a URN", `urn:uuid:${text.id}`],
  ])("takes an id %s", async (_, id) => {
    const { request, asked } = open();

    expect((await request(`/v2/template/${id}?page=2`)).status).toBe(200);
    expect(asked).toEqual([["26785a09-ab16-4eb0-8407-a37497a57506", text.id, null]]);
  });

  test.each(["5", "not-an-id", `${text.id}0`, `%20${text.id}`])("refuses the id %p", async (id) => {
    const { request, asked } = open();

    for (const path of [`/v2/template/${id}`, `/v2/template/${id}/version/1`]) {
      const response = await request(path);
      expect([response.status, await response.json()]).toEqual([400, invalid("id is not a valid UUID")]);
    }
    expect(asked).toEqual([]);
  });

  test("says that there is none", async () => {
    const response = await open([]).request(`/v2/template/${text.id}`);

    expect([response.status, await response.json()]).toEqual([404, noResult]);
  });
});

describe("GET /v2/template/{id}/version/{n}", () => {
  test.each<[string, number | null]>([
    ["2", 2],
    ["0", null],
    ["000", null],
    ["007", 7],
    ["2147483647", 2147483647],
    ["%31%32", 12],
  ])("takes %s", async (version, expected) => {
    const { request, asked } = open();

    expect((await request(`/v2/template/${text.id}/version/${version}`)).status).toBe(200);
    expect(asked[0]?.[2]).toBe(expected);
  });

  test.each(["2147483648", "9".repeat(30), "9".repeat(400)])("has no version %s", async (version) => {
    const { request, asked } = open();

    const response = await request(`/v2/template/${text.id}/version/${version}`);

    expect([response.status, await response.json()]).toEqual([404, noResult]);
    expect(asked).toEqual([]);
  });

  test.each(["-1", "+1", "1.0", "1e3", "0x1", "latest", "1%20", "1/", "", "٣"])(
    "is no path with %p, whoever asks",
    async (version) => {
      const response = await open().request(`/v2/template/${text.id}/version/${version}`, { headers: {} });

      expect([response.status, await response.text()]).toEqual([404, plainNotFound]);
    },
  );
});

describe("GET /v2/templates", () => {
  test("answers to the byte what it is given, in its order", async () => {
    const response = await open([{ ...email, content: "é" }, text]).request("/v2/templates");

    expect(await response.text()).toBe(
      `{"templates":[{"body":"\\u00e9","created_at":"2026-08-01T09:30:00.123000Z","created_by":"ann@example.gov.uk","id":"${email.id}","letter_contact_block":null,"name":"Letter of greeting","personalisation":{"name":{"required":true}},"postage":null,"subject":"To ((name)) - hello","type":"email","updated_at":null,"version":2},` +
        `{"body":"Hi ((name))","created_at":"2026-08-01T09:30:00.123000Z","created_by":"noreply@notifications.service.gov.uk","id":"${text.id}","letter_contact_block":null,"name":"Greeting","personalisation":{"name":{"required":true}},"postage":null,"subject":null,"type":"sms","updated_at":"2026-08-02T10:00:00.500000Z","version":3}]}\n`,
    );
  });

  test("may be empty", async () => {
    expect(await (await open([]).request("/v2/templates")).text()).toBe('{"templates":[]}\n');
  });

  test.each<[string, string | null]>([
    ["", null],
    ["?type=sms", "sms"],
    ["?type=email", "email"],
    ["?type=letter&type=coconut", "letter"],
  ])("with %p asks for %p", async (query, type) => {
    const { request, asked } = open();

    expect((await request(`/v2/templates${query}`)).status).toBe(200);
    expect(asked[0]?.[1]).toBe(type);
  });

  test.each<[string, string[]]>([
    ["?type=coconut", ["type coconut is not one of [sms, email, letter]"]],
    ["?type=", ["type  is not one of [sms, email, letter]"]],
    ["?type=SMS&type=sms", ["type SMS is not one of [sms, email, letter]"]],
    ["?page=2", ["Additional properties are not allowed (page was unexpected)"]],
    ["?__proto__=1", ["Additional properties are not allowed (__proto__ was unexpected)"]],
    [
      "?page=2&type=5&Page=1&page=3",
      [
        "type 5 is not one of [sms, email, letter]",
        "Additional properties are not allowed (Page, page were unexpected)",
      ],
    ],
  ])("refuses %p", async (query, messages) => {
    const { request, asked } = open();

    const response = await request(`/v2/templates${query}`);

    expect([response.status, await response.json()]).toEqual([400, invalid(...messages)]);
    expect(asked).toEqual([]);
  });
});

describe("POST /v2/template/{id}/preview", () => {
  const preview = async (template: TemplateDetails, body: unknown = { personalisation: { name: "Ann" } }) =>
    await open([template]).request(`/v2/template/${template.id}/preview`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  test("shows a text to the byte, without the service's name", async () => {
    const response = await preview(text, { personalisation: { name: "Ŝann – ‘x’" } });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      `{"body":"Hi Sann - 'x'","html":null,"id":"${text.id}","postage":null,"subject":null,"type":"sms","version":3}\n`,
    );
  });

  test("shows an email to the byte: Markdown, and its HTML without a page around it", async () => {
    const response = await preview(
      { ...email, content: "Dear ((name)),\n\n* one", hasUnsubscribeLink: true },
      {
        personalisation: { NAME: "<b>&" },
      },
    );
    const shown = await response.text();

    expect(shown).toStartWith(
      `{"body":"Dear <b>&,\\n\\n* one","html":"<p style=\\"Margin: 0 0 20px 0; font-size: 19px; line-height: 25px; color: #0B0C0C;\\">Dear &lt;b&gt;&amp;,</p>`,
    );
    expect(shown).toEndWith(
      `","id":"${email.id}","postage":null,"subject":"To <b>& \\u2013 hello","type":"email","version":2}\n`,
    );
    expect(shown).not.toContain("<html");
    expect(shown).not.toContain("nsubscribe");
  });

  test("shows a letter to the byte, its subject as HTML", async () => {
    const personalisation = {
      name: "A&B",
      ref: "<1>",
      team_name: "",
      b: "yes",
      enw: "x",
      cymraeg: ["a", "b"],
    };

    const response = await preview(letter, { personalisation });

    expect(await response.text()).toBe(
      `{"body":"Dear A&B\\n\\nyes yes <i>","html":null,"id":"${letter.id}","postage":"economy","subject":"A&amp;B &amp; &lt;&lt;1&gt;&gt; \\u2013 now","type":"letter","version":4}\n`,
    );
  });

  test.each([
    ["no body", undefined],
    ["an empty one", ""],
    ["an object", "{}"],
    ["null", "null"],
    ["a list of nothing", "[]"],
    ["false", "false"],
    ["nought", "0.0"],
    ["an empty text", '""'],
    ["fields it does not know", '{"id":5,"template_id":null,"personalisation":{"a":1}}'],
  ])("needs nothing where the template names nothing: %s", async (_, body) => {
    const { request } = open([{ ...text, content: "Hi" }]);

    const response = await request(`/v2/template/${text.id}/preview`, {
      method: "POST",
      ...(body === undefined ? {} : { body }),
    });

    expect([response.status, await response.json()]).toMatchObject([200, { body: "Hi" }]);
  });

  test.each([
    ["{", badRequest("Invalid JSON supplied in POST data")],
    [" ", badRequest("Invalid JSON supplied in POST data")],
    ["personalisation=1", badRequest("Invalid JSON supplied in POST data")],
    ["1", invalid("1 is not of type object")],
    ["true", invalid("True is not of type object")],
    ["[1]", invalid("[1] is not of type object")],
    ['"a"', invalid("a is not of type object")],
    ['{"personalisation":null}', invalid("personalisation None is not of type object")],
    ['{"personalisation":[]}', invalid("personalisation [] is not of type object")],
    ['{"personalisation":"it\'s"}', invalid('personalisation "its" is not of type object')],
    ["{}", badRequest("Missing personalisation: name")],
    ['{"personalisation":{"name":null}}', badRequest("Missing personalisation: name")],
    ['{"personalisation":{"name":1,"NAME":null}}', badRequest("Missing personalisation: name")],
  ])("refuses %s", async (body, expected) => {
    const response = await preview(text, body);

    expect([response.status, await response.json()]).toEqual([400, expected]);
  });

  test.each<[TemplateDetails, string]>([
    [letter, "Team name, enw, REF, cymraeg, name, b"],
    [{ ...email, subject: "((b)) ((a??x))", content: "((A)) ((c)) ((B))" }, "b, a, c"],
    [{ ...text, subject: "((never))", content: "((b)) ((a))" }, "b, a"],
  ])("says what is missing, in order: %#", async (template, names) => {
    const response = await preview(template, {});

    expect(await response.json()).toEqual(badRequest(`Missing personalisation: ${names}`));
  });

  test("looks at the JSON first, then the fields, then for the template, then at what is missing", async () => {
    const { request, asked } = open([]);
    const post = async (id: string, body: string) =>
      await (await request(`/v2/template/${id}/preview`, { method: "POST", body })).json();

    expect(await post("5", "{")).toEqual(badRequest("Invalid JSON supplied in POST data"));
    expect(await post("5", '{"personalisation":1}')).toEqual(
      invalid("id is not a valid UUID", "personalisation 1 is not of type object"),
    );
    expect(await post(text.id, '{"personalisation":1}')).toEqual(
      invalid("personalisation 1 is not of type object"),
    );
    expect(asked).toEqual([]);
    expect(await post(text.id, "{}")).toEqual(noResult);
  });

  test("takes no token of the rate limit, and minds neither permission nor length", async () => {
    const world = openApiWorld({
      service: { permissions: new Set() },
      templates: [{ ...smsTemplate, content: "a".repeat(2000) }],
      refusal: "rate",
    });

    const response = await createApp(world).request(`${base}/v2/template/${text.id}/preview`, {
      method: "POST",
      headers: await bearer(),
    });

    expect(response.status).toBe(200);
    expect(world.admissions).toEqual([]);
  });
});

const paths = [
  { path: `/v2/template/${text.id}`, allow: "GET, HEAD, OPTIONS" },
  { path: `/v2/template/${text.id}/version/1`, allow: "GET, HEAD, OPTIONS" },
  { path: "/v2/templates", allow: "GET, HEAD, OPTIONS" },
  { path: "/v2/received-text-messages", allow: "GET, HEAD, OPTIONS" },
  { path: `/v2/template/${text.id}/preview`, allow: "OPTIONS, POST" },
];

describe.each(paths)("$path", ({ path, allow }) => {
  test("refuses other methods, before it asks who calls", async () => {
    const response = await open().request(path, { method: "DELETE", headers: {} });

    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toBe(
      '{"message":"The method is not allowed for the requested URL.","result":"error"}\n',
    );
  });

  test("answers OPTIONS to those who may ask", async () => {
    const { request } = open();

    const known = await request(path, { method: "OPTIONS" });
    const unknown = await request(path, { method: "OPTIONS", headers: {} });

    expect([known.status, known.headers.get("Allow"), await known.text()]).toEqual([200, allow, ""]);
    expect(unknown.status).toBe(401);
  });

  test("is no path with a slash at its end", async () => {
    const response = await open().request(`${path}/`, { headers: {} });

    expect([response.status, await response.text()]).toEqual([404, plainNotFound]);
  });

  test("wants to know who calls", async () => {
    const method = allow.includes("GET") ? "GET" : "POST";
    const { request, asked } = open();

    const nobody = await request(path, { method, headers: {} });
    const token = await tokenWith({}, { key: secret.replace("3", "4") });
    const forged = await request(path, { method, headers: { Authorization: `Bearer ${token}` } });

    expect([nobody.status, forged.status]).toEqual([401, 403]);
    expect(asked).toEqual([]);
  });
});

test.each(paths.filter(({ allow }) => allow.includes("GET")))(
  "HEAD $path is answered as GET, without a body",
  async ({ path }) => {
    const { request } = open();

    const got = await request(path);
    const head = await request(path, { method: "HEAD" });

    expect([head.status, await head.text()]).toEqual([got.status, ""]);
    expect(head.headers.get("Content-Type")).toBe("application/json");
  },
);
