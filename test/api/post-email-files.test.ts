import { describe, expect, test } from "bun:test";
import type { StoredTemplate } from "../../shared/notification/notification.ts";
import type { Service } from "../../shared/service/service.ts";
import { StorageUnavailable } from "../../shared/storage/storage.ts";
import { base, emailTemplate, emailTemplateId, newId, now, openApiWorld, serviceId } from "./deps.ts";
import { badRequest, invalid, post } from "./post.ts";

const template: StoredTemplate = {
  ...emailTemplate,
  content: "Dear ((name)),\n\nhere it is: ((link))((other))((shown??yes))",
};
const good = {
  email_address: "Ann@Example.gov.uk",
  template_id: emailTemplateId,
  personalisation: { name: "Ann", link: { file: "YQ==" }, other: "", shown: "no" },
};
const short = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64url");
const service: Partial<Service> = { contactLink: "https://example.gov.uk" };

function openFileWorld(deps: Parameters<typeof openApiWorld>[1] = {}, given: Partial<Service> = {}) {
  return openApiWorld({ templates: [template], service: { ...service, ...given } }, deps);
}

async function answer(body: object, world = openFileWorld()) {
  const response = await post(world, "email", body);
  return [response.status, await response.json()];
}

const withFiles = (...files: unknown[]) => ({
  ...good,
  personalisation: {
    ...good.personalisation,
    ...Object.fromEntries(files.map((file, n) => [`file ${n}`, file])),
  },
});

describe("an email with a file", () => {
  test("shows the file's link in its place, and nothing of the file", async () => {
    const world = openFileWorld();

    const [status, { content }] = await answer(good, world);

    const [stored] = world.stored;
    const key = Buffer.from(stored?.key ?? []).toString("base64url");
    const link = `${base}/d/${short(serviceId)}/${short(stored?.id ?? "")}?key=${key}`;
    expect([status, content.body]).toEqual([201, `Dear Ann,\n\nhere it is: ${link}`]);
    expect(key).toHaveLength(43);
    const { notification } = world.admissions[0] ?? {};
    expect(JSON.parse(notification?.personalisation ?? "")).toEqual({ ...good.personalisation, link });
  });

  test("stores the file before it is admitted, and keeps it as long as it was asked to", async () => {
    const order: unknown[] = [];
    const world = openFileWorld({
      admit: async ({ documents }) => {
        order.push(["admit", ...documents]);
        return null;
      },
    });
    world.documents.add = async (documents) => {
      order.push(["add", ...documents.map(({ id }) => id)]);
    };

    expect((await answer(good, world))[0]).toBe(201);

    const expiresAt = new Date(now.getTime() + 26 * 7 * 86_400_000);
    expect(order).toEqual([
      ["add", newId],
      ["admit", { id: newId, expiresAt }],
    ]);
  });

  const asked: [object, object, number][] = [
    [{}, { recipient: "ann@example.gov.uk", file: { filename: null, mimeType: "text/plain" } }, 26],
    [{ confirm_email_before_download: true }, { recipient: "ann@example.gov.uk" }, 26],
    [{ confirm_email_before_download: false }, { recipient: null }, 26],
    [
      { confirm_email_before_download: null, retention_period: null },
      { recipient: "ann@example.gov.uk" },
      26,
    ],
    [{ retention_period: "1 week" }, {}, 1],
    [{ retention_period: " 009 WEEKS\n" }, {}, 9],
    [{ retention_period: "78 weeks" }, {}, 78],
    [{ is_csv: true }, { file: { mimeType: "text/csv" } }, 26],
    [{ is_csv: false }, { file: { mimeType: "text/plain" } }, 26],
    [{ is_csv: null }, { file: { mimeType: "text/plain" } }, 26],
    [{ filename: null }, { file: { filename: null, mimeType: "text/plain" } }, 26],
    [{ filename: "a.pdf" }, { file: { filename: "a.pdf", mimeType: "application/pdf" } }, 26],
  ];
  test.each(asked)("asks for %j", async (options, expected, weeks) => {
    const world = openFileWorld();

    const [status] = await answer(withFiles({ file: "YQ==", ...options }), world);

    expect(status).toBe(201);
    expect(world.stored[1]).toMatchObject(expected);
    expect(world.admissions[0]?.documents[1]?.expiresAt).toEqual(
      new Date(now.getTime() + weeks * 7 * 86_400_000),
    );
  });

  test("stores several at once, each under a key of its own", async () => {
    const calls: number[] = [];
    const world = openFileWorld();
    const { add } = world.documents;
    world.documents.add = async (documents) => {
      calls.push(documents.length);
      await add(documents);
    };

    await answer(withFiles({ file: "Yg==" }, { file: "Yw==" }), world);

    expect(calls).toEqual([3]);
    expect(world.stored.map(({ file }) => Buffer.from(file.bytes).toString())).toEqual(["a", "b", "c"]);
    expect(new Set(world.stored.map(({ key }) => key.join())).size).toBe(3);
  });

  test("has links of the host that is set for them", async () => {
    const [, { content }] = await answer(good, openFileWorld({ documentHost: "https://files.example/" }));

    expect(content.body).toContain(" https://files.example/d/");
  });

  test("is not told apart by sanitising", async () => {
    const [status, body] = await answer({ ...good, sanitise_content_for: ["link"] });

    expect([status, body.sanitised_content]).toEqual([201, {}]);
    expect(body.content.body).toContain("/d/");
  });

  test("to a simulated recipient stores nothing and shows a link that leads nowhere", async () => {
    const world = openFileWorld();
    const simulated = {
      ...withFiles({ file: "no base64" }),
      email_address: "simulate-delivered@notifications.service.gov.uk",
    };

    const [status, { content }] = await answer(simulated, world);

    expect(status).toBe(201);
    expect(content.body).toEndWith(`${base}/services/${serviceId}/documents/test-document`);
    expect(world.stored).toEqual([]);
    expect(world.admissions).toMatchObject([{ notification: null, documents: [] }]);
  });
});

