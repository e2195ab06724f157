/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { AreaMap } from "../../../api/console/map.tsx";
import type { CbcPayload } from "../../../shared/broadcast/cbc-payload.ts";
import { effectOf } from "../../../shared/broadcast/effect.ts";
import { viewOfPolygons } from "../../../shared/broadcast/map/view.ts";
import type { Message } from "../message.ts";
import { payloadOf, textOf } from "./groups.ts";

const titles = { alert: "Alert", cancel: "Cancelled", test: "Link test" };

/** What networks were told of one event, the newest first, with where it is for; cancels say which alert they end. */
export function BroadcastCard({ messages }: { messages: readonly Message[] }) {
  const told = [...messages].reverse().map((message) => ({ message, payload: payloadOf(message) }));
  const payload = told[0]?.payload ?? null;
  return (
    <>
      <h2>{payload ? titles[payload.message_type] : "Unreadable"}</h2>
      {payload?.message_type === "alert" && <Alert payload={payload} />}
      {told.map(({ message, payload }) => (
        <Told message={message} payload={payload} />
      ))}
    </>
  );
}

function Alert({ payload }: { payload: CbcPayload & { message_type: "alert" } }) {
  const polygons = payload.areas.map(({ polygon }) => polygon);
  return (
    <div class="alert">
      <div>
        <p class="phone">{payload.description}</p>
        <dl>
          <Fact name="Channel" value={payload.channel} />
          <Fact name="Sent" value={payload.sent} />
          <Fact name="Ends" value={payload.expires} />
        </dl>
      </div>
      <AreaMap polygons={polygons} effect={effectOf(polygons)} view={viewOfPolygons(polygons)} />
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** One network's, with what is wrong with it. */
function Told({ message, payload }: { message: Message; payload: CbcPayload | null }) {
  const time = message.receivedAt.toISOString().slice(11, 19);
  return (
    <details>
      <summary>
        <b>{message.to}</b> {payload?.message_format === "ibag" ? "IBAG" : "CAP 1.2"}, {time} UTC{" "}
        {Object.values(message.headers ?? {}).map((fault) => (
          <span class="chip bad wrapped">{fault}</span>
        ))}
      </summary>
      <dl>
        <Fact name="Identifier" value={message.reference ?? ""} />
        {payload?.message_type === "alert" && <Fact name="Language" value={payload.language} />}
        {payload?.message_type === "cancel" && (
          <Fact name="Ends" value={payload.references.map((reference) => reference.message_id).join(", ")} />
        )}
      </dl>
      <pre class="code">{documentOf(message)}</pre>
    </details>
  );
}

/** With an element a line. */
function documentOf({ attachments }: Message): string {
  return textOf(attachments?.[0]?.contentBase64).replace(/></g, ">\n<");
}
