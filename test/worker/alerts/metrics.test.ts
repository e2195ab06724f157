import { describe, expect, test } from "bun:test";
import { Registry } from "prom-client";
import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { countOpenAlerts } from "../../../shared/alert/queries.ts";
import { showAlerts } from "../../../worker/alert-metrics.ts";
import { createListLog } from "../../support/list-log.ts";
import { openQueueWorld } from "../../support/queue.ts";

const at = new Date("2026-11-21T09:00:00Z");

describe("the gauge of alerts", () => {
  test("counts those that are open, of either severity", async () => {
    await using world = await openQueueWorld();
    const registry = new Registry();
    showAlerts(registry, { read: () => countOpenAlerts(world.sql), log: createListLog().log });
    for (const subject of ["a", "b", "c"]) {
      await raiseAlert(world.sql, { subject, severity: "page", title: "T", facts: {}, at });
    }
    await resolveAlert(world.sql, "a", at);

    const text = await registry.metrics();

    expect(text).toContain('pillarbox_alerts_open{severity="page"} 2\n');
    expect(text).toContain('pillarbox_alerts_open{severity="ticket"} 0\n');
  });

  test("is left out while the database does not answer", async () => {
    const registry = new Registry();
    const { log, lines } = createListLog();
    showAlerts(registry, { read: () => Promise.reject(new Error("gone")), log });

    expect(await registry.metrics()).not.toContain("pillarbox_alerts_open{");
    expect(lines).toHaveLength(1);
  });
});
