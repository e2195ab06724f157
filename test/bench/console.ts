import { toBase64Url } from "../../shared/base64.ts";
import type { Pool } from "../../shared/database.ts";
import { personalisationOf } from "../../shared/notification/admit.ts";
import { hashToken, storeSession } from "../../shared/session/queries.ts";
import { freePort } from "../support/free-port.ts";
import type { Bench } from "./bench.ts";
import { storeMonth } from "./console-rows.ts";
import { storeFigures } from "./console-traffic.ts";
import { type BenchService, type Ground, openGround } from "./ground.ts";
import { load, percentile } from "./http-load.ts";

const usualRows = 1_000_000;
/** People who have the overview open while services send, and how often their pages ask for it. */
const watchers = 10;
const liveSeconds = 5;
/** Windows with and without them, in turn. */
const windows = 6;
const ranges = ["1h", "6h", "24h", "7d", "30d"];

/** The console's pages with a month of notifications behind them, and what it costs that somebody looks. */
export const consoleBench: Bench = {
  describe: "how long the console's pages take with a million notifications, and what watching costs",
  seconds: 4,
  async run({ seconds, rows = usualRows, say }) {
    await using ground = await openGround();
    say(`storing ${rows.toLocaleString("en-GB")} notifications of thirty days`);
    const services = await storeMonth(ground, rows);
    await storeFigures(ground.sql);
    const port = freePort();
    await ground.start("api/serve.bun.ts", port, { API_PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    const cookie = `console=${await signIn(ground.sql)}`;
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url + path, { redirect: "manual", headers: { Cookie: cookie, ...headers } });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    };
    const measure = async (what: string, paths: () => string) => {
      say(what);
      // Loads the console, and plans its statements.
      for (let n = 0; n < 3; n++) await ask(paths());
      return percentile(await timed(seconds, () => ask(paths())), 0.95);
    };

    const overview = await measure("the overview", () => {
      const of = Math.random() < 0.5 ? "" : `/services/${pick(services).id}`;
      return `/console${of}?range=${pick(ranges)}`;
    });
    const search = await measure("searches", () => {
      const of = Math.random() < 0.5 ? "" : `/services/${pick(services).id}`;
      return `/console${of}/notifications?q=${encodeURIComponent(pick(searches()))}`;
    });
    const notifications = await readableNotifications(ground);
    const notification = await measure("notifications", () => {
      const { serviceId, id } = pick(notifications);
      return `/console/services/${serviceId}/notifications/${id}`;
    });

    say(`accepting while ${watchers} people watch, and while nobody does`);
    const ratio = await acceptRatio({
      url,
      seconds,
      service: pick(services),
      watch: () => ask("/console", live),
    });
    return {
      p95_ms_overview: overview,
      p95_ms_search: search,
      p95_ms_notification: notification,
      accept_ratio_watched: ratio,
      rows,
    };
  },
};

/** As the page's script asks for itself. */
const live = { "X-Console-Live": "1" };

function pick<T>(from: readonly T[]): T {
  const one = from[Math.floor(Math.random() * from.length)];
  if (one === undefined) throw new Error("There is nothing to pick from");
  return one;
}

/** The last digits of a number, a number, an address, a domain, a reference, nothing there is. */
function searches(): string[] {
  const n = Math.floor(Math.random() * 100_000);
  const digits = String(n).padStart(5, "0");
  return [digits, `077009${digits}`, `person${n}@example.com`, "example.com", `order-${n}`, `nobody-${n}`];
}

/** An operator's. Answers the token. */
async function signIn(sql: Pool): Promise<string> {
  const userId = crypto.randomUUID();
  await sql`
    insert into users (id, name, email_address, state, platform_admin)
    values (${userId}, 'Bench', 'bench@people.example', 'active', true)`;
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  await storeSession(sql, { tokenHash: await hashToken(token), userId, at: new Date() });
  return token;
}

/** Of all of the month, as ids are random. They get what their messages are made of, encrypted: all others have none. */
async function readableNotifications({ sql, cipher }: Ground): Promise<{ id: string; serviceId: string }[]> {
  const found = await sql<{ id: string; serviceId: string }[]>`
    select id, service_id as "serviceId" from notifications where notification_type <> 'letter' order by id limit 500`;
  const made = JSON.stringify({ name: "Ada", day: "Monday", time: "10:30" });
  const rows = await Promise.all(
    found.map(async ({ id }) => ({ id, sealed: await cipher.encrypt(made, personalisationOf(id)) })),
  );
  await sql`
    update notifications n set personalisation = r.sealed
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, sealed text) where n.id = r.id`;
  return found;
}

/** Sorted, in milliseconds: one after the other for so long, and at least a few. */
async function timed(seconds: number, ask: () => Promise<void>): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const took: number[] = [];
  while (performance.now() < end || took.length < 20) {
    const began = performance.now();
    await ask();
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b);
}

interface Watching {
  url: string;
  seconds: number;
  service: BenchService;
  /** One person's page asks for itself. */
  watch: () => Promise<void>;
}

/** How many a second were accepted while people watched over how many while nobody did: the median of the pairs. */
async function acceptRatio({ url, seconds, service, watch }: Watching): Promise<number> {
  const body = JSON.stringify({
    phone_number: "07700900123",
    template_id: service.smsTemplate,
    personalisation: { name: "Ada", day: "Monday", time: "10:30" },
  });
  const accept = async () => {
    const result = await load({
      url,
      path: "/v2/notifications/sms",
      connections: 64,
      seconds,
      headers: () => `Authorization: ${service.authorization()}\r\n`,
      body: () => body,
    });
    return (result.statuses[201] ?? 0) / result.seconds;
  };
  const acceptWatched = async () => {
    const ended = new AbortController();
    const all = Array.from({ length: watchers }, (_, n) => keepWatching(watch, n / watchers, ended.signal));
    const rate = await accept();
    ended.abort();
    await Promise.all(all);
    return rate;
  };
  await accept();
  const ratios: number[] = [];
  for (let n = 0; n < windows; n++) {
    // Each comes first as often as the other: the table grows meanwhile.
    const first = n % 2 === 0 ? await accept() : await acceptWatched();
    const second = n % 2 === 0 ? await acceptWatched() : await accept();
    ratios.push(n % 2 === 0 ? second / first : first / second);
  }
  return percentile(
    ratios.sort((a, b) => a - b),
    0.5,
  );
}

/** Begins at a share of the interval, so that not all ask at once. */
async function keepWatching(watch: () => Promise<void>, share: number, signal: AbortSignal): Promise<void> {
  let wait = share * liveSeconds * 1000;
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, wait);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    if (signal.aborted) return;
    await watch();
    wait = liveSeconds * 1000;
  }
}
