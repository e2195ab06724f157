import { describe, expect, test } from "bun:test";
import { hrefOfContact } from "../../../shared/service/contact-link.ts";

describe("a service's contact link", () => {
  test.each<[string, string | null]>([
    ["https://hall.example", "https://hall.example/"],
    ["HTTPS://hall.example/a b?c=<d>", "https://hall.example/a%20b?c=%3Cd%3E"],
    ["help@hall.example", "mailto:help@hall.example"],
    ["o'neil?cc=x&y#z@hall.example", "mailto:o'neil%3Fcc=x%26y%23z@hall.example"],
    ["0300 123 4567", "tel:03001234567"],
    ["+44 (0)20 7946-0000", "tel:+4402079460000"],
    ["101", "tel:101"],
    ["javascript:alert(1)", null],
    ["https://", null],
    ["https:// x", null],
    ["data:text/html,x", null],
    ["//hall.example", null],
    ["12", null],
    ["call us", null],
  ])("%j leads to %j", (link, href) => {
    expect(hrefOfContact(link)).toBe(href);
  });
});
