/** What stands before an operator of a content stream (ISO 32000-1 7.8.2). */
export type Operand =
  | { kind: "number"; value: number }
  | { kind: "name"; value: string }
  | { kind: "string"; value: Uint8Array }
  | { kind: "array"; items: readonly Operand[] }
  | { kind: "dictionary"; entries: readonly (readonly [name: string, value: Operand])[] }
  /** `true`, `false`, `null`. */
  | { kind: "word"; value: string };

export interface Operation {
  operator: string;
  operands: readonly Operand[];
  /** Of an inline image, whose operator is `BI`: its dictionary is its one operand. */
  data?: Uint8Array;
}

export function numberOperand(value: number): Operand {
  return { kind: "number", value };
}

export function operation(operator: string, ...numbers: readonly number[]): Operation {
  return { operator, operands: numbers.map(numberOperand) };
}

/** Each operand as a number; what is none counts as 0, as readers have it. */
export function numbersOf({ operands }: Operation): number[] {
  return operands.map((operand) => (operand.kind === "number" ? operand.value : 0));
}

/** The name that comes last: of a font, a picture, a colour space. */
export function nameOf({ operands }: Operation): string | null {
  const name = operands.findLast((operand) => operand.kind === "name");
  return name?.kind === "name" ? name.value : null;
}
