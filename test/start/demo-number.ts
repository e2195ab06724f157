import { setCallback } from "../../shared/callback/queries.ts";
import type { Db, Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { addInboundNumber, assignInboundNumber, findNumberOf } from "../../shared/inbound/setup.ts";

/** The number that people text the demo service at. Where it has none it gets one, and is told at the sandbox. */
export async function openDemoNumber(
  sql: Pool,
  cipher: Cipher,
  { serviceId, url, bearerToken }: { serviceId: string; url: string; bearerToken: string },
): Promise<string> {
  const known = await findNumberOf(sql, serviceId);
  if (known !== null) return known;
  return await sql.begin(async (tx) => {
    const number = await firstNewNumber(tx);
    await addInboundNumber(tx, number, "mmg");
    await assignInboundNumber(tx, number, serviceId);
    await setCallback(tx, cipher, { serviceId, type: "inbound_sms", url, bearerToken });
    return number;
  });
}

/** One for use in drama; a database may hold several demos. */
async function firstNewNumber(sql: Db): Promise<string> {
  const [row] = await sql<{ number: string }[]>`
    select '07700900' || n as number from generate_series(500, 999) n
    where not exists (select from inbound_numbers where number = '07700900' || n)
    order by n limit 1`;
  if (!row) throw new Error("Cannot give the demo service a number: all are taken");
  return row.number;
}
