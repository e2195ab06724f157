import type { Db } from "../database.ts";

/** Has a template's messages hide what they were filled in with, for ever. `no-user`: there is no such person. */
export async function redactTemplate(
  db: Db,
  { serviceId, id, userId, at }: { serviceId: string; id: string; userId: string; at: Date },
): Promise<"redacted" | "no-template" | "no-user"> {
  const [found] = await db<{ user: boolean; template: boolean }[]>`
    with redacted as (
      insert into template_redacted (template_id, updated_by_id, created_at)
      select t.id, u.id, ${at} from templates t, users u
      where t.id = ${id} and t.service_id = ${serviceId} and u.id = ${userId}
      on conflict (template_id) do nothing
    )
    select exists (select from templates where id = ${id} and service_id = ${serviceId}) as template,
      exists (select from users where id = ${userId}) as "user"`;
  if (!found?.template) return "no-template";
  return found.user ? "redacted" : "no-user";
}
