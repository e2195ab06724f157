import type { Db, Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { type OneOff, sendOneOff } from "../notification/one-off.ts";
import { takeLetterUpload } from "./letter-uploads.ts";

/**
 * Sends a letter that was uploaded, its notification under the upload's id. `already`: it was sent before, so that asking
 * again does no harm. `none`: the service has no such upload, or it is too old. `daily`: the day's limit is reached.
 */
export async function sendUploadedLetter(
  sql: Pool,
  cipher: Cipher,
  letter: OneOff,
): Promise<"sent" | "already" | "none" | "daily"> {
  const { id, serviceId, createdAt: now } = letter.notification;
  try {
    return await sql.begin(async (tx) => {
      if (!(await takeLetterUpload(tx, { serviceId, id, now }))) {
        return (await wasSent(tx, serviceId, id)) ? "already" : "none";
      }
      // The upload stays where it cannot be sent today.
      if ((await sendOneOff(tx, cipher, letter)) !== null) throw new OverLimit();
      return "sent";
    });
  } catch (error) {
    if (error instanceof OverLimit) return "daily";
    throw error;
  }
}

class OverLimit extends Error {}

async function wasSent(db: Db, serviceId: string, id: string): Promise<boolean> {
  const rows = await db`
    select from notifications
    where id = ${id} and service_id = ${serviceId} and notification_type = 'letter'`;
  return rows.length === 1;
}
