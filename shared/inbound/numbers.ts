import type { Db } from "../database.ts";

/** A number in use, and whose it is. */
export interface InboundNumber {
  number: string;
  provider: string;
  serviceId: string;
  /** Whether the service has the permission `inbound_sms`; it need not be able to send. */
  mayReceive: boolean;
}

/** By number, null where no service has it or it is switched off. Answers in the order asked. */
export async function findInboundNumbers(
  db: Db,
  numbers: readonly string[],
): Promise<(InboundNumber | null)[]> {
  const rows = await db<InboundNumber[]>`
    select n.number, n.provider, n.service_id as "serviceId", p.service_id is not null as "mayReceive"
    from inbound_numbers n
      left join service_permissions p on p.service_id = n.service_id and p.permission = 'inbound_sms'
    where n.number = any(${numbers as string[]}) and n.active and n.service_id is not null`;
  const found = new Map(rows.map((row) => [row.number, row]));
  return numbers.map((number) => found.get(number) ?? null);
}

/** How many could still be given to a service, of how many there are. */
export async function countFreeNumbers(db: Db): Promise<{ free: number; all: number }> {
  const [row] = await db<{ free: number; all: number }[]>`
    select count(*) filter (where active and service_id is null)::int as free, count(*)::int as all
    from inbound_numbers`;
  return row ?? { free: 0, all: 0 };
}
