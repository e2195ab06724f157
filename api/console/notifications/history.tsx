/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import {
  type FoundNotification,
  findNotifications,
} from "../../../shared/notification/find-notifications.ts";
import type { Timeline } from "../../../shared/timeline/find-timeline.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { Facts, Time } from "../parts.tsx";
import { crumbsOf } from "./message.tsx";
import { Standing } from "./standing.tsx";
import { Events } from "./timeline.tsx";
import { channelWords, titles } from "./words.ts";

/** Of one that its service keeps no longer: whom it was to and what it said are gone. */
export async function showHistory(
  c: Context<ConsoleEnv>,
  { ask }: Pick<ApiDeps, "ask">,
  timeline: Timeline,
): Promise<Response> {
  const search = { ...everything, serviceId: timeline.serviceId, id: timeline.id };
  const { found } = await ask((sql) => findNotifications(sql, search, { olderThan: null, limit: 1 }));
  const [left] = found;
  if (!left) throw notThere();
  const title = titles[left.channel];
  const body = (
    <>
      <h1>{title}, no longer kept</h1>
      <p>
        <Standing channel={left.channel} status={left.status} />
      </p>
      <p class="hint">
        Whom it was to and what it said have been deleted, as the service’s{" "}
        <a href={`/console/services/${left.serviceId}/settings`}>settings</a> say when. This is what is left.
      </p>
      <h2>What became of it</h2>
      <Events events={timeline.events} />
      <h2>What is known of it</h2>
      <HistoryFacts left={left} />
    </>
  );
  return await answerConsole(c, { title, body, crumbs: crumbsOf(c, title) });
}

const everything = {
  terms: [],
  statuses: null,
  types: null,
  keyTypes: null,
  templateId: null,
  batchId: null,
  since: null,
  until: null,
  include: { batches: true, oneOffs: true },
};

function HistoryFacts({ left }: { left: FoundNotification }) {
  return (
    <Facts
      facts={[
        ["Id", <code>{left.id}</code>],
        ["What", channelWords[left.channel]],
        [
          "Template",
          <a href={`/console/services/${left.serviceId}/templates/${left.templateId}`}>
            {left.templateName}
          </a>,
        ],
        ["Reference", left.clientReference ?? <span class="none">–</span>],
        ["Made", <Time at={left.createdAt} />],
        ["Sent", <Time at={left.sentAt} />],
        ["Changed", <Time at={left.updatedAt} />],
      ]}
    />
  );
}
