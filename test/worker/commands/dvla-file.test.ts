import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markProcessed, noteProgress, storeDvlaFile } from "../../../shared/letter/dvla-files.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await openCli();
});

beforeEach(async () => {
  await cli.sql`truncate dvla_files`;
  await cli.sql`delete from pgboss.job`;
});

afterAll(() => cli[Symbol.asyncDispose]());

const name = "NOTIFY-20261120160000-RSP.TXT";
const at = new Date("2026-11-20T16:05:00.000Z");
const outcome = { statuses: { lines: 2 }, counts: { sorted: 2 } };

async function store(fileName = name, kind: "response" | "acknowledgement" | "other" = "response") {
  const id = crypto.randomUUID();
  const sha256 = crypto.getRandomValues(new Uint8Array(32));
  await storeDvlaFile(cli.sql, { id, name: fileName, size: 60, sha256, kind, foundAt: at });
  return id;
}

const jobs = () => cli.sql`select data, group_id from pgboss.job where name = 'process-dvla-file'`;

describe("dvla-file", () => {
  test("list shows files and how far they are", async () => {
    const read = await store();
    await markProcessed(cli.sql, read, { outcome, at });
    const reading = await store("NOTIFY-20261121160000-RSP.TXT");
    await noteProgress(cli.sql, reading, 20_000);
    await store("NOTIFY.X.ACK.TXT", "acknowledgement");

    const rows = JSON.parse((await cli.run("dvla-file", "list", "--json")).out);
    const responses = await cli.run("dvla-file", "--kind", "response");

    expect(new Map(rows.map((row: { name: string; state: string }) => [row.name, row.state]))).toEqual(
      new Map([
        [name, "read"],
        ["NOTIFY-20261121160000-RSP.TXT", "20000 lines read"],
        ["NOTIFY.X.ACK.TXT", "waiting"],
      ]),
    );
    expect(responses.out).toContain(name);
    expect(responses.out).not.toContain("ACK");
  });

  test("show tells how the reading went, by name in any case or by id", async () => {
    const id = await store();
    await markProcessed(cli.sql, id, { outcome, at });

    for (const given of [name, name.toLowerCase(), id]) {
      const { out } = await cli.run("dvla-file", "show", given, "--json");
      expect(JSON.parse(out)).toEqual({
        ...{ id, name, kind: "response", size: 60, state: "read", outcome },
        found_at: at.toISOString(),
        processed_at: at.toISOString(),
      });
    }
  });

  test.each([
    [[], {}],
    [["--only", "counts"], { only: "counts" }],
    [["--only", "statuses"], { only: "statuses" }],
  ])("replay %j has a worker read it again", async (options, part) => {
    const id = await store();
    await markProcessed(cli.sql, id, { outcome, at });
    await cli.sql`delete from pgboss.job`;

    const { code } = await cli.run("dvla-file", "replay", name, ...options);

    expect(code).toBe(0);
    expect((await jobs()).map(({ data }) => data)).toEqual([{ fileId: id, ...part }]);
    expect((await jobs())[0]?.group_id).not.toBeNull();
    expect(await cli.sql`select outcome from dvla_files where processed_at is null`).toEqual([
      { outcome },
    ] as never);
  });

  test("refuses what cannot be meant", async () => {
    const ids = [await store(), await store()];
    await store("report.csv", "other");
    await store("NOTIFY.X.ACK.TXT", "acknowledgement");
    await cli.sql`delete from pgboss.job`;

    const faults = await Promise.all(
      [
        ["show", name],
        ["replay", unknownId],
        ["replay", "report.csv"],
        ["replay", "NOTIFY.X.ACK.TXT", "--only", "counts"],
        ["replay", name, "--only", "all"],
      ].map(async (argv) => (await cli.run("dvla-file", ...argv)).err),
    );

    expect(faults[0]).toContain("several have that name");
    for (const id of ids) expect(faults[0]).toContain(id);
    expect(faults[1]).toStartWith(`Cannot replay ${unknownId}: there is no such file`);
    expect(faults[2]).toContain("neither acknowledgement nor response");
    expect(faults[3]).toContain("it is an acknowledgement");
    expect(faults[4]).toContain("--only must be statuses or counts");
    expect(await jobs()).toHaveLength(0);
  });
});

describe("letter returned", () => {
  const queued = () =>
    cli.sql<
      { data: { references: string[] } }[]
    >`select data from pgboss.job where name = 'returned-letters'`;

  test("reads references from a file or from standard input", async () => {
    const [one, two] = [newLetterReference(), newLetterReference()];
    const folder = await mkdtemp(join(tmpdir(), "pillarbox-returned-"));
    await writeFile(join(folder, "list.txt"), `\ufeff${one}\r\n\r\n ${two.toLowerCase()} \r\n${one}`);

    const fromFile = await cli.run("letter", "returned", join(folder, "list.txt"), "--json");
    const fromInput = await cli.runWith({ input: `${two}\n` }, "letter", "returned", "-");
    await rm(folder, { recursive: true });

    expect(JSON.parse(fromFile.out)).toEqual({ references: 2, jobs: 1 });
    expect(fromInput.code).toBe(0);
    expect((await queued()).map(({ data }) => data.references).sort((a, b) => b.length - a.length)).toEqual([
      [one, two],
      [two],
    ]);
  });

  test("queues nothing where a line is no reference, and says which", async () => {
    const { code, err } = await cli.runWith(
      { input: `${newLetterReference()}\nNone\n` },
      "letter",
      "returned",
      "-",
    );

    expect(code).toBe(1);
    expect(err).toContain("1 lines are no references, lines 2");
    expect(await queued()).toHaveLength(0);
  });
});
