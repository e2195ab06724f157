import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, join, posix } from "node:path";
import { type Attributes, utils } from "ssh2";

const { OPEN_MODE, STATUS_CODE } = utils.sftp;

/** A refusal, as SFTP words it. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handle =
  | { type: "file"; descriptor: number; path: string; isWritten: boolean }
  | { type: "folder"; names: string[]; path: string };

/** The files below `root` as one SFTP session sees them. Throws `Refusal`, or what the file system throws. */
export function createFiles(root: string, sizeOffBy: number) {
  const handles = new Map<number, Handle>();
  let lastHandle = 0;

  /** Nothing above the root has a name. */
  const real = (path: string) => join(root, posix.normalize(`/${path}`));

  function keep(handle: Handle): Buffer {
    handles.set(++lastHandle, handle);
    const key = Buffer.alloc(4);
    key.writeUInt32BE(lastHandle);
    return key;
  }

  function found<T extends Handle["type"]>(key: Buffer, type: T): Extract<Handle, { type: T }> {
    const handle = handles.get(key.length === 4 ? key.readUInt32BE() : -1);
    if (!isOf(handle, type)) throw new Refusal(STATUS_CODE.FAILURE, "No such handle");
    return handle;
  }

  const attributes = ({ mode, size, uid, gid, atimeMs, mtimeMs }: Stats): Attributes => ({
    mode,
    size: size + sizeOffBy,
    uid,
    gid,
    atime: Math.floor(atimeMs / 1000),
    mtime: Math.floor(mtimeMs / 1000),
  });

  return {
    absolute: (path: string) => posix.normalize(`/${path}`),
    stat: (path: string) => attributes(statSync(real(path))),
    statHandle: (key: Buffer) => attributes(statSync(found(key, "file").path)),
    openFolder: (path: string) => keep({ type: "folder", names: readdirSync(real(path)), path: real(path) }),
    /** Some at a time; null where there are no more. */
    readFolder(key: Buffer) {
      const { names, path } = found(key, "folder");
      const some = names.splice(0, 100);
      if (some.length === 0) return null;
      return some
        .filter((name) => existsSync(join(path, name)))
        .map((name) => ({ filename: name, longname: name, attrs: attributes(statSync(join(path, name))) }));
    },
    openFile(path: string, flags: number) {
      const isWritten = (flags & OPEN_MODE.WRITE) !== 0;
      const descriptor = openSync(real(path), utils.sftp.flagsToString(flags) ?? "r");
      if (flags & OPEN_MODE.TRUNC) ftruncateSync(descriptor);
      return keep({ type: "file", descriptor, path: real(path), isWritten });
    },
    /** Null at the end of the file. */
    read(key: Buffer, position: number, length: number): Buffer | null {
      const bytes = Buffer.alloc(Math.min(length, 256 * 1024));
      const count = readSync(found(key, "file").descriptor, bytes, 0, bytes.length, position);
      return count === 0 ? null : bytes.subarray(0, count);
    },
    write(key: Buffer, position: number, bytes: Buffer) {
      writeSync(found(key, "file").descriptor, bytes, 0, bytes.length, position);
    },
    /** Answers the path, as the machine knows it, of a file that was written. */
    close(key: Buffer): string | null {
      const handle = handles.get(key.readUInt32BE());
      handles.delete(key.readUInt32BE());
      if (handle?.type !== "file") return null;
      closeSync(handle.descriptor);
      return handle.isWritten ? handle.path : null;
    },
    closeAll() {
      for (const handle of handles.values()) if (handle.type === "file") closeSync(handle.descriptor);
      handles.clear();
    },
    /** Answers the new path as the machine knows it. */
    rename(from: string, to: string): string {
      if (existsSync(real(to))) throw new Refusal(STATUS_CODE.FAILURE, `${basename(to)} exists`);
      renameSync(real(from), real(to));
      return real(to);
    },
    remove: (path: string) => unlinkSync(real(path)),
  };
}

function isOf<T extends Handle["type"]>(
  handle: Handle | undefined,
  type: T,
): handle is Extract<Handle, { type: T }> {
  return handle?.type === type;
}
