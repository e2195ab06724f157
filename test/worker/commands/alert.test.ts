import { describe, expect, test } from "bun:test";
import { raiseAlert } from "../../../shared/alert/alert.ts";
import { openCli } from "./cli.ts";

const alert = {
  subject: "print-run:2026-11-21",
  severity: "page",
  title: "A print run did not start",
  facts: { print_date: "2026-11-21" },
  at: new Date("2026-11-21T18:20:00Z"),
} as const;

describe("alert", () => {
  test("list shows those that are open, and with --all those that are over", async () => {
    await using cli = await openCli();
    await raiseAlert(cli.sql, alert);
    await raiseAlert(cli.sql, { ...alert, subject: "over" });
    await cli.run("alert", "resolve", "over");

    const open = JSON.parse((await cli.run("alert", "list", "--json")).out);
    const all = await cli.run("alert", "list", "--all");

    expect(open).toEqual([
      {
        id: expect.any(String),
        subject: alert.subject,
        severity: "page",
        title: alert.title,
        opened_at: "2026-11-21T18:20:00.000Z",
        times: 1,
        last_seen_at: "2026-11-21T18:20:00.000Z",
        resolved_at: null,
      },
    ]);
    expect(all.out).toContain("over");
    expect((await cli.run("alert")).out).toContain(alert.subject);
  });

  test("list says so where none is open", async () => {
    await using cli = await openCli();

    expect(await cli.run("alert", "list")).toEqual({ code: 0, out: "No open alerts", err: "" });
  });

  test("show tells an alert's facts and who was told", async () => {
    await using cli = await openCli();
    await raiseAlert(cli.sql, alert);

    const shown = JSON.parse((await cli.run("alert", "show", alert.subject, "--json")).out);

    expect(shown).toMatchObject({ facts: alert.facts, logged_at: null, posted_at: null, ticketed_at: null });
  });

  test("resolve closes an alert and has people told", async () => {
    await using cli = await openCli();
    await raiseAlert(cli.sql, alert);

    expect(await cli.run("alert", "resolve", alert.subject)).toMatchObject({
      code: 0,
      out: `Resolved ${alert.subject}`,
    });
    expect(await cli.sql`select from alerts where resolved_at is null`).toHaveLength(0);
    expect(await cli.sql`select from pgboss.job where name = 'send-alerts'`).toHaveLength(2);
  });

  test.each([
    [["show", "none"], 1, 'Cannot show the alert "none": there is none'],
    [["resolve", "none"], 1, 'Cannot resolve the alert "none": none of it is open'],
    [["resolve"], 2, "Missing required positional argument: SUBJECT"],
  ])("%j is refused", async (argv, exitCode, message) => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run("alert", ...argv);

    expect({ code, out }).toEqual({ code: exitCode, out: "" });
    expect(err).toStartWith(message);
  });
});
