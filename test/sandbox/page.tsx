/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import * as v from "valibot";
import { mapStyle } from "../../api/console/map-style.ts";
import { BroadcastCard } from "./cbc/card.tsx";
import { groupByEvent } from "./cbc/groups.ts";
import type { Desk } from "./exchange.ts";
import { type Channel, channels, fragmentsOf, type Message } from "./message.ts";
import type { Messages } from "./messages.ts";
import { outcomeOf, outcomes } from "./outcome.ts";

/** The newest are shown; `GET /messages` has the others. */
const shown = 50;
/** As many as Notify's longest letter has. */
const shownPages = 10;

// An email's frame inherits this, so its own inline styles must be allowed and its pictures are not fetched.
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Channels with a tab though nothing has come by them. */
const shownEmpty: readonly Channel[] = ["sms", "email", "letter", "callback"];

const titles: Record<Channel, string> = {
  sms: "Texts",
  email: "Emails",
  letter: "Letters",
  broadcast: "Broadcasts",
  callback: "Callbacks",
};

/** GET /: what arrived, for people. */
export function pageRoutes({ messages, url }: Desk, { print }: Pick<PageProps, "print">) {
  return {
    "/": {
      async GET(request: Request) {
        const channel = v.safeParse(v.picklist(channels), new URL(request.url).searchParams.get("channel"));
        const page = (
          <Page
            messages={messages}
            channel={channel.success ? channel.output : undefined}
            url={url()}
            print={print}
          />
        );
        return new Response(`<!doctype html>${await page.toString()}`, {
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": contentSecurityPolicy,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
          },
        });
      },
    },
    "/page.css": new Response(Bun.file(new URL("./page.css", import.meta.url))),
    "/map.css": new Response(mapStyle, { headers: { "content-type": "text/css" } }),
    "/page.js": new Response(Bun.file(new URL("./page.js", import.meta.url))),
  };
}

interface PageProps {
  messages: Messages;
  channel: Channel | undefined;
  url: string;
  /** Whether letters can be printed from here. */
  print: boolean;
}

function Page({ messages, channel, url, print }: PageProps) {
  const listed = messages.list(channel, shown);
  const count = messages.count(channel);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Pillarbox sandbox</title>
        <link rel="icon" href={icon} />
        <link rel="stylesheet" href="/page.css" />
        <link rel="stylesheet" href="/map.css" />
        <script src="/page.js" type="module" />
        <noscript>
          <meta http-equiv="refresh" content="5" />
        </noscript>
      </head>
      <body>
        <header>
          <div class="bar">
            <h1>
              Pillarbox <span>sandbox</span>
            </h1>
            <p id="live" hidden>
              Live
            </p>
            <button id="empty" type="button" hidden>
              Empty
            </button>
          </div>
          <nav id="channels" aria-label="Channels">
            <Tab href="/" label="All" count={messages.count()} current={channel === undefined} />
            {channels
              .filter((each) => messages.count(each) > 0 || shownEmpty.includes(each))
              .map((each) => (
                <Tab
                  href={`/?channel=${each}`}
                  label={titles[each]}
                  count={messages.count(each)}
                  current={channel === each}
                />
              ))}
          </nav>
        </header>
        <main>
          {print && <PrintNow />}
          <ol id="messages">
            {groupByEvent(listed).map((group) => (
              <Item group={group} />
            ))}
          </ol>
          <p id="foot">
            {listed.length === 0
              ? "Nothing has arrived yet. What the service sends, and tells its callbacks, shows here."
              : count > listed.length && `The newest ${listed.length} of ${count}.`}{" "}
            <a href={channel ? `/messages?channel=${channel}` : "/messages"}>As JSON</a>
          </p>
          <details id="inbound">
            <summary>Text a service</summary>
            <p>
              As somebody who answers it. The demo's number stands in demo.json, as{" "}
              <code>inbound_number</code>.
            </p>
            <pre class="code">{`curl ${url}/inbound --json ${textIn}`}</pre>
          </details>
          <details id="alerts">
            <summary>Send an emergency alert</summary>
            <p>
              As <code>worker/broadcasts/GUIDE.md</code> shows. It reaches a network that does not answer by
              the network's other site, or later; one site of one network does not answer three times after
            </p>
            <pre class="code">{`curl ${url}/faults --json ${networkFault}`}</pre>
          </details>
          <Outcomes />
        </main>
      </body>
    </html>
  );
}

/** Letters wait for the evening otherwise. */
function PrintNow() {
  return (
    <section id="print">
      <button type="button" hidden>
        Print letters now
      </button>{" "}
      <span>Letters go to the printer at 17:50 each day.</span> <output />
    </section>
  );
}

