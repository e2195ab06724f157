/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */

/** What stands between backticks is code. */
export function Words({ text }: { text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}

/** Paragraphs of them. */
export function Prose({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <>
      {text.split("\n\n").map((paragraph) => (
        <p>
          <Words text={paragraph} />
        </p>
      ))}
    </>
  );
}
