import type { Operand, Operation } from "./content.ts";

/** The bytes of a content stream. */
export function writeContent(operations: Iterable<Operation>): Uint8Array<ArrayBuffer> {
  const parts: string[] = [];
  for (const { operator, operands, data } of operations) {
    if (data) parts.push(inlineImage(operands, data), "\n");
    else parts.push(...operands.map((operand) => `${written(operand)} `), operator, "\n");
  }
  return bytesOf(parts.join(""));
}

function inlineImage([dictionary]: readonly Operand[], data: Uint8Array): string {
  const entries = dictionary?.kind === "dictionary" ? dictionary.entries : [];
  const words = entries.map(([name, value]) => `${written({ kind: "name", value: name })} ${written(value)}`);
  return `BI ${words.join(" ")} ID ${textOf(data)}\nEI`;
}

function written(operand: Operand): string {
  switch (operand.kind) {
    case "number":
      return writtenNumber(operand.value);
    case "name":
      return `/${operand.value.replace(/[^!-~]|[#()<>[\]{}/%]/g, (sign) => `#${hex(sign.charCodeAt(0))}`)}`;
    case "string":
      return `<${Array.from(operand.value, hex).join("")}>`;
    case "array":
      return `[${operand.items.map(written).join(" ")}]`;
    case "dictionary":
      return `<<${operand.entries
        .map(([name, value]) => `${written({ kind: "name", value: name })} ${written(value)}`)
        .join(" ")}>>`;
    case "word":
      return operand.value;
  }
}

/** Never with an exponent, which PDF has not. */
function writtenNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return Math.abs(value) < 1e15 ? value.toFixed(6).replace(/0+$/, "").replace(/\.$/, "") : "0";
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function textOf(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return text;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
