import { type PDFDict, PDFName } from "@cantoo/pdf-lib";
import {
  nameOf,
  numberOperand,
  numbersOf,
  type Operand,
  type Operation,
  operation,
} from "../content/content.ts";
import { parseContent } from "../content/parse.ts";
import { decoded } from "../content/streams.ts";
import { type FontWidths, fontWidths } from "./font-widths.ts";
import { identity, type Matrix, matrixOf, pointBy, times } from "./matrix.ts";
import { replaceForm } from "./replace-form.ts";
import { dictAt, numbersAt, refAt, streamAt } from "./resources.ts";
import { Unconvertible } from "./unconvertible.ts";

/** In points, from the bottom left of the page. */
export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

const deepestForms = 12;

/**
 * Takes the characters that stand in a box out of a page's content, and out of the forms it draws: they are gone, not
 * covered. Everything else stays where it is. Throws `Unconvertible` where it cannot tell what stands in the box.
 */
export function redact(operations: readonly Operation[], resources: PDFDict, box: Box): Operation[] {
  return new Redaction(box).of(operations, { resources, matrix: identity, depth: 0 }).operations;
}

interface Place {
  resources: PDFDict;
  /** From the content's coordinates to the page's. */
  matrix: Matrix;
  depth: number;
}

interface TextState {
  matrix: Matrix;
  font: { widths: FontWidths | null } | null;
  size: number;
  characterSpacing: number;
  wordSpacing: number;
  /** 1 for 100 %. */
  scale: number;
  leading: number;
  rise: number;
}

const firstState: TextState = {
  matrix: identity,
  font: null,
  size: 0,
  characterSpacing: 0,
  wordSpacing: 0,
  scale: 1,
  leading: 0,
  rise: 0,
};

class Redaction {
  readonly #box: Box;

  constructor(box: Box) {
    this.#box = box;
  }

  of(operations: readonly Operation[], { resources, matrix, depth }: Place) {
    const kept: Operation[] = [];
    let hasChanged = false;
    let state: TextState = { ...firstState, matrix };
    const saved: TextState[] = [];
    let line = identity;
    let text = identity;
    const fonts = new Map<string, TextState["font"]>();
    const fontNamed = (name: string) => {
      const font = dictAt(dictAt(resources, "Font"), name);
      return font && { widths: fontWidths(font) };
    };
    const nextLine = (x: number, y: number) => {
      line = times([1, 0, 0, 1, x, y], line);
      text = line;
    };
    const show = (shown: readonly Operand[]): readonly Operand[] | null => {
      const result = this.#show(shown, state, text);
      text = times([1, 0, 0, 1, result.advance, 0], text);
      return result.operands;
    };

    for (const one of operations) {
      const numbers = numbersOf(one);
      const [first = 0, second = 0] = numbers;
      switch (one.operator) {
        case "q":
          saved.push(state);
          break;
        case "Q":
          state = saved.pop() ?? state;
          break;
        case "cm":
          state = { ...state, matrix: times(matrixOf(numbers), state.matrix) };
          break;
        case "BT":
          line = identity;
          text = identity;
          break;
        case "Tf": {
          const name = nameOf(one) ?? "";
          if (!fonts.has(name)) fonts.set(name, fontNamed(name));
          state = { ...state, font: fonts.get(name) ?? null, size: numbers.at(-1) ?? 0 };
          break;
        }
        case "Tc":
          state = { ...state, characterSpacing: first };
          break;
        case "Tw":
          state = { ...state, wordSpacing: first };
          break;
        case "Tz":
          state = { ...state, scale: first / 100 };
          break;
        case "TL":
          state = { ...state, leading: first };
          break;
        case "Ts":
          state = { ...state, rise: first };
          break;
        case "Td":
          nextLine(first, second);
          break;
        case "TD":
          state = { ...state, leading: -second };
          nextLine(first, second);
          break;
        case "Tm":
          line = matrixOf(numbers);
          text = line;
          break;
        case "T*":
          nextLine(0, -state.leading);
          break;
        case "Tj":
        case "TJ":
        case "'":
        case '"': {
          const before: Operation[] = [];
          if (one.operator === '"') {
            state = { ...state, wordSpacing: first, characterSpacing: second };
            before.push(operation("Tw", first), operation("Tc", second));
          }
          if (one.operator === "'" || one.operator === '"') {
            nextLine(0, -state.leading);
            before.push(operation("T*"));
          }
          const last = one.operands.at(-1);
          const remaining = show(last?.kind === "array" ? last.items : last ? [last] : []);
          if (remaining === null) break;
          hasChanged = true;
          kept.push(...before, { operator: "TJ", operands: [{ kind: "array", items: remaining }] });
          continue;
        }
        case "Do":
          this.#form(nameOf(one) ?? "", { resources, matrix: state.matrix, depth });
          break;
      }
      kept.push(one);
    }
    return { operations: kept, hasChanged };
  }

