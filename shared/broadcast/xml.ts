/**
 * Reads the little of XML 1.0 that messages are written in, strictly: no document types and so no entities but the five
 * that XML has itself, no processing instructions. Time and memory grow with the document's length alone.
 */

export interface XmlElement {
  /** The namespace's URI; empty where it has none. */
  namespace: string;
  name: string;
  attributes: readonly XmlAttribute[];
  children: readonly XmlElement[];
  /** All text directly within it. */
  text: string;
}

interface XmlAttribute {
  namespace: string;
  name: string;
}

/** A document that is not well-formed, or holds what is not read. */
export class XmlError extends Error {}

/** Room for areas of 100,000 points. */
const largestBytes = 4 * 1024 * 1024;
const deepest = 32;
const mostElements = 200_000;
const mostAttributes = 64;

const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";
const builtIn: Scope = new Map([
  ["", ""],
  ["xml", "http://www.w3.org/XML/1998/namespace"],
  ["xmlns", xmlnsNamespace],
]);

type Scope = ReadonlyMap<string, string>;

const nameStart =
  "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F";
const ncName = `[${nameStart}][${nameStart}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*`;
const qName = `(?:${ncName}:)?${ncName}`;
const space = "[ \\t\\r\\n]";

const declaration = new RegExp(
  `<\\?xml${space}+version${space}*=${space}*(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${space}+encoding${space}*=${space}*(?:"([A-Za-z][\\w.-]*)"|'([A-Za-z][\\w.-]*)'))?` +
    `(?:${space}+standalone${space}*=${space}*(?:"(?:yes|no)"|'(?:yes|no)'))?${space}*\\?>`,
  "y",
);
const name = new RegExp(qName, "y");
const attribute = new RegExp(`${space}+(${qName})${space}*=${space}*(?:"([^<"]*)"|'([^<']*)')`, "y");
const tagEnd = new RegExp(`${space}*(/?)>`, "y");
const spaces = new RegExp(`${space}*`, "y");
const notXml = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const noReference = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/;
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Throws only `XmlError`. Bytes are UTF-8. */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > largestBytes) throw new XmlError("Cannot read XML: it is too large");
  const text = decode(bytes);
  if (notXml.test(text)) throw new XmlError("Cannot read XML: it holds characters that XML does not");
  return new Reader(text.replace(/\r\n?/g, "\n")).document();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new XmlError("Cannot read XML: it is not UTF-8");
  }
}

