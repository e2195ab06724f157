import { expect, test } from "bun:test";
import { Registry } from "prom-client";
import { listNetworkFigures } from "../../../shared/broadcast/figures.ts";
import { showBroadcasts } from "../../../worker/broadcast-metrics.ts";
import { testLinks } from "../../../worker/tasks/broadcasts/test-links.ts";
import { openOnAir, signal } from "./on-air.ts";

test("how networks do with alerts is shown: their messages, and since when none got through", async () => {
  await using onAir = await openOnAir();
  const { sql, log, sandbox, deps } = onAir.world;
  const registry = new Registry();
  showBroadcasts(registry, { read: () => listNetworkFigures(sql), log });
  const { eventId } = await onAir.approve();
  await onAir.send({ eventId, provider: "ee" });
  await sql`
    update broadcast_provider_messages set acknowledged_at = now() - interval '1 hour' where provider = 'ee'`;
  for (const site of [1, 2] as const) sandbox.setFault({ provider: `ee-${site}-proxy`, status: 500 });
  await testLinks(deps, signal);

  const text = await registry.metrics();

  expect(text).toContain('pillarbox_broadcast_messages{provider="ee",status="returned-ack"} 1');
  expect(text).toContain('pillarbox_broadcast_messages{provider="o2",status="sending"} 1');
  const age = (network: string) =>
    Number(new RegExp(`last_success_seconds\\{provider="${network}"\\} (\\S+)`).exec(text)?.[1]);
  expect(age("ee")).toBeWithin(3600, 3700);
  expect(age("o2")).toBeWithin(0, 60);
});
