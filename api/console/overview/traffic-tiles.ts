import type { Overview } from "../../../shared/overview/overview.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { count, type TileProps } from "./tile.tsx";

type Event = "accepted" | "sent" | "delivered" | "failed";

/** More of what was accepted, and somebody should look. */
const manyFailed = 0.1;

/** What became of the messages of a range. Each leads to those messages, found below this path. */
export function trafficTiles({ traffic }: Overview, search: string): TileProps[] {
  const { channels, times, stepSeconds } = traffic;
  const sum = (event: Event) =>
    channels.reduce((total, channel) => total + channel[event].reduce((one, other) => one + other, 0), 0);
  const accepted = sum("accepted");
  const failed = sum("failed");
  const from = londonTime(new Date((times[0] ?? 0) * 1000))
    .slice(0, 16)
    .replace(" ", "T");
  const path = (status: string) => `${search}?${new URLSearchParams({ status, key: "live", from })}`;
  const share = (part: number) =>
    accepted === 0 ? undefined : `${((100 * part) / accepted).toFixed(1)} % of accepted`;
  return [
    {
      title: "Accepted",
      figure: count(accepted),
      note: `${perMinute(accepted, (times.length * stepSeconds) / 60)} a minute`,
      path: path(""),
    },
    { title: "Sent", figure: count(sum("sent")), note: "Handed to a provider", path: path("") },
    {
      title: "Delivered",
      figure: count(sum("delivered")),
      note: share(sum("delivered")),
      path: path("delivered"),
    },
    {
      title: "Failed",
      figure: count(failed),
      note: share(failed),
      path: path("failed"),
      kind: failed > manyFailed * Math.max(accepted, 1) ? "warn" : "good",
    },
  ];
}

function perMinute(messages: number, minutes: number): string {
  const rate = messages / minutes;
  return count(rate >= 10 ? Math.round(rate) : Number(rate.toPrecision(2)));
}
