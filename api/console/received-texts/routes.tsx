/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { listCallbackAttempts } from "../../../shared/callback/attempts.ts";
import { findTexts } from "../../../shared/inbound/find-texts.ts";
import type { ReceivedText } from "../../../shared/inbound/queries.ts";
import { findReceivedText } from "../../../shared/inbound/read.ts";
import { recipientTermsOf } from "../../../shared/notification/search-terms.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import { audited, noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { ButtonForm } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Events } from "../notifications/timeline.tsx";
import { pagesOf, trailOf } from "../notifications/trail.ts";
import { Facts, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { listPage } from "./list-page.tsx";

const size = 50;

type TextDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "callbackAttempts">;

/** Texts that people sent to a service. */
export function receivedTextPages(deps: TextDeps): Hono<ConsoleEnv> {
  const path = "/services/:service/received-texts";
  return new Hono<ConsoleEnv>()
    .get(path, list(deps))
    .get(`${path}/:id`, show(deps))
    .post(`${path}/:id/callback`, limitForm, tellAgain(deps));
}

function list({ ask }: TextDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const typed = (c.req.query("q") ?? "").replaceAll("\0", "").toWellFormed().trim().slice(0, 255);
    const trail = trailOf(c);
    const search = { serviceId: c.var.service.id, number: partOf(typed), olderThan: trail.at(-1) ?? null };
    const found = await ask((sql) => findTexts(sql, { ...search, limit: size + 1 }));
    const texts = found.slice(0, size);
    const last = texts.at(-1);
    const next = found.length > size && last ? { at: last.at, id: last.id } : null;
    return await listPage(c, { number: typed, texts, ...pagesOf(c, trail, next) });
  };
}

/** As numbers are stored; of what is none the text as it is, for senders with names. */
function partOf(typed: string): string {
  const [plain = "", number] = recipientTermsOf(typed, null)?.recipients ?? [];
  return number ?? plain;
}

async function getText(c: Context<ConsoleEnv>, { ask }: TextDeps): Promise<ReceivedText> {
  const id = parseUuid(c.req.param("id") ?? "");
  const key = id && { serviceId: c.var.service.id, id };
  const text = key && (await ask((sql, cipher) => findReceivedText(sql, cipher, key)));
  if (!text) throw notThere();
  return text;
}

function pathOf({ id, serviceId }: ReceivedText): string {
  return `/console/services/${serviceId}/received-texts/${id}`;
}

/** POST …/:id/callback: has the service told of it once more. */
function tellAgain(deps: TextDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    await readForm(c, v.object({}));
    const text = await getText(c, deps);
    const { id: subjectId, serviceId } = text;
    const deed = { action: "callback.replay", subject: `received text ${subjectId}` };
    return await audited(c, deps, deed, async () => {
      const made = { id: deps.newId(), at: deps.now() };
      const request = { serviceId, type: "inbound_sms" as const, subjectId };
      const started = await deps.callbackAttempts.startReplay(request, made);
      const said = started.ok ? "The service is told again" : `That was not done: ${started.fault}`;
      const value = redirectWith(c, pathOf(text), said);
      return started.ok ? { value, after: { replay: made.id } } : { value, refused: true };
    });
  };
}

/** GET …/:id: what one says. That it was opened is noted. */
function show(deps: TextDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const text = await getText(c, deps);
    const attempts = await deps.ask((sql) => listCallbackAttempts(sql, text.id));
    await noteLook(c, deps, { action: "received-text.open", subject: `received text ${text.id}` });
    const events = attempts.map((attempt) => ({ kind: "callback" as const, ...attempt }));
    const root = `/console/services/${text.serviceId}/received-texts`;
    const body = (
      <>
        <h1>Text from {text.userNumber}</h1>
        <p class="bubble">{text.content}</p>
        <TextFacts text={text} />
        <p class="actions">
          <a href={`${root}?q=${encodeURIComponent(text.userNumber)}`}>All texts from this number</a>
        </p>
        <h2>What the service was told</h2>
        {events.length > 0 && c.var.role !== "viewer" ? (
          <div class="actions">
            <ButtonForm c={c} action={`${pathOf(text)}/callback`} label="Tell the service again" />
          </div>
        ) : null}
        <Events events={events} empty="It was not told: it has no callback for received texts, or not yet." />
      </>
    );
    const crumbs = [
      { title: "Received texts", path: root },
      { title: "Text", path: null },
    ];
    return await answerConsole(c, { title: "Received text", body, crumbs });
  };
}

function TextFacts({ text }: { text: ReceivedText }) {
  return (
    <Facts
      facts={[
        ["Received", <Time at={text.createdAt} />],
        ["To", text.notifyNumber],
        ["Id", <code>{text.id}</code>],
      ]}
    />
  );
}
