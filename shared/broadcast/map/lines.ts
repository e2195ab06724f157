import type { Point } from "../broadcast.ts";

/**
 * Lines packed into text. A number is one or more characters of five bits each, the lowest first, with the sixth bit set
 * on all but the last; its own lowest bit is its sign. A line is `.`, then for each point how many steps it is north and
 * east of the one before, the first of a line of where the line before began, the first of all of 0, 0.
 */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Of a degree: 280 m north, 160 m east. */
const stepsPerDegree = 400;

export function packLines(lines: readonly (readonly Point[])[]): string {
  let [startNorth, startEast] = [0, 0];
  return lines
    .map((line) => {
      let [north, east] = [startNorth, startEast];
      let text = ".";
      for (const [index, [latitude, longitude]] of line.entries()) {
        const [toNorth, toEast] = [stepsOf(latitude), stepsOf(longitude)];
        // Points may fall together; the first stays, or a line had none.
        if (index > 0 && toNorth === north && toEast === east) continue;
        text += packNumber(toNorth - north) + packNumber(toEast - east);
        [north, east] = [toNorth, toEast];
        if (index === 0) [startNorth, startEast] = [north, east];
      }
      return text;
    })
    .join("");
}

/** What `packLines` packed, to the step; line breaks in the text are passed over. */
export function unpackLines(text: string): Point[][] {
  const lines: Point[][] = [];
  let [startNorth, startEast] = [0, 0];
  for (const packed of text.replaceAll("\n", "").split(".").slice(1)) {
    const numbers = unpackNumbers(packed);
    let [north, east] = [startNorth, startEast];
    const line: Point[] = [];
    for (let at = 0; at + 1 < numbers.length; at += 2) {
      north += numbers[at] ?? 0;
      east += numbers[at + 1] ?? 0;
      if (at === 0) [startNorth, startEast] = [north, east];
      line.push([north / stepsPerDegree, east / stepsPerDegree]);
    }
    lines.push(line);
  }
  return lines;
}

function stepsOf(degrees: number): number {
  return Math.round(degrees * stepsPerDegree);
}

function packNumber(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = "";
  do {
    const more = rest >= 32;
    text += alphabet.charAt((rest % 32) + (more ? 32 : 0));
    rest = Math.floor(rest / 32);
  } while (rest > 0);
  return text;
}

function unpackNumbers(text: string): number[] {
  const numbers: number[] = [];
  let [value, unit] = [0, 1];
  for (const character of text) {
    const bits = alphabet.indexOf(character);
    value += (bits % 32) * unit;
    unit *= 32;
    if (bits >= 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    [value, unit] = [0, 1];
  }
  return numbers;
}
