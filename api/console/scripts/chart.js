/**
 * Draws each `figure[data-chart]` with uPlot in place of the picture that the server drew: to be pointed at, and as wide
 * as there is room for.
 */
(() => {
  /** @typedef {{ times: number[], unit: string, series: { label: string, values: (number | null)[] }[] }} Data */
  /** @type {typeof import("uplot")} */
  const uPlot = Reflect.get(window, "uPlot");
  const height = 200;
  /**
   * How to end each chart. The library holds on to all that are not ended, and a page may stay open for days.
   * @type {Map<Element, () => void>}
   */
  const drawn = new Map();
  const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

  /** @param {string} name */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/London",
    hour: "2-digit",
    minute: "2-digit",
  });
  const calendar = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/London",
    day: "numeric",
    month: "short",
  });

  /**
   * The time of a day, or the day where the chart shows several.
   * @param {number} seconds
   * @param {number[]} times
   */
  function atLondon(seconds, times) {
    const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > 2 * 86_400;
    return (isLong ? calendar : clock).format(seconds * 1000);
  }

  /** @param {number | null | undefined} value */
  function asText(value) {
    if (value === null || value === undefined) return "–";
    return value >= 100 ? Math.round(value).toLocaleString("en-GB") : String(Number(value.toPrecision(3)));
  }

  /**
   * Has the legend tell what is under the pointer: the time, and each line's figure.
   * @param {Element} figure
   * @param {Data} data
   * @param {number | null | undefined} at
   */
  function tell(figure, { times, series }, at) {
    const time = at === null || at === undefined ? undefined : times[at];
    const told = figure.querySelector(".pointed");
    if (told)
      told.textContent =
        time === undefined ? "" : `${calendar.format(time * 1000)} ${clock.format(time * 1000)}`;
    for (const [n, place] of figure.querySelectorAll(".legend b").entries()) {
      place.textContent = time === undefined ? "" : asText(series[n]?.values[at ?? -1]);
    }
  }

  /** @param {Element} figure */
  function draw(figure) {
    const place = figure.querySelector(".drawing");
    const text = figure.getAttribute("data-chart");
    if (!(place instanceof HTMLElement) || text === null) return;
    /** @type {Data} */
    const data = JSON.parse(text);
    const { times, series } = data;
    if (times.length < 2) return;
    const axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    place.replaceChildren();
    const chart = new uPlot(
      {
        width: place.clientWidth,
        height,
        // The page's own says more, and is there without scripts.
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false },
        hooks: { setCursor: [({ cursor }) => tell(figure, data, cursor.idx)] },
        // Nobody sees whole numbers counted in halves.
        scales: { y: { range: (_chart, _least, most) => [0, most > 0 ? most * 1.05 : 1] } },
        axes: [
          {
            ...axis,
            size: 28,
            space: 80,
            values: (_chart, marks) => marks.map((mark) => atLondon(mark, times)),
          },
          {
            ...axis,
            size: 52,
            space: 32,
            values: (_chart, marks) => marks.map((mark) => mark.toLocaleString("en-GB")),
          },
        ],
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Europe/London"),
        series: [
          {},
          ...series.map(({ label }, at) => ({
            label,
            stroke: colour(`--chart-${at + 1}`),
            width: 2,
            dash: dashes[at] ?? [],
            // What is beneath the others shows how much there is.
            ...(at === 0 && { fill: colour("--chart-fill") }),
            points: { show: false },
          })),
        ],
      },
      [times, ...series.map(({ values }) => values)],
      place,
    );
    const resizes = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height }));
    resizes.observe(place);
    drawn.set(place, () => {
      resizes.disconnect();
      chart.destroy();
    });
  }

  /** @param {ParentNode} part */
  function drawAll(part) {
    for (const figure of part.querySelectorAll("figure[data-chart]")) draw(figure);
  }

  drawAll(document);
  document.addEventListener("console:replaced", ({ target }) => {
    for (const [place, end] of drawn) {
      if (place.isConnected) continue;
      end();
      drawn.delete(place);
    }
    if (target instanceof Element) drawAll(target);
  });
})();
