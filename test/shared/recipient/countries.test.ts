import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findCountry } from "../../../shared/recipient/countries.ts";
import { countryKey } from "../../../shared/recipient/country-key.ts";
import { graphNames } from "./country-data/graph.ts";
import { countriesByKey, countryNamesFile, entriesOf } from "./country-data/make.ts";
import { europeanIslands, synonyms, welshNames } from "./country-data/names.ts";

describe("the data on countries", () => {
  test("is what the graph and Notify's rules give", async () => {
    const path = new URL("../../../shared/recipient/country-names.ts", import.meta.url);

    expect(await Bun.file(path).text()).toBe(countryNamesFile());
  });

  test("has 1,711 keys of 278 countries", () => {
    const countries = countriesByKey();

    expect(countries.size).toBe(1711);
    expect(new Set(countries.values()).size).toBe(278);
  });

  test("stays small, for the edge", async () => {
    const path = new URL("../../../shared/recipient/country-names.ts", import.meta.url);

    expect(Bun.file(path).size).toBeLessThan(30_000);
  });

  test("finds every name of the graph but those with digits and of countries that are no more", () => {
    const countries = countriesByKey();
    const differing = graphNames().filter(
      ([name]) => findCountry(name)?.name !== countries.get(countryKey(name) ?? ""),
    );
    const lost = graphNames().filter(([name]) => findCountry(name) === null);

    expect(differing).toEqual([]);
    expect(lost.filter(([name]) => /\d/.test(name))).toHaveLength(9);
    expect(lost.filter(([name]) => !/\d/.test(name)).map(([, canonical]) => canonical)).toSatisfy((names) =>
      names.every((name) => ["USSR", "Yugoslavia"].includes(name)),
    );
  });
});

describe("the country of a line", () => {
  test.each([...entriesOf(welshNames), ...entriesOf(synonyms)])("%j is %s", (name, country) => {
    expect(findCountry(name)?.name).toBe(country);
    expect(findCountry(name.toUpperCase())?.name).toBe(country);
  });

  test.each(europeanIslands)("%s is one of its own", (island) => {
    expect(findCountry(island)).toEqual({ name: island, zone: "europe" });
  });

  test.each([
    "United Kingdom",
    "UK",
    "U.K.",
    "gb",
    "Great Britain",
    "England",
    "Y Deyrnas Unedig",
    "Deyrnas Unedig",
    "Jersey",
    "Bailiwick of Jersey",
    "Guernsey",
    "Isle of Man",
    "isle-of-man",
    "Ellan Vannin",
    "Alderney",
    "Brecqhou",
    "Herm",
    "Jethou",
    "Sark",
    "Channel Islands",
    "GBR",
  ])("%j is the United Kingdom", (name) => {
    expect(findCountry(name)).toEqual({ name: "United Kingdom", zone: null });
  });

  test.each([
    ["france", "France"],
    ["FRANCE", "France"],
    ["  F.r-a_n,c'e’ ", "France"],
    ["(France)", "France"],
    ["fr", "France"],
    ["Trinidad & Tobago", "Trinidad and Tobago"],
    ["Trinidad + Tobago", "Trinidad and Tobago"],
    ["Cote d'Ivoire", "Ivory Coast"],
    ["Côte d’Ivoire", "Ivory Coast"],
    ["Co\u0302te d’Ivoire", "Ivory Coast"],
    ["Reunion", "Réunion"],
    ["Curacao", "Curaçao"],
    ["Aland Islands", "Åland Islands"],
    ["Österreich", "Austria"],
    ["Россия", "Russia"],
    ["россия", "Russia"],
    ["Việt Nam", "Vietnam"],
    ["ประเทศไทย", "Thailand"],
    ["日本", "Japan"],
    ["United States of America", "United States"],
    ["USA", "United States"],
    ["Bahamas", "The Bahamas"],
    ["Falklands", "Falkland Islands"],
    ["Almaen", "Germany"],
    ["Comoros", "Comoros"],
    ["Swistir", "Switzerland"],
    ["East Germany", "Germany"],
    ["Czechoslovakia", "Czechia"],
    ["Dubai UAE", "Dubai"],
    ["Congo, Democratic Republic of", "Congo"],
    ["Congo (Democratic Republic)", "Congo (Democratic Republic)"],
    ["South Georgia", "South Georgia and the South Sandwich Islands"],
    ["South Georgia and South Sandwich Islands", "South Georgia and South Sandwich Islands"],
    ["Gibraltar", "Gibraltar"],
  ])("%j is %s", (name, country) => {
    expect(findCountry(name)?.name).toBe(country);
  });

  test.each([
    "",
    " ",
    ".",
    "the",
    "y",
    "yr",
    "Frankreich",
    "Leeds",
    "LS1 4AP",
    "France 1",
    "75001 France",
    "Россия1",
    "UM-67",
    "USSR",
    "Yugoslavia",
    "Atlantis",
    "the France",
    "the United Kingdom",
    "Fränce / Spain",
    "constructor",
    "__proto__",
  ])("%j is none", (name) => {
    expect(findCountry(name)).toBeNull();
  });

  test.each([
    ["Albania", "europe"],
    ["Azerbaijan", "europe"],
    ["Faroe Islands", "europe"],
    ["Georgia", "europe"],
    ["Gibraltar", "europe"],
    ["Greenland", "europe"],
    ["Kazakhstan", "europe"],
    ["Kosovo", "europe"],
    ["Turkey", "europe"],
    ["Uzbekistan", "europe"],
    ["Vatican City", "europe"],
    ["Åland Islands", "rest-of-world"],
    ["Akrotiri", "rest-of-world"],
    ["Ceuta", "rest-of-world"],
    ["Easter Island", "rest-of-world"],
    ["French Guiana", "rest-of-world"],
    ["Israel", "rest-of-world"],
    ["Réunion", "rest-of-world"],
    ["Svalbard and Jan Mayen", "rest-of-world"],
    ["United States", "rest-of-world"],
  ] as const)("%s is in %s", (name, zone) => {
    expect(findCountry(name)).toEqual({ name, zone });
  });

  test("is in Europe for 62", () => {
    const names = [...new Set(countriesByKey().values())];

    expect(names.filter((name) => findCountry(name)?.zone === "europe")).toHaveLength(62);
    expect(names.filter((name) => findCountry(name)?.zone === null)).toEqual(["United Kingdom"]);
  });

  test("never fails to be looked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (line) => {
        const country = findCountry(line);
        if (country !== null) expect(findCountry(country.name)?.zone).toBe(country.zone);
      }),
    );
  });
});
