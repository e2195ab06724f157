/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import { effectOf } from "../../../shared/broadcast/effect.ts";
import { viewOfPolygons } from "../../../shared/broadcast/map/view.ts";
import { listNetworkStates } from "../../../shared/broadcast/overview.ts";
import { findNames } from "../../../shared/overview/broadcasts.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { FaultSummary, type Faults } from "../form.tsx";
import { AreaMap } from "../map.tsx";
import { Facts, Time } from "../parts.tsx";
import { AlertPreview } from "../templates/preview.tsx";
import { alertsPath, type BroadcastPageDeps } from "./deps.ts";
import { MoveForms } from "./move-forms.tsx";
import { NetworkTable } from "./networks.tsx";
import { AlertState, channelNames, networkNames } from "./words.tsx";

/** GET …/broadcasts/:id: what phones show, where, who stands behind it, and how far it got. */
export async function alertPage(
  c: Context<ConsoleEnv>,
  { ask, now }: Pick<BroadcastPageDeps, "ask" | "now">,
  alert: Broadcast,
  faults?: Faults,
): Promise<Response> {
  const { id, reference, status, stubbed, content, areas } = alert;
  const people = [alert.createdById, alert.submittedById, alert.approvedById, alert.cancelledById];
  const [states, names] = await ask((sql) =>
    Promise.all([listNetworkStates(sql, id), findNames(sql, people)]),
  );
  const polygons = areas.simple_polygons ?? [];
  const title = reference ?? "Without a reference";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p data-live="state">
        <AlertState status={status} stubbed={stubbed} />
      </p>
      <div class="split">
        <div>
          <AlertPreview draft={{ content }} values={new Map()} />
          <div data-live="networks">
            {states.length === 0 ? (
              <p class="empty">{nothingSent(alert)}</p>
            ) : (
              <NetworkTable states={states} isOperator={c.var.user.isOperator} />
            )}
          </div>
        </div>
        <AreaMap polygons={polygons} effect={effectOf(polygons)} view={viewOfPolygons(polygons)} />
      </div>
      <MoveForms c={c} alert={alert} at={now()} faults={faults} />
      <h2>Who and when</h2>
      <div data-live="facts">
        <Facts facts={factsOf(alert, (id) => (id === null ? null : (names.get(id) ?? null)))} />
      </div>
    </>
  );
  const isMoving = states.some((state) => state.status === "sending");
  return await answerConsole(c, {
    title,
    faults,
    body,
    styles: ["map.css"],
    liveSeconds: isMoving ? 2 : 10,
    crumbs: [
      { title: "Emergency alerts", path: alertsPath(c) },
      { title, path: null },
    ],
  });
}

function nothingSent({ status, stubbed }: Broadcast): string {
  if (stubbed) return "It was written in training: no network is ever told of it.";
  return status === "draft" || status === "pending-approval" || status === "rejected"
    ? "No network has been told of it: that begins with its approval."
    : "No network was told of it.";
}

function factsOf(
  alert: Broadcast,
  nameOf: (id: string | null) => string | null,
): readonly (readonly [string, Child])[] {
  const { channel, providers, areas, templateName } = alert;
  const facts: [string, Child][] = [
    [
      "Written",
      <>
        by {nameOf(alert.createdById) ?? "the service's own program"}, <Time at={alert.createdAt} />
      </>,
    ],
  ];
  if (alert.submittedVersion !== null) {
    facts.push(["Handed in", `by ${nameOf(alert.submittedById) ?? "the service's own program"}`]);
  }
  if (alert.approvedAt !== null) {
    facts.push([
      "Approved",
      <>
        by {nameOf(alert.approvedById) ?? "nobody who is known any more"}, <Time at={alert.approvedAt} />
      </>,
    ]);
  }
  if (alert.cancelledAt !== null) {
    facts.push([
      "Cancelled",
      <>
        by {nameOf(alert.cancelledById) ?? "a program or an operator at the machine"},{" "}
        <Time at={alert.cancelledAt} />
      </>,
    ]);
  }
  facts.push(
    ["Starts", <Time at={alert.startsAt} />],
    ["Ends", <Time at={alert.finishesAt} />],
    ["Area", (areas.names ?? []).join(", ") || "–"],
  );
  if (channel !== null) facts.push(["Channel", channelNames[channel]]);
  if (providers !== null) {
    facts.push(["Networks", providers.map((network) => networkNames[network]).join(", ") || "none"]);
  }
  if (templateName !== null) facts.push(["Template", templateName]);
  if (alert.capEvent !== null) facts.push(["Event", alert.capEvent]);
  return facts;
}
