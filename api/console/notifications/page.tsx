/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { findDrawable } from "../../../shared/letter/picture-queries.ts";
import { unfinishedStatuses } from "../../../shared/notification/search-statuses.ts";
import type { Timeline } from "../../../shared/timeline/find-timeline.ts";
import type { ApiDeps } from "../../deps.ts";
import { providedAsPdf } from "../../v2/notifications/precompiled-letter.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { NotificationFacts } from "./facts.tsx";
import { showHistory } from "./history.tsx";
import { onOneLine } from "./list-page.tsx";
import { type Deed, deedsOf } from "./may.ts";
import { crumbsOf, Message } from "./message.tsx";
import type { PartDeps } from "./message-parts.ts";
import { idOf, type Opened, openNotification } from "./open.ts";
import { noteOpening } from "./seen.ts";
import { shownLink } from "./shown-link.ts";
import { Standing } from "./standing.tsx";
import { Events } from "./timeline.tsx";
import { pathOf, titles } from "./words.ts";

export type PageDeps = PartDeps &
  Pick<ApiDeps, "findTimeline" | "findService" | "readRates" | "readHolidays">;

/** GET …/:id: one message, with what its recipient reads and what became of it. That it was opened is noted. */
export function showNotification(deps: PageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const serviceId = c.var.service.id;
    const id = idOf(c);
    const [opened, timeline] = await Promise.all([
      openNotification(deps, serviceId, id),
      deps.findTimeline(id),
    ]);
    if (timeline?.serviceId !== serviceId) throw notThere();
    if (!opened) return await showHistory(c, deps, timeline);
    // A page that asks for itself again takes what has changed alone: not what the message says.
    const isAgain = c.req.header("X-Console-Live") !== undefined;
    const message = isAgain ? null : await messageOf(c, deps, opened);
    return await answerPage(c, deps, { opened, timeline, message });
  };
}

async function messageOf(c: Context<ConsoleEnv>, deps: PageDeps, opened: Opened) {
  const { id, serviceId, channel } = opened.facts;
  const [service, letter, seen] = await Promise.all([
    deps.findService(serviceId),
    channel === "letter" ? deps.ask((sql) => findDrawable(sql, serviceId, id)) : null,
    noteOpening(c, deps, id),
  ]);
  if (!service) throw notThere();
  const unsubscribeUrl = shownLink(c, deps, opened);
  return (
    <Message opened={opened} service={service} letter={letter} seen={seen} unsubscribeUrl={unsubscribeUrl} />
  );
}

interface Shown {
  opened: Opened;
  timeline: Timeline;
  message: ReturnType<typeof Message> | null;
}

async function answerPage(
  c: Context<ConsoleEnv>,
  { readRates, readHolidays }: PageDeps,
  { opened, timeline, message }: Shown,
): Promise<Response> {
  const [rates, holidays] = await Promise.all([readRates(), readHolidays()]);
  const { facts } = opened;
  const { channel, status, keyType } = facts;
  // Of a letter that its service made itself nobody knows whom it is to before it was read.
  const isKnown = facts.to !== providedAsPdf;
  const title = isKnown
    ? `${titles[channel]} to ${onOneLine(facts.to)}`
    : "Letter that the service made itself";
  const body = (
    <>
      <h1>{title}</h1>
      <div data-live="state">
        <p>
          <Standing channel={channel} status={status} />
          {keyType === "test" ? <span class="tag warn">test key: nobody got it</span> : null}
        </p>
        <Deeds path={pathOf(facts)} deeds={deedsOf(c, opened, timeline)} />
      </div>
      <div class="split">
        {message}
        <div data-live="facts">
          <h2>What became of it</h2>
          <Events events={timeline.events} />
          <h2>What is known of it</h2>
          <NotificationFacts opened={opened} rates={rates} holidays={holidays} />
        </div>
      </div>
    </>
  );
  const isGoingOn = unfinishedStatuses.includes(status);
  const crumbs = crumbsOf(c, titles[channel]);
  return await answerConsole(c, { title: titles[channel], body, crumbs, liveSeconds: isGoingOn ? 5 : null });
}

const deedLabels: Readonly<Record<Deed, string>> = {
  resend: "Send it anew",
  replay: "Queue its delivery again",
  cancel: "Cancel this letter",
  callback: "Tell the service again",
};

function Deeds({ path, deeds }: { path: string; deeds: readonly Deed[] }) {
  if (deeds.length === 0) return null;
  return (
    <p class="actions">
      {deeds.map((deed) => (
        <a class={deed === "cancel" ? "button danger" : "button quiet"} href={`${path}/${deed}`}>
          {deedLabels[deed]}
        </a>
      ))}
    </p>
  );
}
