import { fanOut } from "../../shared/broadcast/fan-out.ts";
import { findBroadcast } from "../../shared/broadcast/queries.ts";
import { holdLetters } from "../../shared/letter/hold.ts";
import { startPrintRun } from "../../shared/letter/print-run.ts";
import { noteScheduleTimes } from "../../shared/overview/schedules.ts";
import { addSender } from "../../shared/service/senders.ts";
import { createFolder } from "../../shared/template/folders.ts";
import { addPerson, storeBroadcast } from "../support/broadcasts.ts";
import { giveNumber } from "../support/inbound.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

/** In whatever the service has that is text. */
export const marker = "only-of-the-owner";

/** What of the service stands where a path has a name; `../` before those of the whole installation. */
export type Things = Readonly<Record<string, string>>;

export interface FullConsole extends ConsoleWorld {
  things: Things;
}

/** A console whose service has one of everything, and so has the installation. */
export async function openFullConsole(): Promise<FullConsole> {
  const console = await openConsole();
  const things = {
    ...(await fillService(console)),
    ...(await fillMessages(console)),
    ...(await fillAlerts(console)),
    ...(await fillLetters(console)),
    ...(await fillPlatform(console)),
  };
  return { ...console, things };
}

async function fillService(console: ConsoleWorld): Promise<Things> {
  const { world, service, userIds } = console;
  const { sql } = world;
  const made = async (path: string, fields: Record<string, string>) => {
    const answer = await console.post("manager", console.path(path), fields);
    if (answer.status >= 400) throw new Error(`Cannot fill ${path}: ${answer.text}`);
    return answer;
  };
  await sql`update services set name = ${`Hall ${marker}`} where id = ${service.id}`;
  await sql`update templates set name = ${marker} where service_id = ${service.id}`;
  await sql`update users set mobile_number = '07400123456' where id = ${userIds.manager}`;
  await made("/api-keys", { name: marker, type: "normal" });
  await made("/guest-list", { "email-1": `${marker}@guests.example` });
  await made("/settings/retention", { sms: "30", email: "7", letter: "7" });
  const callback = { url: `${world.sandbox.url}/${marker}`, token: "a-secret-bearer-token" };
  await made("/callbacks/delivery_status", callback);
  const trial = await made("/callbacks/delivery_status/test", {});
  const [folder, sender, replay] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const at = new Date();
  await createFolder(sql, { id: folder, serviceId: service.id, name: marker, parentId: null, at });
  await addSender(sql, "sms", {
    serviceId: service.id,
    id: sender,
    value: "OnlyOfOwner",
    isDefault: false,
    at,
  });
  await addSender(sql, "letter", {
    ...{ serviceId: service.id, id: crypto.randomUUID(), value: marker, isDefault: true, at },
  });
  await sql`
    insert into callback_replays (id, service_id, outcome, since, created_at, position_at)
    values (${replay}, ${service.id}, 'any', now(), now(), now())`;
  const [key] = await sql<{ id: string }[]>`select id from api_keys where name = ${marker}`;
  return {
    "services/:service": service.id,
    "members/:user": userIds.viewer,
    "templates/:template": service.templates.sms,
    "templates/:template/email.html": service.templates.email,
    "folders/:folder": folder,
    "versions/:version": "1",
    "versions/:from": "1",
    "compare/:to": "1",
    "api-keys/:key": key?.id ?? "",
    "callbacks/:type": "delivery_status",
    "tests/:test": trial.location?.split("/").at(-1) ?? "",
    "replays/:replay": replay,
    "senders/:kind": "sms",
    ":kind/:sender": sender,
  };
}

