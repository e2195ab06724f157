import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createCipher } from "../../../../shared/encryption.ts";
import { lockCredentials } from "../../../../shared/provider/credentials.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { createCredentialStore } from "../../../../worker/letters/http/credentials.ts";
import { newPassword } from "../../../../worker/letters/http/new-password.ts";
import { deliverLetter } from "../../../../worker/tasks/letters/deliver-letter.ts";
import { rotateDvlaKey } from "../../../../worker/tasks/letters/rotate-dvla-key.ts";
import { rotateDvlaPassword } from "../../../../worker/tasks/letters/rotate-dvla-password.ts";
import { writtenLine } from "../../../support/log-secrets.ts";
import { notificationRow } from "../../../support/notifications.ts";
import type { World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { openPrinterWorld, storePrintable } from "./letter.ts";

const tuesday = "2026-12-01T09:00:00.000Z";
const wednesday = "2026-12-02T09:00:00.000Z";

let world: World;
let deps: WorkerDeps;

beforeEach(async () => {
  world = await openPrinterWorld();
  // The printer's clock is the machine's; workers here are in another month.
  world.sandbox.dvlaHttp.accounts.tokenSeconds(365 * 86_400);
  deps = worker();
});

afterEach(async () => {
  const secrets = Object.values(world.sandbox.dvlaHttp.accounts.current()).filter(
    (text) => text !== "notify",
  );
  const said = world.lines.map(writtenLine).join("\n");
  await world[Symbol.asyncDispose]();
  for (const secret of secrets) expect(said).not.toContain(secret);
});

/** Another worker, half an hour past the time of the task. */
function worker(): WorkerDeps {
  return world.newDeps({ now: () => new Date("2026-12-02T09:30:00.000Z") });
}

const account = () => world.sandbox.dvlaHttp.accounts.current();
const stored = async () =>
  (await world.sql`select name from provider_credentials order by name`).map(({ name }) => name);
const openAlerts = async () => [
  ...(await world.sql`select subject, severity from alerts where resolved_at is null`),
];

/** Whether a worker that begins now can print. */
async function canPrint(by = worker()): Promise<boolean> {
  const notificationId = await storePrintable(world);
  await deliverLetter({ notificationId }, by, never).catch(() => {});
  return (await notificationRow(world.sql, notificationId)).status === "sending";
}

describe("change-dvla-password", () => {
  const rotate = (by = deps, dueAt = wednesday) => rotateDvlaPassword(by, never, dueAt);

  test("changes it to one by DVLA's rule, and all workers sign in with that", async () => {
    expect(await rotate()).toBe("Changed");

    expect(account().password).not.toBe("Sandbox-1-password");
    expect(account().password).toHaveLength(30);
    expect(await stored()).toEqual(["password"]);
    expect(await canPrint()).toBe(true);
  });

  test("changes the one that it was changed to the next time", async () => {
    await rotate();
    const first = account().password;

    const later = world.newDeps({ now: () => new Date("2027-01-06T09:00:01.000Z") });
    expect(await rotate(later, "2027-01-06T09:00:00.000Z")).toBe("Changed");

    expect(account().password).not.toBe(first);
    expect(await canPrint()).toBe(true);
  });

  test("is done once for its day, however often the job runs", async () => {
    await rotate();
    const { password } = account();

    expect(await rotate(worker())).toBe("Changed already");
    expect(account().password).toBe(password);
  });

  test("is left to the worker that is at it, until that has died", async () => {
    const at = deps.now();
    await lockCredentials(world.sql, "dvla", { at, seconds: 60 });

    expect(await rotate()).toBe("Left to another worker");
    const later = world.newDeps({ now: () => new Date(at.getTime() + 60_000) });
    expect(await rotate(later)).toBe("Changed");
  });

  test("by two workers at once is one change", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, delay_ms: 100 });

    const outcomes = await Promise.all([rotate(deps), rotate(worker())]);

    expect(outcomes.toSorted()).toEqual(["Changed", "Left to another worker"]);
    expect(await canPrint()).toBe(true);
  });

  test("whose answer was lost is known by the next attempt, and by whoever prints meanwhile", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, accept_without_answer: true });

    await expect(rotate()).rejects.toThrow("Cannot change DVLA's password: ");
    const meanwhile = await canPrint();

    expect(meanwhile).toBe(true);
    // Signing in, it was found which of the two holds.
    expect(await stored()).toEqual(["password"]);
    expect(await rotate(worker())).toBe("Changed already");
  });

  test("whose answer was lost is found by the next attempt where nobody printed", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, accept_without_answer: true });
    await expect(rotate()).rejects.toThrow();
    const { password } = account();

    expect(await rotate(worker())).toBe("DVLA had taken it before");
    expect(account().password).toBe(password);
    expect(await canPrint()).toBe(true);
  });

  test("that never reached DVLA is made by the next attempt, with the same password", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, reset: true });
    await expect(rotate()).rejects.toThrow();
    const before = await canPrint();

    expect(before).toBe(true);
    expect(await stored()).toEqual(["next-password"]);
    expect(await rotate(worker())).toBe("Changed");
    expect(await canPrint()).toBe(true);
  });

  test("that DVLA refuses is not tried again, and somebody is told", async () => {
    world.sandbox.dvlaHttp.accounts.set({ password: "Other-3-password" });

    expect(await rotate()).toBe("DVLA answered 401 to password");
    expect(await openAlerts()).toEqual([{ subject: "dvla-password", severity: "ticket" }]);
  });

  test("waits for DVLA where that cannot say which password holds", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, accept_without_answer: true });
    await expect(rotate()).rejects.toThrow();
    world.sandbox.setFault({ provider: "dvla-access", count: 1, status: 503 });

    await expect(rotate(worker())).rejects.toThrow("Cannot learn DVLA's password: ");
    expect(await openAlerts()).toEqual([]);
    expect(await rotate(worker())).toBe("DVLA had taken it before");
  });

  test("gives way to what an operator configures later", async () => {
    await rotate();
    world.sandbox.dvlaHttp.accounts.set({ password: "Reset-4-password" });
    const before = await canPrint();
    const { http } = world.config.letters;
    if (!http) throw new Error("The world has no printer");
    const configured = { ...http, password: "Reset-4-password" };

    const credentials = createCredentialStore(world.sql, world.cipher, configured);

    expect(before).toBe(false);
    expect(await credentials.read()).toMatchObject({ password: "Reset-4-password", nextPassword: null });
  });
});

