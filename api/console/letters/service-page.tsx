/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { deadlineOf, printDateOf } from "../../../shared/letter/print-day.ts";
import { listReturnedDays } from "../../../shared/letter/returned-list.ts";
import {
  countUnsettled,
  findHold,
  findLetterDetails,
  type Hold,
  type LetterDetails,
} from "../../../shared/letter/service-letters.ts";
import {
  type FoundNotification,
  findNotifications,
  readPosition,
} from "../../../shared/notification/find-notifications.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { withQuery } from "../listing.ts";
import { type Column, Paging, Status as StatusTag, Table, Time } from "../parts.tsx";
import { type LetterPageDeps, postageOf } from "./deps.ts";
import { reasonOf } from "./refusal-words.ts";

const pageSize = 50;
const mostCounted = 1000;

interface Part {
  name: string;
  title: string;
  caption: string;
  empty: string;
  statuses: readonly Status[];
  /** Letters of test keys go to no printer. */
  keyTypes: readonly ["normal"] | null;
}

const parts: readonly [Part, ...Part[]] = [
  {
    name: "waiting",
    title: "Waiting to be printed",
    caption: "Letters that wait for a print run",
    empty: "No letters wait to be printed.",
    statuses: ["created", "pending-virus-check"],
    keyTypes: ["normal"],
  },
  {
    name: "printer",
    title: "With the printer",
    caption: "Letters that are with the printer",
    empty: "No letters are with the printer.",
    statuses: ["sending"],
    keyTypes: ["normal"],
  },
  {
    name: "failed",
    title: "Failed",
    caption: "Letters that could not be printed",
    empty: "No letters failed.",
    statuses: ["validation-failed", "virus-scan-failed", "technical-failure"],
    keyTypes: null,
  },
];

interface Row {
  letter: FoundNotification;
  details: LetterDetails | undefined;
}

/** GET …/letters?state: a service's letters by where they are, the newest first. */
export function serviceLetters({ ask, now }: Pick<LetterPageDeps, "ask" | "now">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { id: serviceId } = c.var.service;
    const part = parts.find(({ name }) => name === c.req.query("state")) ?? parts[0];
    const { statuses, keyTypes } = part;
    const search = {
      ...{ serviceId, statuses, keyTypes, id: null, terms: [], templateId: null, batchId: null },
      ...{ since: null, until: null, types: ["letter"] as const, include: { batches: true, oneOffs: true } },
    };
    const olderThan = readPosition(c.req.query("older") ?? "", c.req.query("id") ?? "");
    const { found, next } = await ask((sql) =>
      findNotifications(sql, search, { olderThan, limit: pageSize }),
    );
    const ids = found.map(({ id }) => id);
    const [details, hold, counts, returned] = await ask((sql) =>
      Promise.all([
        findLetterDetails(sql, serviceId, ids),
        findHold(sql, serviceId),
        countUnsettled(sql, serviceId, mostCounted),
        listReturnedDays(sql, serviceId),
      ]),
    );
    const rows = found.map((letter) => ({ letter, details: details.get(letter.id) }));
    const body = (
      <>
        <h1>Letters</h1>
        <HoldPart c={c} hold={hold} />
        <nav class="ranges" aria-label="Where letters are">
          <ul>
            {parts.map(({ name, title }) => (
              <li>
                <a
                  href={`/console/services/${serviceId}/letters?state=${name}`}
                  aria-current={name === part.name ? "page" : undefined}
                >
                  {title}
                  {countOf(name, counts)}
                </a>
              </li>
            ))}
            <li>
              <a href={`/console/services/${serviceId}/letters/returned`}>
                Returned ({returned.reduce((sum, { letters }) => sum + letters, 0).toLocaleString("en-GB")})
              </a>
            </li>
          </ul>
        </nav>
        {part.name === "waiting" ? <Deadline now={now()} /> : null}
        <Table caption={part.caption} columns={columnsFor(c, part)} rows={rows} empty={part.empty} />
        <Paging
          newer={olderThan ? withQuery(c, { older: null, id: null }) : null}
          older={next ? withQuery(c, { older: next.at, id: next.id }) : null}
        />
      </>
    );
    return await answerConsole(c, { title: "Letters", body });
  };
}

function countOf(name: string, { waiting, sending }: { waiting: number; sending: number }): string {
  if (name === "failed") return "";
  const count = name === "waiting" ? waiting : sending;
  const isCut = waiting + sending >= mostCounted;
  return ` (${count.toLocaleString("en-GB")}${isCut ? " or more" : ""})`;
}

function Deadline({ now }: { now: Date }) {
  return (
    <p>
      Letters made before <Time at={deadlineOf(printDateOf(now))} /> go to the printer with the next run.
      Until then they can be cancelled.
    </p>
  );
}

/** Whether the service's letters are printed at all, and for operators the way to change that. */
function HoldPart({ c, hold }: { c: Context<ConsoleEnv>; hold: Hold | null }) {
  const isOperator = c.var.role === "operator";
  const path = `/console/letters/holds/${c.var.service.id}`;
  if (hold) {
    return (
      <p class="warning">
        None of its letters is printed since <Time at={hold.heldAt} />: {hold.reason}{" "}
        {isOperator ? <a href={path}>Release them</a> : null}
      </p>
    );
  }
  return isOperator ? (
    <p>
      Its letters are printed. <a href={path}>Hold them</a>
    </p>
  ) : null;
}

function columnsFor(c: Context<ConsoleEnv>, part: Part): readonly Column<Row>[] {
  const root = `/console/services/${c.var.service.id}`;
  const isFailed = part.name === "failed";
  return [
    {
      title: "To",
      cell: ({ letter }) => (
        <a href={isFailed ? `${root}/letters/${letter.id}` : `${root}/notifications/${letter.id}`}>
          {firstLine(letter.to)}
        </a>
      ),
    },
    {
      title: "Template",
      cell: ({ letter, details }) =>
        details?.precompiled ? (
          "Your own PDF"
        ) : (
          <a href={`${root}/templates/${letter.templateId}`}>{letter.templateName}</a>
        ),
    },
    { title: "Reference", cell: ({ letter }) => letter.clientReference ?? <span class="none">–</span> },
    { title: "State", cell: ({ letter }) => <StatusTag status={letter.status} /> },
    ...(isFailed
      ? [
          {
            title: "Why",
            cell: ({ letter, details }: Row) => reasonOf(letter.status, details?.refusal ?? null),
          },
        ]
      : [
          { title: "Post", cell: ({ details }: Row) => (details ? postageOf(details.postage) : "") },
          {
            title: "Pages",
            isNumber: true,
            cell: ({ details }: Row) => details?.pages ?? <span class="none">not made yet</span>,
          },
        ]),
    ...(part.name === "printer"
      ? [{ title: "Sent to the printer", cell: ({ letter }: Row) => <Time at={letter.sentAt} /> }]
      : []),
    { title: "Made", cell: ({ letter }) => <Time at={letter.createdAt} /> },
  ];
}

function firstLine(to: string | null): string {
  const line = (to ?? "").split("\n")[0]?.trim() ?? "";
  return line === "" ? "A letter" : line;
}
