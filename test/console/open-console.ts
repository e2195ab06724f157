import { toBase64Url } from "../../shared/base64.ts";
import { hashToken, storeSession } from "../../shared/session/queries.ts";
import { createSigner } from "../../shared/signing.ts";
import { openVisitor, type Visitor, type VisitorOptions } from "../support/browser.ts";
import { openWorld, type World, type WorldOptions, type WorldService } from "../support/world.ts";

/** Who looks: an operator, people of the world's service, and a manager of another. */
export type Person = "operator" | "manager" | "viewer" | "stranger";

export interface Answered {
  status: number;
  /** Where it leads; null for a page. */
  location: string | null;
  headers: Headers;
  text: string;
}

/** A world with people who have signed in to its console. */
export interface ConsoleWorld extends AsyncDisposable {
  world: World;
  service: WorldService;
  /** The stranger's. */
  other: WorldService;
  userIds: Readonly<Record<Person, string>>;
  /** Below `/console`, as a browser without scripts would. Leads nowhere by itself. */
  get(person: Person, path: string, headers?: Record<string, string>): Promise<Answered>;
  /** Posts a form with its token; a list gives its name more than once. */
  post(person: Person, path: string, fields?: Record<string, string | string[]>): Promise<Answered>;
  /** Posts a form that brings files. */
  upload(person: Person, path: string, fields: FormData): Promise<Answered>;
  /** Makes a new session, where another ended. */
  signIn(person: Person): Promise<void>;
  /** A browser that this person has signed in with. */
  visit(person: Person, options?: VisitorOptions): Promise<Visitor>;
  /** Of the service, `/console/services/…`. */
  path(rest?: string): string;
}

const permissions: Readonly<Record<Person, readonly string[]>> = {
  operator: [],
  manager: [
    "manage_settings",
    "manage_users",
    "manage_templates",
    "manage_api_keys",
    "view_activity",
    "send_texts",
    "send_emails",
    "send_letters",
    "create_broadcasts",
    "approve_broadcasts",
    "cancel_broadcasts",
  ],
  viewer: ["view_activity"],
  stranger: ["manage_settings", "manage_users", "manage_templates", "manage_api_keys", "view_activity"],
};

export async function openConsole(options: WorldOptions = {}): Promise<ConsoleWorld> {
  const world = await openWorld({ worker: false, ...options });
  const other = await world.addService("Elsewhere");
  const tokens = new Map<Person, string>();
  const userIds: Record<Person, string> = { operator: "", manager: "", viewer: "", stranger: "" };
  for (const person of ["operator", "manager", "viewer", "stranger"] as const) {
    const serviceId = person === "operator" ? null : person === "stranger" ? other.id : world.service.id;
    const added = await addPerson(world, person, serviceId);
    userIds[person] = added.userId;
    tokens.set(person, added.token);
  }
  const signer = await createSigner(world.config.encryptionKeys);
  const tokenOf = (person: Person) => tokens.get(person) ?? "";
  const formToken = (person: Person) => signer.sign(tokenOf(person), "console.form");
  const ask = async (person: Person, path: string, init: RequestInit = {}): Promise<Answered> => {
    const answer = await fetch(world.apiUrl + path, {
      ...init,
      redirect: "manual",
      headers: { Cookie: `console=${tokenOf(person)}`, ...init.headers },
    });
    const { status, headers } = answer;
    return { status, headers, location: headers.get("Location"), text: await answer.text() };
  };

  return {
    world,
    service: world.service,
    other,
    userIds,
    path: (rest = "") => `/console/services/${world.service.id}${rest}`,
    get: (person, path, headers = {}) => ask(person, path, { headers }),
    async post(person, path, fields = {}) {
      const body = new URLSearchParams({ form_token: await formToken(person) });
      for (const [name, value] of Object.entries(fields)) {
        for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
      }
      return await ask(person, path, { method: "POST", body });
    },
    async upload(person, path, fields) {
      fields.set("form_token", await formToken(person));
      return await ask(person, path, { method: "POST", body: fields });
    },
    async signIn(person) {
      tokens.set(person, await openSession(world, userIds[person]));
    },
    async visit(person, visitorOptions) {
      const visitor = await openVisitor(world.apiUrl, visitorOptions);
      const { hostname } = new URL(world.apiUrl);
      await visitor.context.addCookies([
        { name: "console", value: tokenOf(person), domain: hostname, path: "/", httpOnly: true },
      ]);
      return visitor;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function addPerson(
  world: World,
  person: Person,
  serviceId: string | null,
): Promise<{ userId: string; token: string }> {
  const { sql } = world;
  const userId = crypto.randomUUID();
  await sql`
    insert into users (id, name, email_address, state, platform_admin)
    values (${userId}, ${`Ms ${person}`}, ${`${person}@people.example`}, 'active', ${person === "operator"})`;
  if (serviceId !== null) {
    await sql`insert into user_to_service (user_id, service_id) values (${userId}, ${serviceId})`;
    await sql`
      insert into permissions (service_id, user_id, permission)
      select ${serviceId}, ${userId}, unnest(${[...permissions[person]]}::text[])`;
  }
  return { userId, token: await openSession(world, userId) };
}

async function openSession({ sql }: World, userId: string): Promise<string> {
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  await storeSession(sql, { tokenHash: await hashToken(token), userId, at: new Date() });
  return token;
}