describe("a file that is refused", () => {
  const unsupported = (type: string) =>
    badRequest(
      `Unsupported file type '${type}'. Supported types are: '.csv', '.doc', '.docx', '.jpeg', '.jpg', '.json', '.odt', '.pdf', '.png', '.rtf', '.txt', '.xlsx'`,
    );

  test.each<[object, object]>([
    [{ file: "Y" }, badRequest("Document is not base64 encoded")],
    [{ file: "" }, badRequest("Document must not be empty")],
    [
      { file: Buffer.alloc(2 * 1024 * 1024 + 1025).toString("base64") },
      badRequest("Uploaded file exceeds file size limit"),
    ],
    [
      { file: "YQ==", filename: `${"a".repeat(97)}.pdf` },
      badRequest("`filename` cannot be longer than 100 characters"),
    ],
    [{ file: "YQ==", filename: "a.exe" }, unsupported(".exe")],
    [{ file: "R0lGODlhAQABAAAAADs=" }, unsupported("image/gif")],
    [{ file: "YQ==", filename: "a\0.pdf" }, invalid("filename must not contain NUL characters")],
    [{ file: "YQ==", filename: "\ud800.pdf" }, invalid("filename must not contain unpaired surrogates")],
  ])("says why, and stores nothing: %#", async (file, expected) => {
    const world = openFileWorld();

    expect(await answer(withFiles(file), world)).toEqual([400, expected]);
    expect(world.stored).toEqual([]);
    expect(world.admissions).toMatchObject([{ notification: null }]);
  });

  test("is the first that is wrong, after the schema of all", async () => {
    const bad = [{ file: "Y" }, { file: "" }];

    expect(await answer(withFiles(...bad))).toEqual([400, badRequest("Document is not base64 encoded")]);
    expect(await answer(withFiles(...bad, { file: 1 }))).toEqual([
      400,
      invalid("file 1 is not of type string"),
    ]);
  });

  test("is looked at after contact details, which a simulated recipient's email needs too", async () => {
    const world = openFileWorld({}, { contactLink: null });
    const notSetUp = badRequest(
      `Send files by email has not been set up - add contact details for your service at https://www.notifications.service.gov.uk/services/${serviceId}/service-settings/send-files-by-email`,
    );
    const simulated = { ...good, email_address: "simulate-delivered@notifications.service.gov.uk" };

    expect(await answer(withFiles({ file: "Y" }), world)).toEqual([400, notSetUp]);
    expect(await answer(simulated, world)).toEqual([400, notSetUp]);
  });

  test("is one of more than fifty", async () => {
    const files = Array.from({ length: 50 }, () => ({ file: "YQ==" }));

    expect((await answer(withFiles(...files.slice(1))))[0]).toBe(201);
    expect(await answer(withFiles(...files))).toEqual([
      400,
      badRequest("Cannot send more than 50 files in one email"),
    ]);
  });

  test("is told before that the message is too long, which is told before anything is stored", async () => {
    const world = openFileWorld();
    const name = "x".repeat(2_000_000);
    const long = (file: object) => ({
      ...good,
      personalisation: { ...good.personalisation, name, link: file },
    });

    const [, refused] = await answer(long({ file: "" }), world);
    const [, tooLong] = await answer(long({ file: "YQ==" }), world);

    expect(refused).toEqual(badRequest("Document must not be empty"));
    expect(tooLong.errors[0].message).toStartWith("Your message is too long.");
    expect(world.stored).toEqual([]);
  });
});

describe("storage that cannot be reached", () => {
  test("is a 503, as for the database, and nothing is admitted", async () => {
    const world = openFileWorld();
    world.documents.add = async () => {
      throw new StorageUnavailable("Cannot reach S3: no connection");
    };

    expect(await answer(good, world)).toEqual([
      503,
      {
        errors: [
          {
            error: "ServiceUnavailable",
            message: "The service is temporarily unavailable, try again later",
          },
        ],
        status_code: 503,
      },
    ]);
    expect(world.admissions).toEqual([]);
  });
});
