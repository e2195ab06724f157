import type { Json, JsonObject } from "../json/json.ts";

/** One `((…))` of a template (notifications-utils `field.py`, `spec/templates.md` 1.1). */
export interface Placeholder {
  /** As it stands in the template, brackets included. */
  source: string;
  /** Spelled as in the template. */
  name: string;
  /** What values are found by: `placeholderKey(name)`. */
  key: string;
  /** What a conditional placeholder shows when its value says yes; null for a plain one. */
  conditionalText: string | null;
}

/** A text cut at its placeholders, once, so that it can be filled often. */
export interface CompiledContent {
  /** One more than there are placeholders: what stands before, between and after them. */
  literals: readonly string[];
  placeholders: readonly Placeholder[];
}

const placeholderPattern = /\(\(([^()]+)\)\)/g;

export function compileContent(content: string): CompiledContent {
  const literals: string[] = [];
  const placeholders: Placeholder[] = [];
  let end = 0;
  for (const match of content.matchAll(placeholderPattern)) {
    const [source, inside = ""] = match;
    literals.push(content.slice(end, match.index));
    placeholders.push(placeholderOf(source, inside));
    end = match.index + source.length;
  }
  literals.push(content.slice(end));
  return { literals, placeholders };
}

function placeholderOf(source: string, inside: string): Placeholder {
  const split = inside.indexOf("??");
  const name = split === -1 ? inside : inside.slice(0, split);
  const conditionalText = split === -1 ? null : inside.slice(split + 2);
  return { source, name, key: placeholderKey(name), conditionalText };
}

/** Names match without regard to case, spaces, `_` and `-`. Nothing else is ignored. */
export function placeholderKey(name: string): string {
  return name.replace(/[ _-]/g, "").toLowerCase();
}

/** The names in a text, each as first spelled, in order of appearance. */
export function placeholdersIn(content: string): string[] {
  return distinctNames(compileContent(content).placeholders).map(({ name }) => name);
}

/** Values by `placeholderKey`. A null value is a missing one. */
export type Personalisation = ReadonlyMap<string, Json>;

/** Of two spellings of one key the later wins, even with null. */
export function personalisationOf(record: JsonObject): Personalisation {
  return new Map(Object.entries(record).map(([key, value]) => [placeholderKey(key), value]));
}

/** What `missingPlaceholders` needs of a compiled template. */
interface CompiledTexts {
  compiledSubject: CompiledContent | null;
  compiledContent: CompiledContent;
}

/** The placeholders that have no value or null, spelled as in the template: its subject's first, then its body's. */
export function missingPlaceholders(template: CompiledTexts, personalisation: Personalisation): string[] {
  const { compiledSubject, compiledContent } = template;
  return missingIn(compiledSubject ? [compiledSubject, compiledContent] : [compiledContent], personalisation);
}

/** The same of texts one after the other. */
export function missingIn(texts: readonly CompiledContent[], personalisation: Personalisation): string[] {
  const all = texts.flatMap(({ placeholders }) => placeholders);
  const missing = all.filter(({ key }) => (personalisation.get(key) ?? null) === null);
  return distinctNames(missing).map(({ name }) => name);
}

/** The first placeholder of each key. */
function distinctNames(placeholders: readonly Placeholder[]): Placeholder[] {
  const seen = new Set<string>();
  return placeholders.filter(({ key }) => {
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
