/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import type { RateBook } from "../../../shared/billing/rate-book.ts";
import { JsonFloat } from "../../../shared/json/json.ts";
import { estimatedDelivery } from "../../../shared/letter/timings.ts";
import { failedStatuses } from "../../../shared/notification/search-statuses.ts";
import type { LoadedDays } from "../../../shared/time/bank-holidays.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { costOf } from "../../v2/notifications/cost.ts";
import { Count, Facts, Time } from "../parts.tsx";
import type { Opened } from "./open.ts";
import { channelWords, keyWords } from "./words.ts";

/** What is known of a message beside what it says. */
export function NotificationFacts({
  opened,
  rates,
  holidays,
}: {
  opened: Opened;
  rates: RateBook;
  holidays: LoadedDays;
}) {
  const { facts, stored } = opened;
  const { template, job, channel, serviceId } = facts;
  const root = `/console/services/${serviceId}`;
  const rows: (readonly [string, Child] | null)[] = [
    ["Id", <code>{facts.id}</code>],
    [
      "Template",
      <>
        {stored.template.hidden ? (
          template.name
        ) : (
          <a href={`${root}/templates/${template.id}`}>{template.name}</a>
        )}
        , version {template.version}
      </>,
    ],
    ["Key", keyOf(opened)],
    facts.clientReference === null ? null : ["Reference", facts.clientReference],
    job === null
      ? null
      : [
          "Batch",
          <>
            <a href={`${root}/batches/${job.id}`}>{job.fileName}</a>
            {facts.jobRowNumber === null ? "" : `, row ${facts.jobRowNumber + 1}`}
          </>,
        ],
    facts.createdBy === null ? null : ["Sent by", facts.createdBy.name],
    facts.sentBy === null ? null : ["Provider", facts.sentBy],
    facts.reference === null
      ? null
      : [
          channel === "letter" ? "Printer’s reference" : "Provider’s reference",
          <code>{facts.reference}</code>,
        ],
    ["Made", <Time at={facts.createdAt} />],
    ["Sent", <Time at={facts.sentAt} />],
    ["Changed", <Time at={facts.updatedAt} />],
    facts.international ? ["Abroad", `country code ${facts.phonePrefix ?? "not known"}`] : null,
    stored.postage === null ? null : ["Postage", stored.postage],
    stored.postage === null || failedStatuses.includes(facts.status)
      ? null
      : ["Expected by", londonDate(estimatedDelivery(facts.createdAt, stored.postage, holidays))],
    channel === "email" ? null : [unitsOf[channel], <Count of={facts.billableUnits} />],
    ["Cost", costIn(opened, rates)],
  ];
  return <Facts facts={rows.filter((row) => row !== null)} />;
}

const unitsOf = { sms: "Texts charged", letter: "Sheets" } as const;

function keyOf({ facts: { keyType, keyName, apiKeyId, channel } }: Opened): string {
  if (apiKeyId === null) return keyType === "normal" ? "none: a person sent it" : keyWords[keyType];
  return `${keyName ?? channelWords[channel]} (${keyWords[keyType]})`;
}

function costIn({ stored }: Opened, rates: RateBook): string {
  const { cost_in_pounds: pounds } = costOf(stored, rates);
  if (!(pounds instanceof JsonFloat)) return "not known yet";
  return `£${pounds.value.toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 4 })}`;
}
