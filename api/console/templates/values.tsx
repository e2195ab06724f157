/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Personalisation, Placeholder } from "../../../shared/template/placeholders.ts";
import type { Typed } from "../form.tsx";

const prefix = "value:";
const mostFields = 100;

/** What was typed for the placeholders, by their keys; those left empty are left out, and stand as placeholders. */
export function valuesIn(typed: Typed): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(typed)) {
    if (name.startsWith(prefix) && value !== "") values.set(name.slice(prefix.length), value);
  }
  return values;
}

/**
 * A field for each placeholder, to see the message filled in. `preview.js` puts new ones in place where the placeholders
 * are others, which it learns from `data-names`.
 */
export function ValueFields({
  placeholders,
  values,
}: {
  placeholders: readonly Placeholder[];
  values: Personalisation;
}) {
  const shown = placeholders.slice(0, mostFields);
  return (
    <div id="preview-values" data-names={JSON.stringify(shown.map(({ key }) => key))}>
      {shown.length === 0 ? null : (
        <fieldset>
          <legend>Fill it in to see how it reads</legend>
          <div class="values">
            {shown.map(({ key, name, conditionalText }, at) => (
              <div class="field">
                <label for={`value-${at}`}>{name}</label>
                {conditionalText === null ? null : (
                  <p class="hint" id={`value-${at}-hint`}>
                    Shown where you type “yes”.
                  </p>
                )}
                <input
                  id={`value-${at}`}
                  name={prefix + key}
                  type="text"
                  autocomplete="off"
                  value={textOf(values.get(key))}
                  {...(conditionalText === null ? {} : { "aria-describedby": `value-${at}-hint` })}
                />
              </div>
            ))}
          </div>
          {placeholders.length > mostFields ? (
            <p class="hint">{`The first ${mostFields} of ${placeholders.length}.`}</p>
          ) : null}
        </fieldset>
      )}
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
