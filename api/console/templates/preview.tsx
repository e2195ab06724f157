/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { contentFault, normaliseContent } from "../../../shared/broadcast/content.ts";
import type { Service } from "../../../shared/service/service.ts";
import { renderEmail } from "../../../shared/template/email.ts";
import { fill, plainStyle } from "../../../shared/template/fill.ts";
import { countExtended, smsEncoding } from "../../../shared/template/gsm.ts";
import { compileContent, missingIn, type Personalisation } from "../../../shared/template/placeholders.ts";
import { renderSms } from "../../../shared/template/sms.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import type { Draft } from "./draft.ts";
import { LetterWords } from "./letter-words.tsx";
import { Marked } from "./marked.tsx";

export interface PreviewProps {
  draft: Draft;
  values: Personalisation;
  service: Service;
  emailDomain: string;
  /** What the letter's contact block says. */
  contactBlock: string | null;
  /** Where the email stands as a document; null where it is put in by a form. */
  frame: string | null;
}

/** A message as whoever gets it reads it. What has no value yet is marked. */
export function Preview(props: PreviewProps) {
  switch (props.draft.type) {
    case "sms":
      return <SmsPreview {...props} />;
    case "email":
      return <EmailPreview {...props} />;
    case "letter":
      return <LetterWords {...props} />;
    case "broadcast":
      return <AlertPreview {...props} />;
  }
}

const longestSms = 918;

function SmsPreview({ draft, values, service }: PreviewProps) {
  const prefix = service.prefixSms ? service.name : null;
  const { text, fragments, lengthWithoutPrefix } = renderSms(compile(draft, "sms"), values, { prefix });
  const encoding = smsEncoding(text);
  const missing = missingIn([compileContent(draft.content)], values).length;
  const sender = service.smsSenders.find(({ isDefault }) => isDefault)?.value ?? "nobody yet";
  return (
    <div data-preview-part="message">
      <p class="quiet-text">{`From ${sender}`}</p>
      <div class="bubble">
        <Marked text={text} />
      </div>
      <Counts
        figures={[
          [`${lengthWithoutPrefix.toLocaleString("en-GB")} of ${longestSms}`, "characters"],
          [String(fragments), fragments === 1 ? "text message charged" : "text messages charged"],
          [encoding === "gsm" ? "GSM" : "Unicode", "alphabet"],
        ]}
      />
      {lengthWithoutPrefix > longestSms ? <p class="warning">This is too long to be sent.</p> : null}
      {encoding === "unicode" ? (
        <p class="hint">
          It uses letters that only Unicode has: 70 characters fit into one text message, and 67 into each of
          several.
        </p>
      ) : null}
      {missing > 0 ? <p class="hint">What is filled in counts too: it may become longer.</p> : null}
    </div>
  );
}

function EmailPreview({ draft, values, service, emailDomain, frame }: PreviewProps) {
  const { subject, text } = renderEmail(compile(draft, "email"), values, {
    unsubscribeUrl: exampleUnsubscribeUrl,
  });
  const from = `${service.emailSenderName} <${service.emailSenderLocalPart}@${emailDomain}>`;
  const replyTo = service.emailReplyTos.find(({ isDefault }) => isDefault)?.value;
  return (
    <>
      <dl class="email-head" data-preview-part="head">
        <div>
          <dt>From</dt>
          <dd>{from}</dd>
        </div>
        {replyTo ? (
          <div>
            <dt>Reply to</dt>
            <dd>{replyTo}</dd>
          </div>
        ) : null}
        <div>
          <dt>Subject</dt>
          <dd>
            <strong>
              <Marked text={subject} />
            </strong>
          </dd>
        </div>
      </dl>
      <EmailFrame source={frame} />
      <details>
        <summary>As plain text</summary>
        <pre data-preview-part="text">
          <Marked text={text} />
        </pre>
      </details>
    </>
  );
}

/** Its scripts, forms and links are dead; what is in it comes from no other host. */
function EmailFrame({ source }: { source: string | null }) {
  return (
    <div id="email-frames">
      <iframe
        class="message"
        name="email-frame"
        title="The email as it is read"
        sandbox=""
        {...(source === null ? {} : { src: source })}
      />
    </div>
  );
}

/** Stands for the link that each recipient gets. */
export const exampleUnsubscribeUrl = "https://unsubscribe.example/";

interface AlertProps extends Pick<PreviewProps, "values"> {
  draft: Pick<Draft, "content">;
}

/** An emergency alert as phones show it, with its length. */
export function AlertPreview({ draft, values }: AlertProps) {
  const text = normaliseContent(fill(compileContent(draft.content), values, plainStyle));
  const encoding = smsEncoding(text);
  const places = text.length + (encoding === "gsm" ? countExtended(text) : 0);
  const most = encoding === "gsm" ? 1395 : 615;
  const fault = missingIn([compileContent(draft.content)], values).length > 0 ? null : contentFault(text);
  return (
    <div data-preview-part="message">
      <div class="bubble alert">
        <strong>Emergency alert</strong>
        {"\n"}
        <Marked text={text} />
      </div>
      <Counts
        figures={[
          [`${places.toLocaleString("en-GB")} of ${most.toLocaleString("en-GB")}`, "characters"],
          [encoding === "gsm" ? "GSM" : "Unicode", "alphabet"],
        ]}
      />
      {fault === null ? null : <p class="warning">{`The message ${fault}.`}</p>}
    </div>
  );
}

function Counts({ figures }: { figures: readonly (readonly [string, string])[] }) {
  return (
    <ul class="counts" aria-label="Length">
      {figures.map(([figure, what]) => (
        <li>
          <strong class="number">{figure}</strong> {what}
        </li>
      ))}
    </ul>
  );
}

function compile({ content, subject, hasUnsubscribeLink }: Draft, type: "sms" | "email") {
  return compileTemplate({ type, content, subject: type === "sms" ? null : subject, hasUnsubscribeLink });
}
