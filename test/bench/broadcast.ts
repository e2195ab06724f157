import * as v from "valibot";
import { type Network, networks } from "../../shared/broadcast/broadcast.ts";
import {
  addBroadcastService,
  type BroadcastPlace,
  operatorToken,
  storeBroadcast,
} from "../support/broadcasts.ts";
import type { Bench } from "./bench.ts";
import { type Ground, openGround } from "./ground.ts";
import { paced, percentile } from "./http-load.ts";
import { adminSecret, type System, startSystem, until } from "./system.ts";

/** Never answers, at either site. */
const hanging: Network = "o2";
const healthy = networks.filter((network) => network !== hanging);
const textsPerSecond = 500;
const alertsPerSecond = 10;

/** How soon an emergency alert that is approved reaches each network. */
export const broadcast: Bench = {
  describe: "approval to first byte at each network, alone and beside 500 texts a second and one that hangs",
  seconds: 20,
  async run({ seconds, say }) {
    await using ground = await openGround();
    const system = await startSystem(ground, { services: 10, callbacks: false, logLevel: "error" });
    const place = await addBroadcastService(ground.sql, ground.cipher);
    say("warming up");
    await latencies({ ground, system, place }, networks, Math.min(1, seconds));

    say(`${alertsPerSecond} alerts a second alone`);
    const alone = await latencies({ ground, system, place }, networks, seconds);

    say(`the same beside ${textsPerSecond} texts a second, while ${hanging} hangs`);
    for (const site of [1, 2]) await setFault(system, { provider: `${hanging}-${site}-proxy`, hang: true });
    const [beside, texts] = await Promise.all([
      latencies({ ground, system, place }, healthy, seconds),
      paced(() => sendText(system), { perSecond: textsPerSecond, seconds }),
    ]);
    const perNetwork = Object.fromEntries(
      healthy.map((network) => [`p99_ms_${network}`, percentile(beside.get(network) ?? [], 0.99)]),
    );
    const all = (of: ReadonlyMap<Network, number[]>) => [...of.values()].flat().sort((a, b) => a - b);
    return {
      p50_ms_to_first_byte: percentile(all(beside), 0.5),
      p99_ms_to_first_byte: Math.max(...Object.values(perNetwork)),
      p99_ms_to_first_byte_alone: percentile(all(alone), 0.99),
      ...perNetwork,
      p99_ms_to_accept_texts: percentile(texts, 0.99),
    };
  },
};

interface Place {
  ground: Ground;
  system: System;
  place: BroadcastPlace;
}

const Calls = v.object({
  calls: v.array(v.object({ at: v.string(), payload: v.object({ identifier: v.string() }) })),
});

/** From the request that approves an alert until each network is called; in milliseconds, sorted. */
async function latencies(
  { ground: { sql }, system, place }: Place,
  awaited: readonly Network[],
  seconds: number,
): Promise<Map<Network, number[]>> {
  const count = Math.max(1, Math.ceil(alertsPerSecond * seconds));
  const left: string[] = [];
  for (let n = 0; n < count; n++) left.push(await storeBroadcast(sql, place));
  const approvedAt = new Map<string, number>();
  const authorization = `Bearer ${await operatorToken(adminSecret)}`;
  const approve = async () => {
    const id = left.pop();
    if (id === undefined) return;
    approvedAt.set(id, performance.timeOrigin + performance.now());
    const response = await fetch(
      `${system.apiUrl}/service/${place.serviceId}/broadcast-message/${id}/status`,
      {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ status: "broadcasting", created_by: place.approver }),
      },
    );
    if (response.status !== 200) throw new Error(`Cannot approve: ${await response.text()}`);
    await response.arrayBuffer();
  };
  await paced(approve, { perSecond: alertsPerSecond, seconds: count / alertsPerSecond });

  const messages = await sql<{ id: string; provider: Network; broadcastId: string }[]>`
    select m.id, m.provider, e.broadcast_message_id as "broadcastId"
    from broadcast_provider_messages m join broadcast_events e on e.id = m.broadcast_event_id
    where e.broadcast_message_id = any (${[...approvedAt.keys()]}::uuid[])`;
  const found = new Map<Network, number[]>();
  for (const network of awaited) {
    const own = messages.filter(({ provider }) => provider === network);
    const calledAt = new Map<string, number>();
    await until(
      async () => {
        const answer = await fetch(`${system.sandboxUrl}/cbc/calls?network=${network}`);
        for (const { at, payload } of v.parse(Calls, await answer.json()).calls) {
          if (!calledAt.has(payload.identifier)) calledAt.set(payload.identifier, Date.parse(at));
        }
        return own.every(({ id }) => calledAt.has(id));
      },
      `all alerts have reached ${network}`,
      60_000,
    );
    const times = own.map(
      ({ id, broadcastId }) => (calledAt.get(id) ?? Number.NaN) - (approvedAt.get(broadcastId) ?? Number.NaN),
    );
    found.set(
      network,
      times.sort((a, b) => a - b),
    );
  }
  return found;
}

async function setFault({ sandboxUrl }: System, fault: object): Promise<void> {
  const response = await fetch(`${sandboxUrl}/faults`, { method: "POST", body: JSON.stringify(fault) });
  if (!response.ok) throw new Error(`Cannot set a fault: ${await response.text()}`);
}

let turn = 0;

async function sendText({ apiUrl, services }: System): Promise<void> {
  const service = services[turn++ % services.length];
  if (!service) throw new Error("There is no service");
  const response = await fetch(`${apiUrl}/v2/notifications/sms`, {
    method: "POST",
    headers: { Authorization: service.authorization() },
    body: `{"phone_number":"07700900123","template_id":"${service.smsTemplate}","personalisation":{"name":"Ada","day":"Monday","time":"9:30am"}}`,
  });
  await response.arrayBuffer();
  if (response.status !== 201) throw new Error(`Cannot send a text: ${response.status}`);
}
