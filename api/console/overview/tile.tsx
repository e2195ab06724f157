/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */

export interface TileProps {
  /** What is counted, such as `Open alerts`. */
  title: string;
  figure: string;
  /** What more there is to say. */
  note?: string | undefined;
  /** The page that explains it. */
  path: string;
  kind?: "good" | "warn" | "bad" | undefined;
}

/** One figure, and the way to what is behind it. */
function Tile({ title, figure, note, path, kind = "good" }: TileProps) {
  return (
    <li class={kind === "good" ? "tile" : `tile ${kind}`}>
      <a href={path}>
        <span class="tile-title">{title}</span> <span class="figure">{figure}</span>
        {kind === "good" ? null : (
          <span class={`tag ${kind}`}>{kind === "bad" ? "needs you" : "look at it"}</span>
        )}
        {note ? <span class="hint">{note}</span> : null}
      </a>
    </li>
  );
}

export function Tiles({ tiles }: { tiles: readonly TileProps[] }) {
  return (
    <ul class="tiles">
      {tiles.map((tile) => (
        <Tile {...tile} />
      ))}
    </ul>
  );
}

/** A whole number, with commas. */
export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** Seconds as people say them: `12 s`, `3 min`, `5 h`. */
export function ago(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
