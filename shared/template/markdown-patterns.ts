import { startsBlockTag } from "./markdown-tags.ts";

/** Where blocks of email Markdown begin and end, after mistune 0.8.4. Each takes the start of a line. */

const fence = / *(`{3,}|~{3,}) *(?:[^`\s]+)? *\n([\s\S]+?)\s*\1 *(?:\n+|$)/y;
const rule = / {0,3}[-*_](?: *[-*_]){2,} *(?:\n+|$)/y;
const headingStart = / *(#{1,6})( *)([^\n]*)\n*/y;
const underline = /\n *[=-]*([=-]) *(?:\n+|$)/y;
const listBeforeSpace = / *(?=[*+-]|\d+\.)[*+-]?(?:\d+\.)? [\s\S]/y;
// Keys have a length so that a text of nothing but brackets cannot take long.
const linkDefinition = / *\[([^^\]]{1,1000})\]: *<?([^\s>]+)>?(?: +["(]([^\n]+)[")])? *(?:\n+|$)/y;
const footnoteDefinition = /\[\^([^\]]{1,1000})\]: *([^\n]*(?:\n+|$)(?: +[^\n]*(?:\n+|$))*)/y;

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Past the line feeds that stand here. */
export function skipNewlines(text: string, at: number): number {
  let end = at;
  while (text[end] === "\n") end += 1;
  return end;
}

/** Without the line feeds it ends in. By hand: a pattern would begin anew at each of a long run. */
export function withoutLastNewlines(text: string): string {
  return trimEndOf(text, "\n");
}

export function firstVisible(text: string, at: number): number {
  let index = at;
  while (text[index] === " ") index += 1;
  return index;
}

export function ruleEnd(text: string, at: number): number {
  return matchAt(rule, text, at) ? rule.lastIndex : -1;
}

/** What a fence encloses. */
export function fenceAt(text: string, at: number): { text: string; end: number } | null {
  const match = matchAt(fence, text, at);
  return match && { text: match[2] ?? "", end: fence.lastIndex };
}

export function headingAt(text: string, at: number): { level: number; text: string; end: number } | null {
  const match = matchAt(headingStart, text, at);
  if (match === null) return null;
  const [, marks = "", spaces = "", line = ""] = match;
  const end = headingStart.lastIndex;
  if (line === "") {
    // With nothing after the marks, the last of what stands there is the text.
    if (spaces !== "") return { level: marks.length, text: " ", end };
    return marks.length > 1 ? { level: marks.length - 1, text: "#", end } : null;
  }
  return { level: marks.length, text: withoutClosingMarks(line) || line.charAt(0), end };
}

function withoutClosingMarks(line: string): string {
  return trimEndOf(trimEndOf(trimEndOf(line, " "), "#"), " ");
}

function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/** A line underlined with `=` or `-`, however short. */
export function underlinedAt(text: string, at: number): { level: number; text: string; end: number } | null {
  const lineEnd = endOfLine(text, at);
  if (lineEnd === at || lineEnd === text.length) return null;
  const first = text[firstVisible(text, lineEnd + 1)];
  if (first !== "-" && first !== "=") return null;
  const mark = matchAt(underline, text, lineEnd)?.[1];
  if (mark === undefined) return null;
  return { level: mark === "=" ? 1 : 2, text: text.slice(at, lineEnd), end: underline.lastIndex };
}

export function linkDefinitionAt(
  text: string,
  at: number,
): { key: string; url: string; title: string | null; end: number } | null {
  const match = matchAt(linkDefinition, text, at);
  if (match === null) return null;
  const [, key = "", url = "", title] = match;
  return { key: definitionKey(key), url, title: title ?? null, end: linkDefinition.lastIndex };
}

export function footnoteDefinitionAt(
  text: string,
  at: number,
): { key: string; text: string; end: number } | null {
  const match = matchAt(footnoteDefinition, text, at);
  if (match === null) return null;
  return { key: definitionKey(match[1] ?? ""), text: match[2] ?? "", end: footnoteDefinition.lastIndex };
}

export function isDefinitionAt(text: string, at: number): boolean {
  if (text[firstVisible(text, at)] !== "[") return false;
  return linkDefinitionAt(text, at) !== null || footnoteDefinitionAt(text, at) !== null;
}

export function definitionKey(key: string): string {
  return key.toLowerCase().replace(/\s+/g, " ");
}

/** Whether the line here ends the paragraph before it. */
export function interruptsParagraph(text: string, at: number, hasFence: (at: number) => boolean): boolean {
  const visible = firstVisible(text, at);
  switch (text[visible]) {
    case "`":
    case "~":
      if (hasFence(at)) return true;
      break;
    case "#":
      if (headingAt(text, at) !== null) return true;
      break;
    case "[":
      if (isDefinitionAt(text, at)) return true;
      break;
    case ">":
      // Not a quote any more, but it was one where mistune decided what ends a paragraph.
      if (visible + 1 < endOfLine(text, visible)) return true;
      break;
    case "<":
      if (visible === at && startsBlockTag(text, at)) return true;
      break;
    case "_":
      if (ruleEnd(text, at) !== -1) return true;
      break;
    case undefined:
    case "\n":
      return false;
    default:
      if (isListOrRule(text, at)) return true;
  }
  return underlinedAt(text, at) !== null;
}

function isListOrRule(text: string, at: number): boolean {
  if (!/[\d*+-]/.test(text.charAt(firstVisible(text, at)))) return false;
  return matchAt(listBeforeSpace, text, at) !== null || ruleEnd(text, at) !== -1;
}
