import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import type { SftpSettings } from "../../../../shared/config/letters.ts";
import { createOpenSftp } from "../../../../worker/letters/sftp/client.ts";
import { SftpUnavailable } from "../../../../worker/letters/sftp/sftp.ts";
import { startDvla } from "../../../sandbox/dvla/dvla.ts";
import { startOpenSsh } from "../../../support/openssh.ts";
import { never, piecesOf, readAll, signal } from "./streams.ts";

const servers = {
  "the sandbox": startDvla,
  // New keys are agreed upon every 8 MB, in the middle of files.
  OpenSSH: () => startOpenSsh(["RekeyLimit 8M"]),
};

for (const [name, start] of Object.entries(servers)) {
  describe(`against ${name}`, () => {
    let server: { settings: SftpSettings; home: string } & AsyncDisposable;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server[Symbol.asyncDispose]());
    const open = () => createOpenSftp(server.settings)(signal);

    test("a file goes there, is renamed, comes back and is removed", async () => {
      await using sftp = await open();
      const before = Date.now();

      const written = await sftp.upload("notify/A.part", piecesOf(["Hello ", "", "there"]));
      await sftp.rename("notify/A.part", "notify/A.ZIP");

      expect(written).toBe(11);
      const stat = await sftp.stat("notify/A.ZIP");
      expect(stat).toMatchObject({ name: "A.ZIP", size: 11 });
      expect(Math.abs((stat?.modifiedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect(await sftp.stat("notify/A.part")).toBeNull();
      expect(await sftp.list("notify")).toEqual([{ name: "A.ZIP", size: 11, modifiedAt: expect.any(Date) }]);
      expect(Buffer.from(await readAll(sftp.download("notify/A.ZIP", 11))).toString()).toBe("Hello there");
      await sftp.remove("notify/A.ZIP");
      await sftp.remove("notify/A.ZIP");
      expect(await sftp.list("notify")).toEqual([]);
    });

    test("an upload replaces all of what was there", async () => {
      await using sftp = await open();
      await sftp.upload("notify/longer", piecesOf(["0123456789"]));

      await sftp.upload("notify/longer", piecesOf(["abc"]));

      expect(Buffer.from(await readAll(sftp.download("notify/longer", 100))).toString()).toBe("abc");
      await sftp.remove("notify/longer");
    });

    test("a file of nothing is a file", async () => {
      await using sftp = await open();

      expect(await sftp.upload("notify/empty", piecesOf([]))).toBe(0);

      expect(await sftp.stat("notify/empty")).toMatchObject({ size: 0 });
      expect((await readAll(sftp.download("notify/empty", 0))).length).toBe(0);
      await sftp.remove("notify/empty");
    });

    test("pieces of any size arrive in order", async () => {
      await using sftp = await open();
      const sizes = [1, 32_768, 32_767, 3, 200_000, 65_536, 10, 32_769, 7];
      const pieces = sizes.map((size, at) => new Uint8Array(size).fill(at + 1));

      await sftp.upload("notify/mixed", piecesOf(pieces));

      const back = await readAll(sftp.download("notify/mixed", 1_000_000));
      expect(Buffer.concat(pieces).equals(back)).toBe(true);
      await sftp.remove("notify/mixed");
    });

    test.each(["with space.ZIP", "quo'te\"s;$(id).ZIP", "ŵ–é🙂.ZIP", "-rf *?[a].ZIP", "new\nline.ZIP"])(
      "a file may be called %j",
      async (odd) => {
        await using sftp = await open();

        await sftp.upload(`notify/${odd}.part`, piecesOf(["x"]));
        await sftp.rename(`notify/${odd}.part`, `notify/${odd}`);

        expect((await sftp.list("notify")).map((file) => file.name)).toEqual([odd]);
        expect(await sftp.stat(`notify/${odd}`)).toMatchObject({ name: odd, size: 1 });
        await sftp.remove(`notify/${odd}`);
      },
    );

    test("a rename never replaces another file", async () => {
      await using sftp = await open();
      await sftp.upload("notify/first", piecesOf(["first"]));
      await sftp.upload("notify/second", piecesOf(["second"]));

      const renamed = sftp.rename("notify/second", "notify/first");

      expect(await renamed.catch((error) => error)).toBeInstanceOf(SftpUnavailable);
      expect(await sftp.stat("notify/first")).toMatchObject({ size: 5 });
      expect(await sftp.stat("notify/second")).toMatchObject({ size: 6 });
      for (const each of ["first", "second"]) await sftp.remove(`notify/${each}`);
    });

    test("folders are not listed, and one that is not there cannot be", async () => {
      await using sftp = await open();

      expect(await sftp.list(".")).toEqual([]);
      await expect(sftp.list("nowhere")).rejects.toThrow(/^Cannot list nowhere: No such file/);
      await expect(sftp.upload("nowhere/a", piecesOf(["a"]))).rejects.toThrow(/^Cannot create nowhere\/a: /);
    });

    test("a download of more than was wanted stops, and so does one that is cancelled", async () => {
      await using sftp = await open();
      await sftp.upload("notify/large", piecesOf([new Uint8Array(1_000_000)]));

      await expect(readAll(sftp.download("notify/large", 999_999))).rejects.toThrow(
        "Cannot read notify/large: it is larger than 999999 bytes",
      );
      const reader = sftp.download("notify/large", 1_000_000).getReader();
      await reader.read();
      await reader.cancel();

      expect(await sftp.stat("notify/large")).toMatchObject({ size: 1_000_000 });
      await sftp.remove("notify/large");
    });

    test("what the source throws is thrown, and the login goes on", async () => {
      await using sftp = await open();
      const broken = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(new Error("No such PDF")),
      });

      await expect(sftp.upload("notify/broken", broken)).rejects.toThrow("No such PDF");

      expect(await sftp.stat("notify/broken")).toMatchObject({ size: 0 });
      await sftp.remove("notify/broken");
    });

    test("an abort ends an upload though its source waits, and tells the source", async () => {
      const stop = new AbortController();
      await using sftp = await createOpenSftp(server.settings)(stop.signal);
      const source = never();

      const uploading = sftp.upload("notify/halfway", source.stream).catch((error) => error);
      await source.taken;
      stop.abort();

      expect(await uploading).toEqual(
        new SftpUnavailable("Cannot write to notify/halfway: it was called off"),
      );
      await source.cancelled;
      await expect(sftp.stat("notify/halfway")).rejects.toThrow("it was called off");
    });

    test("nobody signs in to a server with another host key", async () => {
      const hostKeys = [`SHA256:${"A".repeat(43)}`];

      const opened = createOpenSftp({ ...server.settings, hostKeys })(signal);

      await expect(opened).rejects.toMatchObject({
        name: "HostKeyRefused",
        message: `Cannot sign in: the server's host key, ssh-ed25519 ${server.settings.hostKeys[0]}, is not among those configured`,
      });
    });

    test("a login that is refused is told without what it was made with", async () => {
      const secret = "not-the-password";

      const opened = createOpenSftp({ ...server.settings, password: secret, privateKey: null })(signal);

      const error = await opened.catch((reason) => reason);
      expect(error).toBeInstanceOf(SftpUnavailable);
      expect(error.message).toBe("Cannot sign in: All configured authentication methods failed");
    });
  });
}

