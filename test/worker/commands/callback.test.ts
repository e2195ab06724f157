import { describe, expect, test } from "bun:test";
import { bearerTokenOf, findCallbackTarget } from "../../../shared/callback/queries.ts";
import { storeTrialResult } from "../../../shared/callback/trial.ts";
import { until } from "../../support/until.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

const token = "a-secret-token";

describe("callback set", () => {
  test.each([
    "https://hall.example/callback?key=hidden",
    "http://localhost:8080/callback",
    "http://127.0.0.1/callback",
    "http://[::1]:8080/callback",
  ])("takes %s and never repeats the token", async (url) => {
    await using cli = await openCli();
    const service = await cli.service();

    const set = ["callback", "set", service, "--url", url, "--token", token];
    const { code, out, err } = await cli.runWith({ allowed: ["127.0.0.0/8", "::1"] }, ...set);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).not.toContain(token);
    expect(out).not.toContain("hidden");
    const target = await findCallbackTarget(cli.sql, service, "delivery_status");
    expect(target?.url).toBe(url);
    expect(await cli.cipher.decrypt(target?.bearerToken ?? "", bearerTokenOf(target?.id ?? ""))).toBe(token);
  });

  test("sets where it hears of received texts, apart from where it hears of its own", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const set = (host: string, ...more: string[]) =>
      cli.run("callback", "set", service, "--url", `https://${host}`, "--token", token, ...more);

    await set("own.example");
    const inbound = await set("received.example", "--type", "inbound_sms");
    const wrong = await set("received.example", "--type", "gossip");
    const removed = await cli.run("callback", "remove", service, "--type", "delivery_status");

    expect(inbound).toMatchObject({ code: 0 });
    expect(inbound.out).toStartWith(`Callbacks of ${service} go to received.example\n`);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toStartWith("--type must be one of delivery_status, inbound_sms");
    expect(removed).toMatchObject({ code: 0, out: `Removed the callback of ${service}` });
    const target = await findCallbackTarget(cli.sql, service, "inbound_sms");
    expect(target?.url).toBe("https://received.example");
    expect(await findCallbackTarget(cli.sql, service, "delivery_status")).toBeNull();
  });

  test("reads the token from standard input", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const set = ["callback", "set", service, "--url", "https://hall.example"];

    const { code } = await cli.runWith({ input: `${token}\n` }, ...set);

    expect(code).toBe(0);
    const target = await findCallbackTarget(cli.sql, service, "delivery_status");
    expect(await cli.cipher.decrypt(target?.bearerToken ?? "", bearerTokenOf(target?.id ?? ""))).toBe(token);
  });

  test.each([
    "http://hall.example",
    "http://localhost.hall.example",
    "http://localhost",
    "https://127.1",
    "https://[::1]:8080",
    "ftp://localhost",
    "hall.example",
    "https://user:pass@hall.example",
    "",
  ])("does not take the URL %j", async (url) => {
    await using cli = await openCli();
    const service = await cli.service();

    const { code, err } = await cli.run("callback", "set", service, "--url", url, "--token", token);

    expect(code).toBe(2);
    expect(err).toStartWith("--url must ");
    expect(err).not.toContain("pass@");
  });

  test.each(["short", "", "a token with spaces", "a-secret-tökén", "long".repeat(64)])(
    "does not take the token %j",
    async (wrong) => {
      await using cli = await openCli();
      const service = await cli.service();
      const set = ["callback", "set", service, "--url", "https://hall.example"];

      const option = await cli.run(...set, "--token", wrong);
      const input = await cli.runWith({ input: wrong }, ...set);

      for (const { code, out, err } of [option, input]) {
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toStartWith("The token must be ");
        if (wrong !== "") expect(err).not.toContain(wrong);
      }
    },
  );

  test("says that there is no such service", async () => {
    await using cli = await openCli();
    const set = ["callback", "set", unknownId, "--url", "https://hall.example", "--token", token];

    expect(await cli.run(...set)).toMatchObject({ code: 1 });
  });
});

/** One that is set, and the secret that was shown. */
async function setOne(cli: Cli, type = "delivery_status") {
  const service = await cli.service();
  const set = [
    "callback",
    "set",
    service,
    "--url",
    "https://hall.example/told",
    "--token",
    token,
    "--type",
    type,
  ];
  const { out } = await cli.run(...set);
  const [, secret] = /^Signing secret, not shown again: (whsec_\S+)$/m.exec(out) ?? [];
  return { service, secret, set };
}

