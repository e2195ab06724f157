import { listReceivedTexts } from "../../shared/inbound/queries.ts";
import { addInboundNumber, assignInboundNumber } from "../../shared/inbound/setup.ts";
import type { InboundProvider } from "../../shared/inbound/text.ts";
import type { World } from "./world.ts";

/** Gives a service a number that no other in its database has. */
export async function giveNumber(
  { sql }: World,
  serviceId: string,
  provider: InboundProvider = "mmg",
): Promise<string> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int from inbound_numbers`;
  const number = `07700${900_500 + (row?.count ?? 0)}`;
  await addInboundNumber(sql, number, provider);
  const outcome = await sql.begin((tx) => assignInboundNumber(tx, number, serviceId));
  if (outcome !== "assigned") throw new Error(`Cannot give ${serviceId} a number: ${outcome}`);
  return number;
}

/** What a service received, newest first. */
export function textsOf({ sql, cipher }: World, serviceId: string) {
  return listReceivedTexts(sql, cipher, { serviceId, olderThan: null, limit: 5000 });
}
