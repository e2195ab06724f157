/**
 * A JSON value that still knows which numbers were written as floats. Notify prints values as Python does,
 * where `1.0` and `1` differ; JavaScript alone forgets which it was.
 *
 * Whole numbers are `number`, or `bigint` beyond ±(2^53 − 1).
 */
export type Json = null | boolean | number | bigint | string | JsonFloat | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** A number written with a point or an exponent, or `NaN`, or an infinity. */
export class JsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}
