/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { derivedId } from "../../../shared/queue/derived-id.ts";
import { formatSender } from "../../../shared/recipient/sms-sender.ts";
import type { Service } from "../../../shared/service/service.ts";
import type { ApiDeps } from "../../deps.ts";
import { sendAsPerson } from "../../internal/notifications/send-as-person.ts";
import { Refusal } from "../../internal/refusal.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { Facts } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { askFirst } from "./confirm.tsx";
import { type DeedDeps, getFor } from "./deeds.tsx";
import { onOneLine } from "./list-page.tsx";
import { givenFor, type Opened } from "./open.ts";
import { pathOf } from "./words.ts";

type ResendDeps = DeedDeps & Pick<ApiDeps, "findService" | "findTemplate">;

/** Sending what was sent once more, as a new message. */
export function resendPages(deps: ResendDeps): Hono<ConsoleEnv> {
  const path = "/services/:service/notifications/:id/resend";
  const askFor = async (c: Context<ConsoleEnv>, opened: Opened, fault: string | null) => {
    const { facts } = opened;
    const template = await deps.findTemplate(facts.serviceId, facts.template.id);
    const isNewer = template !== null && template.version !== facts.template.version;
    return await askFirst(c, {
      id: facts.id,
      deed: "resend",
      title: "Send it anew",
      explained: (
        <>
          <p>
            A new message is made of the same template, recipient and values. It counts against the service’s
            limits and is charged for as any other. What is there stays as it is.
          </p>
          <Facts
            facts={[
              ["To", onOneLine(facts.to)],
              ["Template", facts.template.name],
              ["Status of this one", facts.status],
            ]}
          />
          {isNewer ? (
            <p class="warning">
              The template has changed: this one was made of version {facts.template.version}, the new one
              will be of version {template.version}.
            </p>
          ) : null}
        </>
      ),
      button: "Send it",
      // The same page sent twice makes one message.
      fields: { nonce: deps.newId() },
      fault,
    });
  };

  return new Hono<ConsoleEnv>()
    .get(path, async (c) => askFor(c, (await getFor(c, deps, "resend")).opened, null))
    .post(path, limitForm, async (c) => {
      const form = await readForm(c, v.object({ nonce: v.pipe(v.string(), v.uuid()) }));
      const { id, serviceId, opened } = await getFor(c, deps, "resend");
      if (!form.ok) return await askFor(c, opened, "This page was not whole: send it once more");
      const newId = await derivedId(`console resend of ${id}: ${form.value.nonce}`);
      const done = () =>
        redirectWith(c, pathOf({ id: newId, serviceId }), "Sent anew: this is the new message");
      if (await deps.findNotification(serviceId, newId)) return done();
      const service = await deps.findService(serviceId);
      if (!service) throw notThere();
      return await audited(
        c,
        deps,
        { action: "notification.resend", subject: `notification ${id}` },
        async () => {
          try {
            await sendAsPerson(deps, service, {
              id: newId,
              templateId: opened.facts.template.id,
              to: opened.facts.to,
              given: givenFor(opened.stored),
              senderId: senderIn(service, opened),
              createdById: c.var.user.id,
              byOperator: c.var.role === "operator",
            });
            return { value: done(), after: { notification: newId } };
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return { value: await askFor(c, opened, error.message), refused: true };
          }
        },
      );
    });
}

/** The sender it came from, where the service still has it; else its own of the channel. */
function senderIn(service: Service, { facts: { channel, replyToText } }: Opened): string | null {
  if (channel === "letter" || replyToText === null) return null;
  const isEmail = channel === "email";
  const senders = isEmail ? service.emailReplyTos : service.smsSenders;
  const same = senders.find(({ value }) => (isEmail ? value : formatSender(value)) === replyToText);
  return same?.id ?? null;
}