async function fillMessages(console: ConsoleWorld): Promise<Things> {
  const { world, service } = console;
  const { sql, cipher } = world;
  const facts = { clientReference: marker, personalisation: { name: marker, day: marker } };
  const delivered = { status: "delivered" as const, ...facts };
  const [text, email, letter] = [
    await world.notification(delivered),
    await world.notification({ ...delivered, channel: "email" }),
    await world.notification({ ...facts, channel: "letter" }),
  ];
  await giveNumber(world, service.id);
  const waiting = await world.notification(facts);
  const [received, batch] = [crypto.randomUUID(), crypto.randomUUID()];
  await sql`
    insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, duration_ms, body)
    values (${service.id}, 'delivery_status', ${text}, 1, now(), 'delivered', 200, 12, 'sealed')`;
  await storeReceivedText(sql, cipher, {
    ...{ id: received, serviceId: service.id, notifyNumber: "07700900500", userNumber: "447400900999" },
    ...{ content: marker, provider: "mmg", providerDate: null, providerReference: null },
    createdAt: new Date(),
  });
  await sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count,
      job_status, scheduled_for, created_at)
    values (${batch}, ${service.id}, ${marker}, ${service.templates.sms}, 1, 1, 'scheduled',
      now() + interval '1 day', now())`;
  return {
    "notifications/:id": text,
    "notifications/:id/replay": waiting,
    "notifications/:id/email.html": email,
    "notifications/:id/letter.pdf": letter,
    "notifications/:id/pages": letter,
    "notifications/:id/cancel": letter,
    "letters/:id": letter,
    "pages/:page": "1",
    "received-texts/:id": received,
    "uploads/:id": await upload(console, "sms", "phone number,name,day\n07400123456,Ann,Monday\n"),
    "uploads/:id/email.html": await upload(
      console,
      "email",
      "email address,name,day\nann@people.example,Ann,Monday\n",
    ),
    "batches/:id": batch,
  };
}

/** A file that was checked and can be sent. */
async function upload(console: ConsoleWorld, type: "sms" | "email", content: string): Promise<string> {
  const fields = new FormData();
  fields.set("template", console.service.templates[type]);
  fields.set("sender", "");
  fields.set("file", new File([content], `${marker}.csv`));
  const { location, text } = await console.upload("manager", console.path("/batches/uploads"), fields);
  if (location === null) throw new Error(`The file was refused: ${text}`);
  return location.split("/").at(-1) ?? "";
}

const broadcastRights = ["create_broadcasts", "approve_broadcasts", "cancel_broadcasts"];

async function fillAlerts({ world, service, other, userIds }: ConsoleWorld): Promise<Things> {
  const { sql } = world;
  const writer = await addPerson(sql, { name: marker, serviceId: service.id });
  // Whatever a stranger is refused, it is not for want of rights in a service of their own.
  await sql`
    insert into permissions (service_id, user_id, permission)
    select ${other.id}, ${userIds.stranger}, unnest(${broadcastRights}::text[])`;
  for (const { id } of [service, other]) {
    await sql`insert into service_permissions (service_id, permission) values (${id}, 'broadcast') on conflict do nothing`;
    await sql`
      insert into service_broadcast_settings (service_id, channel, provider, created_at)
      values (${id}, 'severe', 'all', now())`;
  }
  const place = { serviceId: service.id, writer };
  const facts = { content: marker, reference: marker };
  const waiting = () => storeBroadcast(sql, place, facts);
  const draft = await storeBroadcast(sql, place, { ...facts, status: "draft" });
  const onAir = await storeBroadcast(sql, place, { ...facts, status: "broadcasting" });
  await sql`update broadcast_messages set providers = '{ee}', channel = 'severe' where id = ${onAir}`;
  const alert = await findBroadcast(sql, service.id, onAir);
  if (!alert) throw new Error("Cannot find the alert on air");
  const event = await sql.begin((tx) => fanOut(tx, alert, "alert", new Date()));
  return {
    // One for each action: what is done to one is not done to it again.
    "broadcasts/:id": await waiting(),
    "broadcasts/:id/edit": await waiting(),
    "broadcasts/:id/withdraw": await waiting(),
    "broadcasts/:id/approve": await waiting(),
    "broadcasts/:id/reject": await waiting(),
    "broadcasts/:id/submit": draft,
    "broadcasts/:id/cancel": onAir,
    "events/:event": event,
    ":event/:network": "ee",
  };
}

async function fillLetters({ world, service }: ConsoleWorld): Promise<Things> {
  const { sql } = world;
  const [run, batch, file] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const deadline = new Date("2026-07-01T16:30:00Z");
  const day = "2026-07-01";
  await startPrintRun(sql, {
    id: run,
    kind: "manual",
    deadline,
    printDate: day,
    reason: marker,
    at: deadline,
  });
  await sql`update print_runs set status = 'planned', planned_at = now() where id = ${run}`;
  await sql`
    insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, state, created_at)
    values (${batch}, ${run}, 'NOTIFY.2026-07-01.2.001.ZIP', 1, 'second', ${service.id}, 1, 1000, 'uploaded', now())`;
  const letter = await world.notification({ channel: "letter", status: "sending" });
  await sql`
    insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
    values (${batch}, 0, ${letter}, 'NOTIFY.0.PDF', 1000, '\\x00')`;
  await sql`
    insert into dvla_files (id, name, kind, size, sha256, found_at, processed_at, outcome)
    values (${file}, 'NOTIFY-1-RSP.TXT', 'response', 2048, '\\x00', now(), now(), '{}')`;
  await sql`
    insert into returned_letters (notification_id, service_id, reported_at)
    values (${letter}, ${service.id}, ${day})`;
  await holdLetters(sql, { serviceId: service.id, reason: marker, at: new Date() });
  return {
    "runs/:id": run,
    "letters/batches/:id": batch,
    "files/:id": file,
    "holds/:id": service.id,
    "returned/:date": day,
  };
}

async function fillPlatform({ world, userIds }: ConsoleWorld): Promise<Things> {
  const { sql } = world;
  const alert = crypto.randomUUID();
  await sql`
    insert into alerts (id, subject, severity, title, facts, opened_at, last_seen_at)
    values (${alert}, ${marker}, 'page', ${marker}, '{}', now(), now())`;
  const dead = async (queue: string) => {
    const id = crypto.randomUUID();
    await sql`
      insert into pgboss.job (id, name, data, state, source_name, source_output, source_created_on)
      values (${id}, 'dead-letters', '{}', 'created', ${queue}, '{}', now())`;
    return id;
  };
  const at = new Date();
  const task = "trigger-link-tests";
  await noteScheduleTimes(sql, [{ task, cron: "*/15 * * * *", lastDueAt: null, nextDueAt: at }], at);
  const [provider] = await sql<
    { name: string }[]
  >`select identifier as name from provider_details order by 1 limit 1`;
  return {
    "people/:id": userIds.viewer,
    "alerts/:subject": marker,
    "schedules/:task": task,
    "providers/:name": provider?.name ?? "",
    "queues/:queue": "deliver-sms",
    "dead-letters/:id": await dead("deliver-sms"),
    // What is done to the whole queue is not done to them.
    "dead-letters/:id/redrive": await dead("deliver-email"),
    "dead-letters/:id/drop": await dead("deliver-email"),
    "assets/:file": "live.js",
  };
}
