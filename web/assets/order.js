// An order: how long its seats are held, whether it has changed, and what giving back brings.
// Everything here can be done without it.

const order = document.querySelector("[data-order]");
const hold = document.querySelector("[data-hold]");
const MINUTE = 60_000;

/** How much the server's clock is ahead of this device's, milliseconds. */
let ahead = order ? Number(order.dataset.now) - Date.now() : 0;

/** How the order is now; nothing where that cannot be learnt. */
async function ask() {
  const sent = Date.now();
  const answer = await fetch(`/orders/${order.dataset.order}/status`, { headers: { accept: "application/json" } });
  if (!answer.ok) return null;
  const now = await answer.json();
  // The answer was written about halfway between question and answer.
  ahead = now.now - (sent + Date.now()) / 2;
  return now;
}

/** Loads the page again where it would look different. */
async function refresh() {
  const now = await ask().catch(() => null);
  if (now && now.look !== order.dataset.look) {
    location.replace(`/orders/${order.dataset.order}`);
    return true;
  }
  return false;
}

/** Asks until the answer is another one, less often the longer it takes. */
async function wait() {
  for (let pause = 1000; ; pause = Math.min(pause * 1.3, 10_000)) {
    await new Promise((done) => setTimeout(done, pause));
    if (!document.hidden && await refresh()) return;
  }
}

/** Counts down, says so now and then, and says when the time is over. */
function count() {
  const shown = hold.querySelector("[data-left]");
  const announce = hold.querySelector("[data-announce]");
  const ends = Number(hold.dataset.ends);
  let before = Infinity;
  const tick = () => {
    const left = ends - (Date.now() + ahead);
    if (left <= 0) return over();
    const seconds = Math.ceil(left / 1000);
    shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    shown.classList.toggle("soon", left <= 2 * MINUTE);
    for (const minutes of [5, 2, 1]) {
      if (left <= minutes * MINUTE && before > minutes * MINUTE && before !== Infinity) {
        announce.textContent = hold.getAttribute(`data-say-${minutes}`);
      }
    }
    before = left;
    setTimeout(tick, left % 1000 || 1000);
  };
  tick();
}

function over() {
  const panel = document.querySelector("[data-over]");
  const words = panel.querySelector("[data-over-words]");
  hold.hidden = true;
  panel.hidden = false;
  document.querySelector(".story").hidden = true;
  const state = document.querySelector("h1 .state");
  state.className = "state overdue";
  state.textContent = panel.dataset.state;
  // Written after it is shown, so that it is read out.
  words.textContent = words.dataset.words;
}

/** A form that is sent once shows that it is on its way. */
function once(form) {
  form.addEventListener("submit", () => {
    // After the form has been put together: a button that is off is not sent.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  });
  // Who comes back by the browser's history may choose again.
  addEventListener("pageshow", () => form.querySelectorAll("button").forEach((button) => { button.disabled = false; }));
}

/** What giving back brings, as seats are chosen. */
function quotes(form) {
  const send = form.querySelector("button");
  let asked = 0;
  form.addEventListener("change", async () => {
    const mine = ++asked;
    const query = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(`${form.action}?${query}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const quote = page.getElementById("quote");
      if (mine !== asked || !quote) return;
      const place = document.getElementById("quote");
      place.replaceChildren(...quote.childNodes);
      place.querySelectorAll("[data-once]").forEach(once);
    } catch {
      send.hidden = false;
    }
  });
  send.hidden = true;
}

document.querySelectorAll("[data-once]").forEach(once);
document.querySelectorAll("[data-quotes]").forEach(quotes);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
if (hold) {
  count();
  // Clocks are set, and devices sleep.
  addEventListener("visibilitychange", () => document.hidden || refresh());
}
if (order && "waits" in order.dataset) wait();
