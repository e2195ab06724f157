/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import { compileContent } from "../../../shared/template/placeholders.ts";

/** What still stands as a placeholder, made to be seen. */
export function Marked({ text }: { text: string }) {
  const { literals, placeholders } = compileContent(text);
  const parts: Child[] = [];
  literals.forEach((literal, at) => {
    parts.push(literal);
    const placeholder = placeholders[at];
    if (placeholder) parts.push(<mark class="placeholder">{placeholder.source}</mark>);
  });
  return <>{parts}</>;
}
