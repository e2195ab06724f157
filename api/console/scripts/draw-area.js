/**
 * Lets people point at a map to say where an alert is for. Each `textarea` with `data-draw-area` takes what is pointed
 * out on the `.area-map` of its form: a line of latitude and longitude for each point, an empty line between areas; and
 * what is typed there shows on the map. The text is all that is sent, so that everything works without this script too.
 */
(() => {
  const pairs = /(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)/g;
  const lastPair = /\s*-?\d+(?:\.\d+)?\s*,\s*-?\d+(?:\.\d+)?\s*$/;

  /**
   * @param {HTMLTextAreaElement} text
   * @param {SVGSVGElement} map
   */
  function start(text, map) {
    const [north = 0, west = 0, east = 0] = (map.dataset.corners ?? "").split(" ").map(Number);
    const unitsPerDegree = map.viewBox.baseVal.width / (east - west);
    // Enough to tell the map's units apart.
    const decimals = Math.max(2, Math.ceil(Math.log10(unitsPerDegree)) + 1);
    /** @param {number} latitude */
    const southOfTop = (latitude) => mercator(north) - mercator(latitude);
    const area = svgElement("path", "map-area");
    const corners = svgElement("g", "map-corners");
    const caption = map.parentElement?.querySelector("figcaption");
    caption?.setAttribute("aria-live", "polite");

    for (const drawn of map.querySelectorAll(".map-area, .map-bounds")) drawn.remove();
    map.append(area, corners);
    map.classList.add("map-drawable");
    map.addEventListener("click", (event) => {
      const screen = map.getScreenCTM();
      if (!screen) return;
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(screen.inverse());
      const latitude = latitudeOf(mercator(north) - y / unitsPerDegree);
      const point = `${latitude.toFixed(decimals)}, ${(west + x / unitsPerDegree).toFixed(decimals)}`;
      change(`${text.value}${text.value === "" || text.value.endsWith("\n") ? "" : "\n"}${point}\n`);
    });
    const buttons = document.createElement("p");
    buttons.className = "actions";
    buttons.append(
      button("Remove the last point", () => change(`${text.value.replace(lastPair, "")}\n`.trimStart())),
      button("Begin another area", () => change(text.value === "" ? "" : `${text.value.trimEnd()}\n\n`)),
    );
    map.parentElement?.after(buttons);
    text.addEventListener("input", draw);
    draw();

    /** @param {string} value */
    function change(value) {
      text.value = value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.scrollTop = text.scrollHeight;
    }

    function draw() {
      const areas = text.value
        .split(/\n[^\S\n]*\n/)
        .map((block) =>
          [...block.matchAll(pairs)].map(([, latitude, longitude]) => ({
            x: (Number(longitude) - west) * unitsPerDegree,
            y: southOfTop(Number(latitude)) * unitsPerDegree,
          })),
        )
        .filter((places) => places.length > 0);
      area.setAttribute(
        "d",
        areas.map((places) => `M${places.map(({ x, y }) => `${x},${y}`).join("L")}Z`).join(""),
      );
      const points = areas.flat();
      corners.replaceChildren(
        ...points.map(({ x, y }) => {
          const corner = svgElement("circle", "map-corner");
          for (const [name, value] of Object.entries({ cx: x, cy: y, r: 3 }))
            corner.setAttribute(name, `${value}`);
          return corner;
        }),
      );
      if (caption) caption.textContent = `${count(areas.length, "area")}, ${count(points.length, "point")}`;
    }
  }

  /** @param {number} latitude its place on Mercator's map, in degrees of longitude */
  function mercator(latitude) {
    return (Math.asinh(Math.tan((latitude * Math.PI) / 180)) * 180) / Math.PI;
  }

  /** @param {number} place as `mercator` answers */
  function latitudeOf(place) {
    return (Math.atan(Math.sinh((place * Math.PI) / 180)) * 180) / Math.PI;
  }

  /**
   * @param {string} name
   * @param {string} className
   */
  function svgElement(name, className) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    element.setAttribute("class", className);
    return element;
  }

  /**
   * @param {string} words
   * @param {() => void} press
   */
  function button(words, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "quiet";
    made.textContent = words;
    made.addEventListener("click", press);
    return made;
  }

  /**
   * @param {number} number
   * @param {string} thing
   */
  function count(number, thing) {
    return `${number} ${thing}${number === 1 ? "" : "s"}`;
  }

  for (const text of document.querySelectorAll("textarea[data-draw-area]")) {
    const map = text.closest("form")?.querySelector(".area-map > svg");
    if (text instanceof HTMLTextAreaElement && map instanceof SVGSVGElement) start(text, map);
  }
})();
