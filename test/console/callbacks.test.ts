import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { excerptOf } from "../../shared/callback/attempts.ts";
import { bearerTokenOf, findCallbackTarget } from "../../shared/callback/queries.ts";
import { storeTrialResult } from "../../shared/callback/trial.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

const path = (rest = "") => console.path(`/callbacks${rest}`);
const token = "a-secret-bearer-token";
const url = () => `${console.world.sandbox.url}/callback`;

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, outcome, subject, before, after from audit order by at desc limit 1`;
  return entry;
}

async function attempt(
  outcome: string,
  over: { status?: number; excerpt?: string; minutesAgo?: number } = {},
) {
  const { sql, cipher } = console.world;
  const { status = 200, excerpt = "", minutesAgo = 0 } = over;
  const at = new Date(Date.now() - minutesAgo * 60_000);
  const subjectId = crypto.randomUUID();
  const row = { type: "delivery_status", subjectId, attempt: 1, at };
  await sql`
    insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, duration_ms, detail,
      excerpt, body)
    values (${console.service.id}, ${row.type}, ${subjectId}, 1, ${at}, ${outcome}, ${status}, 12,
      ${outcome === "delivered" ? null : `The receiver answered ${status}`},
      ${excerpt === "" ? null : await cipher.encrypt(excerpt, excerptOf(row))},
      ${outcome === "failed" ? null : "sealed"})`;
  return subjectId;
}

describe("callbacks", () => {
  test("are set with a signing secret that is shown once, and a token that never is", async () => {
    const made = await console.post("manager", path("/complaint"), { url: url(), token });
    const entry = await lastEntry();
    const page = await console.get("viewer", path("/complaint"));

    const secret = /<pre class="secret">([^<]+)</.exec(made.text)?.[1] ?? "";
    expect(secret.length).toBeGreaterThan(20);
    expect(page.text).toContain(url());
    expect(page.text + made.text).not.toContain(token);
    expect(page.text).not.toContain(secret);
    expect(page.text).not.toContain("Bearer token");
    const target = await findCallbackTarget(console.world.sql, console.service.id, "complaint");
    const stored = await console.world.cipher.decrypt(
      target?.bearerToken ?? "",
      bearerTokenOf(target?.id ?? ""),
    );
    expect(stored).toBe(token);
    expect(entry).toMatchObject({ action: "callback.create", after: { type: "complaint", id: target?.id } });
    const noted = JSON.stringify(await console.world.sql`select * from audit`);
    for (const word of [secret, token, '/callback"']) expect(noted).not.toContain(word);
  });

  test("are changed in what is given, and keep their token where none is typed", async () => {
    await console.post("manager", path("/complaint"), { url: `${url()}/other`, token: "" });
    await console.post("manager", path("/complaint"), { url: `${url()}/other`, token: "" });

    const { sql, cipher } = console.world;
    const target = await findCallbackTarget(sql, console.service.id, "complaint");
    expect(target?.url).toBe(`${url()}/other`);
    expect(await cipher.decrypt(target?.bearerToken ?? "", bearerTokenOf(target?.id ?? ""))).toBe(token);
    expect(await lastEntry()).toMatchObject({
      action: "callback.change",
      before: { version: 1 },
      after: { version: 2, changed: ["url"] },
    });
  });

  test.each([
    [{ url: "", token }, "Enter an address"],
    [{ url: "javascript:alert(1)", token }, "The address is not a valid https url"],
    [{ url: "https://user:pw@hall.example/", token }, "The address "],
    [{ url: "https://hall.example/", token: "short" }, "The token is too short"],
    [{ url: "https://hall.example/", token: "" }, "Enter a token"],
  ])("are not set as %p", async (fields, message) => {
    const { status, text } = await console.post("manager", path("/inbound_sms"), fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
    expect(text).not.toContain(`value="${token}"`);
    expect(await findCallbackTarget(console.world.sql, console.service.id, "inbound_sms")).toBeNull();
  });

  test("are suspended, resumed and given a new secret", async () => {
    const type = path("/complaint");

    const suspended = await console.post("manager", `${type}/suspend`);
    const again = await console.post("manager", `${type}/suspend`);
    const list = await console.get("viewer", path());
    await console.post("manager", `${type}/resume`);
    const asked = await console.get("manager", `${type}/secret`);
    const rotated = await console.post("manager", `${type}/secret`);
    const page = await console.get("manager", type);

    expect([suspended.location, again.location]).toEqual([type, type]);
    expect(list.text).toContain("Ms manager suspended it");
    expect(asked.text).toContain("The one there is now signs too for 24 hours");
    expect(rotated.text).toContain('class="secret"');
    expect(page.text).toContain("The secret before signs until");
    const entries = await console.world.sql`
      select action, outcome from audit where action ~ '^callback.(suspend|resume|new-secret)$' order by at`;
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["callback.suspend", "done"],
      ["callback.suspend", "refused"],
      ["callback.resume", "done"],
      ["callback.new-secret", "done"],
    ]);
  });

  test("show their attempts with what the receiver answered, as text", async () => {
    await attempt("delivered", { minutesAgo: 3 });
    const subject = await attempt("exhausted", { status: 503, excerpt: "<script>alert(1)</script>" });

    const page = await console.get("viewer", path("/delivery_status"));
    const ended = await console.get("viewer", path("/delivery_status?outcome=exhausted"));

    expect(page.text).toContain(subject);
    expect(page.text).toContain(">503<");
    expect(page.text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page.text).not.toContain("<script>alert");
    expect(page.text).toContain(">delivered<");
    expect(ended.text).not.toContain('tag good">delivered');
  });

  test("show attempts in pages", async () => {
    for (let n = 0; n < 16; n++) await attempt("refused", { status: 410, minutesAgo: 100 + n });

    const first = await console.get("viewer", path("/delivery_status?outcome=refused"));
    const older = /rel="next" href="([^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await console.get("viewer", older);

    expect(first.text.match(/>410</g)?.length).toBe(15);
    expect(second.text.match(/>410</g)?.length).toBe(1);
    expect(second.text).toContain('rel="prev"');
  });

  test("are tested, and the page says what came of it", async () => {
    const { sql, cipher } = console.world;
    const asked = await console.post("manager", path("/delivery_status/test"));
    const waiting = await console.get("viewer", asked.location ?? "");
    await storeTrialResult(sql, cipher, asked.location?.split("/").at(-1) ?? "", {
      sentAt: "2026-11-21T12:00:00Z",
      outcome: "refused",
      status: 401,
      error: null,
      reason: "The receiver answered 401",
      durationMs: 31.4,
      address: "192.0.2.1",
      excerpt: "<b>who are you</b>",
      url: "https://hall.example/told",
      headers: { "content-type": "application/json" },
      body: "{}",
      signatureBase: null,
    });
    const done = await console.get("viewer", asked.location ?? "");

    expect(waiting.text).toContain('data-live-seconds="2"');
    expect(waiting.text).toContain("A sample is being sent");
    expect(done.text).not.toContain("data-live-seconds");
    for (const part of [
      "The receiver answered 401",
      "&lt;b&gt;who are you",
      "content-type: application/json",
    ]) {
      expect(done.text).toContain(part);
    }
    expect(await lastEntry()).toMatchObject({ action: "callback.test" });
  });

  test("are told again since a time, once it is ticked, and that is stopped", async () => {
    const since = "2025-11-01T09:30";
    const fields = { type: "delivery_status", outcome: "undelivered", since };

    const unsure = await console.post("manager", path("/replays"), fields);
    const future = await console.post("manager", path("/replays"), {
      ...fields,
      since: "2999-01-01T00:00",
      confirm: "yes",
    });
    const started = await console.post("manager", path("/replays"), { ...fields, confirm: "yes" });
    const entry = await lastEntry();
    const second = await console.post("manager", path("/replays"), { ...fields, confirm: "yes" });
    const page = await console.get("manager", path());
    const [replay] = await console.world.sql`select id from callback_replays`;
    const stopped = await console.post("manager", path(`/replays/${replay?.id}/cancel`));

    expect(unsure.text).toContain("Tick that the receiver is told again");
    expect(future.text).toContain("Choose a time that is over");
    expect(started.location).toBe(path());
    expect(entry).toMatchObject({
      action: "callback.replay",
      subject: `replay ${replay?.id}`,
      after: { type: "delivery_status", outcome: "undelivered", since: `${since}:00.000Z` },
    });
    expect(second.text).toContain("A replay of this service is still running");
    expect(page.text).toContain("Stop the replay that runs");
    expect(stopped.location).toBe(path());
    expect((await console.get("viewer", path())).text).toContain("cancelled");
  });

  test("are removed once that is ticked", async () => {
    const unsure = await console.post("manager", path("/complaint/remove"));
    const removed = await console.post("manager", path("/complaint/remove"), { confirm: "yes" });

    expect(unsure.text).toContain("Tick that the callback is to be removed");
    expect(removed.location).toBe(path());
    expect(await findCallbackTarget(console.world.sql, console.service.id, "complaint")).toBeNull();
    expect(await lastEntry()).toMatchObject({ action: "callback.remove", after: { removed: true } });
  });

  test("are nobody else's to see or change", async () => {
    const type = path("/delivery_status");
    const theirs = `/console/services/${console.other.id}/callbacks`;
    const [replay] = await console.world.sql`select id from callback_replays`;

    const answers = await Promise.all([
      console.get("stranger", path()),
      console.get("stranger", type),
      console.get("viewer", `${type}/secret`),
      console.post("stranger", `${theirs}/replays/${replay?.id}/cancel`),
      console.get("viewer", path("/nonsense")),
      console.get("viewer", path(`/delivery_status/tests/${crypto.randomUUID()}`)),
      ...["", "/test", "/suspend", "/resume", "/secret", "/remove"].map((deed) =>
        console.post("viewer", type + deed, { url: url(), token, confirm: "yes" }),
      ),
      console.post("viewer", path("/replays"), { type: "any" }),
    ]);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
  });
});

test("their pages fit a telephone", async () => {
  await using visitor = await console.visit("manager", { screen: "telephone" });
  for (const rest of ["", "/delivery_status", "/returned_letter"]) {
    await visitor.page.goto(path(rest));
    const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
    expect({ rest, width }).toEqual({ rest, width: 360 });
  }
});

test.each(["light", "dark"] as const)("their pages can be read by everybody, in %s", async (colours) => {
  await using visitor = await console.visit("manager", { colours });
  for (const rest of ["", "/delivery_status", "/returned_letter", "/delivery_status/secret"]) {
    await visitor.page.goto(path(rest));
    expect({ rest, faults: await checkAccessibility(visitor.page) }).toEqual({ rest, faults: [] });
  }
});
