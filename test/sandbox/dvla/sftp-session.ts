import { setTimeout as sleep } from "node:timers/promises";
import { type SFTPWrapper, utils } from "ssh2";
import type { DvlaFault } from "./fault.ts";
import { createFiles, Refusal } from "./files.ts";

const { STATUS_CODE } = utils.sftp;

export interface SessionOptions {
  /** The folder a login lands in, and cannot leave. */
  root: string;
  fault: DvlaFault | null;
  /** Tells of a file that was written, or that got a new name. */
  onFile: (path: string) => void;
  /** Ends the connection without a word. */
  drop: () => void;
}

/** Answers one SFTP session from the files below `root` (SFTP v3, draft-ietf-secsh-filexfer-02). */
export function serveSftp(sftp: SFTPWrapper, { root, fault, onFile, drop }: SessionOptions): void {
  const files = createFiles(root, fault?.size_off_by ?? 0);
  const drops = fault?.disconnect_after_bytes ?? Number.POSITIVE_INFINITY;
  const hangs = fault?.hang_after_bytes ?? Number.POSITIVE_INFINITY;
  const fills = fault?.disk_full_after_bytes ?? Number.POSITIVE_INFINITY;
  let written = 0;
  let isSilent = false;

  /** Runs `work`, which answers; and answers in its place what it throws. */
  async function answer(id: number, work: () => void) {
    if (fault?.delay_ms) await sleep(fault.delay_ms);
    if (isSilent) return;
    try {
      work();
    } catch (error) {
      const { status, message } = asRefusal(error);
      sftp.status(id, status, message);
    }
  }
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK);
  const over = (id: number) => sftp.status(id, STATUS_CODE.EOF);

  /** Only what still fits before a fault begins. */
  function write(handle: Buffer, position: number, bytes: Buffer) {
    const fits = bytes.subarray(0, Math.max(0, Math.min(drops, hangs, fills) - written));
    if (fits.length > 0) files.write(handle, position, fits);
    written += fits.length;
    if (fits.length === bytes.length) return;
    if (written >= fills) throw new Refusal(STATUS_CODE.FAILURE, "No space left on device");
    isSilent = true;
    if (written >= drops) drop();
  }

  sftp
    .on("REALPATH", (id, path) =>
      answer(id, () => {
        const filename = files.absolute(path);
        sftp.name(id, [{ filename, longname: filename, attrs: emptyAttributes }]);
      }),
    )
    .on("STAT", (id, path) => answer(id, () => sftp.attrs(id, files.stat(path))))
    .on("LSTAT", (id, path) => answer(id, () => sftp.attrs(id, files.stat(path))))
    .on("FSTAT", (id, handle) => answer(id, () => sftp.attrs(id, files.statHandle(handle))))
    .on("OPENDIR", (id, path) => answer(id, () => sftp.handle(id, files.openFolder(path))))
    .on("READDIR", (id, handle) =>
      answer(id, () => {
        const entries = files.readFolder(handle);
        if (entries) sftp.name(id, entries);
        else over(id);
      }),
    )
    .on("OPEN", (id, path, flags) => answer(id, () => sftp.handle(id, files.openFile(path, flags))))
    .on("READ", (id, handle, position, length) =>
      answer(id, () => {
        const bytes = files.read(handle, position, length);
        if (bytes) sftp.data(id, bytes);
        else over(id);
      }),
    )
    .on("WRITE", (id, handle, position, bytes) =>
      answer(id, () => {
        write(handle, position, bytes);
        if (!isSilent) done(id);
      }),
    )
    .on("CLOSE", (id, handle) =>
      answer(id, () => {
        const path = files.close(handle);
        done(id);
        if (path !== null) onFile(path);
      }),
    )
    .on("RENAME", (id, from, to) =>
      answer(id, () => {
        if (fault?.refuse_rename) throw new Refusal(STATUS_CODE.PERMISSION_DENIED, "Permission denied");
        const path = files.rename(from, to);
        onFile(path);
        if (fault?.disconnect_after_rename) return drop();
        done(id);
      }),
    )
    .on("REMOVE", (id, path) =>
      answer(id, () => {
        files.remove(path);
        done(id);
      }),
    )
    .on("close", () => files.closeAll());
}

const emptyAttributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code } = { code: null, ...Object(error) };
  if (code === "ENOENT") return new Refusal(STATUS_CODE.NO_SUCH_FILE, "No such file");
  return new Refusal(STATUS_CODE.FAILURE, "Failure");
}
