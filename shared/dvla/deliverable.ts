import type { Db } from "../database.ts";
import type { Status } from "../notification/notification.ts";
import type { Postage } from "../recipient/postage.ts";

/** What must be known of a letter to hand it over by itself. */
export interface DeliverableLetter {
  status: Status;
  /** A print run's rule but for its deadline: normal, of a service that is active and not held, and with a PDF. */
  isForPrint: boolean;
  reference: string;
  postage: Postage;
  precompiled: boolean;
  /** Read from a precompiled letter, encrypted. */
  address: string | null;
  /** Of its PDF, hexadecimal; null where none was made. */
  sha256: string | null;
  sheets: number;
}

/** By notification, null where there is none. Answers in the order asked. */
export async function findDeliverableLetters(
  db: Db,
  ids: readonly string[],
): Promise<(DeliverableLetter | null)[]> {
  const rows = await db<(DeliverableLetter & { id: string })[]>`
    select n.id, n.status, l.reference, l.postage, l.precompiled, l.address, encode(l.sha256, 'hex') as sha256,
      n.billable_units as sheets,
      n.status = 'created' and n.key_type = 'normal' and n.billable_units > 0 and s.active
        and not exists (select from letter_holds h where h.service_id = n.service_id) as "isForPrint"
    from notifications n join letters l on l.notification_id = n.id join services s on s.id = n.service_id
    where n.id = any(${ids as string[]}::uuid[])`;
  const found = new Map(rows.map(({ id, ...letter }) => [id, letter]));
  return ids.map((id) => found.get(id) ?? null);
}
