import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../shared/database.ts";
import { freePort } from "../support/free-port.ts";
import type { Bench } from "./bench.ts";
import { type BenchService, openGround } from "./ground.ts";
import { load, paced, percentile } from "./http-load.ts";

/** Accepted texts a second, with authentication, limits, rendering and a durable commit, beside Postgres' own rate. */
export const accept: Bench = {
  describe: "durable accepts a second over HTTP, beside the same two inserts as ordinary transactions",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const service = await ground.addService("Bench");
    const port = freePort();
    await ground.start("api/serve.bun.ts", port, { API_PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    let n = 0;
    const body = () =>
      `{"phone_number":"07700900123","template_id":"${service.smsTemplate}","reference":"bench-${n++}","personalisation":{"name":"Ada Lovelace","day":"Monday 5 May","time":"9:30am"}}`;
    const headers = () => `Authorization: ${service.authorization()}\r\n`;
    const send = async (connections: number) => {
      const result = await load({ url, path: "/v2/notifications/sms", connections, seconds, headers, body });
      const accepted = result.statuses[201] ?? 0;
      if (accepted !== result.answers)
        throw new Error(`Not all were accepted: ${JSON.stringify(result.statuses)}`);
      return accepted / result.seconds;
    };

    say("warming up");
    await load({ url, path: "/v2/notifications/sms", connections: 16, seconds: 2, headers, body });
    const rates = new Map<number, number>();
    for (const connections of [16, 64, 256]) {
      say(`${connections} connections`);
      rates.set(connections, await send(connections));
    }
    const rate = (connections: number) => rates.get(connections) ?? Number.NaN;

    say("10 requests a second");
    const one = () =>
      fetch(`${url}/v2/notifications/sms`, {
        method: "POST",
        headers: { Authorization: service.authorization() },
        body: body(),
      }).then((response) => response.text());
    const latencies = await paced(one, { perSecond: 10, seconds: Math.max(5, seconds) });

    say("Postgres' own rate");
    const baseline = await transactions(ground.databaseUrl, service, seconds);
    const oneStatement = await singleStatements(ground.databaseUrl, service, seconds);
    return {
      accepts_per_s_16: rate(16),
      accepts_per_s_64: rate(64),
      accepts_per_s_256: rate(256),
      baseline_per_s: baseline.perSecond,
      baseline_with: baseline.with,
      baseline_one_statement_per_s: oneStatement.perSecond,
      ratio: Math.max(rate(64), rate(256)) / baseline.perSecond,
      p50_ms_at_10_per_s: percentile(latencies, 0.5),
    };
  },
};

function notificationInsert({ id, smsTemplate }: BenchService): string {
  return `insert into notifications (id, service_id, template_id, template_version, api_key_id, key_type,
    notification_type, recipient, normalised_to, client_reference, personalisation, reply_to_text, phone_prefix,
    rate_multiplier, created_at)
  values (gen_random_uuid(), '${id}', '${smsTemplate}', 1, '${id}', 'normal', 'sms', '07700900123', '447700900123',
    'bench', '${"x".repeat(130)}', 'Bench', '44', 1, now())`;
}

function jobInsert({ id }: BenchService): string {
  return `insert into pgboss.job (name, data, group_id) values ('deliver-sms', '{"notificationId":"${id}"}', '${id}')`;
}

interface Baseline {
  perSecond: number;
  with: string;
}

function transactions(databaseUrl: string, service: BenchService, seconds: number): Promise<Baseline> {
  return measure(databaseUrl, ["begin", notificationInsert(service), jobInsert(service), "commit"], seconds);
}

function singleStatements(databaseUrl: string, service: BenchService, seconds: number): Promise<Baseline> {
  const both = `with n as (${notificationInsert(service)}) ${jobInsert(service)}`;
  return measure(databaseUrl, [both], seconds);
}

/** pgbench where it is installed, else a bare loop of this process. 16 clients, prepared. */
async function measure(
  databaseUrl: string,
  statements: readonly string[],
  seconds: number,
): Promise<Baseline> {
  const pgbench = Bun.which("pgbench");
  if (pgbench) {
    const script = join(tmpdir(), `pillarbox-bench-${process.pid}.sql`);
    await Bun.write(script, statements.map((statement) => `${statement.replaceAll("\n", " ")};\n`).join(""));
    const args = [
      "-n",
      "-M",
      "prepared",
      "-c",
      "16",
      "-j",
      "1",
      "-T",
      // Whole ones only.
      String(Math.ceil(seconds)),
      "-f",
      script,
      databaseUrl,
    ];
    const child = Bun.spawn([pgbench, ...args], { stdout: "pipe", stderr: "pipe" });
    const [output, errors] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    await Bun.file(script).delete();
    const rate = /tps = ([\d.]+)/.exec(output)?.[1];
    if (!rate) throw new Error(`pgbench failed: ${errors.trim()}`);
    return { perSecond: Number(rate), with: "pgbench" };
  }
  const sql = openDatabase(databaseUrl, { name: "baseline", connections: 16, statementTimeoutMs: 10_000 });
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      const connection = await sql.reserve();
      while (performance.now() < end) {
        for (const statement of statements) await connection.unsafe(statement, [], { prepare: true });
        done++;
      }
      connection.release();
    }),
  );
  await sql.end();
  return { perSecond: done / seconds, with: "a bare loop" };
}
