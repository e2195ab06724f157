import { countryKey } from "../../../../shared/recipient/country-key.ts";
import { graphNames } from "./graph.ts";
import { crownIslands, europeanIslands, formerCountries, synonyms, welshNames } from "./names.ts";

/** Every key a country is found by, with its English name (`spec/recipients.md` 3.4). */
export function countriesByKey(): Map<string, string> {
  const countries = new Map<string, string>();
  const add = (name: string, country: string) => {
    const key = countryKey(name);
    if (key !== null) countries.set(key, country);
  };
  for (const [name, canonical] of graphNames()) {
    const former = formerCountries.get(canonical);
    if (former !== null)
      add(name, crownIslands.includes(canonical) ? "United Kingdom" : (former ?? canonical));
  }
  for (const island of crownIslands) add(island, "United Kingdom");
  for (const island of europeanIslands) add(island, island);
  for (const [name, country] of [...entriesOf(welshNames), ...entriesOf(synonyms)]) add(name, country);
  return countries;
}

/** Reads lines of `country: name; name`. */
export function entriesOf(lines: string): [name: string, country: string][] {
  return lines
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [country = "", names = ""] = line.split(": ");
      return names.split("; ").map((name): [string, string] => [name, country]);
    });
}

/** What stands in `shared/recipient/country-names.ts`. */
export function countryNamesFile(): string {
  const countries = countriesByKey();
  const lines = [...new Set(countries.values())].sort().map((country) => {
    const own = countryKey(country);
    const others = [...countries.keys()].filter((key) => countries.get(key) === country && key !== own);
    return [country, others.sort().join(" ")].join(":").replace(/:$/, "");
  });
  const text = lines
    .join("\n")
    .replace(/\p{Cf}/gu, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `/**
 * Where letters can go: a country's name, then the keys it is found by beside its own. Made by
 * \`bun test/shared/recipient/country-data/make.ts\` from GOV.UK's location graph (Crown copyright, MIT licence)
 * and Notify's synonyms. A name comes before the keys: where it is a key of another country, that one is meant.
 */
export const countryNames = \`
${text}
\`;
`;
}

if (import.meta.main) {
  await Bun.write(
    new URL("../../../../shared/recipient/country-names.ts", import.meta.url),
    countryNamesFile(),
  );
}