test("100 MB arrive at OpenSSH as they were, and come back", async () => {
  await using server = await startOpenSsh(["RekeyLimit 8M"]);
  await using sftp = await createOpenSftp(server.settings)(signal);
  const piece = crypto.getRandomValues(new Uint8Array(50_000));
  const sent = createHash("sha256");
  let left = 2_000;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- === 0) return controller.close();
      piece[left % piece.length] = left % 256;
      const copy = piece.slice();
      sent.update(copy);
      controller.enqueue(copy);
    },
  });

  expect(await sftp.upload("notify/large.ZIP", stream)).toBe(100_000_000);

  const digest = sent.digest("hex");
  const there = createHash("sha256").update(await Bun.file(join(server.home, "notify/large.ZIP")).bytes());
  expect(there.digest("hex")).toBe(digest);
  const back = createHash("sha256");
  for await (const each of sftp.download("notify/large.ZIP", 100_000_000)) back.update(each);
  expect(back.digest("hex")).toBe(digest);
}, 60_000);

test("a disk that is full at OpenSSH is told, and nothing counts as written", async () => {
  await using server = await startOpenSsh();
  await symlink("/dev/full", join(server.home, "notify/full"));
  await using sftp = await createOpenSftp(server.settings)(signal);

  const uploading = sftp.upload("notify/full", piecesOf([new Uint8Array(5_000_000)]));

  await expect(uploading).rejects.toThrow("Cannot write to notify/full: Failure");
  expect(await sftp.list("notify")).toHaveLength(1);
});

test("a server that knows only old ways of agreeing on keys is left", async () => {
  await using server = await startOpenSsh(["KexAlgorithms diffie-hellman-group14-sha1"]);

  const opened = createOpenSftp(server.settings)(signal);

  await expect(opened).rejects.toThrow(
    "Cannot sign in: Handshake failed: no matching key exchange algorithm",
  );
});
