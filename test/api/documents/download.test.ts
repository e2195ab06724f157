import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { setContactLink } from "../../../shared/service/setup.ts";
import {
  contactLink,
  content,
  downloadOf,
  type FileWorld,
  form,
  openBrowser,
  openFileWorld,
  recipient,
} from "./file-world.ts";

// Of hooks, too, which may have to start Postgres.
setDefaultTimeout(60_000);

describe.each(["Postgres", "S3"] as const)("a file by email, kept in %s", (kind) => {
  let files: FileWorld;

  beforeAll(async () => {
    files = await openFileWorld(kind);
  });

  afterAll(() => files[Symbol.asyncDispose]());

  test("comes back byte for byte to the recipient, who gives the address", async () => {
    const url = await files.send({ filename: "Your résumé.pdf" });
    const browse = openBrowser();

    const asked = await browse(url);
    const askedText = await asked.text();
    const early = await browse(downloadOf(url));
    const confirmed = await browse(url, form(" ADA.lovelace@EXAMPLE.com "));
    const page = await browse(url);
    const pageText = await page.text();
    const href = /href="([^"]*\/download[^"]*)"/.exec(pageText)?.[1] ?? "";
    const file = await browse(files.world.apiUrl + href);

    expect([asked.status, early.status, confirmed.status, page.status]).toEqual([200, 303, 303, 200]);
    const path = url.slice(files.world.apiUrl.length);
    expect([early, confirmed].map(({ headers }) => headers.get("location"))).toEqual([path, path]);
    expect(askedText).not.toContain("résumé");
    expect(pageText).toContain("Your résumé.pdf");
    expect(file.status).toBe(200);
    expect(await file.bytes()).toEqual(content);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      "content-type": "application/pdf",
      "content-length": String(content.length),
      "content-disposition": `attachment; filename="Your r_sum_.pdf"; filename*=UTF-8''Your%20r%C3%A9sum%C3%A9.pdf`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow",
      "cache-control": expect.stringContaining("no-store"),
    });
  });

  test("comes back to anybody with the link where no address is asked for", async () => {
    const large = new Uint8Array(2_000_000).fill(0xff);
    const url = await files.send({ confirmEmailBeforeDownload: false, filename: "large.png" }, large);

    const file = await fetch(downloadOf(url));
    const posted = await fetch(url, { ...form("anybody@example.com"), redirect: "manual" });

    expect(Buffer.compare(await file.bytes(), large)).toBe(0);
    expect([posted.status, posted.headers.get("set-cookie")]).toEqual([303, null]);
  });

  test("is stored under a key that nobody has but the link", async () => {
    const url = await files.send();
    const key = new URL(url).searchParams.get("key") ?? "";

    const row = (await files.documents()).at(-1);
    const { storage } = files.world.deps;
    const stored = await storage.get(`documents/${row?.id}`);

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/d\/[\w-]{22}\/[\w-]{22}\?key=[\w-]{43}$/);
    expect(stored?.length).toBe(12 + content.length + 16);
    expect(Buffer.from(stored ?? []).includes("and so on")).toBe(false);
    const everything = JSON.stringify([row, await files.world.sql`select * from notifications`]);
    expect(everything).not.toContain(key);
    expect(everything).not.toContain(Buffer.from(key, "base64url").toString("hex"));
    expect(JSON.stringify(files.world.lines)).not.toContain(key);
  });

  test("is gone with its content", async () => {
    const url = await files.send({ confirmEmailBeforeDownload: false });
    const { id } = (await files.documents()).at(-1) ?? {};
    await files.world.deps.storage.delete([`documents/${id}`]);

    const answer = await fetch(downloadOf(url));

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("This file is not available");
  });
});

