import { describe, expect, test } from "bun:test";
import type { Pool } from "../../../shared/database.ts";
import { openCli, unknownId } from "./cli.ts";

const templateId = "f33517ff-2a88-4f6e-b855-c550268ce08a";

async function ask(sql: Pool, serviceId: string, address: string, at: string): Promise<string> {
  const id = crypto.randomUUID();
  await sql`
    insert into unsubscribe_requests (notification_id, service_id, template_id, template_version, email_address,
      created_at)
    values (${id}, ${serviceId}, ${templateId}, 2, ${address}, ${at})`;
  return id;
}

describe("unsubscribe list", () => {
  test("lists a service's own requests, the oldest first, as a table, JSON and CSV", async () => {
    await using cli = await openCli();
    const [service, other] = [await cli.service("Town Hall"), await cli.service("Library")];
    const later = await ask(cli.sql, service, '"a,b"@example.com', "2026-07-02T10:00:00.123Z");
    const first = await ask(cli.sql, service, "ada@example.com", "2026-07-01T10:00:00Z");
    await ask(cli.sql, other, "ben@example.com", "2026-07-01T10:00:00Z");

    const table = await cli.run("unsubscribe", "list", service);
    const json = await cli.run("unsubscribe", "list", service, "--json");
    const csv = await cli.run("unsubscribe", "list", service, "--csv");

    expect(table.out.split("\n")).toHaveLength(3);
    expect(table.out).toMatch(/^created_at +email_address +template_id/);
    expect(JSON.parse(json.out)).toMatchObject([
      { created_at: "2026-07-01T10:00:00.000Z", email_address: "ada@example.com", notification_id: first },
      { email_address: '"a,b"@example.com', template_id: templateId, template_version: 2 },
    ]);
    expect(csv.out.split("\n")).toEqual([
      "created_at,email_address,template_id,template_version,notification_id",
      `2026-07-01T10:00:00.000Z,ada@example.com,${templateId},2,${first}`,
      `2026-07-02T10:00:00.123Z,"""a,b""@example.com",${templateId},2,${later}`,
    ]);
  });

  const times = [
    { since: "2026-07-02", left: ["two", "three"] },
    { since: "2026-07-02T12:00:00Z", left: ["two", "three"] },
    { since: "2026-07-02T12:00:00.001Z", left: ["three"] },
    { since: "2030-01-01", left: [] },
  ];
  test.each(times)("since $since leaves $left", async ({ since, left }) => {
    await using cli = await openCli();
    const service = await cli.service();
    await ask(cli.sql, service, "one", "2026-07-01T23:59:59Z");
    await ask(cli.sql, service, "two", "2026-07-02T12:00:00Z");
    await ask(cli.sql, service, "three", "2026-07-03T00:00:00Z");

    const { out } = await cli.run("unsubscribe", "list", service, "--since", since, "--json");

    const rows: { email_address: string }[] = JSON.parse(out);
    expect(rows.map((row) => row.email_address)).toEqual(left);
  });

  test("lists each of thousands once, though many asked at one instant", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    await cli.sql`
      insert into unsubscribe_requests (notification_id, service_id, template_id, template_version, email_address,
        created_at)
      select gen_random_uuid(), ${service}, ${templateId}, 1, n || '@example.com', '2026-07-01 10:00:00.0004Z'
      from generate_series(1, 2500) n`;

    const { out } = await cli.run("unsubscribe", "list", service, "--csv");

    const [, ...lines] = out.split("\n");
    expect(lines).toHaveLength(2500);
    expect(new Set(lines.map((line) => line.split(",")[1])).size).toBe(2500);
  });

  test("says that there are none", async () => {
    await using cli = await openCli();
    const service = await cli.service();

    expect(await cli.run("unsubscribe", "list", service)).toEqual({ code: 0, out: "No requests", err: "" });
    expect((await cli.run("unsubscribe", "list", service, "--json")).out).toBe("[]");
  });

  test.each([
    { line: ["list"], code: 2, says: "SERVICE" },
    { line: ["list", "town-hall"], code: 2, says: "SERVICE must be an id" },
    { line: ["list", unknownId], code: 1, says: `Cannot find the service ${unknownId}` },
    { line: ["list", unknownId, "--since", "yesterday"], code: 2, says: "--since must be a day" },
    { line: ["list", unknownId, "--since", "2026-13-45"], code: 2, says: "--since must be a day" },
    { line: ["list", unknownId, "--csv", "--json"], code: 2, says: "either --csv or --json" },
  ])("refuses $line", async ({ line, code, says }) => {
    await using cli = await openCli();

    const answer = await cli.run("unsubscribe", ...line);

    expect(answer.code).toBe(code);
    expect(answer.err).toContain(says);
  });
});
