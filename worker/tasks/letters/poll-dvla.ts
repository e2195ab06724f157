import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { noteSeen } from "../../../shared/letter/dvla-files-seen.ts";
import { pollJob, settleSeconds } from "../../../shared/letter/dvla-poll.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import type { WorkerDeps } from "../../deps.ts";
import { takeFile } from "../../letters/dvla/take-file.ts";
import { HostKeyRefused, type RemoteFile, type Sftp, SftpUnavailable } from "../../letters/sftp/sftp.ts";

/** For one look, all files of it. */
const budgetMs = 10 * 60_000;
/** After what was seen first will have settled. */
const againMs = (settleSeconds + 5) * 1000;

const hostKey = "dvla-host-key-refused";

/**
 * Takes in what the printer has written since the last look (`spec/letters.md` 5.7); nothing of it is deleted. Does not
 * throw when the printer's server cannot be reached: the next look finds as much.
 */
export async function pollDvla(deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  const { openSftp, letters, sql, log, now } = deps;
  if (openSftp === null || letters.sftp === null) return "SFTP is not configured here";
  const limit = AbortSignal.any([signal, AbortSignal.timeout(budgetMs)]);
  try {
    await using sftp = await openSftp(limit);
    await resolveAlert(sql, hostKey, now());
    return await look(sftp, letters.sftp.dispatchDir, deps, limit);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SftpUnavailable) {
      log.warn({ err: error }, "Cannot look for files from the printer");
      return "The printer's server could not be reached";
    }
    if (!(error instanceof HostKeyRefused)) throw error;
    await raiseAlert(sql, {
      subject: hostKey,
      severity: "page",
      title: "The printer's server shows a host key that is not among ours",
      facts: { fault: error.message },
      at: now(),
    });
    return "The printer's server showed another host key";
  }
}

async function look(sftp: Sftp, dir: string, deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  const { sql, log, now } = deps;
  const listed = await sftp.list(dir);
  const files = new Map(listed.filter(({ name }) => plain.test(name)).map((file) => [file.name, file]));
  if (files.size < listed.length) {
    log.warn({ files: listed.length - files.size }, "Files from the printer with names that no file has");
  }
  const waiting = await noteSeen(sql, [...files.values()], { at: now(), seconds: settleSeconds });
  let taken = 0;
  const unsettled: RemoteFile[] = [];
  for (const { name, isSettled } of waiting) {
    signal.throwIfAborted();
    const file = files.get(name);
    if (!file) continue;
    if (!isSettled) unsettled.push(file);
    else if (await takeFile(sftp, dir, file, deps, signal)) taken++;
  }
  // Sooner than the schedule would.
  if (unsettled.length > 0) {
    const reason = unsettled.map(({ name, size, modifiedAt }) => `${name} ${size} ${modifiedAt.getTime()}`);
    await enqueue(sql, [await pollJob(reason.join("\n"), new Date(now().getTime() + againMs))]);
  }
  return `Took in ${taken} files, ${unsettled.length} may still be growing`;
}

/** Whatever else a name holds, it was not the printer that gave it. */
const plain = /^[^/\\\p{Cc}\p{Cs}\ufffd]{1,150}$/u;
