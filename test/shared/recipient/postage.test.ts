import { expect, test } from "bun:test";
import { postageTo } from "../../../shared/recipient/postage.ts";
import { parsePostalAddress } from "../../../shared/recipient/postal-address.ts";

test.each([
  ["Ms A\n1 High St\nLS1 4AP", "second", "second"],
  ["Ms A\n1 High St\nLS1 4AP\nWales", "first", "first"],
  ["Ms A\nSt Helier\nJE2 3AB\nJersey", "economy", "economy"],
  ["Sgt B\nUnit 1\nBFPO 12", "first", "first"],
  ["Ms A\n1 Rue X\nParis\nfrance", "first", "europe"],
  ["Ms A\n1 Main St\nBoston\nUSA", "second", "rest-of-world"],
  ["Ms A\n1 Rue X\nNowhere", "economy", "economy"],
] as const)("a letter to %j with a template of %s class goes %s", (address, template, expected) => {
  expect(postageTo(parsePostalAddress(address), template)).toBe(expected);
});
