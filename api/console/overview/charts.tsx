/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Overview } from "../../../shared/overview/overview.ts";
import { type Range, ranges } from "../../../shared/overview/range.ts";
import { Chart } from "../chart.tsx";
import { Time } from "../parts.tsx";

const rangeNames: Readonly<Record<Range, string>> = {
  "1h": "1 hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

const channelNames = { sms: "Texts", email: "Emails", letter: "Letters", broadcast: "Broadcasts" };

/** Links to the same page over other times. */
export function Ranges({ path, range }: { path: string; range: Range }) {
  return (
    <nav class="ranges" aria-label="How far back">
      <ul>
        {ranges.map((one) => (
          <li>
            <a href={`${path}?range=${one}`} aria-current={one === range ? "true" : undefined}>
              {rangeNames[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What was accepted, sent, delivered and failed, by channel, and how long it took. Messages are found at `search`. */
export function Charts({ overview, search }: { overview: Overview; search: string }) {
  const { traffic, testTraffic, deliveryTimes } = overview;
  const ofTests = testTraffic.channels.reduce(
    (sum, { accepted }) => accepted.reduce((one, other) => one + other, sum),
    0,
  );
  const { times, stepSeconds, countedUntil } = traffic;
  const counted = times.map((time) => Math.min(stepSeconds, (countedUntil?.getTime() ?? 0) / 1000 - time));
  // Of a step that is not over, by what has been counted of it.
  const perMinute = (counts: readonly number[]) =>
    counts.map((count, at) => {
      const seconds = counted[at] ?? 0;
      return seconds < 60 ? null : (count * 60) / seconds;
    });
  return (
    <>
      <div class="split">
        {traffic.channels.map(({ channel, accepted, sent, delivered, failed }) => (
          <Chart
            title={channelNames[channel]}
            unit="a minute"
            times={times}
            series={[
              { label: "Accepted", values: perMinute(accepted) },
              { label: "Delivered", values: perMinute(delivered) },
              { label: "Sent", values: perMinute(sent) },
              { label: "Failed", values: perMinute(failed) },
            ]}
          />
        ))}
        {deliveryTimes.channels
          .filter(({ overall }) => overall !== null)
          .map(({ channel, p50, p95, p99 }) => (
            <Chart
              title={`${channelNames[channel]}: from accept to provider`}
              unit="seconds"
              times={deliveryTimes.times}
              series={[
                { label: "Half within", values: p50 },
                { label: "95 % within", values: p95 },
                { label: "99 % within", values: p99 },
              ]}
            />
          ))}
      </div>
      <p class="hint">
        {countedUntil === null ? (
          "Nothing has been counted yet: a worker counts every minute."
        ) : (
          <>
            Counted until <Time at={countedUntil} />, without{" "}
            <a href={`${search}?key=test`}>{ofTests.toLocaleString("en-GB")} messages of test keys</a>.
          </>
        )}
      </p>
    </>
  );
}
