import { describe, expect, test } from "bun:test";
import { bearerTokenOf, findCallbackTarget } from "../../../shared/callback/queries.ts";
import { openCli, unknownId } from "./cli.ts";

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

    const { code, out, err } = await cli.run("callback", "set", service, "--url", url, "--token", token);

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

    expect(inbound).toMatchObject({ code: 0, out: `Callbacks of ${service} go to received.example` });
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

  test.each(["short", "", "a token with spaces", "a-secret-tökén"])(
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
