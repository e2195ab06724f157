import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { parsePostalAddress } from "../../../../shared/recipient/postal-address.ts";
import type { CredentialStore, DvlaCredentials } from "../../../../worker/letters/http/credentials.ts";
import { openDvla } from "../../../../worker/letters/http/dvla.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox.ts";
import { validReceiver } from "../../../support/receiver-certificates.ts";
import { closedUrl, never, openRawProvider, startAnswer } from "../../providers/provider-server.ts";

let sandbox: Sandbox;
let at: number;

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, receipts: null });
  sandbox.dvlaHttp.reportsByItself(false);
  at = Date.now();
});

afterEach(() => sandbox[Symbol.asyncDispose]());

const inForce: DvlaCredentials = {
  username: "notify",
  password: "Sandbox-1-password",
  nextPassword: null,
  passwordChangedAt: null,
  apiKey: "sandbox-api-key-1",
  apiKeyChangedAt: null,
  askedForApiKey: false,
};

/** Credentials in memory: `dvla` asks for no more of them than this. */
function credentialsOf(held: DvlaCredentials): CredentialStore & { reads: number } {
  const store = {
    reads: 0,
    async read() {
      store.reads++;
      return { ...held };
    },
    async keepNextPassword() {},
    async changePassword(password: string) {
      held.password = password;
      held.nextPassword = null;
    },
    async noteAskingForApiKey() {},
    async forgetAskingForApiKey() {},
    async changeApiKey() {},
  };
  return store;
}

function open({
  url = `${sandbox.url}/dvla-http`,
  timeoutMs = 20_000,
  held = { ...inForce },
}: {
  url?: string;
  timeoutMs?: number;
  held?: DvlaCredentials;
} = {}) {
  const credentials = credentialsOf(held);
  const dvla = openDvla({ url, timeoutMs, perSecond: 1000 }, { credentials, now: () => new Date(at) });
  const print = (id: string = crypto.randomUUID(), signal = never) =>
    dvla.print({ ...letter, notificationId: id }, "https://api.example/status?token=t", signal);
  return { dvla, print, credentials, held };
}

const letter = {
  serviceId: crypto.randomUUID(),
  reference: "7QK2M9ZD41XTB06H",
  postage: "second" as const,
  address: parsePostalAddress("Ada Archer\n1 Mill Lane\nLS1 4AP"),
  pdf: new TextEncoder().encode("%PDF-1.7"),
};

const printed = { outcome: "accepted", isRepeat: false } as const;

describe("signing in at DVLA", () => {
  test("happens once for many letters, however many come at once", async () => {
    const { print } = open();

    const results = await Promise.all(Array.from({ length: 20 }, () => print()));

    expect(results).toEqual(Array.from({ length: 20 }, () => printed));
    expect(sandbox.dvlaHttp.accounts.signIns()).toBe(1);
    expect(sandbox.dvlaHttp.jobs()).toHaveLength(20);
  });

  test("happens again a minute before the token ends", async () => {
    sandbox.dvlaHttp.accounts.tokenSeconds(600);
    const { print } = open();
    await print();
    const ends = Math.floor(at / 1000) * 1000 + 600_000;

    at = ends - 61_001;
    await print();
    const before = sandbox.dvlaHttp.accounts.signIns();
    at = ends - 60_000;
    await print();

    expect([before, sandbox.dvlaHttp.accounts.signIns()]).toEqual([1, 2]);
  });

  test("happens again, with what is stored by then, after a token was refused", async () => {
    const { print, held } = open();
    await print();
    sandbox.dvlaHttp.accounts.set({ apiKey: "changed-by-another-worker" });
    held.apiKey = "changed-by-another-worker";

    expect(await print()).toEqual({ outcome: "unavailable", reason: "DVLA answered 403" });
    expect(await print()).toEqual(printed);
  });

  test("takes the password that it is being changed to, where that is in force", async () => {
    const held = { ...inForce, nextPassword: "Next-2-password" };
    sandbox.dvlaHttp.accounts.set({ password: "Next-2-password" });
    const { print } = open({ held });

    expect(await print()).toEqual(printed);
    expect(held).toMatchObject({ password: "Next-2-password", nextPassword: null });
  });

  test("is not tried again at once where it was refused, or an account would be locked", async () => {
    sandbox.dvlaHttp.accounts.set({ password: "Other-3-password" });
    const { print, credentials, held } = open();

    expect(await print()).toEqual({ outcome: "unavailable", reason: "DVLA answered 401 to authenticate" });
    held.password = "Other-3-password";
    expect(await print()).toMatchObject({ outcome: "unavailable" });
    expect(credentials.reads).toBe(1);
    at += 30_001;
    expect(await print()).toEqual(printed);
  });

  test.each([
    [{ status: 503 }, "DVLA answered 503 to authenticate"],
    [{ status: 429 }, "DVLA answered 429 to authenticate"],
    [{ reset: true }, "DVLA authenticate: "],
    [{ status: 200, body: "{}" }, "DVLA answered 200 to authenticate without what was asked for"],
    [{ status: 200, body: '{"id-token":"no.jwt.at-all"}' }, "DVLA answered 200 to authenticate without"],
  ])("that fails with %j is worth another attempt", async (fault, reason) => {
    sandbox.setFault({ provider: "dvla-access", count: 1, ...fault });
    const { print } = open();

    const result = await print();

    expect(result).toMatchObject({ outcome: "unavailable", reason: expect.stringContaining(reason) });
    expect(await print()).toEqual(printed);
  });
});

