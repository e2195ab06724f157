import { SignJWT } from "jose";
import { sealLetter } from "../../shared/letter/files.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { openWorld, type World } from "../support/world.ts";

/** A service with enough to ask for everything, and no API: that is the lane's. */
export interface Place extends AsyncDisposable {
  databaseUrl: string;
  world: World;
  /** An email's with a link to unsubscribe. */
  unsubscribeTemplate: string;
  /** A letter with a PDF. */
  printed: string;
  /** Somebody who operates the console. */
  operator: { email: string; password: string };
  /** `Authorization` for a key of the service. */
  bearer(key?: "normal" | "team" | "test"): Promise<string>;
}

const operator = { email: "ada@people.example", password: "wombat teacup ŵ 93" };

/** Of that password: what one runtime has hashed is read by another. */
const operatorHash =
  "$scrypt$ln=15,r=8,p=3$ItFa/1uzmFzBjo/3aqfYBg$6Q2TKXj27OrWR89+A/c5CF94/cjtxEu5h9bIaYB/ISw";

/** As many as three pages hold. */
const notifications = 510;

export async function openPlace(): Promise<Place> {
  const world = await openWorld({ worker: false });
  const { sql, cipher, service } = world;
  // Where a pooler hides our own setting, nothing may change.
  await sql.unsafe(
    `alter database ${new URL(world.config.databaseUrl).pathname.slice(1)} set timezone to 'Pacific/Apia'`,
  );
  await sql`update services set contact_link = 'https://town-hall.example/contact', rate_limit = 100000,
    international_sms_message_limit = 0, sms_message_limit = 100000 where id = ${service.id}`;
  await sql`insert into service_permissions (service_id, permission)
    values (${service.id}, 'inbound_sms'), (${service.id}, 'broadcast') on conflict do nothing`;
  const id = await world.notification({ keyType: "team", clientReference: "page", personalisation: null });
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, reply_to_text, international, created_at)
    select gen_random_uuid(), service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, reply_to_text, international, created_at - n * interval '1 second'
    from notifications, generate_series(1, ${notifications - 1}) n where id = ${id}`;
  for (const [n, content] of ["Hello £5", "ŵy 👋"].entries()) {
    const createdAt = new Date(Date.UTC(2026, 6, 1, 12, n));
    const text = {
      id: crypto.randomUUID(),
      serviceId: service.id,
      notifyNumber: "07700900999",
      createdAt,
      content,
    };
    const from = { userNumber: "447700900123", provider: "mmg", providerDate: null, providerReference: null };
    await storeReceivedText(sql, cipher, { ...text, ...from });
  }

  const printed = await world.notification({ channel: "letter", keyType: "test", status: "delivered" });
  const pdf = new TextEncoder().encode("%PDF-1.7 printed");
  await world.deps.storage.put([await sealLetter(cipher, printed, "letter", pdf)]);

  await sql`
    insert into users (id, name, email_address, state, platform_admin, password)
    values (${crypto.randomUUID()}, 'Ada', ${operator.email}, 'active', true, ${operatorHash})`;

  const unsubscribeTemplate = await createTemplate(sql, {
    serviceId: service.id,
    name: "With a link",
    type: "email",
    content: "Hello",
    subject: "News",
    hasUnsubscribeLink: true,
  });

  return {
    unsubscribeTemplate,
    printed,
    operator,
    databaseUrl: world.config.databaseUrl,
    world,
    async bearer(key = "normal") {
      const token = await new SignJWT({})
        .setProtectedHeader({ typ: "JWT", alg: "HS256" })
        .setIssuer(service.id)
        .setIssuedAt()
        .sign(new TextEncoder().encode(service.keys[key].slice(-36)));
      return `Bearer ${token}`;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
