/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { effectOf } from "../../../shared/broadcast/effect.ts";
import { readAreaText } from "../../../shared/broadcast/map/area-text.ts";
import { viewOfPolygons } from "../../../shared/broadcast/map/view.ts";
import { type Faults, Field, TextArea, type Typed } from "../form.tsx";
import { AreaMap } from "../map.tsx";

/** The fields for an alert's areas and duration, and a map to point at: within a form. */
export function PlaceFields({ typed, faults }: { typed: Typed; faults?: Faults | undefined }) {
  const text = typed.areas ?? "";
  const read = readAreaText(text);
  const polygons = "polygons" in read ? read.polygons : [];
  const fault = faults?.areas;
  return (
    <>
      <h2>Where</h2>
      <TextArea
        label="What the area is called"
        name="area_names"
        rows={2}
        value={typed.area_names}
        hint="The public is told these names, one on each line."
        faults={faults}
      />
      <AreaMap polygons={polygons} effect={effectOf(polygons)} view={viewOfPolygons(polygons)} />
      <div class={fault ? "field faulty" : "field"}>
        <label for="areas">Areas</label>
        <p class="hint" id="areas-hint">
          Click corners on the map, or enter them: latitude and longitude such as 51.52, -0.08, one point on
          each line, an empty line between two areas.
        </p>
        {fault ? (
          <p class="fault" id="areas-fault">
            {fault}
          </p>
        ) : null}
        <textarea
          id="areas"
          name="areas"
          rows={7}
          data-draw-area
          aria-invalid={fault ? "true" : undefined}
          aria-describedby={fault ? "areas-hint areas-fault" : "areas-hint"}
        >
          {text}
        </textarea>
      </div>
      <h2>How long</h2>
      <p class="hint">Phones show it from its approval on, for at most 23 hours and 59 minutes.</p>
      <div class="filter-row">
        <Field label="Hours" name="hours" type="number" value={typed.hours ?? "4"} faults={faults} />
        <Field label="Minutes" name="minutes" type="number" value={typed.minutes ?? "0"} faults={faults} />
      </div>
    </>
  );
}
