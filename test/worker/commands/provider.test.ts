import { describe, expect, test } from "bun:test";
import { listActiveProviders } from "../../../shared/provider/queries.ts";
import { openCli } from "./cli.ts";

describe("provider", () => {
  test("list shows what each carries", async () => {
    await using cli = await openCli();

    const rows = JSON.parse((await cli.run("provider", "list", "--json")).out);

    expect(rows).toContainEqual({
      name: "mmg",
      channel: "sms",
      priority: 51,
      active: true,
      international: true,
      version: 1,
      reason: null,
      updated_at: null,
    });
    expect((await cli.run("provider", "list")).out).toContain("firetext");
  });

  test("set changes what is given and counts versions", async () => {
    await using cli = await openCli();

    const off = await cli.run("provider", "set", "mmg", "--off", "--reason", "Outage", "--json");
    const during = await listActiveProviders(cli.sql, "sms");
    const on = await cli.run("provider", "set", "mmg", "--on", "--priority", "0", "--json");

    expect(JSON.parse(off.out)).toMatchObject({ active: false, priority: 51, version: 2, reason: "Outage" });
    expect(during.map(({ name }) => name)).toEqual(["firetext", "sns"]);
    expect(JSON.parse(on.out)).toMatchObject({ active: true, priority: 0, version: 3, reason: null });
    expect(JSON.parse(on.out).updated_at).toEndWith("Z");
  });

  test.each([
    [["mmg"], 2, "Give --priority, --on or --off"],
    [["mmg", "--on", "--off"], 2, "Give one of --on and --off"],
    [["mmg", "--priority", "101"], 2, "--priority must be a whole number from 0 to 100"],
    [["mmg", "--priority", "much"], 2, "--priority must be a whole number"],
    [["mmg", "--on", "--reason", ""], 2, "--reason must not be empty"],
    [
      ["acme", "--on"],
      1,
      'Cannot change the provider "acme": there is none; there are ses, smtp, dvla, firetext, mmg, sns',
    ],
    [[], 2, "Missing required positional argument: NAME"],
  ])("set refuses %j", async (argv, exitCode, message) => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run("provider", "set", ...argv);

    expect({ code, out }).toEqual({ code: exitCode, out: "" });
    expect(err).toStartWith(message);
    expect(await cli.sql`select from provider_details where version > 1`).toHaveLength(0);
  });

  test("history shows every change, newest first", async () => {
    await using cli = await openCli();
    await cli.run("provider", "set", "mmg", "--off", "--reason", "Outage");
    await cli.run("provider", "set", "firetext", "--priority", "100");
    await cli.run("provider", "set", "mmg", "--on");

    const rows = JSON.parse((await cli.run("provider", "history", "mmg", "--json")).out);

    expect(rows).toMatchObject([
      { version: 3, priority: 51, active: true, reason: null, created_by: null },
      { version: 2, priority: 51, active: false, reason: "Outage", created_by: null },
      { version: 1, priority: 51, active: true, reason: null, updated_at: null },
    ]);
    expect((await cli.run("provider", "history", "mmg")).out).toContain("Outage");
  });

  test.each([
    [
      ["acme"],
      1,
      'Cannot show the provider "acme": there is none; there are ses, smtp, dvla, firetext, mmg, sns',
    ],
    [[], 2, "Missing required positional argument: NAME"],
  ])("history refuses %j", async (argv, exitCode, message) => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run("provider", "history", ...argv);

    expect({ code, out }).toEqual({ code: exitCode, out: "" });
    expect(err).toStartWith(message);
  });
});
