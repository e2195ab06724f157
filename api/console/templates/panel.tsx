/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type PictureFault, pictureFaults } from "../../../shared/letter/picture.ts";
import { placeholdersOf } from "./draft.ts";
import { Preview, type PreviewProps } from "./preview.tsx";
import { ValueFields } from "./values.tsx";

/** Pages of a letter as PNG in Base64, or why there are none. */
export interface DrawnPages {
  pages: readonly string[];
  fault: PictureFault | null;
}

export interface PanelProps extends PreviewProps {
  /** Of a letter; null where nobody asked for its pages. */
  drawn: DrawnPages | null;
  /** Of the service's templates. */
  root: string;
}

/**
 * The part of a form in which its message is seen, with fields to fill it in. `preview.js` brings it up to date while
 * somebody types; without scripts its buttons do.
 */
export function PreviewPanel(props: PanelProps) {
  const { draft, values, contactBlock, drawn, root } = props;
  const path = `${root}/preview`;
  return (
    <div class="preview" data-preview={path}>
      <h2>Preview</h2>
      <ValueFields placeholders={placeholdersOf(draft, contactBlock)} values={values} />
      <p class="actions">
        <button type="submit" class="quiet" formaction={path} formnovalidate name="as" value="page">
          Preview
        </button>
        {draft.type === "letter" ? (
          <button type="submit" class="quiet" formaction={path} formnovalidate name="as" value="pages">
            Draw the pages
          </button>
        ) : null}
        {draft.type === "email" ? (
          <noscript>
            <button
              type="submit"
              class="quiet"
              formaction={path}
              formnovalidate
              formtarget="email-frame"
              name="as"
              value="email"
            >
              Show the email below
            </button>
          </noscript>
        ) : null}
      </p>
      {drawn === null ? (
        <Preview {...props} />
      ) : (
        <div class="split">
          <Preview {...props} />
          <Printed {...drawn} />
        </div>
      )}
    </div>
  );
}

function Printed({ pages, fault }: DrawnPages) {
  return (
    <div class="printed" data-live="pages">
      <h3>As it is printed</h3>
      {fault === null ? null : (
        <p class={fault === "no-answer" ? "hint" : "warning"}>
          {fault === "no-answer"
            ? "The pages are being drawn: look again in a moment."
            : pictureFaults[fault].message}
        </p>
      )}
      {pages.map((png, at) => (
        <img
          class="letter-page"
          src={`data:image/png;base64,${png}`}
          alt={`Page ${at + 1} of ${pages.length}`}
        />
      ))}
    </div>
  );
}
