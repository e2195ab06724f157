// Keeps the page up to date: fetches it again when something arrives, and moves over what has changed. What stays
// is left alone, so that open details and scrolled frames stay as they are.

const list = document.getElementById("messages");
const live = document.getElementById("live");
const empty = document.getElementById("empty");
const atMostEveryMs = 400;
let waiting = false;

async function refresh() {
  const response = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["channels", "foot"]) document.getElementById(id).replaceWith(fresh.getElementById(id));
  const arrived = [...fresh.getElementById("messages").children];
  const ids = new Set(arrived.map((item) => item.id));
  for (const item of [...list.children]) if (!ids.has(item.id)) item.remove();
  list.prepend(...arrived.filter((item) => !document.getElementById(item.id)));
}

function refreshSoon() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    refresh().catch(() => {});
  }, atMostEveryMs);
}

const events = new EventSource("/events");
events.addEventListener("message", refreshSoon);
events.addEventListener("cleared", refreshSoon);
events.addEventListener("open", () => {
  live.hidden = false;
  live.classList.remove("lost");
  live.textContent = "Live";
  // Whatever came while nobody listened.
  refreshSoon();
});
events.addEventListener("error", () => {
  live.classList.add("lost");
  live.textContent = "Not connected";
});

const print = document.querySelector("#print button");
if (print) {
  const said = document.querySelector("#print output");
  print.hidden = false;
  print.addEventListener("click", async () => {
    print.disabled = true;
    said.textContent = "";
    const answer = await fetch("/dvla/print", { method: "POST" }).then((response) => response.json());
    said.textContent = answer.said ?? answer.error;
    print.disabled = false;
  });
}

empty.hidden = false;
empty.addEventListener("click", () => fetch("/messages", { method: "DELETE" }));
