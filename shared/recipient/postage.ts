import type { Zone } from "./countries.ts";
import type { PostalAddress } from "./postal-address.ts";

/** What a template may ask for. */
export type DomesticPostage = "first" | "second" | "economy";

export type Postage = DomesticPostage | Zone;

/** How a letter travels: abroad by its zone, whatever its template says. */
export function postageTo({ abroad }: PostalAddress, templatePostage: DomesticPostage): Postage {
  return abroad?.zone ?? templatePostage;
}
