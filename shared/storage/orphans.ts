import type { Db } from "../database.ts";

/** Where the id that a file's key names is: `letters/{id}/…`, `documents/{id}`, `batches/{service}/{id}.csv`. */
const idInKey = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:/[a-z]+[.]pdf|[.]csv)?$";

/**
 * Deletes up to `limit` files in Postgres, stored before an instant, that are of nothing: no letter, no file sent by
 * email, no batch and no upload has their id. Whoever stored them died before its row was there. One
 * that is stored anew meanwhile stays. Answers how many went.
 */
export async function deleteOrphans(
  db: Db,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { count } = await db`
    with named as (
      select key, split_part(key, '/', 1) as shelf, substring(key from ${idInKey})::uuid as id
      from files where created_at < ${before}
    ), orphans as (
      select key from named
      where id is not null and case shelf
        when 'letters' then not exists (select from notifications n where n.id = named.id)
          and not exists (select from letter_uploads l where l.id = named.id)
        when 'documents' then not exists (select from documents d where d.id = named.id)
        when 'batches' then not exists (select from jobs j where j.id = named.id)
          and not exists (select from job_uploads u where u.id = named.id)
        else false end
      limit ${limit}
    )
    delete from files f using orphans where f.key = orphans.key and f.created_at < ${before}`;
  return count;
}
