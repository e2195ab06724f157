/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Batch } from "../../../shared/batch/batch.ts";
import type { BatchProgress } from "../../../shared/batch/progress.ts";
import type { StatusCount } from "../../../shared/batch/statistics.ts";
import { Time } from "../parts.tsx";
import { outcomeOf } from "./counts.ts";

export interface ProgressProps {
  batch: Batch;
  progress: BatchProgress;
  counts: readonly StatusCount[];
}

/** First the messages are made, then they arrive. */
export function Progress({ batch, progress, counts }: ProgressProps) {
  const { status } = batch;
  const { rows, stored, skipped, failed } = progress;
  if (status === "scheduled") {
    return (
      <p>
        It begins at <Time at={batch.scheduledFor} />.
      </p>
    );
  }
  if (status === "cancelled") return <p class="warning">It was cancelled.</p>;
  if (status === "sending limits exceeded") {
    return <p class="warning">Nothing was made of it: the service has reached its limit of the day.</p>;
  }
  const { delivered, failed: notDelivered } = outcomeOf(counts);
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const words = (n: number) => n.toLocaleString("en-GB");
  return (
    <>
      {status === "error" ? (
        <p class="warning">It was stopped by an error. Operators were told, and can have it go on.</p>
      ) : null}
      <Bar
        id="made"
        label={`Made: ${words(stored)} of ${words(rows)} messages`}
        done={stored + skipped}
        of={rows}
      />
      <Bar
        id="ended"
        label={`Arrived: ${words(delivered)}; failed: ${words(notDelivered)}`}
        done={delivered + notDelivered}
        of={Math.max(all, rows)}
      />
      {skipped > 0 ? (
        <p class="hint">{`${words(skipped)} rows were left out: the service is in trial mode and may not send to them.`}</p>
      ) : null}
      {failed > 0 ? <p class="hint">{`${words(failed)} rows could not be sent to.`}</p> : null}
    </>
  );
}

function Bar({ id, label, done, of }: { id: string; label: string; done: number; of: number }) {
  return (
    <p>
      <label for={id}>{label}</label>
      <progress id={id} value={String(done)} max={String(Math.max(1, of))} />
    </p>
  );
}
