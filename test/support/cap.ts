import { townSquare } from "./broadcasts.ts";

/** What a test may say of a document in CAP; null leaves an element out. */
export interface CapFacts {
  identifier?: string;
  status?: string;
  msgType?: string;
  references?: string | null;
  event?: string;
  expires?: string | null;
  description?: string | null;
  areas?: readonly { name: string; polygons: readonly string[] }[];
  /** In place of the whole block. */
  info?: string | null;
}

export function polygonText(points: readonly (readonly [number, number])[]): string {
  return points.map(([lat, long]) => `${lat},${long}`).join(" ");
}

/** A flood warning in CAP 1.2, with its declaration. */
export function capXml(facts: CapFacts = {}): string {
  const { identifier = "4f6d28b10ab7aa447bbd46d85f1e9effE", status = "Actual", msgType = "Alert" } = facts;
  const { references = null, event = "053/055 Issue Severe Flood Warning EA" } = facts;
  const { expires = "2026-11-26T23:00:14-00:00", description = "A severe flood warning. Act now." } = facts;
  const {
    areas = [{ name: "River Steeping in Wainfleet All Saints", polygons: [polygonText(townSquare)] }],
  } = facts;
  const info = `
  <info>
    <language>en-GB</language>
    <category>Met</category>
    <event><![CDATA[${event}]]></event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    ${expires === null ? "" : `<expires>${expires}</expires>`}
    <senderName>Environment Agency</senderName>
    ${description === null ? "" : `<description>${description}</description>`}
    <instruction>Act now.</instruction>
    <web>https://flood-warning-information.service.gov.uk</web>
    <contact>0345 988 1188</contact>
    ${areas.map(({ name, polygons }) => `<area><areaDesc>${name}</areaDesc>${polygons.map((one) => `<polygon>${one}</polygon>`).join("")}<geocode><valueName>TargetAreaCode</valueName><value>053FWFSTEEP4</value></geocode></area>`).join("\n    ")}
  </info>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>${identifier}</identifier>
  <sender>www.gov.uk/environment-agency</sender>
  <sent>2026-11-20T23:01:13-00:00</sent>
  <status>${status}</status>
  <msgType>${msgType}</msgType>
  <source>Flood warning service</source>
  <scope>Public</scope>
  ${references === null ? "" : `<references>${references}</references>`}${facts.info === undefined ? info : (facts.info ?? "")}
</alert>`;
}
