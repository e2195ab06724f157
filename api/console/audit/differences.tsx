/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Entry } from "../../../shared/audit/audit.ts";

/** What a change took away and what it brought, name by name. */
export function Differences({ entry: { before, after } }: { entry: Pick<Entry, "before" | "after"> }) {
  const was = new Map<string, unknown>(Object.entries(before ?? {}));
  const is = new Map<string, unknown>(Object.entries(after ?? {}));
  const names = [...new Set([...was.keys(), ...is.keys()])].filter(
    (name) => JSON.stringify(was.get(name)) !== JSON.stringify(is.get(name)),
  );
  if (names.length === 0) return <span class="none">–</span>;
  return (
    <dl class="differences">
      {names.map((name) => (
        <div>
          <dt>{name}</dt>
          <dd>
            {was.has(name) ? <del class="removed">{textOf(was.get(name))}</del> : null}{" "}
            {is.has(name) ? <ins class="added">{textOf(is.get(name))}</ins> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
