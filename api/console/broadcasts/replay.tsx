/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { networks } from "../../../shared/broadcast/broadcast.ts";
import { asReplayed, replayEvent } from "../../../shared/broadcast/replay.ts";
import { findSending } from "../../../shared/broadcast/sending.ts";
import { sendingSteps } from "../../../shared/broadcast/sending-steps.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, Field, Form } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Facts } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import type { BroadcastPageDeps } from "./deps.ts";
import { alertLink } from "./list.tsx";
import { eventNames, ReachState, replayPath } from "./networks.tsx";
import { networkNames } from "./words.tsx";

const Reason = v.object({
  reason: v.pipe(
    v.string("Say why"),
    v.trim(),
    v.minLength(1, "Say why"),
    v.maxLength(500, "Say it in 500 characters"),
    v.check((text) => !text.includes("\0"), "Say it without characters that nobody sees"),
  ),
});

/** By which operators have one event sent to one network again. */
export function replayPages(deps: Pick<BroadcastPageDeps, "ask" | "now" | "newId">): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/broadcasts/events/:event/:network";

  pages.get(at, (c) => replayPage(c, deps));

  pages.post(at, limitForm, async (c) => {
    const { eventId, provider, message, sending } = await getMessage(c, deps);
    const form = await readForm(c, Reason);
    if (!form.ok) return await replayPage(c, deps, form.faults);
    const { user } = c.var;
    const deed = {
      action: "broadcast.replay",
      subject: `broadcast-event ${eventId} ${provider}`,
      before: { status: message.status, attempts: message.attempts },
    };
    const replayed = await audited(c, deps, deed, async () => {
      const { reason } = form.value;
      const replay = { eventId, provider, reason, requestedBy: user.name, at: deps.now() };
      const value = await deps.ask((sql) => replayEvent(sql, replay));
      const isQueued = value.outcome === "queued";
      return { value, refused: !isQueued, after: isQueued ? { status: "sending", attempts: 0 } : null };
    });
    if (replayed.outcome !== "queued") return await replayPage(c, deps, { "": replayed.message });
    const path = alertLink({ serviceId: sending.serviceId, id: sending.broadcastId });
    return redirectWith(c, path, `Queued it for ${networkNames[provider]}: a worker sends it in a moment`);
  });
  return pages;
}

async function getMessage(c: Context<ConsoleEnv>, { ask }: Pick<BroadcastPageDeps, "ask">) {
  const eventId = parseUuid(c.req.param("event") ?? "");
  const provider = networks.find((one) => one === c.req.param("network"));
  if (eventId === null || provider === undefined) throw notThere();
  const sending = await ask((sql) => findSending(sql, eventId, provider));
  if (!sending?.message) throw notThere();
  return { eventId, provider, sending, message: sending.message };
}

async function replayPage(
  c: Context<ConsoleEnv>,
  deps: Pick<BroadcastPageDeps, "ask" | "now">,
  faults?: Faults,
): Promise<Response> {
  const { eventId, provider, sending, message } = await getMessage(c, deps);
  const steps = sendingSteps(asReplayed(sending), provider, deps.now());
  const isPossible = steps.every(({ fault }) => fault === null);
  const title = `Send the ${eventNames[sending.type].toLowerCase()} to ${networkNames[provider]} again`;
  const blockedBy = sending.earlier.find((one) => one.message?.status !== "returned-ack")?.eventId ?? null;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Facts
        facts={[
          [
            "Alert",
            <a href={alertLink({ serviceId: sending.serviceId, id: sending.broadcastId })}>Its own page</a>,
          ],
          ["State", <ReachState {...message} blockedBy={blockedBy} lastError={null} />],
          ["Attempts", String(message.attempts)],
          ["Event", <code>{eventId}</code>],
        ]}
      />
      <h2>What must be so</h2>
      <ul>
        {steps.map(({ what, fault }) => (
          <li>
            <span class={fault === null ? "tag good" : "tag bad"}>{fault === null ? "yes" : "no"}</span>
            {` ${what}`}
            {fault === null ? null : <pre>{fault}</pre>}
          </li>
        ))}
      </ul>
      {isPossible ? (
        <Form c={c} action={replayPath(eventId, provider)}>
          <Field label="Why" name="reason" hint="It is kept, with your name." faults={faults} required />
          <button type="submit">Send it again now</button>
        </Form>
      ) : (
        <p class="warning">It cannot be sent as things are.</p>
      )}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Emergency alerts", path: "/console/broadcasts" },
      { title, path: null },
    ],
  });
}
