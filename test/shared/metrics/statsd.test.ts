import { describe, expect, test } from "bun:test";
import { StatsD } from "hot-shots";
import type { Metrics } from "../../../shared/metrics/metrics.ts";
import { createStatsd } from "../../../shared/metrics/statsd.ts";
import { freePort } from "../../support/free-port.ts";
import { createListLog } from "../../support/list-log.ts";
import { openStatsdServer } from "../../support/statsd-server.ts";
import { until } from "../../support/until.ts";

const options = { environment: "staging", app: "worker" } as const;

const names: { happened: string; tell: (metrics: Metrics) => void; lines: string[] }[] = [
  {
    happened: "a request answered",
    tell: (metrics) =>
      metrics.answered({ method: "POST", route: "/v2/template/:id/preview", status: 400 }, 0.25),
    lines: [
      "requests.POST.v2_template_id_preview.4xx:1|c",
      "requests.POST.v2_template_id_preview.request-time:0.25|ms",
    ],
  },
  { happened: "a limit", tell: (metrics) => metrics.limited("rate"), lines: ["limited.rate:1|c"] },
  {
    happened: "a shared statement",
    tell: (metrics) => metrics.grouped("admit", 12, 0.5),
    lines: ["groups.admit.time:0.5|ms", "groups.admit.size:12|ms"],
  },
  {
    happened: "a job done",
    tell: (metrics) => metrics.worked("deliver-sms", "done", 1.5),
    lines: ["queues.deliver-sms.success:1|c", "queues.deliver-sms.time:1.5|ms"],
  },
  {
    happened: "a job that failed for good",
    tell: (metrics) => metrics.worked("deliver-sms", "failed", 1.5),
    lines: ["queues.deliver-sms.failure:1|c", "queues.deliver-sms.time:1.5|ms"],
  },
  {
    happened: "a provider's acceptance",
    tell: (metrics) => metrics.asked("mmg", "accepted", 0.5),
    lines: ["clients.mmg.success:1|c", "clients.mmg.request-time:0.5|ms"],
  },
  {
    happened: "a provider's refusal",
    tell: (metrics) => metrics.asked("ses", "rejected", 0.5),
    lines: ["clients.ses.error:1|c", "clients.ses.request-time:0.5|ms"],
  },
  {
    happened: "a text of a team key sent",
    tell: (metrics) => metrics.sent({ channel: "sms", keyType: "team", provider: "mmg" }, 2),
    lines: ["sms.live-key.total-time:2|ms"],
  },
  {
    happened: "an email of a test key sent",
    tell: (metrics) => metrics.sent({ channel: "email", keyType: "test", provider: "ses" }, 2),
    lines: ["email.test-key.total-time:2|ms"],
  },
  {
    happened: "a receipt",
    tell: (metrics) => metrics.reported({ provider: "firetext", status: "permanent-failure" }, 4),
    lines: ["callback.firetext.permanent-failure:1|c", "callback.firetext.elapsed-time:4|ms"],
  },
  {
    happened: "a receipt before its message was stored as sent",
    tell: (metrics) => metrics.reported({ provider: "mmg", status: "delivered" }, null),
    lines: ["callback.mmg.delivered:1|c"],
  },
  {
    happened: "a service about to be told",
    tell: (metrics) => metrics.told("delivery_status", 2, 300),
    lines: ["service-callbacks.delivery_status.retry.forward-time:300|ms"],
  },
  {
    happened: "a callback delivered",
    tell: (metrics) => metrics.calledBack("delivery_status", "delivered", 0.5),
    lines: [
      "service-callbacks.delivery_status.delivered:1|c",
      "service-callbacks.delivery_status.request-time:0.5|ms",
    ],
  },
];

describe("StatsD", () => {
  test.each(names)("is told of $happened under the original's names", async ({ tell, lines }) => {
    using server = await openStatsdServer();
    const { log } = createListLog();
    const statsd = createStatsd(StatsD, { ...options, host: server.host, port: server.port, log });

    tell(statsd.metrics);
    await statsd.close();

    await until(() => server.lines.length >= lines.length, "all has arrived");
    expect(server.lines).toEqual(lines.map((line) => `staging.notifications.worker.${line}`));
  });

  test("gets what was gathered when the process stops, in datagrams that pass any network", async () => {
    using server = await openStatsdServer();
    const { log } = createListLog();
    const statsd = createStatsd(StatsD, { ...options, host: server.host, port: server.port, log });

    for (let n = 0; n < 500; n++) statsd.metrics.worked("deliver-sms", "done", n / 1000);
    await statsd.close();

    await until(() => server.lines.length === 1000, "all has arrived");
    expect(server.datagrams.length).toBeLessThan(100);
    for (const datagram of server.datagrams) expect(datagram.length).toBeLessThanOrEqual(1400);
  });

  const away = [
    { where: "nothing listens", host: "127.0.0.1" },
    { where: "no such host is", host: "statsd.invalid" },
  ];
  test.each(away)("breaks nothing where $where, and is complained of once", async ({ host }) => {
    const { log, lines } = createListLog();
    const statsd = createStatsd(StatsD, { ...options, host, port: freePort(), log });

    for (let n = 0; n < 200; n++) statsd.metrics.asked("mmg", "accepted", 1);
    await statsd.close();
    statsd.metrics.asked("mmg", "accepted", 1);

    expect(lines.length).toBeLessThanOrEqual(1);
    expect(lines.every(({ level }) => level === "warn")).toBe(true);
  });
});
