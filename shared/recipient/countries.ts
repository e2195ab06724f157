import { countryKey } from "./country-key.ts";
import { countryNames } from "./country-names.ts";

/** Postage of letters that leave the country. */
export type Zone = "europe" | "rest-of-world";

export interface Country {
  /** In English, as it is printed on the envelope. */
  name: string;
  /** Null for the United Kingdom, which has no zone. The crown dependencies are part of it here. */
  zone: Zone | null;
}

const europe: ReadonlySet<string> = new Set(
  `Albania; Andorra; Armenia; Austria; Azerbaijan; Azores; Balearic Islands; Belarus; Belgium;
  Bosnia and Herzegovina; Bulgaria; Canary Islands; Corsica; Croatia; Cyprus; Czechia; Denmark; Estonia;
  Faroe Islands; Finland; France; Georgia; Germany; Gibraltar; Greece; Greenland; Hungary; Iceland; Ireland; Italy;
  Kazakhstan; Kosovo; Kyrgyzstan; Latvia; Liechtenstein; Lithuania; Luxembourg; North Macedonia; Madeira; Malta;
  Moldova; Monaco; Montenegro; Netherlands; Norway; Poland; Portugal; Romania; Russia; San Marino; Serbia; Slovakia;
  Slovenia; Spain; Sweden; Switzerland; Tajikistan; Turkey; Turkmenistan; Ukraine; Uzbekistan; Vatican City`.split(
    /;\s+/,
  ),
);

const countries: readonly (readonly [country: Country, keys: readonly string[]])[] = countryNames
  .trim()
  .split("\n")
  .map((line) => {
    const [name = "", keys = ""] = line.split(":");
    return [{ name, zone: zoneOf(name) }, keys.split(" ").filter((key) => key !== "")];
  });

const countriesByKey: ReadonlyMap<string | null, Country> = new Map([
  ...countries.map(([country]) => [countryKey(country.name), country] as const),
  ...countries.flatMap(([country, keys]) => keys.map((key) => [key, country] as const)),
]);

function zoneOf(name: string): Zone | null {
  if (name === "United Kingdom") return null;
  return europe.has(name) ? "europe" : "rest-of-world";
}

/** The country a line of an address names, in English, Welsh, its own language or by a usual slip; else null. */
export function findCountry(line: string): Country | null {
  const key = countryKey(line);
  if (key === null) return null;
  for (const article of ["", "the", "yr", "y"]) {
    const country = countriesByKey.get(article + key);
    if (country !== undefined) return country;
  }
  return null;
}