describe("the pages of a file", () => {
  let files: FileWorld;

  beforeAll(async () => {
    files = await openFileWorld("Postgres");
  });

  afterAll(() => files[Symbol.asyncDispose]());

  test("say who sent it, what it is and until when", async () => {
    const url = await files.send({ confirmEmailBeforeDownload: false, retentionPeriod: "3 weeks" });
    await files.world.sql`update documents set expires_at = '2126-07-05T08:01:02Z'`;

    const answer = await fetch(url);
    const text = await answer.text();

    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(text).toContain("<h1>Town Hall sent you a file</h1>");
    expect(text).toContain("PDF");
    expect(text).toContain(`${content.length} bytes`);
    expect(text).toContain("5 July 2126, 09:01");
    expect(text).toContain(`href="${contactLink}"`);
  });

  test("run no script, load nothing, and tell nobody their address", async () => {
    const url = await files.send();

    for (const address of [url, url.slice(0, -1), `${files.world.apiUrl}/d/x/y`]) {
      const { headers } = await fetch(address);
      expect(headers.get("content-security-policy")).toStartWith("default-src 'none'; style-src 'sha256-");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-robots-tag")).toContain("noindex");
      expect(headers.get("cache-control")).toContain("no-store");
    }
  });

  test("escape what the sender wrote", async () => {
    await using other = await openFileWorld("Postgres");
    await other.world.sql`update services set name = '<b>&"', contact_link = 'javascript:alert(1)'`;
    const url = await other.send({ confirmEmailBeforeDownload: false, filename: '"><script>x</script>.pdf' });

    const text = await (await fetch(url)).text();

    expect(text).toContain("&lt;b&gt;&amp;&quot; sent you a file");
    expect(text).toContain("&gt;&lt;script&gt;x&lt;/script&gt;.pdf");
    expect(text).not.toContain("<script");
    expect(text).not.toContain('href="javascript');
  });

  test("answer HEAD as GET without the body", async () => {
    const url = await files.send({ confirmEmailBeforeDownload: false });

    const [page, file, missing] = await Promise.all(
      [url, downloadOf(url), `${url}x`].map((address) => fetch(address, { method: "HEAD" })),
    );

    expect([page?.status, file?.status, missing?.status]).toEqual([200, 200, 404]);
    expect(file?.headers.get("content-disposition")).toBe(
      `attachment; filename="document.pdf"; filename*=UTF-8''document.pdf`,
    );
    expect(await file?.text()).toBe("");
  });

  test("know no other method", async () => {
    const url = await files.send();

    const [put, post] = await Promise.all([
      fetch(url, { method: "PUT" }),
      fetch(downloadOf(url), { method: "POST" }),
    ]);

    expect([put?.status, put?.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
    expect([post?.status, post?.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  const broken: [string, (url: string) => string][] = [
    ["no key", (url) => url.replace(/\?.*/, "")],
    ["a short key", (url) => url.slice(0, -1)],
    ["a long key", (url) => `${url}A`],
    ["another key", (url) => url.replace(/key=.*/, `key=${"A".repeat(43)}`)],
    ["a key that is none", (url) => url.replace(/key=.*/, `key=${"!".repeat(43)}`)],
    ["another document", (url) => url.replace(/\/[\w-]{22}\?/, `/${"A".repeat(22)}?`)],
    ["a document that is none", (url) => url.replace(/\/[\w-]{22}\?/, "/x?")],
  ];
  test.each(broken)("are the same 404 for a link with %s, and name the service", async (_what, breakLink) => {
    const url = await files.send();

    for (const address of [breakLink(url), downloadOf(breakLink(url))]) {
      const answer = await fetch(address);
      const text = await answer.text();
      expect(answer.status).toBe(404);
      expect(text).toContain("This file is not available");
      expect(text).toContain("Town Hall");
      expect(text).toContain(contactLink);
    }
    const posted = await fetch(breakLink(url), form(recipient));
    expect([posted.status, posted.headers.get("set-cookie")]).toEqual([404, null]);
  });

  test("name no service in a link that has none of ours", async () => {
    const url = await files.send();
    const other = await files.world.addService("Another");
    await setContactLink(files.world.sql, other.id, "07700900123");
    const short = Buffer.from(other.id.replaceAll("-", ""), "hex").toString("base64url");

    const unknown = await fetch(url.replace(/\/d\/[\w-]{22}/, `/d/${"A".repeat(22)}`));
    const others = await fetch(url.replace(/\/d\/[\w-]{22}/, `/d/${short}`));

    expect([unknown.status, others.status]).toEqual([404, 404]);
    expect(await unknown.text()).not.toContain("contact");
    expect(await others.text()).toContain('href="tel:07700900123"');
  });

  test("are gone at once when the time is over", async () => {
    const url = await files.send({ confirmEmailBeforeDownload: false });
    await files.world.sql`update documents set expires_at = now() - interval '1 millisecond'`;

    const [page, file] = await Promise.all([fetch(url), fetch(downloadOf(url))]);

    expect([page.status, file.status]).toEqual([404, 404]);
  });

  test("say so in words when the database is away", async () => {
    await using other = await openFileWorld("Postgres");
    const url = await other.send();
    await other.world.sql`alter table documents rename to elsewhere`;

    const broken = await fetch(url);
    await other.world.sql`alter table elsewhere rename to documents`;
    await other.world.api.close();
    const away = await fetch(url);

    expect([broken.status, away.status]).toEqual([500, 503]);
    expect(await away.text()).toContain("Try again in a few minutes");
  });
});

describe("the recipient's address", () => {
  let files: FileWorld;

  beforeAll(async () => {
    files = await openFileWorld("Postgres");
  });

  afterAll(() => files[Symbol.asyncDispose]());

  test.each([
    ["", "Enter your email address"],
    ["  ", "Enter your email address"],
    ["ada", "Enter an email address, like name@example.com"],
    ['"><script>@x', "Enter an email address, like name@example.com"],
    ["bob@example.com", "This file was sent to another email address"],
  ])("is not %j, which the page says beside the field", async (typed, message) => {
    const url = await files.send();

    const answer = await fetch(url, form(typed));
    const text = await answer.text();

    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([400, null]);
    expect(text).toContain("<title>Error: ");
    expect(text).toContain(`<a href="#email-address">${message}</a>`);
    expect(text).toContain('aria-invalid="true" aria-describedby="email-address-fault"');
    expect(text).not.toContain("<script");
  });

  test("is remembered by the browser for an hour, for that file only", async () => {
    const url = await files.send();

    const { headers } = await fetch(url, { ...form(recipient), redirect: "manual" });

    const path = new URL(url).pathname;
    expect(headers.get("set-cookie")).toMatch(
      new RegExp(`^confirmed=\\d+\\.[\\w-]{43}; Max-Age=3600; Path=${path}; HttpOnly; SameSite=Lax$`),
    );
  });

  test("is remembered where the connection is safe only, if the links are", async () => {
    await using other = await openFileWorld("Postgres", { DOCUMENT_HOST: "https://files.example" });
    const url = await other.send();

    const { pathname, search } = new URL(url);
    const answer = await fetch(other.world.apiUrl + pathname + search, {
      ...form(recipient),
      redirect: "manual",
    });

    expect(url).toStartWith("https://files.example/d/");
    expect(answer.headers.get("set-cookie")).toContain("; Secure");
  });

  test("confirmed for one file is not for another, nor for ever, nor by whoever writes a cookie", async () => {
    const [one, other] = [await files.send(), await files.send()];
    const { headers } = await fetch(one, { ...form(recipient), redirect: "manual" });
    const cookie = (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const [, until = ""] = /=(\d+)/.exec(cookie) ?? [];

    const download = async (url: string, value: string) =>
      (await fetch(downloadOf(url), { headers: { cookie: value }, redirect: "manual" })).status;

    expect(await download(one, cookie)).toBe(200);
    expect(await download(other, cookie)).toBe(303);
    expect(await download(one, cookie.replace(until, String(Number(until) + 1)))).toBe(303);
    expect(await download(one, `confirmed=${until}.${"A".repeat(43)}`)).toBe(303);
    expect(await download(one, "confirmed=")).toBe(303);
  });

  test("may be wrong ten times, then nobody's is looked at for an hour", async () => {
    const url = await files.send();
    const post = async (address: string) =>
      (await fetch(url, { ...form(address), redirect: "manual" })).status;

    const wrong: number[] = [];
    for (let n = 0; n < 11; n++) wrong.push(await post(`wrong-${n}@example.com`));
    const answer = await fetch(url, form(recipient));
    const text = await answer.text();
    await files.world.sql`update documents set last_failure_at = last_failure_at - interval '1 hour'`;
    const later = [await post("wrong@example.com"), await post(recipient)];

    expect(wrong).toEqual([...Array(10).fill(400), 429]);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3600"]);
    expect(text).toContain("Wait an hour");
    expect(text).toContain(contactLink);
    expect(later).toEqual([400, 303]);
  });

  test("is looked at ten times though all come at once", async () => {
    const url = await files.send();

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => fetch(url, form(`wrong-${n}@example.com`))),
    );

    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  test("that is right makes up for wrong ones", async () => {
    const url = await files.send();
    const post = async (address: string) =>
      (await fetch(url, { ...form(address), redirect: "manual" })).status;

    for (let n = 0; n < 9; n++) await post("wrong@example.com");
    const right = await post(recipient);
    const again = await post("wrong@example.com");

    expect([right, again]).toEqual([303, 400]);
    expect((await files.documents()).at(-1)).toMatchObject({ confirmation_failures: 1 });
  });

  test("does not count where it is none", async () => {
    const url = await files.send();

    for (let n = 0; n < 12; n++) await fetch(url, form("not an address"));

    expect((await fetch(url, { ...form(recipient), redirect: "manual" })).status).toBe(303);
  });

  test("comes in a short form", async () => {
    const url = await files.send();

    const long = await fetch(url, form("x".repeat(5000)));
    const streamed = await fetch(url, { method: "POST", body: new Blob(["x".repeat(5000)]).stream() });

    expect([long.status, streamed.status]).toEqual([413, 413]);
  });
});
