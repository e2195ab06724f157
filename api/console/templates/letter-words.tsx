/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { LetterBlock, LetterInline } from "../../../shared/template/letter-blocks.ts";
import { fillContactBlock, fillLetter, type LetterText } from "../../../shared/template/letter-text.ts";
import type { Personalisation } from "../../../shared/template/placeholders.ts";
import type { Draft } from "./draft.ts";
import { Marked } from "./marked.tsx";

interface WordsProps {
  draft: Draft;
  values: Personalisation;
  contactBlock: string | null;
}

const postages: Readonly<Record<string, string>> = {
  first: "First class",
  second: "Second class",
  economy: "Economy",
};

/** What a letter says, as it is typed: its pages are drawn by a worker, which takes a while. */
export function LetterWords({ draft, values, contactBlock }: WordsProps) {
  const english = { subject: draft.subject ?? "", content: draft.content };
  const welsh =
    draft.letterLanguages === "welsh_then_english"
      ? { subject: draft.letterWelshSubject ?? "", content: draft.letterWelshContent ?? "" }
      : null;
  return (
    <div data-preview-part="message">
      <p>
        <span class="tag">{postages[draft.postage ?? ""] ?? "Second class"}</span>
        {welsh ? <span class="tag">Welsh, then English</span> : null}
      </p>
      <div class="letter-words">
        <div class="letter-top">
          <p class="letter-address">Their address</p>
          <p>
            <Lines lines={fillContactBlock(contactBlock ?? "", values)} />
          </p>
        </div>
        {welsh ? <Half text={welsh} values={values} lang="cy" /> : null}
        {welsh ? <hr /> : null}
        <Half text={english} values={values} lang="en" />
      </div>
    </div>
  );
}

function Half({ text, values, lang }: { text: LetterText; values: Personalisation; lang: string }) {
  const { subject, blocks } = fillLetter(text, values);
  return (
    <div lang={lang}>
      <p class="letter-heading">
        <Marked text={subject} />
      </p>
      <Blocks blocks={blocks} />
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly LetterBlock[] }) {
  return (
    <>
      {blocks.map((block) => (
        <Block block={block} />
      ))}
    </>
  );
}

function Block({ block }: { block: LetterBlock }) {
  switch (block.kind) {
    case "heading":
      return (
        <p class="letter-heading">
          <Words content={block.content} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <Words content={block.content} />
        </p>
      );
    case "text":
      return <Words content={block.content} />;
    case "list": {
      const items = block.items.map((item) => (
        <li>
          <Blocks blocks={item} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "qr-code":
      return <p class="letter-code">QR code: {block.data}</p>;
    case "page-break":
      return <hr />;
  }
}

function Words({ content }: { content: readonly LetterInline[] }) {
  return (
    <>
      {content.map((piece) => {
        if (piece.kind === "break") return <br />;
        return piece.bold ? (
          <strong>
            <Marked text={piece.text} />
          </strong>
        ) : (
          <Marked text={piece.text} />
        );
      })}
    </>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <>
      {lines.map((text, at) => (
        <>
          {at === 0 ? null : <br />}
          <Marked text={text} />
        </>
      ))}
    </>
  );
}