/** Says how to have a message fail. */
function Outcomes() {
  return (
    <details id="outcomes">
      <summary>What becomes of a message is decided by its recipient</summary>
      <table>
        <thead>
          <tr>
            <th>Provider</th>
            <th>Recipient</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {outcomes.map(({ providers, recipient, becomes }) => (
            <tr>
              <td>{providers}</td>
              <td>{recipient}</td>
              <td>{becomes}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Tab({
  href,
  label,
  count,
  current,
}: {
  href: string;
  label: string;
  count: number;
  current: boolean;
}) {
  return (
    <a href={href} aria-current={current ? "page" : undefined}>
      {label} <b>{count}</b>
    </a>
  );
}

/** One message, or what several networks were told of one event; another that joins makes it another item. */
function Item({ group }: { group: readonly Message[] }) {
  const [message] = group;
  if (!message) return null;
  return (
    <li id={`message-${message.id}`} class={message.channel}>
      {message.channel === "broadcast" ? <Broadcast messages={group} /> : <Card message={message} />}
    </li>
  );
}

function Broadcast({ messages }: { messages: readonly Message[] }) {
  const [newest] = messages;
  const networks = new Set([...messages].reverse().map(({ to }) => to));
  return (
    <article>
      <p class="envelope">
        <b>Cell broadcast</b>
        <span class="tags">
          {[...networks].map((network) => (
            <span class="chip">{network}</span>
          ))}
          {newest && <Time at={newest.receivedAt} />}
        </span>
      </p>
      <BroadcastCard messages={messages} />
    </article>
  );
}

function Card({ message }: { message: Message }) {
  switch (message.channel) {
    case "sms":
      return <Text message={message} />;
    case "email":
      return <Email message={message} />;
    case "letter":
      return <Letter message={message} />;
    case "callback":
      return <Callback message={message} />;
    default:
      return <Other message={message} />;
  }
}

function Text({ message }: { message: Message }) {
  const fragments = fragmentsOf(message);
  return (
    <article>
      <Envelope message={message}>
        <span class="chip">{fragments === 1 ? "1 fragment" : `${fragments} fragments`}</span>
      </Envelope>
      <p class="bubble">{message.body}</p>
    </article>
  );
}

function Email({ message }: { message: Message }) {
  const { subject, html, body, headers, attachments } = message;
  return (
    <article>
      <Envelope message={message} />
      <h2>{subject ?? "(no subject)"}</h2>
      {html !== null && (
        <iframe sandbox="" srcdoc={html} title={`Email: ${subject ?? "no subject"}`} loading="lazy" />
      )}
      <details open={html === null}>
        <summary>Plain text</summary>
        <pre>{body}</pre>
      </details>
      <Headers headers={headers} />
      {attachments !== null && attachments.length > 0 && (
        <ul class="attachments">
          {attachments.map(({ filename, contentType, contentBase64 }) => (
            <li>
              Attached: {filename ?? "unnamed"}{" "}
              <small>{`${contentType}, ${Buffer.byteLength(contentBase64 ?? "", "base64")} bytes`}</small>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function Callback({ message }: { message: Message }) {
  const { to, status, body, headers } = message;
  const fine = status !== null && status < 400;
  return (
    <article>
      <p class="envelope">
        <b>POST {to}</b>
        <span class="tags">
          <span class={fine ? "chip good" : "chip bad"}>
            {status === null ? "not answered" : `answered ${status}`}
          </span>
          <Time at={message.receivedAt} />
        </span>
      </p>
      <pre class="code">{prettyJson(body)}</pre>
      <Headers headers={headers} />
    </article>
  );
}

function Letter({ message }: { message: Message }) {
  const { reference, headers, body, attachments } = message;
  const [{ url = "", pages = 0 } = {}] = attachments ?? [];
  return (
    <article>
      <Envelope message={message}>
        <span class="chip">{pages === 1 ? "1 page" : `${pages} pages`}</span>
      </Envelope>
      <div class="pages">
        {Array.from({ length: Math.min(pages, shownPages) }, (_, page) => (
          <a href={url}>
            <img
              src={`/letters/${reference}/pages/${page + 1}.png`}
              alt={`Page ${page + 1} of the letter to ${message.to}`}
              width="595"
              height="842"
              loading="lazy"
            />
          </a>
        ))}
      </div>
      <p class="letter">
        <a href={url}>PDF of {reference}</a> <small>{headers?.zip && `in ${headers.zip}`}</small>
      </p>
      <details>
        <summary>Plain text</summary>
        <pre>{body}</pre>
      </details>
    </article>
  );
}

function Other({ message }: { message: Message }) {
  return (
    <article>
      <Envelope message={message} />
      {message.subject !== null && <h2>{message.subject}</h2>}
      <pre>{message.body}</pre>
      <Headers headers={message.headers} />
    </article>
  );
}

function Envelope({ message, children }: { message: Message; children?: unknown }) {
  const { from, to, provider, receivedAt } = message;
  const outcome = outcomeOf(message);
  return (
    <p class="envelope">
      <span>
        <b>{to}</b> {from !== null && <span class="from">from {from}</span>}
      </span>
      <span class="tags">
        {children}
        {provider !== null && <span class="chip">{provider}</span>}
        {outcome !== null && (
          <span class={outcome === "delivered" ? "chip good" : "chip bad"}>{outcome}</span>
        )}
        <Time at={receivedAt} />
      </span>
    </p>
  );
}

function Time({ at }: { at: Date }) {
  const iso = at.toISOString();
  return (
    <time datetime={iso} title={iso}>
      {iso.slice(11, 19)} UTC
    </time>
  );
}

function Headers({ headers }: { headers: Record<string, string> | null }) {
  const named = Object.entries(headers ?? {});
  if (named.length === 0) return null;
  return (
    <details>
      <summary>Headers</summary>
      <dl>
        {named.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** As it is when it is not JSON. */
function prettyJson(text: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  return parsed.success ? JSON.stringify(parsed.output, null, 2) : text;
}

const textIn = `'${JSON.stringify({
  provider: "mmg",
  from: "07700900123",
  to: "07700900500",
  message: "Can I come on Tuesday?",
})}'`;

const networkFault = `'${JSON.stringify({ provider: "ee-1-proxy", reset: true, count: 3 })}'`;

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#c8102e" d="M4 4a4 3 0 0 1 8 0v11H4z"/><path fill="#fff" d="M5.5 6h5v1.2h-5z"/></svg>',
)}`;
