import type { Context } from "hono";
import * as v from "valibot";
import type { Areas } from "../../../shared/broadcast/broadcast.ts";
import { isJsonObject, JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import { parseInstant } from "../../../shared/time/instant.ts";
import { parseUuid } from "../../uuid.ts";
import { StorableText } from "../../v2/schema/fields.ts";
import { datetimeFaults, notOfType } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";

/* Fields of the requests about emergency alerts (`spec/broadcasts.md` 3). */

/** With a blank or `T` between day and time, and with or without a zone; UTC where it is not said. */
export const Instant = v.pipe(
  v.string(datetimeFaults.format),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const text = dataset.value.replace(" ", "T");
    const at = parseInstant(/T.*(Z|[-+]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
    if (at !== null) return at;
    addIssue({ message: datetimeFaults.format });
    return NEVER;
  }),
);

const Name = v.pipe(
  StorableText,
  v.check((name) => name.length <= 255, "is too long"),
);
const Names = v.pipe(v.array(Name, notOfType("array")), v.maxLength(10_000, "is too long"));
const Degrees = v.pipe(
  v.custom<number | JsonFloat>((value) => typeof value === "number" || value instanceof JsonFloat),
  v.transform((value) => (value instanceof JsonFloat ? value.value : value)),
  v.finite(),
);
const Polygons = v.array(v.array(v.strictTuple([Degrees, Degrees])));

const notAreas =
  "must be an object with names, ids and aggregate_names, lists of texts, and simple_polygons, a list of polygons, each a list of pairs of numbers";

/** Whether polygons are whole is asked when they are to be sent: until then somebody may be drawing them. */
const AreasObject = v.strictObject({
  names: v.optional(Names),
  simple_polygons: v.optional(Polygons),
  ids: v.optional(Names),
  aggregate_names: v.optional(Names),
});

export const AreasField = v.pipe(
  v.custom<JsonObject>(isJsonObject, notOfType("object")),
  v.rawTransform(({ dataset, addIssue, NEVER }): Areas => {
    const areas = v.safeParse(AreasObject, dataset.value, { abortEarly: true });
    if (areas.success) return withoutAbsent(areas.output);
    addIssue({ message: notAreas });
    return NEVER;
  }),
);

function withoutAbsent({
  names,
  simple_polygons,
  ids,
  aggregate_names,
}: v.InferOutput<typeof AreasObject>): Areas {
  return {
    ...(names && { names }),
    ...(simple_polygons && { simple_polygons }),
    ...(ids && { ids }),
    ...(aggregate_names && { aggregate_names }),
  };
}

export interface BroadcastKey {
  serviceId: string;
  id: string;
}

/** The alert that a path names. */
export function broadcastOf(c: Context): BroadcastKey {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw noResult();
  return { serviceId: serviceIdOf(c), id };
}
