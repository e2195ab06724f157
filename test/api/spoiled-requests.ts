import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiDeps } from "../../api/deps.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import type { Admit } from "../../shared/notification/admission.ts";
import { createAdmit } from "../../shared/notification/admit.ts";
import type { SendableTemplate } from "../../shared/notification/notification.ts";
import type { Service } from "../../shared/service/service.ts";
import { testDatabase } from "../support/postgres.ts";
import { base, bearer, liveService, now, openApiWorld, serviceId } from "./deps.ts";

/** A request that may be sent, and all that is judged with it. */
export interface Asked {
  headers: Record<string, string>;
  service: Omit<Service, "permissions"> & { permissions: Set<string> };
  template: SendableTemplate;
  deps: Partial<ApiDeps>;
  body: Record<string, unknown>;
  /** Its personalisation. */
  values: Record<string, unknown>;
  /** What follows the body's JSON. */
  rest: string;
}

export interface Fault {
  step: string;
  /** How the first error begins. */
  says: string;
  spoil: (asked: Asked) => void;
  /** Steps whose faults no request can have as well. */
  never?: readonly string[];
}

/** In the order of `spec/public-api.md` 4. */
export const atTheDoor: Fault[] = [
  {
    step: "1 authentication",
    says: "Unauthorized: authentication token must be provided",
    spoil: ({ headers }) => {
      delete headers.Authorization;
    },
  },
  {
    step: "2 token bucket",
    says: "Exceeded rate limit for key type ",
    spoil: ({ service }) => {
      service.rateLimit = 0;
    },
  },
  {
    step: "3 daily limit",
    says: "Exceeded send limits (",
    spoil: ({ service }) => {
      service.dailyLimits = { ...service.dailyLimits, sms: 0, email: 0, letter: 0 };
    },
  },
  {
    step: "4 JSON",
    says: "Invalid JSON supplied in POST data",
    spoil: (asked) => {
      asked.rest = "}";
    },
  },
];

/** A request of a service without faults. */
export function asking(
  template: SendableTemplate,
  body: Record<string, unknown>,
  values: Record<string, unknown> = {},
): Asked {
  const service = { ...liveService, permissions: new Set(liveService.permissions) };
  return { headers: {}, service, template: { ...template }, body, values, rest: "", deps: {} };
}

/** Whatever holds back no faulty request but those that are to be. */
export interface Limits extends AsyncDisposable {
  admit: Admit;
  /** Fills every bucket, and forgets what was sent. */
  clear(): Promise<void>;
}

export async function openLimits(): Promise<Limits> {
  const database = await testDatabase();
  const sql: Pool = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  const cipher = await createCipher([{ id: "k", bytes: new Uint8Array(32) }]);
  return {
    admit: createAdmit({ sql, cipher, now: () => now, timeoutMs: 10_000, files: null }),
    clear: async () => {
      await sql`delete from service_counters where service_id = ${serviceId}`;
    },
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Tests that of each two faults the one whose step comes first is told. `faults` stand in the order of their steps. */
export function testOrder(
  name: string,
  { path, good, faults }: { path: string; good: () => Asked; faults: readonly Fault[] },
): void {
  let limits: Limits;
  beforeAll(async () => {
    limits = await openLimits();
  });
  afterAll(() => limits[Symbol.asyncDispose]());

  async function firstError(...given: readonly Fault[]): Promise<string | null> {
    const asked = good();
    Object.assign(asked.headers, await bearer());
    for (const { spoil } of given) spoil(asked);
    const { service, template, headers, body, rest, deps } = asked;
    await limits.clear();
    const newId = () => crypto.randomUUID();
    const world = openApiWorld({ service, templates: [template] }, { admit: limits.admit, newId });
    const response = await createApp({ ...world, ...deps }).request(`${base}/v2/notifications/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body) + rest,
    });
    return response.status === 201 ? null : (await response.json()).errors[0].message;
  }

  describe(`of all that is wrong with a request by ${name}`, () => {
    test("nothing is found where there is nothing", async () => {
      expect(await firstError()).toBeNull();
    });

    test.each(faults.map((fault) => [fault.step, fault] as const))(
      "each is found alone: %s",
      async (_step, fault) => {
        expect(await firstError(fault)).toStartWith(fault.says);
      },
    );

    const pairs = faults.flatMap((earlier, at) =>
      faults.slice(at + 1).map((later) => [earlier.step, later.step, earlier, later] as const),
    );
    const possible = pairs.filter(([, later, { never = [] }]) => !never.includes(later));

    test.each(possible)("%s is said before %s", async (_earlier, _later, earlier, later) => {
      expect(await firstError(earlier, later)).toStartWith(earlier.says);
    });
  });
}
