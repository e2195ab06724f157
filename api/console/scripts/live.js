/**
 * Keeps a page up to date while somebody looks at it: asks for it again every `data-live-seconds` of the body, and puts
 * each element with `data-live` of the new page in place of the one with that name. What somebody is in stays as it is.
 * Tells the document with `console:replaced` of each new element.
 */
(() => {
  const longestMs = 10_000;
  let timer = 0;
  let isAsking = false;
  /**
   * What parts were when they came: scripts draw in them since.
   * @type {WeakMap<Element, string>}
   */
  const asSent = new WeakMap();
  for (const part of document.querySelectorAll("[data-live]")) asSent.set(part, part.outerHTML);

  /** @param {Document} page */
  const secondsOf = (page) => Number(page.body.dataset.liveSeconds ?? 0);

  async function refresh() {
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      const answer = await fetch(location.href, {
        // Not a sign that somebody is there: the session's time goes on.
        headers: { Accept: "text/html", "X-Console-Live": "1" },
        signal: AbortSignal.timeout(longestMs),
      });
      if (answer.redirected) {
        // Nobody is signed in any more, or the page went elsewhere: it says so itself.
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(`The page answered ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      replaceParts(page);
      warn(false);
      wait(secondsOf(page));
    } catch {
      warn(true);
      wait(secondsOf(document));
    } finally {
      isAsking = false;
    }
  }

  /** @param {Document} page */
  function replaceParts(page) {
    for (const shown of document.querySelectorAll("[data-live]")) {
      const name = CSS.escape(shown.getAttribute("data-live") ?? "");
      const fresh = page.querySelector(`[data-live="${name}"]`);
      if (!fresh || isInUse(shown)) continue;
      if (fresh.outerHTML === (asSent.get(shown) ?? shown.outerHTML)) continue;
      const put = document.importNode(fresh, true);
      asSent.set(put, put.outerHTML);
      keepOpen(shown, put);
      shown.replaceWith(put);
      put.dispatchEvent(new CustomEvent("console:replaced", { bubbles: true }));
    }
  }

  /**
   * What somebody has unfolded stays so.
   * @param {Element} shown
   * @param {Element} put
   */
  function keepOpen(shown, put) {
    const folds = put.querySelectorAll("details");
    for (const [at, fold] of shown.querySelectorAll("details").entries()) {
      if (fold.open) folds[at]?.setAttribute("open", "");
    }
  }

  /**
   * Somebody's focus or marked text is in it.
   * @param {Element} part
   */
  function isInUse(part) {
    const selection = getSelection();
    const isMarked = selection !== null && !selection.isCollapsed && selection.containsNode(part, true);
    return isMarked || part.contains(document.activeElement);
  }

  /** @param {boolean} isOld Whether what is shown is older than it seems. */
  function warn(isOld) {
    const shown = document.getElementById("live-warning");
    if (!isOld) shown?.remove();
    if (!isOld || shown) return;
    const warning = document.createElement("p");
    warning.id = "live-warning";
    warning.className = "warning";
    warning.setAttribute("role", "status");
    const since = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London" });
    warning.textContent = `This page could not be brought up to date since ${since}. It is tried again by itself.`;
    document.getElementById("main")?.prepend(warning);
  }

  /** @param {number} seconds 0: the page changes no more. */
  function wait(seconds) {
    clearTimeout(timer);
    document.body.dataset.liveSeconds = String(seconds);
    if (seconds > 0) timer = setTimeout(refresh, seconds * 1000);
  }

  document.addEventListener("visibilitychange", () => {
    if (secondsOf(document) > 0) void refresh();
  });
  wait(secondsOf(document));
})();
