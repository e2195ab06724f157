import { describe, expect, test } from "bun:test";
import { openStatsdServer } from "../support/statsd-server.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

type Key = "normal" | "test";

/** Sends one of each channel with each key and waits until the service has heard of all of them. */
async function sendAll(world: World): Promise<string[]> {
  const { service, sandbox } = world;
  const personalisation = { name: "Zebedee", day: "Whitsun" };
  const ids: string[] = [];
  for (const key of ["normal", "test"] as const satisfies Key[]) {
    const client = world.client(service.keys[key]);
    const answers = [
      await client.sendSms(service.templates.sms, "07700 900123", { personalisation }),
      await client.sendEmail(service.templates.email, "zebedee@example.com", { personalisation }),
    ];
    ids.push(...answers.map(({ data }) => String(Object(data).id)));
  }
  const told = (id: string) => sandbox.messages("callback").some(({ body }) => body.includes(id));
  await until(() => ids.every(told), "the service has heard of all");
  return ids;
}

/** The value of one line of Prometheus' text; null where it is not there. */
function figureOf(text: string, line: string): number | null {
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return found === undefined ? null : Number(found.slice(line.length));
}

describe("a notification from request to callback", () => {
  test("takes two lines of the log: that it was created, and what its receipt said", async () => {
    await using world = await openWorld();

    const ids = await sendAll(world);

    for (const id of ids) {
      const lines = world.lines.filter(
        ({ level, facts }) => level !== "debug" && facts.notificationId === id,
      );
      expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
        "info: Notification created",
        "info: Receipt",
      ]);
    }
    // Nor does anything else tell of it; a receipt that overtakes its message's commit is warned of.
    const others = world.lines.filter(
      ({ level, facts }) => level === "info" && !ids.includes(String(facts.notificationId)),
    );
    expect(others).toEqual([]);
  });

  test("is in the metrics, once under each name", async () => {
    await using world = await openWorld({ worker: false });
    const { metrics } = await world.startWorker();

    await sendAll(world);

    const all = async () => {
      const text = await metrics.registry.metrics();
      return (
        figureOf(text, 'pillarbox_callback_seconds_count{type="delivery_status",outcome="delivered"}') === 4
      );
    };
    await until(all, "the last callback's answer is counted");
    const text = await metrics.registry.metrics();
    const sum = (name: string) =>
      text
        .split("\n")
        .filter((line) => line.startsWith(`pillarbox_${name}{`) || line.startsWith(`pillarbox_${name} `))
        .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
    expect(sum("accepted_to_sent_seconds_count")).toBe(4);
    expect(text).toMatch(
      /accepted_to_sent_seconds_count\{channel="sms",key_type="normal",provider="(mmg|firetext)"\} 1\n/,
    );
    expect(text).toContain(
      'accepted_to_sent_seconds_count{channel="email",key_type="test",provider="ses"} 1\n',
    );
    expect(sum("accepted_to_sent_seconds_sum")).toBeWithin(0, 40);
    expect(sum("receipts_total")).toBe(4);
    expect(sum("sent_to_receipt_seconds_count")).toBe(4);
    expect(figureOf(text, 'pillarbox_sent_to_receipt_seconds_count{provider="ses",status="delivered"}')).toBe(
      2,
    );
    expect(
      figureOf(text, 'pillarbox_receipt_to_callback_seconds_count{type="delivery_status",attempt="first"}'),
    ).toBe(4);
    expect(sum("provider_request_seconds_count")).toBe(2);
    expect(figureOf(text, 'pillarbox_job_seconds_count{queue="deliver-research",outcome="done"}')).toBe(2);
    expect(sum("group_seconds_count")).toBeGreaterThan(4);
    expect(sum("group_size_count")).toBe(sum("group_seconds_count"));
    expect(figureOf(text, 'pillarbox_queue_waiting{queue="deliver-sms"}')).toBe(0);
    expect(figureOf(text, "pillarbox_callbacks_waiting")).toBe(0);
    expect(text).toContain('pillarbox_provider_active{provider="mmg"} 1\n');
    expect(text).toContain("pillarbox_process_resident_memory_bytes ");
  });

  test("is told to StatsD, the last of it when the worker stops", async () => {
    using statsd = await openStatsdServer();
    const env = { STATSD_HOST: statsd.host, STATSD_PORT: `${statsd.port}`, NOTIFY_ENVIRONMENT: "preview" };
    {
      await using world = await openWorld({ env });
      await sendAll(world);
    }

    const names = () => new Set(statsd.lines.map((line) => line.replace(/:.*$/, "")));
    const wanted = [
      "sms.live-key.total-time",
      "sms.test-key.total-time",
      "email.live-key.total-time",
      "clients.ses.success",
      "clients.ses.request-time",
      "callback.ses.delivered",
      "callback.ses.elapsed-time",
      "queues.deliver-email.success",
      "service-callbacks.delivery_status.delivered",
    ].map((name) => `preview.notifications.worker.${name}`);
    await until(() => wanted.every((name) => names().has(name)), `all of ${wanted} arrived`);
  });

  test("goes on where StatsD is away", async () => {
    await using world = await openWorld({ env: { STATSD_HOST: "statsd.invalid" } });

    expect(await sendAll(world)).toHaveLength(4);
  });
});
