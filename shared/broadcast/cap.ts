import { parseInstant } from "../time/instant.ts";
import type { XmlElement } from "./xml.ts";

/**
 * Whether a document is a CAP 1.2 alert, after OASIS' schema: which elements in which order, how often, and with which
 * words (`spec/broadcasts.md` 6.1).
 */

const capNamespace = "urn:oasis:names:tc:emergency:cap:1.2";
const signatureNamespace = "http://www.w3.org/2000/09/xmldsig#";
const schemaNamespace = "http://www.w3.org/2001/XMLSchema-instance";

type Content = ((text: string) => boolean) | readonly Part[];

interface Part {
  name: string;
  content: Content;
  least: 0 | 1;
  most: number;
}

const text = () => true;
/** Whole seconds and an offset, `-00:00` for UTC and never `Z`. */
const capTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/;
const time = (value: string) => capTime.test(value.trim()) && parseInstant(value.trim()) !== null;
const decimal = (value: string) => /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value.trim());
const integer = (value: string) => /^[+-]?\d+$/.test(value.trim());
const language = (value: string) => /^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/.test(value.trim());
const oneOf = (words: string) => {
  const allowed = new Set(words.split(" "));
  return (value: string) => allowed.has(value);
};

/** `name` once, `name?` at most once, `name+` at least once, `name*` any number of times. */
function part(written: string, content: Content = text): Part {
  const name = written.replace(/[?+*]$/, "");
  const times = written.slice(name.length);
  return {
    name,
    content,
    least: times === "?" || times === "*" ? 0 : 1,
    most: times === "+" || times === "*" ? Number.POSITIVE_INFINITY : 1,
  };
}

const pair = [part("valueName"), part("value")];

const area = [
  part("areaDesc"),
  part("polygon*"),
  part("circle*"),
  part("geocode*", pair),
  part("altitude?", decimal),
  part("ceiling?", decimal),
];

const resource = [
  part("resourceDesc"),
  part("mimeType"),
  part("size?", integer),
  part("uri?"),
  part("derefUri?"),
  part("digest?"),
];

const info = [
  part("language?", language),
  part("category+", oneOf("Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other")),
  part("event"),
  part("responseType*", oneOf("Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None")),
  part("urgency", oneOf("Immediate Expected Future Past Unknown")),
  part("severity", oneOf("Extreme Severe Moderate Minor Unknown")),
  part("certainty", oneOf("Observed Likely Possible Unlikely Unknown")),
  part("audience?"),
  part("eventCode*", pair),
  part("effective?", time),
  part("onset?", time),
  part("expires?", time),
  part("senderName?"),
  part("headline?"),
  part("description?"),
  part("instruction?"),
  part("web?"),
  part("contact?"),
  part("parameter*", pair),
  part("resource*", resource),
  part("area*", area),
];

const alert = [
  part("identifier"),
  part("sender"),
  part("sent", time),
  part("status", oneOf("Actual Exercise System Test Draft")),
  part("msgType", oneOf("Alert Update Cancel Ack Error")),
  part("source?"),
  part("scope", oneOf("Public Restricted Private")),
  part("restriction?"),
  part("addresses?"),
  part("code*"),
  part("note?"),
  part("references?"),
  part("incidents?"),
  part("info*", info),
];

export function isCapAlert(root: XmlElement): boolean {
  if (root.name !== "alert" || root.namespace !== capNamespace) return false;
  // Signatures come last; they are not looked into.
  const signatures = root.children.findIndex(({ namespace }) => namespace === signatureNamespace);
  const own = signatures === -1 ? root.children : root.children.slice(0, signatures);
  const rest = signatures === -1 ? [] : root.children.slice(signatures);
  return (
    rest.every(({ namespace }) => namespace === signatureNamespace) && fits({ ...root, children: own }, alert)
  );
}

function fits(element: XmlElement, content: Content): boolean {
  // Attributes that name schemas may stand anywhere.
  if (element.attributes.some(({ namespace }) => namespace !== schemaNamespace)) return false;
  if (typeof content === "function") return element.children.length === 0 && content(element.text);
  if (element.text.trim() !== "") return false;
  let at = 0;
  for (const { name, content: inner, least, most } of content) {
    let times = 0;
    for (let child = element.children[at]; child && isNamed(child, name); child = element.children[++at]) {
      if (++times > most || !fits(child, inner)) return false;
    }
    if (times < least) return false;
  }
  return at === element.children.length;
}

function isNamed(element: XmlElement, name: string): boolean {
  return element.name === name && element.namespace === capNamespace;
}