describe("a callback's signing secret", () => {
  test("is shown when it is made, and never again", async () => {
    await using cli = await openCli();
    const { service, secret, set } = await setOne(cli);

    const again = await cli.run(...set);
    const shown = await cli.run("callback", "show", service, "--json");
    const listed = await cli.run("callback", "list", service, "--json");

    expect(secret).toBeString();
    expect(again).toEqual({ code: 0, out: `Callbacks of ${service} go to hall.example`, err: "" });
    for (const { code, out } of [shown, listed]) {
      expect(code).toBe(0);
      for (const hidden of ["whsec_", token]) expect(out).not.toContain(hidden);
    }
    expect(JSON.parse(listed.out)).toMatchObject([
      { type: "delivery_status", url: "https://hall.example/told", signed: true, suspended_at: null },
    ]);
    expect(JSON.parse(shown.out)).toMatchObject({ version: 2, signed: true, spared_since: null });
  });

  test("is rotated, and the new one shown once", async () => {
    await using cli = await openCli();
    const { service, secret } = await setOne(cli, "complaint");

    const { code, out } = await cli.run("callback", "rotate-secret", service, "--type", "complaint");

    expect(code).toBe(0);
    expect(out).toMatch(/^Signing secret, not shown again: whsec_\S+\nThe one before signs too until \S+Z$/);
    expect(out).not.toContain(secret);
    expect((await findCallbackTarget(cli.sql, service, "complaint"))?.secrets).toHaveLength(2);
  });
});

describe("callback resume", () => {
  test("ends a suspension, which show tells of", async () => {
    await using cli = await openCli();
    const { service } = await setOne(cli);
    await cli.sql`update service_callback_api set suspended_at = now(), suspended_reason = 'It answered 410'`;

    const before = await cli.run("callback", "show", service);
    const resumed = await cli.run("callback", "resume", service);

    expect(before.out).toMatch(/^suspended_reason\s+It answered 410$/m);
    expect(resumed).toMatchObject({ code: 0, out: `Callbacks of ${service} go to hall.example again` });
    expect(await findCallbackTarget(cli.sql, service, "delivery_status")).toMatchObject({
      suspendedAt: null,
    });
  });
});

describe("callback test", () => {
  const result = {
    sentAt: "2026-08-01T09:30:00.000000Z",
    status: 503,
    error: null,
    durationMs: 12,
    address: "192.0.2.1",
    excerpt: "Later",
    url: "https://hall.example",
    headers: {},
    body: "{}",
    signatureBase: null,
  };

  test.each([
    ["delivered", null, 0],
    ["failed", "Answered 503", 1],
  ])("shows what came of a sample that was %s", async (outcome, reason, expected) => {
    await using cli = await openCli();
    const { service } = await setOne(cli);

    const asking = cli.run("callback", "test", service, "--json");
    const id = await until(
      async () => (await cli.sql`select id from callback_tests`)[0]?.id,
      "a test is asked for",
    );
    await storeTrialResult(cli.sql, cli.cipher, id, { ...result, outcome, reason });

    const { code, out, err } = await asking;
    expect(code).toBe(expected);
    expect(JSON.parse(out)).toMatchObject({ outcome, reason, duration_ms: 12, excerpt: "Later" });
    expect(err).toBe(reason === null ? "" : `Cannot tell ${service} anything: ${reason}`);
  });
});

describe("what a service has no callback for", () => {
  test.each(["show", "rotate-secret", "resume", "test"])("cannot be named to %s", async (name) => {
    await using cli = await openCli();
    const { service } = await setOne(cli);

    expect(await cli.run("callback", name, service, "--type", "complaint")).toEqual({
      code: 1,
      out: "",
      err: `Cannot find the complaint callback of ${service}: it has none`,
    });
    expect(await cli.run("callback", name, unknownId)).toMatchObject({ code: 1 });
    expect(await cli.run("callback", name, "no-id")).toMatchObject({ code: 2 });
  });
});

describe("callback remove", () => {
  test("removes it, and says so when there is none", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    await cli.run("callback", "set", service, "--url", "https://hall.example", "--token", token);

    const first = await cli.run("callback", "remove", service);
    const second = await cli.run("callback", "remove", service);

    expect(first).toMatchObject({ code: 0, out: `Removed the callback of ${service}` });
    expect(second).toMatchObject({ code: 0, out: `${service} has no callback` });
    expect(await findCallbackTarget(cli.sql, service, "delivery_status")).toBeNull();
    expect(await cli.run("callback", "remove", unknownId)).toMatchObject({ code: 1 });
  });
});
