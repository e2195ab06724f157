/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { letterTimings } from "../../../shared/letter/timings.ts";
import type { Postage } from "../../../shared/recipient/postage.ts";
import type { LoadedDays } from "../../../shared/time/bank-holidays.ts";
import { londonDate, londonTime } from "../../../shared/time/london.ts";
import { type Column, Table } from "../parts.tsx";
import { postageOf } from "./deps.ts";

interface Timing {
  postage: Postage;
  printedBy: string;
  earliest: string;
  latest: string;
}

/** When letters of each class are printed and delivered that are made now. */
export function Timings({ at, holidays }: { at: Date; holidays: LoadedDays }) {
  return (
    <Table
      caption={`A letter made now, ${londonTime(at).slice(0, 16)}`}
      columns={timingColumns}
      rows={timingsAt(at, holidays)}
      empty="No letters are printed."
    />
  );
}

const classes: readonly Postage[] = ["first", "second", "economy", "europe", "rest-of-world"];

function timingsAt(at: Date, holidays: LoadedDays): Timing[] {
  return classes.map((postage) => {
    const { printedBy, earliestDelivery, latestDelivery } = letterTimings(at, postage, holidays);
    return {
      postage,
      printedBy: londonDate(printedBy),
      earliest: londonDate(earliestDelivery),
      latest: londonDate(latestDelivery),
    };
  });
}

const timingColumns: readonly Column<Timing>[] = [
  { title: "Post", cell: ({ postage }) => postageOf(postage) },
  { title: "Printed by", cell: ({ printedBy }) => printedBy },
  { title: "Delivered from", cell: ({ earliest }) => earliest },
  { title: "At the latest", cell: ({ latest }) => latest },
];
