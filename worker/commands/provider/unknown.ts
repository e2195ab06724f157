import type { Pool } from "../../../shared/database.ts";
import { listProviders } from "../../../shared/provider/queries.ts";

/** What to say where there is no provider of that name: those there are. */
export async function unknownProvider(sql: Pool, verb: string, name: string): Promise<Error> {
  const names = (await listProviders(sql)).map((provider) => provider.name);
  return new Error(`Cannot ${verb} the provider "${name}": there is none; there are ${names.join(", ")}`);
}
