import type { Json } from "../json/json.ts";
import { pythonRepr } from "../json/python.ts";
import type { Areas, Point, Polygon } from "./broadcast.ts";
import { contentFault, normaliseContent } from "./content.ts";
import { sendablePolygons } from "./sendable.ts";
import type { XmlElement } from "./xml.ts";

/** What a service asks for in CAP (`spec/broadcasts.md` 2); it knows of a document that it fits CAP's schema. */
export type CapRequest =
  | { type: "alert"; reference: string; capEvent: string; content: string; areas: Areas }
  /** The identifiers of alerts, of which one is meant. */
  | { type: "cancel"; references: string[] };

export type ReadCap =
  | { ok: true; request: CapRequest }
  /** Each beginning with the name of what is wrong, in the document's order. */
  | { ok: false; faults: string[] };

const longest = 255;
/** What no name of a place lacks. */
const name = /[a-zA-Z1-9]/;
const namePattern = "([a-zA-Z1-9]+ )*[a-zA-Z1-9]+";

/** What a document asks for, or all that is wrong with it. */
export function readCap(alert: XmlElement): ReadCap {
  const type = textOf(alert, "msgType");
  const faults = [
    ...oneOfFault("status", textOf(alert, "status"), ["Actual"]),
    ...oneOfFault("msgType", type, ["Alert", "Cancel"]),
  ];
  const cancels = type === "Cancel";
  const reference = textOf(alert, "identifier") ?? "";
  const info = childrenOf(alert, "info")[0];
  if (cancels) {
    // An identifier stands between commas: `sender,identifier,sent sender,identifier,sent`.
    const references = (textOf(alert, "references") ?? "").split(",").map((one) => one.trim());
    const asked = [...new Set(references)].filter((one) => one !== "" && one.length <= longest);
    return faults.length > 0
      ? { ok: false, faults }
      : { ok: true, request: { type: "cancel", references: asked } };
  }
  if (!info) return { ok: false, faults: [...faults, "info is a required property"] };

  const capEvent = textOf(info, "event") ?? "";
  faults.push(...lengthFault("identifier", reference), ...lengthFault("event", capEvent));
  if (textOf(info, "expires") === null) faults.push("expires is a required property");
  const description = textOf(info, "description");
  if (description === null) faults.push("description is a required property");
  const areas = readAreas(childrenOf(info, "area"));
  if (!areas.ok) faults.push(...areas.faults);
  if (!areas.ok || description === null || faults.length > 0) return { ok: false, faults };

  const content = normaliseContent(description);
  const fault = contentFault(content);
  if (fault !== null) return { ok: false, faults: [`description ${fault}`] };
  return { ok: true, request: { type: "alert", reference, capEvent, content, areas: areas.areas } };
}

type ReadAreas = { ok: true; areas: Areas } | { ok: false; faults: string[] };

function readAreas(elements: readonly XmlElement[]): ReadAreas {
  const faults: string[] = [];
  const names: string[] = [];
  const polygons: Polygon[] = [];
  if (elements.length === 0) faults.push("areas [] is too short");
  for (const element of elements) {
    const description = textOf(element, "areaDesc") ?? "";
    names.push(description);
    if (description.length > longest) faults.push(`areas must have names of at most ${longest} characters`);
    else if (!name.test(description))
      faults.push(`areas ${shown(description)} does not match ${namePattern}`);
    const written = childrenOf(element, "polygon");
    if (written.length === 0) faults.push("areas [] is too short");
    for (const { text } of written) {
      const polygon = parsePolygon(text);
      if (polygon === null)
        faults.push("areas must have polygons of pairs like 51.5,-0.12, separated by spaces");
      else if (polygon.length < 4)
        faults.push(`areas ${shown(polygon.map((point) => [...point]))} is too short`);
      else polygons.push(polygon);
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  const sent = sendablePolygons(polygons);
  if (!sent.ok) return { ok: false, faults: [`areas ${sent.fault}`] };
  return { ok: true, areas: { names, simple_polygons: sent.polygons } };
}

const coordinate = /^[-+]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})$/;

/** `lat,long lat,long …`, whatever space parts the pairs; null where one is no pair of numbers. */
function parsePolygon(text: string): Point[] | null {
  const points: Point[] = [];
  for (const pair of text.trim().split(/[ \t\n]+/)) {
    const [lat = "", long = "", ...more] = pair.split(",");
    if (more.length > 0 || !coordinate.test(lat) || !coordinate.test(long)) return null;
    points.push([Number(lat), Number(long)]);
  }
  return points;
}

function childrenOf(element: XmlElement, child: string): XmlElement[] {
  return element.children.filter((one) => one.name === child);
}

/** Null where there is no such element. */
function textOf(element: XmlElement, child: string): string | null {
  return childrenOf(element, child)[0]?.text ?? null;
}

function oneOfFault(field: string, value: string | null, allowed: string[]): string[] {
  if (value !== null && allowed.includes(value)) return [];
  return [`${field} ${shown(value)} is not one of ${pythonRepr(allowed)}`];
}

function lengthFault(field: string, value: string): string[] {
  if (value.trim() === "") return [`${field} ${shown(value)} is too short`];
  return value.length > longest ? [`${field} ${shown(value)} is too long`] : [];
}

function shown(value: Json): string {
  return pythonRepr(value);
}
