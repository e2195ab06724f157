/** A file on the far side. */
export interface RemoteFile {
  /** Without its folder. */
  name: string;
  /** Bytes. */
  size: number;
  /** SFTP tells whole seconds. */
  modifiedAt: Date;
}

/**
 * One login to the printer's SFTP server. Paths are relative to the folder the login lands in. Whatever goes wrong is
 * a `SftpUnavailable`, after which nothing is known of what the server did last.
 */
export interface Sftp extends AsyncDisposable {
  /** Null where there is none. */
  stat(path: string): Promise<RemoteFile | null>;
  /** The files of a folder, folders left out, in no order. */
  list(dir: string): Promise<RemoteFile[]>;
  /** Writes the stream to path, replacing what is there; many writes in flight; answers the bytes written. */
  upload(path: string, content: ReadableStream<Uint8Array>): Promise<number>;
  /** Fails where `to` exists, and leaves it as it was. */
  rename(from: string, to: string): Promise<void>;
  /** Fails, once it is read, where the file is larger or is none. */
  download(path: string, largestBytes: number): ReadableStream<Uint8Array>;
  /** Succeeds where there is none. */
  remove(path: string): Promise<void>;
}

/**
 * Throws `SftpUnavailable` (worth another attempt) or `HostKeyRefused`. The signal ends the login and everything done
 * with it.
 */
export type OpenSftp = (signal: AbortSignal) => Promise<Sftp>;

/** The server could not be reached, answered too late, or would not; the message holds no secret. */
export class SftpUnavailable extends Error {
  override readonly name = "SftpUnavailable";
}

/** The server showed a key that is not among those configured; no credential was sent. */
export class HostKeyRefused extends Error {
  override readonly name = "HostKeyRefused";
}
