import * as v from "valibot";
import type { LetterRates } from "../letter/rates.ts";

/** Round figures, to begin with: nobody's contract. */
export const usualRates: LetterRates = {
  first: [150, 155, 160, 165, 170],
  second: [70, 75, 80, 85, 90],
  economy: [60, 65, 70, 75, 80],
  europe: [160, 165, 170, 175, 180],
  "rest-of-world": [160, 165, 170, 175, 180],
};

const given =
  /^(?:(?:first|second|economy|europe|rest-of-world)=\d{1,5}(?:\.\d+)?(?:,\d{1,5}(?:\.\d+)?)*(?:;|$))+$/;

/** `second=70,75,80,85,90;first=150`: pence for one sheet, two and so on; a postage left out keeps its usual rate. */
export const Rates = v.pipe(
  v.string(),
  v.regex(given, "must be postage=pence,pence,… for one sheet, two and so on, separated by semicolons"),
  v.transform((text): LetterRates => {
    const pairs = text.split(";").filter((pair) => pair !== "");
    return {
      ...usualRates,
      ...Object.fromEntries(
        pairs.map((pair) => {
          const [postage = "", pence = ""] = pair.split("=");
          return [postage, pence.split(",").map(Number)];
        }),
      ),
    };
  }),
);
