import type { Db } from "../database.ts";

/** Files and rows that are not each other's; of files in Postgres, as nothing can be listed elsewhere. */
export interface Differences {
  files: number;
  /** PDFs whose letter or upload is gone. */
  orphans: number;
  /** Letters that are yet to be printed or answered for, and have no PDF though one was made. */
  missing: number;
}

/** Leaves out what is younger than `before`: its other half may be on its way. Reads the keys of all files. */
export async function compareStorage(db: Db, before: Date): Promise<Differences> {
  const [row] = await db<Differences[]>`
    with pdfs as (
      select split_part(key, '/', 2)::uuid as id from files where key like 'letters/%' and created_at < ${before}
    )
    select (select count(*)::int from files) as files,
      (select count(*)::int from pdfs p where not exists (select from notifications n where n.id = p.id)
        and not exists (select from letter_uploads u where u.id = p.id)) as orphans,
      (select count(*)::int from letters l join notifications n on n.id = l.notification_id
        where l.settled_at is null and l.made_at < ${before} and n.status in ('created', 'sending')
          and not exists (select from files f where f.key = 'letters/' || l.notification_id || '/letter.pdf')
      ) as missing`;
  return row ?? { files: 0, orphans: 0, missing: 0 };
}
