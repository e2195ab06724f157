/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { findBatch, type LetterBatch } from "../../../shared/letter/batch.ts";
import { countPages, listMembers, type Member } from "../../../shared/letter/operators.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { withQuery } from "../listing.ts";
import { type Column, Count, Facts, Paging, Status, Table, Time } from "../parts.tsx";
import { BatchStateTag } from "./batch-columns.tsx";
import { idOf, type LetterPageDeps, postageOf, sizeOf } from "./deps.ts";
import { crumbs } from "./run-page.tsx";

const pageSize = 100;

/** GET /letters/batches/{id}: one zip with its letters. */
export function showLetterBatch({
  ask,
  findService,
}: Pick<LetterPageDeps, "ask"> & Pick<ApiDeps, "findService">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const batchId = idOf(c);
    const after = positionOf(c);
    const [batch, { pages, sheets }, members] = await ask((sql) =>
      Promise.all([
        findBatch(sql, batchId),
        countPages(sql, batchId),
        listMembers(sql, { batchId, after, limit: pageSize + 1 }),
      ]),
    );
    if (!batch) throw notThere();
    const service = await findService(batch.serviceId);
    const shown = members.slice(0, pageSize);
    const last = members.length > pageSize ? shown.at(-1) : undefined;
    const path = `/console/letters/batches/${batch.id}`;
    const body = (
      <>
        <h1>{batch.name}</h1>
        <div data-live="facts">
          <Facts facts={factsOf(batch, { pages, sheets, service: service?.name ?? batch.serviceId })} />
        </div>
        {batch.fault === null ? null : (
          <p class="warning">
            {batch.state === "abandoned" ? "Given up: " : "The last attempt ended: "}
            {batch.fault}
          </p>
        )}
        {batch.state === "abandoned" ? null : (
          <p class="actions">
            {isUnsent(batch) ? (
              <a class="button quiet" href={`${path}/retry`}>
                Try again
              </a>
            ) : null}
            <a class="button danger" href={`${path}/abandon`}>
              Give it up
            </a>
          </p>
        )}
        <Table
          caption={`Its letters${after >= 0 || last ? `, from ${(shown[0]?.position ?? 0) + 1}` : ""}`}
          columns={columnsFor(batch)}
          rows={shown}
          empty="Nothing is known of its letters any more."
        />
        <Paging
          newer={after < 0 ? null : withQuery(c, { after: null })}
          older={last ? withQuery(c, { after: String(last.position) }) : null}
        />
      </>
    );
    return await answerConsole(c, {
      title: batch.name,
      body,
      crumbs: crumbs({ title: "Print run", path: `/console/letters/runs/${batch.runId}` }, batch.name),
      liveSeconds: isUnsent(batch) ? 5 : null,
    });
  };
}

/** Whether the printer has it not yet, and is to get it. */
function isUnsent({ state }: Pick<LetterBatch, "state">): boolean {
  return state === "planned" || state === "uploading" || state === "placing";
}

function positionOf(c: Context<ConsoleEnv>): number {
  const text = c.req.query("after") ?? "";
  return /^\d{1,7}$/.test(text) ? Number(text) : -1;
}

function factsOf(
  batch: LetterBatch,
  { pages, sheets, service }: { pages: number; sheets: number; service: string },
) {
  return [
    ["State", <BatchStateTag state={batch.state} />],
    ["Service", <a href={`/console/services/${batch.serviceId}/letters`}>{service}</a>],
    ["Post", postageOf(batch.postage)],
    ["Letters", <Count of={batch.letters} />],
    ["Left out", <Count of={batch.dropped} />],
    ["Pages", <Count of={pages} />],
    ["Sheets", <Count of={sheets} />],
    ["Size of its PDFs", sizeOf(batch.bytes)],
    ["Size of the zip", batch.zipBytes === null ? "not sent" : sizeOf(batch.zipBytes)],
    ["Planned", <Time at={batch.createdAt} />],
    ["Sent", <Time at={batch.uploadedAt} />],
    ["Acknowledged", <Time at={batch.acknowledgedAt} />],
    ...(batch.claimedUntil ? [["A worker has it until", <Time at={batch.claimedUntil} />] as const] : []),
  ] as const;
}

function columnsFor({ serviceId }: LetterBatch): readonly Column<Member>[] {
  return [
    { title: "Place", cell: ({ position }) => position + 1 },
    {
      title: "Letter",
      cell: ({ notificationId, fileName }) => (
        <a href={`/console/services/${serviceId}/notifications/${notificationId}`}>{fileName}</a>
      ),
    },
    {
      title: "State",
      cell: ({ status, dropped }) => (
        <>
          {status === null ? <span class="none">gone</span> : <Status status={status} />}
          {dropped === null ? null : <span class="tag warn">{`left out: ${dropped}`}</span>}
        </>
      ),
    },
    { title: "Pages", isNumber: true, cell: ({ pages }) => pages ?? <span class="none">–</span> },
    { title: "Size", isNumber: true, cell: ({ bytes }) => sizeOf(bytes) },
  ];
}
