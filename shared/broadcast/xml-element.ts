/** An element to be written: its text, or what stands in it. Elements that are null are left out. */
export type Content = string | readonly (XmlNode | null)[];

export interface XmlNode {
  name: string;
  attributes: Readonly<Record<string, string>>;
  content: Content;
}

export function element(
  name: string,
  content: Content,
  attributes: Readonly<Record<string, string>> = {},
): XmlNode {
  return { name, attributes, content };
}

/** The whole document, on one line: what is signed or compared must not depend on how lines are broken. */
export function writeDocument(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}`;
}

function write({ name, attributes, content }: XmlNode): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inner =
    typeof content === "string"
      ? escaped(content)
      : content.map((child) => (child === null ? "" : write(child))).join("");
  return inner === "" ? `<${name}${given.join("")}/>` : `<${name}${given.join("")}>${inner}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Readers would make a line feed of it.
  "\r": "&#13;",
};

/** What XML 1.0 cannot hold, escaped or not, is left out. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}
