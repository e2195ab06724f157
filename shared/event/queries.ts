import type { Db } from "../database.ts";

/** Something that a person did, as a program of the operators' noted it. */
export interface NewEvent {
  id: string;
  type: string;
  /** JSON, as text. */
  data: string;
  at: Date;
}

export async function storeEvent(db: Db, { id, type, data, at }: NewEvent): Promise<void> {
  await db`
    insert into events (id, event_type, data, created_at) values (${id}, ${type}, ${data}::text::json, ${at})`;
}