describe("handing over a letter", () => {
  test("that DVLA has already says so: it is there", async () => {
    const { print } = open();
    const id = crypto.randomUUID();
    await print(id);

    expect(await print(id)).toEqual({ outcome: "accepted", isRepeat: true });
    expect(sandbox.dvlaHttp.jobs()).toHaveLength(1);
  });

  test.each([
    [{ status: 500 }, "unavailable", "DVLA answered 500 with PP-SANDBOX"],
    [{ status: 503, body: "<html>" }, "unavailable", "DVLA answered 503"],
    [{ status: 401 }, "unavailable", "DVLA answered 401 with PP-SANDBOX"],
    [{ status: 403 }, "unavailable", "DVLA answered 403 with PP-SANDBOX"],
    [{ reset: true }, "unavailable", "DVLA: "],
    [{ status: 400 }, "rejected", "DVLA answered 400 with PP-SANDBOX"],
    [{ status: 404, body: "{}" }, "rejected", "DVLA answered 404"],
    [{ status: 413, body: '{"errors":[{"code":"has spaces in it"}]}' }, "rejected", "DVLA answered 413"],
    [{ status: 302 }, "rejected", "DVLA answered 302"],
  ])("that is answered with %j is %s", async (fault, outcome, reason) => {
    sandbox.setFault({ provider: "dvla-http", count: 1, ...fault });
    const { print } = open();

    const result = await print();

    expect(result).toMatchObject({ outcome, reason: expect.stringContaining(reason) });
    expect(JSON.stringify(result)).not.toContain("Ada");
  });

  test("that is answered 202 was taken, whatever else the answer says", async () => {
    sandbox.setFault({ provider: "dvla-http", count: 1, body: "<html>" });

    expect(await open().print()).toEqual(printed);
  });

  test("whose answer is lost is there when it is tried again", async () => {
    sandbox.setFault({ provider: "dvla-http", count: 1, accept_without_answer: true });
    const { print } = open();
    const id = crypto.randomUUID();

    expect(await print(id)).toMatchObject({ outcome: "unavailable" });
    expect(await print(id)).toEqual({ outcome: "accepted", isRepeat: true });
  });

  test("too soon makes everybody of this worker wait as long as DVLA asks", async () => {
    sandbox.setFault({ provider: "dvla-http", count: 1, status: 429, headers: { "retry-after": "90" } });
    const { print } = open();

    expect(await print()).toEqual({
      outcome: "throttled",
      reason: "DVLA answered 429 with PP-SANDBOX",
      retryAfterSeconds: 90,
    });
    expect(await print()).toMatchObject({ outcome: "throttled", reason: "DVLA asked us to wait" });
    expect(sandbox.dvlaHttp.requests()).toBe(1);
  });

  test("takes no longer than its time, though bytes keep coming", async () => {
    using slow = openRawProvider((socket) => startAnswer(socket, "200 OK"));
    const { print } = open({ url: slow.url, timeoutMs: 100 });

    expect(await print()).toMatchObject({ outcome: "unavailable" });
  });

  test("stops when its worker does", async () => {
    sandbox.setFault({ provider: "dvla-http", hang: true });
    const { print } = open();

    await expect(print(crypto.randomUUID(), AbortSignal.timeout(50))).rejects.toThrow();
  });

  test("where nobody listens is worth another attempt", async () => {
    expect(await open({ url: closedUrl() }).print()).toMatchObject({ outcome: "unavailable" });
  });

  test("gives nothing to a server whose certificate is not believed", async () => {
    let requests = 0;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: validReceiver,
      fetch() {
        requests++;
        return new Response();
      },
    });

    const result = await open({ url: `https://127.0.0.1:${server.port}` }).print();
    await server.stop(true);

    expect(result).toMatchObject({ outcome: "unavailable" });
    expect(requests).toBe(0);
  });
});
