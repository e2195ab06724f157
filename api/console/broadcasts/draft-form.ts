import * as v from "valibot";
import type { Areas, Broadcast } from "../../../shared/broadcast/broadcast.ts";
import { contentFault, normaliseContent } from "../../../shared/broadcast/content.ts";
import { areaTextOf, readAreaText } from "../../../shared/broadcast/map/area-text.ts";
import { sendablePolygons } from "../../../shared/broadcast/sendable.ts";
import type { Typed } from "../form.tsx";

/** What the forms of an alert ask for. */

const longestName = 255;
const mostHours = 23;
const mostMinutes = 59;
const minuteMs = 60_000;

const Reference = v.pipe(
  v.string("Enter a reference"),
  v.trim(),
  v.minLength(1, "Enter a reference"),
  v.maxLength(longestName, `The reference must be ${longestName} characters or fewer`),
  v.check((text) => !text.includes("\0"), "The reference must not hold characters that nobody sees"),
);

const Content = v.pipe(
  v.string("Enter the message"),
  v.transform(normaliseContent),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? contentFault(dataset.value) : null;
    if (fault !== null) addIssue({ message: `The message ${fault}` });
  }),
);

const wholeFrom0 = (most: number, message: string) =>
  v.pipe(
    v.string(message),
    v.trim(),
    v.regex(/^\d{0,2}$/, message),
    v.transform(Number),
    v.maxValue(most, message),
  );

/** Areas and how long: what can be changed of an alert until it is approved. */
const place = {
  area_names: v.pipe(
    v.string("Enter what the area is called"),
    v.transform((text) =>
      text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    ),
    v.maxLength(100, "Enter at most 100 names"),
    v.check(
      (names) => names.every((name) => name.length <= longestName && !name.includes("\0")),
      `Each name must be ${longestName} characters or fewer`,
    ),
  ),
  areas: v.pipe(
    v.string("Point out the area"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const read = readAreaText(dataset.value);
      if ("fault" in read) {
        addIssue({ message: read.fault });
        return NEVER;
      }
      const sent = sendablePolygons(read.polygons);
      if (sent.ok) return sent.polygons;
      addIssue({ message: read.polygons.length === 0 ? "Point out the area" : `The areas ${sent.fault}` });
      return NEVER;
    }),
  ),
  hours: wholeFrom0(mostHours, `The hours must be a number from 0 to ${mostHours}`),
  minutes: wholeFrom0(mostMinutes, `The minutes must be a number from 0 to ${mostMinutes}`),
};

const isForNothing = "Say how long phones are to show it";

/** A new alert. */
export const NewAlert = v.pipe(
  v.object({ reference: Reference, content: Content, ...place }),
  v.forward(
    v.partialCheck([["hours"], ["minutes"]], ({ hours, minutes }) => hours + minutes > 0, isForNothing),
    ["hours"],
  ),
);

/** Its areas and times alone. */
export const AlertPlace = v.pipe(
  v.object(place),
  v.forward(
    v.partialCheck([["hours"], ["minutes"]], ({ hours, minutes }) => hours + minutes > 0, isForNothing),
    ["hours"],
  ),
);

type Place = v.InferOutput<typeof AlertPlace>;

export function areasOf({ area_names: names, areas }: Place): Areas {
  return { names, ids: [], simple_polygons: areas };
}

/** From now on for as long as was asked for. */
export function timesOf({ hours, minutes }: Place, at: Date): { startsAt: Date; finishesAt: Date } {
  return { startsAt: at, finishesAt: new Date(at.getTime() + (hours * 60 + minutes) * minuteMs) };
}

/** How long an alert lasts; four hours where nobody said. */
export function durationMs({ startsAt, finishesAt }: Broadcast): number {
  return startsAt && finishesAt ? finishesAt.getTime() - startsAt.getTime() : 4 * 60 * minuteMs;
}

/** What would have to be typed for an alert like this one. */
export function typedOf(alert: Broadcast): Typed {
  const minutes = Math.min(
    mostHours * 60 + mostMinutes,
    Math.max(1, Math.round(durationMs(alert) / minuteMs)),
  );
  return {
    reference: alert.reference ?? "",
    content: alert.content,
    area_names: (alert.areas.names ?? []).join("\n"),
    areas: areaTextOf(alert.areas.simple_polygons ?? []),
    hours: String(Math.floor(minutes / 60)),
    minutes: String(minutes % 60),
  };
}
