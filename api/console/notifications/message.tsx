/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { pythonText } from "../../../shared/json/python.ts";
import type { DrawableLetter } from "../../../shared/letter/picture-queries.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import type { Service } from "../../../shared/service/service.ts";
import { renderEmail } from "../../../shared/template/email.ts";
import { smsEncoding } from "../../../shared/template/gsm.ts";
import { renderSms } from "../../../shared/template/sms.ts";
import type { ConsoleEnv } from "../env.ts";
import { reasonOf } from "../letters/refusal-words.ts";
import { Count, Facts } from "../parts.tsx";
import { splitFragments } from "./fragments.ts";
import { givenFor, type Opened } from "./open.ts";
import { pathOf } from "./words.ts";

interface MessageProps {
  opened: Opened;
  service: Service;
  /** Of a letter; null for what is none. */
  letter: DrawableLetter | null;
  /** Proves to the parts of the page that its opening was noted. */
  seen: string;
  unsubscribeUrl: string | null;
}

/** What its recipient gets. */
export function Message(props: MessageProps) {
  const { opened } = props;
  return (
    <section aria-labelledby="message">
      <h2 id="message">{props.letter?.refusal ? "As it was sent in" : "As the recipient sees it"}</h2>
      <Body {...props} />
      <FilledIn opened={opened} />
    </section>
  );
}

function Body(props: MessageProps) {
  switch (props.opened.facts.channel) {
    case "sms":
      return <Text {...props} />;
    case "email":
      return <Email {...props} />;
    case "letter":
      return <Letter {...props} />;
  }
}

function Text({ opened: { facts, template, values }, service }: MessageProps) {
  const { text } = renderSms(template, values, { prefix: service.prefixSms ? service.name : null });
  const encoding = smsEncoding(text);
  const parts = splitFragments(text, encoding);
  return (
    <>
      {facts.replyToText === null ? null : <p class="quiet-text">From {facts.replyToText}</p>}
      {parts.map((part) => (
        <p class="bubble">{part}</p>
      ))}
      <p class="quiet-text">
        <Count of={text.length} /> characters,{" "}
        {parts.length === 1 ? "one text" : `sent as ${parts.length} texts`},{" "}
        {encoding === "gsm" ? "in the telephone’s alphabet (GSM)" : "in Unicode, as Welsh letters need"}
      </p>
    </>
  );
}

function Email({ opened, seen, unsubscribeUrl }: MessageProps) {
  const { facts, template, values } = opened;
  const { subject, text } = renderEmail(template, values, { unsubscribeUrl });
  return (
    <>
      <p>
        <strong>{subject}</strong>
      </p>
      {facts.replyToText === null ? null : <p class="quiet-text">Answers go to {facts.replyToText}</p>}
      <iframe
        class="message"
        sandbox=""
        src={`${pathOf(facts)}/email.html?seen=${seen}`}
        title="The email as it was sent"
      />
      <details>
        <summary>The same as plain text</summary>
        <pre>{text}</pre>
      </details>
    </>
  );
}

/** Pages that are shown at once; the PDF has the others. */
const mostPages = 10;

function Letter({ opened: { facts }, letter, seen }: MessageProps) {
  const pages = letter?.pages ?? null;
  const path = pathOf(facts);
  const shown = Array.from({ length: Math.min(pages ?? 0, mostPages) }, (_, index) => index + 1);
  return (
    <>
      {letter ? <Refusal status={facts.status} letter={letter} /> : null}
      {pages === null ? (
        <p class="empty">There is nothing to show: its PDF is still being made, or could not be read.</p>
      ) : (
        <p class="actions">
          <a class="button quiet" href={`${path}/letter.pdf`} download>
            Download the PDF
          </a>
          <span>
            <Count of={pages} /> {pages === 1 ? "page" : "pages"}
            {pages > mostPages ? `, the first ${mostPages} of which are shown` : ""}
          </span>
        </p>
      )}
      {shown.map((page) => (
        <img
          class="letter-page"
          src={`${path}/pages/${page}.png?seen=${seen}`}
          alt={`Page ${page} of the letter`}
          width={992}
          height={1403}
          loading={page === 1 ? "eager" : "lazy"}
        />
      ))}
    </>
  );
}

/** Why it cannot be printed, where it cannot. */
function Refusal({ status, letter }: { status: Status; letter: DrawableLetter }) {
  const { refusal, refusedPages, pages } = letter;
  if (refusal === null && status !== "virus-scan-failed") return null;
  const [one, ...others] = refusedPages ?? [];
  return (
    <p class="warning">
      {reasonOf(status, refusal)}
      {one === undefined
        ? ""
        : ` See ${others.length > 0 ? "pages" : "page"} ${[one, ...others].join(", ")}.`}
      {refusal === null || pages === null ? "" : " What is wrong is drawn in red."}
    </p>
  );
}

function FilledIn({ opened: { facts, stored } }: { opened: Opened }) {
  if (facts.template.redacted) {
    return <p class="hint">Its template hides what its messages are filled in with.</p>;
  }
  const given = Object.entries(givenFor(stored));
  if (given.length === 0) return null;
  return (
    <details>
      <summary>What it was filled in with</summary>
      <Facts facts={given.map(([name, value]) => [name, pythonText(value)] as const)} />
    </details>
  );
}

export function crumbsOf(c: Context<ConsoleEnv>, title: string) {
  return [
    { title: "Notifications", path: `/console/services/${c.var.service.id}/notifications` },
    { title, path: null },
  ];
}
