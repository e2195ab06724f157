import { describe, expect, test } from "bun:test";
import {
  checkBodyNotEmpty,
  checkEmailLength,
  checkSmsLength,
  checkSmsNotEmpty,
  checkSmsTemplate,
} from "../../../shared/template/checks.ts";

const empty = "Your message is empty.";

describe("a text", () => {
  test("may be 918 characters long", () => {
    expect(checkSmsLength(918)).toBeNull();
    expect(checkSmsLength(919)).toBe(
      "Your message is too long. Text messages cannot be longer than 918 characters. Your message is 919 characters long.",
    );
  });

  test("may not be empty", () => {
    expect(checkSmsNotEmpty(0)).toBe(empty);
    expect(checkSmsNotEmpty(1)).toBeNull();
  });

  test("is saved up to 918 characters, placeholders not counted", () => {
    expect(checkSmsTemplate(`((name))${"a".repeat(918)}`)).toBeNull();
    expect(checkSmsTemplate("a".repeat(919))).toBe(
      "Content has a character count greater than the limit of 918",
    );
  });
});

describe("an email", () => {
  test.each([
    ["", "", empty],
    ["((a))", "", empty],
    ["((a)) ((b))", " \n", empty],
    ["((a))", "x", null],
    ["   ", "", null],
    ["((a)).", "", null],
  ])("%p that says %p: %p", (content, body, expected) => {
    expect(checkBodyNotEmpty(content, body)).toBe(expected);
  });

  test("may take 2,000,000 bytes", () => {
    expect(checkEmailLength("é".repeat(1_000_000))).toBeNull();
    expect(checkEmailLength(`${"é".repeat(1_000_000)}a`)).toBe(
      "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 2000001 bytes.",
    );
  });
});
