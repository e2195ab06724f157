import { describe, expect, test } from "bun:test";
import { areaTextOf, readAreaText } from "../../../../shared/broadcast/map/area-text.ts";

const triangle = [
  [51.5, -0.1],
  [51.6, -0.1],
  [51.6, 0.05],
  [51.5, -0.1],
] as const;

describe("areas that were typed", () => {
  const cases: [what: string, text: string][] = [
    ["a line each", "51.5, -0.1\n51.6, -0.1\n51.6, 0.05\n51.5, -0.1"],
    ["not closed", "51.5, -0.1\n51.6, -0.1\n51.6, 0.05"],
    ["as CAP has them", "51.5,-0.1 51.6,-0.1 51.6,0.05 51.5,-0.1"],
    [
      "with odd spaces and Windows' line ends",
      "\r\n\r\n  51.5 ,-0.1\r\n51.6,  -0.1 51.6,0.050\r\n \t\r\n\r\n",
    ],
  ];
  test.each(cases)("are read %s", (_, text) => {
    expect(readAreaText(text)).toEqual({ polygons: [triangle] });
  });

  test("may be several, with an empty line between", () => {
    const text = areaTextOf([triangle, triangle]);

    expect(text.split("\n\n")).toHaveLength(2);
    expect(readAreaText(text)).toEqual({ polygons: [triangle, triangle] });
  });

  test("may be none", () => {
    expect(readAreaText(" \n")).toEqual({ polygons: [] });
  });

  const faulty = [
    "51.5",
    "51.5, -0.1, 3",
    "51.5; -0.1",
    "51.5, -0.1\n\nnorth, south",
    "51.5, 1e3",
    "NaN, 1",
    "1,2x",
  ];
  test.each(faulty)("are refused, with their line: %p", (text) => {
    const line = text.split("\n").length;

    expect(readAreaText(text)).toEqual({ fault: expect.stringContaining(`Line ${line} must be`) });
  });
});
