/**
 * Shows a message while it is typed: asks for the form's preview a moment after each change, and puts its parts in place
 * of those on the page. Fields for placeholders come and go with them. An email is put into a frame of its own, behind
 * the one that is shown until it is there.
 */
(() => {
  const pauseMs = 300;
  const longestMs = 10_000;
  const panel = document.querySelector("[data-preview]");
  const form = panel?.closest("form");
  if (!(panel instanceof HTMLElement) || !form) return;
  const path = panel.dataset.preview ?? "";
  let timer = 0;
  let frames = 0;
  let asked = new AbortController();

  async function refresh() {
    if (!(panel instanceof HTMLElement) || !form) return;
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const limit = setTimeout(() => asked.abort(), longestMs);
    try {
      const answer = await fetch(path, { method: "POST", body: fieldsOf("fragment"), signal });
      if (!answer.ok) throw new Error(`The preview answered ${answer.status}`);
      replaceParts(new DOMParser().parseFromString(await answer.text(), "text/html"));
      showEmail();
      panel.classList.remove("old");
    } catch {
      // Another one is on its way where this one was given up for it.
      if (asked.signal === signal) panel.classList.add("old");
    } finally {
      clearTimeout(limit);
    }
  }

  /** @param {string} as What the answer is to be. */
  function fieldsOf(as) {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form ?? undefined)) fields.append(name, String(value));
    fields.set("as", as);
    return fields;
  }

  /** @param {Document} page */
  function replaceParts(page) {
    for (const shown of document.querySelectorAll("[data-preview-part]")) {
      const name = CSS.escape(shown.getAttribute("data-preview-part") ?? "");
      const fresh = page.querySelector(`[data-preview-part="${name}"]`);
      if (fresh && fresh.outerHTML !== shown.outerHTML) shown.replaceWith(document.importNode(fresh, true));
    }
    const fields = document.getElementById("preview-values");
    const wanted = page.getElementById("preview-values");
    if (fields && wanted && fields.dataset.names !== wanted.dataset.names) {
      fields.replaceWith(document.importNode(wanted, true));
    }
  }

  function showEmail() {
    const shown = document.querySelector("#email-frames iframe:last-of-type");
    if (!(shown instanceof HTMLIFrameElement)) return;
    frames += 1;
    const frame = document.createElement("iframe");
    frame.className = shown.className;
    frame.title = shown.title;
    frame.name = `email-frame-${frames}`;
    frame.setAttribute("sandbox", "");
    frame.hidden = true;
    shown.after(frame);
    frame.addEventListener("load", () => {
      for (const other of document.querySelectorAll("#email-frames iframe")) {
        if (other === frame) break;
        other.remove();
      }
      frame.hidden = false;
    });
    post(frame.name);
  }

  /** @param {string} target */
  function post(target) {
    const copy = document.createElement("form");
    copy.method = "post";
    copy.action = path;
    copy.target = target;
    copy.hidden = true;
    for (const [name, value] of fieldsOf("email")) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      copy.append(field);
    }
    document.body.append(copy);
    copy.submit();
    copy.remove();
  }

  form.addEventListener("input", () => {
    // Pages that were drawn say what it was before.
    panel.classList.add("changed");
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), pauseMs);
  });
  // Enter in a field that only fills in the preview is no wish to save or send.
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !(field instanceof HTMLInputElement)) return;
    if (field.closest("#preview-values")) event.preventDefault();
  });
  // What a browser filled in again, after going back, is not what the server showed; nor is an email that has no address.
  const isFilledIn = [...form.querySelectorAll("input, textarea")].some(
    (field) =>
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) &&
      field.value !== field.defaultValue,
  );
  if (isFilledIn || document.querySelector("#email-frames iframe:not([src])")) void refresh();
})();
