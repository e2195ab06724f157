/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { SentToday } from "../../../shared/batch/uploads.ts";
import type { MonthlyUsage, Usage } from "../../../shared/billing/usage.ts";
import type { Service } from "../../../shared/service/service.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { type Column, Count, Facts, Table } from "../parts.tsx";

interface Shown {
  service: Service;
  today: SentToday;
  /** The financial year that is shown, by the year it begins in, and the one that is now. */
  year: number;
  current: number;
  /** Fragments a year. */
  freeFragments: number;
  months: readonly MonthlyUsage[];
  totals: readonly Usage[];
}

export async function usagePage(c: Context<ConsoleEnv>, shown: Shown): Promise<Response> {
  const { service, today, year, current } = shown;
  const path = `/console/services/${service.id}/usage`;
  const body = (
    <>
      <h1>Usage and limits</h1>
      <h2>Today</h2>
      <p class="hint">
        A day begins at midnight UTC. Messages of live and team keys, batches and people count; those of test
        keys do not.
      </p>
      <Limits service={service} today={today} />
      <p>
        <span>{`${service.rateLimit.toLocaleString("en-GB")} requests a minute, for each kind of key.`}</span>{" "}
        {c.var.role === "operator" ? (
          <a href={`/console/services/${service.id}/settings`}>Change the limits</a>
        ) : (
          "An operator can change the limits."
        )}
      </p>
      <h2>What it cost</h2>
      <nav class="ranges" aria-label="Financial years">
        <ul>
          {[current, current - 1, current - 2].map((each) => (
            <li>
              <a href={`${path}?year=${each}`} aria-current={each === year ? "page" : undefined}>
                {yearName(each)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Year {...shown} />
    </>
  );
  return await answerConsole(c, {
    title: "Usage and limits",
    body,
    crumbs: [{ title: "Usage and limits", path: null }],
  });
}

function Limits({ service, today }: Pick<Shown, "service" | "today">) {
  const rows = [
    ["Emails", today.email, service.dailyLimits.email],
    ["Text messages", today.sms, service.dailyLimits.sms],
    ["Text messages to other countries", today.internationalSms, service.dailyLimits.internationalSms],
    ["Letters", today.letter, service.dailyLimits.letter],
  ] as const;
  return (
    <ul class="meters">
      {rows.map(([name, used, limit], at) => (
        <li>
          <label for={`limit-${at}`}>{name}</label>
          <progress id={`limit-${at}`} max={Math.max(limit, 1)} value={Math.min(used, limit)} />
          <span class="number">{`${used.toLocaleString("en-GB")} of ${limit.toLocaleString("en-GB")}`}</span>
          {used >= limit ? <span class="tag bad">none left today</span> : null}
          {used < limit && used >= 0.8 * limit ? <span class="tag warn">nearly reached</span> : null}
        </li>
      ))}
    </ul>
  );
}

function Year({ year, freeFragments, months, totals }: Shown) {
  const texts = totals.filter(({ type }) => type === "sms");
  const free = sum(texts, ({ free }) => free);
  const cost = (type: Usage["type"]) =>
    sum(
      totals.filter((usage) => usage.type === type),
      (usage) => usage.cost,
    );
  return (
    <>
      <Facts
        facts={[
          ["Altogether", <strong>{pounds(sum(totals, (usage) => usage.cost))}</strong>],
          ["Text messages", pounds(cost("sms"))],
          ["Letters", pounds(cost("letter"))],
          ["Emails", "Cost nothing"],
        ]}
      />
      <ul class="meters">
        <li>
          <label for="free">Text messages that cost nothing</label>
          <progress id="free" max={Math.max(freeFragments, 1)} value={Math.min(free, freeFragments)} />
          <span class="number">{`${free.toLocaleString("en-GB")} of ${freeFragments.toLocaleString("en-GB")} a year`}</span>
        </li>
      </ul>
      <Table
        caption={`By month, from April ${year}`}
        columns={columns}
        rows={months}
        empty="Nothing that costs was sent in this year."
      />
      <Table
        caption="The whole year, by price"
        columns={totalColumns}
        rows={totals}
        empty="Nothing was sent in this year."
      />
      <p class="hint">
        Counted within the hour. A long text message is charged as several, and one to another country as
        more.
      </p>
    </>
  );
}

const typeWords = { sms: "Text messages", email: "Emails", letter: "Letters" } as const;

const figures: readonly Column<Usage>[] = [
  { title: "Sent", cell: ({ sent }) => <Count of={sent} />, isNumber: true },
  { title: "Counted as", cell: ({ chargeable }) => <Count of={chargeable} />, isNumber: true },
  { title: "Free", cell: ({ free }) => <Count of={free} />, isNumber: true },
  { title: "Price", cell: ({ rate }) => (rate === 0 ? "–" : pounds(rate, 4)), isNumber: true },
  { title: "Cost", cell: ({ cost }) => pounds(cost), isNumber: true },
];

const columns: readonly Column<MonthlyUsage>[] = [
  { title: "Month", cell: ({ month }) => monthName(month) },
  {
    title: "Kind",
    cell: ({ type, postage }) => `${typeWords[type]}${type === "letter" ? `, ${postage}` : ""}`,
  },
  ...figures,
];

const totalColumns: readonly Column<Usage>[] = [
  { title: "Kind", cell: ({ type }) => typeWords[type] },
  ...figures,
];

const monthNames = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

function monthName(month: string): string {
  return `${monthNames[Number(month.slice(5)) - 1] ?? ""} ${month.slice(0, 4)}`;
}

function yearName(year: number): string {
  return `April ${year} to March ${year + 1}`;
}

function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

function pounds(amount: number, places = 2): string {
  return amount.toLocaleString("en-GB", {
    style: "currency",
    currency: "GBP",
    minimumFractionDigits: 2,
    maximumFractionDigits: places,
  });
}