  /** `operands` is null where nothing of them goes. */
  #show(shown: readonly Operand[], state: TextState, text: Matrix) {
    const { font, size, scale } = state;
    const widths = font?.widths ?? null;
    const remaining: Operand[] = [];
    let hasRemoved = false;
    let advance = 0;
    for (const operand of shown) {
      if (operand.kind === "number") {
        advance -= (operand.value / 1000) * size * scale;
        remaining.push(operand);
        continue;
      }
      if (operand.kind !== "string" || operand.value.length === 0) continue;
      if (widths === null) {
        if (this.#mayReach(state, text)) throw new Unconvertible("Text whose characters cannot be measured");
        remaining.push(operand);
        continue;
      }
      const { bytesPerCode, widthOf } = widths;
      let run: number[] = [];
      const endRun = () => {
        if (run.length > 0) remaining.push({ kind: "string", value: Uint8Array.from(run) });
        run = [];
      };
      for (let at = 0; at < operand.value.length; at += bytesPerCode) {
        const bytes = operand.value.subarray(at, at + bytesPerCode);
        const code = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
        const width = widthOf(code);
        const spacing = state.characterSpacing + (bytesPerCode === 1 && code === 32 ? state.wordSpacing : 0);
        if (this.#isIn(state, text, advance, width * size * scale)) {
          endRun();
          hasRemoved = true;
          // Of no size, nothing shows and nothing can be moved by it.
          if (size !== 0) remaining.push(numberOperand((-(width * size + spacing) / size) * 1000));
        } else run.push(...bytes);
        advance += (width * size + spacing) * scale;
      }
      endRun();
    }
    return { operands: hasRemoved ? remaining : null, advance };
  }

  /** Whether a character touches the box. */
  #isIn({ matrix, size, rise }: TextState, text: Matrix, at: number, width: number): boolean {
    const toPage = times(text, matrix);
    const corners = [at, at + width].flatMap((x) =>
      [-0.2, 0.7].map((y) => pointBy(toPage, x, rise + y * size)),
    );
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const { left, right, bottom, top } = this.#box;
    const isAcross = Math.max(...xs) > left && Math.min(...xs) < right;
    return isAcross && Math.max(...ys) > bottom && Math.min(...ys) < top;
  }

  /** A text of unknown length, on a line that runs along the page. */
  #mayReach({ matrix, size }: TextState, text: Matrix): boolean {
    const [, y] = pointBy(times(text, matrix), 0, 0);
    return y > this.#box.bottom - Math.abs(size) && y < this.#box.top + Math.abs(size);
  }

  #form(name: string, { resources, matrix, depth }: Place): void {
    const objects = dictAt(resources, "XObject");
    const form = streamAt(objects, name);
    const ref = refAt(objects, name);
    if (!form || !ref || form.dict.lookup(PDFName.of("Subtype")) !== PDFName.of("Form")) return;
    if (depth >= deepestForms) throw new Unconvertible("Forms nested too deeply");
    const own = matrixOf(numbersAt(form.dict, "Matrix") ?? []);
    const place = { resources: dictAt(form.dict, "Resources") ?? resources, matrix: times(own, matrix) };
    const result = this.of(parseContent(decoded(form)), { ...place, depth: depth + 1 });
    if (result.hasChanged) replaceForm(form, ref, result.operations);
  }
}
