// The report of today is asked for again while somebody looks. The page works without it.

const live = document.querySelector("[data-live]");
const report = document.getElementById("report");
const said = live.querySelector("[data-said]");
const lost = live.querySelector("[data-lost]");
const pause = live.querySelector("[data-pause]");

const EVERY = Number(live.dataset.every);
/** Who listens is told of changes no more often than this, milliseconds. */
const QUIET = 60_000;
/** How long an answer is waited for, milliseconds. */
const PATIENCE = 15_000;

let timer = 0;
let asking = false;
let paused = false;
let saidAt = -Infinity;

/** The report as it is now; nothing where that cannot be learnt. */
async function ask() {
  const answer = await fetch(live.dataset.live, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
  // Whose sign-in has ended is led to signing in.
  if (answer.redirected) location.reload();
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts one part in the place of another, with the tables open that were, and the focus where it was. */
function put(now, before) {
  for (const details of before.querySelectorAll("details")) {
    const part = details.closest("[id]").id;
    const same = now.querySelector(`#${CSS.escape(part)} details`);
    if (same) same.open = details.open;
  }
  if (now.innerHTML === before.innerHTML) return;
  const focused = before.contains(document.activeElement) ? named(document.activeElement) : null;
  const scrolled = [...before.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  before.replaceChildren(...now.childNodes);
  before.querySelectorAll(".scroll").forEach((one, at) => { one.scrollLeft = scrolled[at] ?? 0; });
  if (focused) [...before.querySelectorAll("a, summary, [tabindex]")].find((one) => named(one) === focused)?.focus({ preventScroll: true });
}

/** The same before and after: what it is, where it leads, and the part it is in. */
const named = (element) => [element.tagName, element.getAttribute("href"), element.closest("section")?.id].join();

/** Says what has changed, and not all the time. */
function say(summary) {
  const before = document.getElementById("figures").dataset;
  const is = performance.now();
  if (summary === before.summary || is - saidAt < QUIET) return;
  saidAt = is;
  said.textContent = summary;
}

async function renew() {
  if (asking) return;
  asking = true;
  const page = await ask().catch(() => null);
  asking = false;
  lost.hidden = page !== null;
  if (!page || paused) return;
  const figures = page.getElementById("figures");
  if (!figures) return;
  say(figures.dataset.summary);
  for (const part of ["as-of", "figures", "parts"]) put(page.getElementById(part), document.getElementById(part));
  document.getElementById("figures").dataset.summary = figures.dataset.summary;
}

/** Asks now and then, as long as somebody looks and has not paused it. */
function watch() {
  clearInterval(timer);
  if (!paused && !document.hidden) timer = setInterval(renew, EVERY);
}

const words = pause.textContent;
pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? pause.dataset.resume : words;
  watch();
  if (!paused) renew();
});
addEventListener("visibilitychange", () => {
  watch();
  if (!document.hidden && !paused) renew();
});
watch();
