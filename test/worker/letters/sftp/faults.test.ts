import { describe, expect, test } from "bun:test";
import { createOpenSftp } from "../../../../worker/letters/sftp/client.ts";
import { SftpUnavailable } from "../../../../worker/letters/sftp/sftp.ts";
import { startDvla } from "../../../sandbox/dvla/dvla.ts";
import type { DvlaFault } from "../../../sandbox/dvla/fault.ts";
import { freePort } from "../../../support/free-port.ts";
import { piecesOf, signal } from "./streams.ts";

/** A printer whose first connections have these faults in turn, and whose answers are waited for so long. */
async function openFaulty(faults: DvlaFault[], timeoutMs = 20_000) {
  const dvla = await startDvla({ nextFault: () => faults.shift() ?? null });
  return {
    dvla,
    open: createOpenSftp({ ...dvla.settings, timeoutMs }),
    [Symbol.asyncDispose]: () => dvla[Symbol.asyncDispose](),
  };
}

const million = () => piecesOf([new Uint8Array(1_000_000)]);

describe("the way to the printer", () => {
  test("a server whose host key is another is told no password", async () => {
    await using faulty = await openFaulty([{ wrong_host_key: true }]);

    await expect(faulty.open(signal)).rejects.toMatchObject({ name: "HostKeyRefused" });

    expect([faulty.dvla.connections(), faulty.dvla.logins()]).toEqual([1, 0]);
    await using sftp = await faulty.open(signal);
    expect(await sftp.list("notify")).toEqual([]);
    expect(faulty.dvla.logins()).toBe(1);
  });

  test.each<[string, DvlaFault, RegExp]>([
    ["drops connections", { reset: true }, /^Cannot sign in: /],
    ["says nothing", { hang: true }, /^Cannot sign in: .*(no answer within 1500 ms|Timed out)/],
    ["refuses the login", { refuse_login: true }, /^Cannot sign in: All configured authentication methods/],
  ])("a server that %s is unavailable", async (_, fault, message) => {
    await using faulty = await openFaulty([fault], 1500);

    const error = await faulty.open(signal).catch((reason) => reason);

    expect(error).toBeInstanceOf(SftpUnavailable);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(faulty.dvla.password);
  });

  test("no server is unavailable too, and so is a signal that was given before", async () => {
    await using faulty = await openFaulty([]);
    const nowhere = createOpenSftp({ ...faulty.dvla.settings, port: freePort() });

    await expect(nowhere(signal)).rejects.toThrow(/^Cannot sign in: .*ECONNREFUSED/);
    await expect(faulty.open(AbortSignal.abort())).rejects.toThrow("Cannot sign in: it was called off");
    expect(faulty.dvla.connections()).toBe(0);
  });

  test("a key that is none is told without its text", async () => {
    await using faulty = await openFaulty([]);
    const open = createOpenSftp({ ...faulty.dvla.settings, privateKey: "-----BEGIN secret", password: null });

    const error = await open(signal).catch((reason) => reason);

    expect(error).toBeInstanceOf(SftpUnavailable);
    expect(error.message).toMatch(/^Cannot sign in: Cannot parse privateKey/);
    expect(error.message).not.toContain("secret");
  });

  test("a signal ends a login that is not answered", async () => {
    await using faulty = await openFaulty([{ hang: true }]);
    const stop = new AbortController();

    const opening = faulty.open(stop.signal);
    stop.abort();

    await expect(opening).rejects.toThrow("Cannot sign in: it was called off");
  });
});

describe("an upload", () => {
  test("fails where the connection is lost midway, and the next begins anew", async () => {
    await using faulty = await openFaulty([{ disconnect_after_bytes: 300_000 }]);
    await using lost = await faulty.open(signal);

    await expect(lost.upload("notify/a", million())).rejects.toThrow(
      /^Cannot write to notify\/a: (the connection was lost|read ECONNRESET)/,
    );
    await expect(lost.stat("notify/a")).rejects.toBeInstanceOf(SftpUnavailable);

    await using next = await faulty.open(signal);
    expect(await next.stat("notify/a")).toMatchObject({ size: 300_000 });
    expect(await next.upload("notify/a", million())).toBe(1_000_000);
    expect(await next.stat("notify/a")).toMatchObject({ size: 1_000_000 });
  });

  test("fails where answers stop coming", async () => {
    await using faulty = await openFaulty([{ hang_after_bytes: 300_000 }], 1500);
    await using sftp = await faulty.open(signal);

    await expect(sftp.upload("notify/a", million())).rejects.toThrow(
      "Cannot write to notify/a: no answer within 1500 ms",
    );
  });

  test("takes as long as it takes while answers come", async () => {
    // Each file waits for three, one after the other.
    await using faulty = await openFaulty([{ delay_ms: 250 }], 1500);
    await using sftp = await faulty.open(signal);
    const startedAt = performance.now();

    for (const name of ["a", "b", "c"])
      expect(await sftp.upload(`notify/${name}`, million())).toBe(1_000_000);

    expect(performance.now() - startedAt).toBeGreaterThan(1500);
  });

  test("fails where the disk is full, and the login goes on", async () => {
    await using faulty = await openFaulty([{ disk_full_after_bytes: 300_000 }]);
    await using sftp = await faulty.open(signal);

    await expect(sftp.upload("notify/a", million())).rejects.toThrow(
      "Cannot write to notify/a: No space left on device",
    );

    expect(await sftp.stat("notify/a")).toMatchObject({ size: 300_000 });
  });

  test("does not read a source far ahead of a server that is slow", async () => {
    await using faulty = await openFaulty([{ hang_after_bytes: 0 }], 1500);
    await using sftp = await faulty.open(signal);
    let taken = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          taken += 100_000;
          controller.enqueue(new Uint8Array(100_000));
        },
      },
      { highWaterMark: 0 },
    );

    await expect(sftp.upload("notify/a", endless)).rejects.toThrow("no answer within 1500 ms");

    expect(taken).toBeLessThan(3_000_000);
  });
});

describe("a rename", () => {
  test("may be refused", async () => {
    await using faulty = await openFaulty([{ refuse_rename: true }]);
    await using sftp = await faulty.open(signal);
    await sftp.upload("notify/a.part", million());

    await expect(sftp.rename("notify/a.part", "notify/a")).rejects.toThrow(
      "Cannot rename notify/a.part to notify/a: Permission denied",
    );
  });

  test("may have been done though its answer was lost", async () => {
    await using faulty = await openFaulty([{ disconnect_after_rename: true }]);
    await using lost = await faulty.open(signal);
    await lost.upload("notify/a.part", million());

    await expect(lost.rename("notify/a.part", "notify/a")).rejects.toBeInstanceOf(SftpUnavailable);

    await using next = await faulty.open(signal);
    expect(await next.list("notify")).toMatchObject([{ name: "a", size: 1_000_000 }]);
  });
});