describe("change-dvla-api-key", () => {
  const rotate = (by = deps, dueAt = tuesday) => rotateDvlaKey(by, never, dueAt);

  test("has DVLA make one, and all workers use it, those that were signed in too", async () => {
    const signedIn = worker();
    await canPrint(signedIn);

    expect(await rotate()).toBe("Changed");

    expect(account().apiKey).not.toBe("sandbox-api-key-1");
    expect(await stored()).toEqual(["api-key"]);
    // The worker that changed it knows it; another learns it by one refusal.
    expect(await canPrint(deps)).toBe(true);
    expect(await canPrint(signedIn)).toBe(false);
    expect(await canPrint(signedIn)).toBe(true);
  });

  test("is done once for its day, however often the job runs", async () => {
    await rotate();
    const { apiKey } = account();

    expect(await rotate(worker())).toBe("Changed already");
    expect(account().apiKey).toBe(apiKey);
  });

  test("by two workers at once is one change", async () => {
    world.sandbox.setFault({ provider: "dvla-access", count: 1, delay_ms: 100 });

    const outcomes = await Promise.all([rotate(deps), rotate(worker())]);

    expect(outcomes.toSorted()).toEqual(["Changed", "Left to another worker"]);
  });

  test("that never reached DVLA is tried again", async () => {
    await canPrint(deps);
    world.sandbox.setFault({ provider: "dvla-access", count: 1, reset: true });

    await expect(rotate()).rejects.toThrow("Cannot change DVLA's API key: ");

    expect(await rotate()).toBe("Changed");
    expect(await stored()).toEqual(["api-key"]);
    expect(await canPrint()).toBe(true);
  });

  test("whose answer was lost wakes somebody, and a configured key cures it", async () => {
    await canPrint(deps);
    world.sandbox.setFault({ provider: "dvla-access", count: 1, accept_without_answer: true });
    await expect(rotate()).rejects.toThrow();

    expect(await rotate(worker())).toBe("DVLA answered 403 to new-api-key");
    expect(await openAlerts()).toEqual([{ subject: "dvla-api-key-lost", severity: "page" }]);

    const { http } = world.config.letters;
    if (!http) throw new Error("The world has no printer");
    const credentials = createCredentialStore(world.sql, world.cipher, { ...http, apiKey: account().apiKey });
    expect(await credentials.read()).toMatchObject({ apiKey: account().apiKey, askedForApiKey: false });
  });

  test("that DVLA refuses is not tried again, and ours stays", async () => {
    world.sandbox.dvlaHttp.accounts.set({ apiKey: "another" });

    expect(await rotate()).toBe("DVLA answered 403 to new-api-key");

    expect(await stored()).toEqual([]);
    expect(await openAlerts()).toEqual([{ subject: "dvla-api-key", severity: "ticket" }]);
  });
});

describe("rotation", () => {
  test.each([
    ["2026-12-08T09:00:00.000Z", "2026-12-09T09:00:00.000Z"],
    ["2026-12-02T09:00:00.000Z", "2026-12-01T09:00:00.000Z"],
  ])("is left alone on %s and %s", async (keyDay, passwordDay) => {
    expect(await rotateDvlaKey(deps, never, keyDay)).toBe("Not the day for it");
    expect(await rotateDvlaPassword(deps, never, passwordDay)).toBe("Not the day for it");
    expect(world.sandbox.dvlaHttp.accounts.signIns()).toBe(0);
  });

  test("is none where DVLA is not called by HTTP", async () => {
    const by = world.newDeps({ dvla: null });

    expect(await rotateDvlaKey(by, never, tuesday)).toBe("DVLA is not called by HTTP");
    expect(await rotateDvlaPassword(by, never, wednesday)).toBe("DVLA is not called by HTTP");
  });
});

describe("what is stored", () => {
  test("is encrypted, and bound to its name", async () => {
    await rotateDvlaPassword(deps, never, wednesday);
    const [row] = await world.sql<{ value: string }[]>`select value from provider_credentials`;
    const sealed = row?.value ?? "";

    expect(sealed).toStartWith("test.");
    await world.sql`update provider_credentials set name = 'api-key'`;
    await expect(deps.dvla?.credentials.read()).rejects.toThrow();
    await expect(
      (await createCipher(world.config.encryptionKeys)).decrypt(
        sealed,
        "provider_credentials.value:dvla password",
      ),
    ).resolves.toContain(account().password);
  });

  test("is a password with one of each kind, never the same", () => {
    const passwords = new Set(Array.from({ length: 200 }, newPassword));

    expect(passwords.size).toBe(200);
    for (const password of passwords) {
      expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9])[!-~]{30}$/);
    }
  });
});
