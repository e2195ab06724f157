import { parseXml, type XmlElement } from "../../../shared/broadcast/xml.ts";

/** What a schema says of an element within another: how often, and what may stand in it. */
export interface Rule {
  name: string;
  least?: number;
  most?: number;
  /** All of its text. */
  text?: RegExp;
  /** In this order. */
  content?: readonly Rule[];
}

/** Everything in a document that its schema does not allow, as `path: what`. */
export function schemaFaults(xml: string, namespace: string, root: Rule): string[] {
  const document = parseXml(new TextEncoder().encode(xml));
  const faults: string[] = [];
  if (document.name !== root.name) faults.push(`${document.name}: the root must be ${root.name}`);
  check(document, root, root.name);
  return faults;

  function check(element: XmlElement, rule: Rule, path: string): void {
    if (element.namespace !== namespace) faults.push(`${path}: stands in "${element.namespace}"`);
    if (element.attributes.length > 0) faults.push(`${path}: has attributes`);
    if (rule.content === undefined) {
      if (element.children.length > 0) faults.push(`${path}: holds elements`);
      if (rule.text && !rule.text.test(element.text)) faults.push(`${path}: holds "${element.text}"`);
      return;
    }
    if (element.text.trim() !== "") faults.push(`${path}: holds text beside elements`);
    let at = 0;
    for (const each of rule.content) {
      let found = 0;
      for (; element.children[at]?.name === each.name; at++, found++) {
        const child = element.children[at];
        if (child) check(child, each, `${path}/${each.name}`);
      }
      const { least = 1, most = 1 } = each;
      if (found < least || found > most) faults.push(`${path}/${each.name}: comes ${found} times here`);
    }
    for (const left of element.children.slice(at)) faults.push(`${path}/${left.name}: must not stand here`);
  }
}

export function one(name: string, text?: RegExp): Rule {
  return text ? { name, text } : { name };
}

export function optional(name: string, text?: RegExp): Rule {
  return { ...one(name, text), least: 0 };
}

export function oneOf(...words: string[]): RegExp {
  return new RegExp(`^(?:${words.join("|")})$`);
}

/** Latitude and longitude, the last pair the first. */
export const polygonText = /^(-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?)(?: -?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?){2,} \1$/;
export const timeText = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/;