interface Open {
  tag: string;
  scope: Scope;
  element: { children: XmlElement[]; text: string } & XmlElement;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    const declared = this.#take(declaration);
    const encoding = declared?.[1] ?? declared?.[2] ?? "utf-8";
    if (!/^(utf-8|us-ascii)$/i.test(encoding)) throw this.#fault("its encoding must be UTF-8");
    this.#aside();
    if (this.#text[this.#at] !== "<") throw this.#fault("an element must begin");
    const root = this.#element();
    this.#aside();
    if (this.#at < this.#text.length) throw this.#fault("nothing may follow its element");
    return root;
  }

  /** Space and comments. */
  #aside(): void {
    do this.#take(spaces);
    while (this.#comment());
  }

  #comment(): boolean {
    if (!this.#text.startsWith("<!--", this.#at)) return false;
    const end = this.#text.indexOf("--", this.#at + 4);
    if (end === -1 || this.#text[end + 2] !== ">") throw this.#fault("a comment does not end");
    this.#at = end + 3;
    return true;
  }

  /** The whole element that begins here; a stack rather than recursion. */
  #element(): XmlElement {
    const opened: Open[] = [];
    for (;;) {
      const innermost = opened.at(-1);
      const ended =
        this.#text.startsWith("</", this.#at) && innermost ? this.#close(innermost) : this.#open(opened);
      if (ended) {
        opened.splice(opened.indexOf(ended));
        const parent = opened.at(-1);
        if (!parent) return ended.element;
        parent.element.children.push(ended.element);
      }
      const current = opened.at(-1);
      if (current) this.#content(current);
    }
  }

  /** Reads a start tag. Answers the element where it is empty, and so ends at once. */
  #open(opened: Open[]): Open | null {
    this.#at++;
    const tag = this.#take(name)?.[0];
    if (tag === undefined) throw this.#fault("only elements, text and comments are read");
    if (opened.length >= deepest || ++this.#elements > mostElements) throw this.#fault("it is too large");

    const declared = new Map<string, string>();
    const given = new Set<string>();
    for (let found = this.#take(attribute); found; found = this.#take(attribute)) {
      const [, key = "", double, single] = found;
      if (given.has(key)) throw this.#fault("an attribute is given twice");
      if (given.add(key).size > mostAttributes) throw this.#fault("it is too large");
      const value = this.#decoded(double ?? single ?? "");
      if (key === "xmlns") declared.set("", value);
      else if (key.startsWith("xmlns:")) declared.set(key.slice(6), value);
    }
    const end = this.#take(tagEnd);
    if (!end) throw this.#fault("a tag does not end");

    const scope = this.#scopeWith(opened.at(-1)?.scope ?? builtIn, declared);
    const attributes = [...given]
      .filter((key) => key !== "xmlns" && !key.startsWith("xmlns:"))
      // An attribute without a prefix has no namespace.
      .map((key) => (key.includes(":") ? this.#resolve(key, scope) : { namespace: "", name: key }));
    if (
      new Set(attributes.map(({ namespace, name: local }) => `${namespace} ${local}`)).size <
      attributes.length
    )
      throw this.#fault("an attribute is given twice");
    const element = { ...this.#resolve(tag, scope), attributes, children: [], text: "" };
    const open = { tag, scope, element };
    opened.push(open);
    return end[1] === "/" ? open : null;
  }

  #scopeWith(outer: Scope, declared: ReadonlyMap<string, string>): Scope {
    if (declared.size === 0) return outer;
    for (const [prefix, uri] of declared) {
      if (prefix === "xml" || prefix === "xmlns" || uri === xmlnsNamespace || (prefix !== "" && uri === ""))
        throw this.#fault("a namespace cannot be declared so");
    }
    return new Map([...outer, ...declared]);
  }

  #resolve(qualified: string, scope: Scope): XmlAttribute {
    const [first = "", second] = qualified.split(":");
    const namespace = scope.get(second === undefined ? "" : first);
    if (namespace === undefined) throw this.#fault("a prefix stands for no namespace");
    return { namespace, name: second ?? first };
  }

  #close(innermost: Open): Open {
    this.#at += 2;
    if (this.#take(name)?.[0] !== innermost.tag) throw this.#fault("an element does not end");
    this.#take(spaces);
    if (this.#text[this.#at] !== ">") throw this.#fault("a tag does not end");
    this.#at++;
    return innermost;
  }

  /** Text, comments and CDATA up to the next tag. */
  #content({ element }: Open): void {
    for (;;) {
      const end = this.#text.indexOf("<", this.#at);
      if (end === -1) throw this.#fault("an element does not end");
      const text = this.#text.slice(this.#at, end);
      if (text.includes("]]>")) throw this.#fault("]]> must not stand in text");
      element.text += this.#decoded(text);
      this.#at = end;
      if (this.#comment()) continue;
      if (!this.#text.startsWith("<![CDATA[", this.#at)) return;
      const close = this.#text.indexOf("]]>", this.#at);
      if (close === -1) throw this.#fault("a CDATA section does not end");
      element.text += this.#text.slice(this.#at + 9, close);
      this.#at = close + 3;
    }
  }

  #decoded(text: string): string {
    if (!text.includes("&")) return text;
    if (noReference.test(text)) throw this.#fault("a reference is to nothing that is known");
    return text.replace(reference, (_, entity?: string, decimal?: string, hexadecimal?: string) => {
      if (entity !== undefined) return named[entity] ?? "";
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
      const character = code <= 0x10ffff ? String.fromCodePoint(code) : "\0";
      if (notXml.test(character)) throw this.#fault("a reference is to nothing that is known");
      return character;
    });
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #fault(words: string): XmlError {
    return new XmlError(`Cannot read XML: ${words}, at ${this.#at}`);
  }
}
