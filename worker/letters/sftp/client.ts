import { posix } from "node:path";
import type { FileEntryWithStats, Stats } from "ssh2";
import type { SftpSettings } from "../../../shared/config/letters.ts";
import { type Connection, connect } from "./connect.ts";
import { download } from "./download.ts";
import { SftpRefused } from "./line.ts";
import { type OpenSftp, type RemoteFile, type Sftp, SftpUnavailable } from "./sftp.ts";
import { upload } from "./upload.ts";

/** The printer's folders are emptied in time: more than this is not what we think it is. */
const mostFiles = 100_000;
/** Statuses of SFTP v3, section 7. */
const endOfFile = 1;
const noSuchFile = 2;

/** Each call is a login of its own over SSH; see `Sftp`. */
export function createOpenSftp(settings: SftpSettings): OpenSftp {
  return async (signal) => asSftp(await connect(settings, signal));
}

function asSftp(connection: Connection): Sftp {
  const { sftp, line, close } = connection;

  async function stat(path: string): Promise<RemoteFile | null> {
    const stats = await unlessStatus(
      noSuchFile,
      line.ask<Stats>(`look at ${path}`, (answer) => sftp.stat(path, answer)),
    );
    return stats && remoteFile(posix.basename(path), stats);
  }

  async function list(dir: string): Promise<RemoteFile[]> {
    const what = `list ${dir}`;
    const files: RemoteFile[] = [];
    const handle = await line.ask<Buffer>(what, (answer) => sftp.opendir(dir, answer));
    try {
      for (;;) {
        const entries = await unlessStatus(
          endOfFile,
          line.ask<FileEntryWithStats[]>(what, (answer) => sftp.readdir(handle, answer)),
        );
        if (!entries) return files;
        for (const { filename, attrs } of entries) {
          if (!attrs.isDirectory()) files.push(remoteFile(filename, attrs));
        }
        if (files.length > mostFiles) {
          throw new SftpUnavailable(`Cannot ${what}: there are more than ${mostFiles} files`);
        }
      }
    } finally {
      // It was read: that its handle stays open until we leave is no matter.
      await line
        .ask<void>(what, (answer) => sftp.close(handle, (error) => answer(error, undefined)))
        .catch(() => {});
    }
  }

  return {
    stat,
    list,
    upload: (path, content) => upload(connection, path, content),
    async rename(from, to) {
      // Most servers refuse by themselves, but the protocol's later versions, and some servers, replace.
      if (await stat(to)) throw new SftpUnavailable(`Cannot rename ${from}: ${to} is there already`);
      await line.ask<void>(`rename ${from} to ${to}`, (answer) =>
        sftp.rename(from, to, (error) => answer(error, undefined)),
      );
    },
    download: (path, largestBytes) => download(connection, path, largestBytes),
    async remove(path) {
      await unlessStatus(
        noSuchFile,
        line.ask<void>(`remove ${path}`, (answer) => sftp.unlink(path, (error) => answer(error, undefined))),
      );
    },
    [Symbol.asyncDispose]: close,
  };
}

function remoteFile(name: string, { size, mtime }: Stats): RemoteFile {
  return { name, size, modifiedAt: new Date(mtime * 1000) };
}

/** Null in place of that one refusal. */
async function unlessStatus<T>(status: number, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SftpRefused && error.status === status) return null;
    throw error;
  }
}
