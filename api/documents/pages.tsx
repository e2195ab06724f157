/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { wordsForType } from "../../shared/document/file-types.ts";
import type { DocumentRow } from "../../shared/document/queries.ts";
import { hrefOfContact } from "../../shared/service/contact-link.ts";
import { answerPage } from "../pages/layout.tsx";
import { describeInstant, describeSize } from "./describe.ts";

/** Whom a file comes from. */
export interface Sender {
  name: string;
  contactLink: string | null;
}

/** What the file is, and the way to it. */
export function filePage(sender: Sender, file: DocumentRow, downloadUrl: string): Promise<Response> {
  return answerPage({
    status: 200,
    title: `Download your file – ${sender.name}`,
    body: (
      <>
        <h1>{sender.name} sent you a file</h1>
        <dl class="panel">
          {file.filename === null ? null : <Fact name="Name" value={file.filename} />}
          <FileFacts file={file} />
        </dl>
        <p>
          <a class="button" href={downloadUrl} rel="nofollow">
            Download this file
          </a>
        </p>
        <Contact sender={sender} reason="If you have a question about this file" />
      </>
    ),
  });
}

/** What is wrong with what was typed, and what it was. */
export interface AddressFault {
  message: string;
  typed: string;
}

/** Asks for the recipient's address; its form posts to the address it has itself. */
export function confirmPage(
  sender: Sender,
  file: DocumentRow,
  fault: AddressFault | null = null,
): Promise<Response> {
  const title = `Confirm your email address – ${sender.name}`;
  return answerPage({
    status: fault === null ? 200 : 400,
    title: fault === null ? title : `Error: ${title}`,
    style: summaryStyle,
    body: (
      <>
        {fault === null ? null : (
          <div class="summary" role="alert" tabindex={-1} autofocus aria-labelledby="summary-title">
            <h2 id="summary-title">There is a problem</h2>
            <p>
              <a href="#email-address">{fault.message}</a>
            </p>
          </div>
        )}
        <h1>{sender.name} sent you a file</h1>
        <p>Give the email address that this link was sent to, so that we know the file is meant for you.</p>
        <form method="post" novalidate>
          <label for="email-address">Email address</label>
          {fault === null ? null : (
            <p class="fault" id="email-address-fault">
              {fault.message}
            </p>
          )}
          <input
            id="email-address"
            name="email_address"
            type="email"
            autocomplete="email"
            spellcheck={false}
            required
            value={fault?.typed ?? ""}
            {...(fault === null ? {} : { "aria-invalid": "true", "aria-describedby": "email-address-fault" })}
          />
          <button type="submit">Continue</button>
        </form>
        <dl class="panel">
          <FileFacts file={file} />
        </dl>
        <Contact sender={sender} reason="If you have a question about this file" />
      </>
    ),
  });
}

/** Wrong, unknown, expired: which of them is not told. */
export function missingPage(sender: Sender | null): Promise<Response> {
  return answerPage({
    status: 404,
    title: "This file is not available",
    body: (
      <>
        <h1>This file is not available</h1>
        <p>The link may be incomplete, or the time in which the file could be downloaded is over.</p>
        <p>Try the link in the email again: copy the whole of it if it is on more than one line.</p>
        {sender ? <Contact sender={sender} reason="If it still does not work" /> : null}
      </>
    ),
  });
}

/** Too many wrong addresses. */
export async function lockedPage(sender: Sender, seconds: number): Promise<Response> {
  const page = await answerPage({
    status: 429,
    title: "Too many attempts",
    body: (
      <>
        <h1>Too many attempts</h1>
        <p>An email address that this file was not sent to has been given too often.</p>
        <p>Wait an hour, then open the link again.</p>
        <Contact sender={sender} reason="If you do not know which address it was sent to" />
      </>
    ),
  });
  page.headers.set("Retry-After", String(seconds));
  return page;
}

/** Of our own making. */
export function troublePage(status: number): Promise<Response> {
  return answerPage({
    status,
    title: "Sorry, there is a problem",
    body: (
      <>
        <h1>Sorry, there is a problem</h1>
        <p>We cannot show this at the moment. Try again in a few minutes: the file has not gone.</p>
      </>
    ),
  });
}

function FileFacts({ file }: { file: DocumentRow }) {
  return (
    <>
      <Fact name="Type" value={wordsForType(file.mimeType)} />
      <Fact name="Size" value={describeSize(file.size)} />
      <dt>Available until</dt>
      <dd>
        <time datetime={file.expiresAt.toISOString()}>{describeInstant(file.expiresAt)}</time>
      </dd>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Contact({ sender: { name, contactLink }, reason }: { sender: Sender; reason: string }) {
  if (contactLink === null) return null;
  const href = hrefOfContact(contactLink);
  return (
    <p>
      {reason}, contact {name}: {href === null ? contactLink : <a href={href}>{contactLink}</a>}
    </p>
  );
}

const summaryStyle = `
.summary { margin: 0 0 2rem; padding: 1.25rem; border: 3px solid var(--fault); border-radius: .5rem; }
.summary h2 { margin: 0 0 .5rem; }
.summary p { margin: 0; }
.summary a { color: var(--fault); font-weight: 600; }
`;
