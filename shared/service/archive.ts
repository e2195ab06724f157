import type { Pool } from "../database.ts";

/**
 * Ends a service: it may do nothing more, its templates are archived, its keys expire, and its name is free again
 * (`spec/data-model.md` 5, 7). Nothing where it had ended. False where there is no such service.
 */
export async function archiveService(sql: Pool, id: string, at: Date): Promise<boolean> {
  const stamp = at.toISOString().slice(0, 19).replace("T", "-");
  return await sql.begin(async (tx) => {
    const [service] = await tx<
      { active: boolean }[]
    >`select active from services where id = ${id} for update`;
    if (!service?.active) return service !== undefined;
    await tx`
      update services set active = false, updated_at = ${at},
        name = left('_archived_' || ${stamp} || '_' || name, 255),
        normalised_name = '_archived_' || ${stamp} || '_' || normalised_name
      where id = ${id}`;
    await tx`
      update templates set archived = true, version = version + 1, updated_at = ${at}
      where service_id = ${id} and not archived`;
    await tx`
      update api_keys set expiry_date = ${at}, updated_at = ${at} where service_id = ${id} and expiry_date is null`;
    return true;
  });
}
