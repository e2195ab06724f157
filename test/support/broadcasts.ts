import { SignJWT } from "jose";
import type { Broadcast } from "../../shared/broadcast/broadcast.ts";
import { type BroadcastSettings, setAsBroadcastService } from "../../shared/broadcast/settings.ts";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { createApiKey, createService } from "../../shared/service/setup.ts";

/** Latitudes and longitudes around a town, the first again at the end. */
export const townSquare: [number, number][] = [
  [53.105, 0.235],
  [53.105, 0.26],
  [53.12, 0.26],
  [53.12, 0.235],
  [53.105, 0.235],
];

const allBroadcastPermissions = [
  "create_broadcasts",
  "approve_broadcasts",
  "reject_broadcasts",
  "cancel_broadcasts",
];

interface Person {
  name?: string;
  serviceId?: string;
  permissions?: readonly string[];
  platformAdmin?: boolean;
  state?: "active" | "pending";
}

/** Answers the id of a new person, a member of the service where one is given. */
export async function addPerson(
  sql: Pool,
  {
    name = "A person",
    serviceId,
    permissions = allBroadcastPermissions,
    platformAdmin = false,
    state = "active",
  }: Person = {},
): Promise<string> {
  const id = crypto.randomUUID();
  await sql`
    insert into users (id, name, email_address, state, platform_admin)
    values (${id}, ${name}, ${`${id}@example.gov.uk`}, ${state}, ${platformAdmin})`;
  if (serviceId === undefined) return id;
  await sql`insert into user_to_service (user_id, service_id) values (${id}, ${serviceId})`;
  await sql`
    insert into permissions (service_id, user_id, permission)
    select ${serviceId}, ${id}, unnest(${[...permissions]}::text[])`;
  return id;
}

/** A service that sends alerts, with two people who may do everything and a key of its own program. */
export interface BroadcastPlace {
  serviceId: string;
  writer: string;
  approver: string;
  apiKey: string;
}

export async function addBroadcastService(
  sql: Pool,
  cipher: Cipher,
  settings: Partial<BroadcastSettings> = {},
): Promise<BroadcastPlace> {
  const serviceId = await createService(sql, {
    name: `Alerts ${crypto.randomUUID()}`,
    restricted: true,
    smsSender: "Alerts",
    replyTo: null,
  });
  const usual = { mode: "live", channel: "severe", provider: "all", at: new Date() } as const;
  await setAsBroadcastService(sql, { ...usual, ...settings, serviceId });
  const [writer, approver] = [await addPerson(sql, { serviceId }), await addPerson(sql, { serviceId })];
  const apiKey = await createApiKey(sql, cipher, { serviceId, name: "alerts", type: "normal" });
  return { serviceId, writer, approver, apiKey };
}

type StoredFacts = Partial<
  Pick<Broadcast, "status" | "stubbed" | "startsAt" | "finishesAt" | "reference" | "areas" | "content">
> & { createdById?: string };

/** Stores an alert that waits for approval, whole and four hours long, unless told otherwise. Answers its id. */
export async function storeBroadcast(
  sql: Pool,
  { serviceId, writer }: Pick<BroadcastPlace, "serviceId" | "writer">,
  facts: StoredFacts = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const { status = "pending-approval", stubbed = false, createdById = writer } = facts;
  const startsAt = facts.startsAt === undefined ? new Date() : facts.startsAt;
  const finishesAt = facts.finishesAt === undefined ? new Date(Date.now() + 4 * 3_600_000) : facts.finishesAt;
  const areas = facts.areas ?? { names: ["Wainfleet"], simple_polygons: [townSquare] };
  const isLive = ["broadcasting", "completed", "cancelled"].includes(status);
  await sql`
    insert into broadcast_messages (id, service_id, content, areas, status, submitted_version, submitted_by_id, starts_at,
      finishes_at, reference, stubbed, created_at, approved_at, created_by_id)
    values (${id}, ${serviceId}, ${facts.content ?? "A flood is coming. Leave now."},
      ${JSON.stringify(areas)}::text::jsonb, ${status}, ${status === "draft" ? null : 1},
      ${status === "draft" ? null : createdById}, ${startsAt}, ${finishesAt}, ${facts.reference ?? null}, ${stubbed},
      ${new Date()}, ${isLive ? new Date() : null}, ${createdById})`;
  return id;
}

/** What a program of the operators' signs its requests with. */
export async function operatorToken(secret: string, issuer = "notify-admin"): Promise<string> {
  return await new SignJWT({ iss: issuer, iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
}
