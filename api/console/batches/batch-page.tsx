/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Batch } from "../../../shared/batch/batch.ts";
import { findProgress } from "../../../shared/batch/progress.ts";
import { findBatch } from "../../../shared/batch/queries.ts";
import { countStatuses, type StatusCount } from "../../../shared/batch/statistics.ts";
import { statuses } from "../../../shared/notification/notification.ts";
import { statusInWords } from "../../internal/notifications/status-in-words.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { Tiles } from "../overview/tile.tsx";
import { Count, Facts, Time } from "../parts.tsx";
import { outcomeOf } from "./counts.ts";
import { type BatchPageDeps, batchesPath, idOf } from "./deps.ts";
import { crumbs } from "./new.tsx";
import { Progress, type ProgressProps } from "./progress.tsx";
import { BatchState, isUnderWay } from "./state.tsx";

/** GET …/batches/{id}: how far it is, and what became of its messages. */
export function showBatch({ ask, now }: Pick<BatchPageDeps, "ask" | "now">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const serviceId = c.var.service.id;
    const id = idOf(c);
    const [batch, progress] = await ask((sql) =>
      Promise.all([findBatch(sql, serviceId, id), findProgress(sql, serviceId, id)]),
    );
    if (!batch || !progress) throw notThere();
    const counts = await ask((sql) => countStatuses(sql, serviceId, [batch], now()));
    const ofBatch = counts.get(id) ?? [];
    const { sending } = outcomeOf(ofBatch);
    const isMoving = isUnderWay(batch.status) || batch.status === "scheduled";
    return await answerConsole(c, {
      title: batch.originalFileName,
      body: <BatchBody c={c} batch={batch} progress={progress} counts={ofBatch} />,
      crumbs: crumbs(c, batch.originalFileName),
      // Letters take days.
      liveSeconds: isMoving || (sending > 0 && batch.templateType !== "letter") ? 5 : null,
    });
  };
}

function BatchBody({ c, batch, progress, counts }: ProgressProps & { c: Context<ConsoleEnv> }) {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <h1>{batch.originalFileName}</h1>
      <div data-live="facts">
        <Facts facts={factsOf(batch)} />
      </div>
      <div data-live="progress">
        <Progress batch={batch} progress={progress} counts={counts} />
      </div>
      <h2>What became of its messages</h2>
      <div data-live="counts">
        {counts.length === 0 ? (
          <p class="empty">
            {batch.status === "cancelled" ? "It has none: it was cancelled." : "None is made yet."}
          </p>
        ) : (
          <Tiles tiles={tilesOf(batch, counts)} />
        )}
      </div>
      {total === 0 ? null : (
        <p class="actions">
          <a class="button quiet" href={batchesPath(c, `/${batch.id}/results.csv`)} download>
            Download the results (CSV)
          </a>
          <a href={`/console/services/${batch.serviceId}/notifications?batch=${batch.id}`}>
            See its messages
          </a>
        </p>
      )}
      {c.var.role !== "viewer" && canCancel(batch) ? (
        <p class="actions">
          <a class="button danger" href={batchesPath(c, `/${batch.id}/cancel`)}>
            {batch.status === "scheduled" ? "Do not send it" : "Cancel its letters"}
          </a>
        </p>
      ) : null}
    </>
  );
}

/** What waits for its time; and letters, until they are printed. */
export function canCancel({ status, templateType }: Batch): boolean {
  return (
    status === "scheduled" || (templateType === "letter" && status === "finished all notifications created")
  );
}

function factsOf(batch: Batch) {
  const { serviceId, templateId, templateName, templateVersion, scheduledFor } = batch;
  return [
    ["State", <BatchState status={batch.status} />],
    [
      "Template",
      <>
        <a href={`/console/services/${serviceId}/templates/${templateId}`}>{templateName}</a>, version{" "}
        {templateVersion}
      </>,
    ],
    ["Rows", <Count of={batch.notificationCount} />],
    ["Made by", batch.createdBy?.name ?? "a program"],
    ["Uploaded", <Time at={batch.createdAt} />],
    ...(scheduledFor ? [["Scheduled for", <Time at={scheduledFor} />] as const] : []),
    ["Began", <Time at={batch.processingStartedAt} />],
    ["All messages made", <Time at={batch.processingFinishedAt} />],
  ] as const;
}

/** One a status, in the order in which messages go through them. */
function tilesOf({ id, serviceId, templateType }: Batch, counts: readonly StatusCount[]) {
  return statuses.flatMap((status) => {
    const found = counts.find((one) => one.status === status);
    if (!found || found.count === 0) return [];
    const words = statusInWords(templateType, status);
    return [
      {
        title: status,
        figure: found.count.toLocaleString("en-GB"),
        note: words.toLowerCase() === status ? undefined : words,
        path: `/console/services/${serviceId}/notifications?batch=${id}&status=${status}`,
      },
    ];
  });
}
