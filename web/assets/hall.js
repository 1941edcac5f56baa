// Choosing seats on the map. Without this module the page works by its forms; the boxes of
// the list carry the choice in any case, and the map and the lines follow them.
performance.mark("hall-begins");
const facts = JSON.parse(document.getElementById("facts").textContent);
const map = document.getElementById("map");
const frame = document.getElementById("frame");
const form = document.getElementById("hold");
const boxes = new Map([...(form?.elements ?? [])].filter((field) => field.name === "seat").map((box) => [box.value, box]));
const STATES = Object.keys(facts.states);
const say = (words, id = "quiet-live") => { document.getElementById(id).textContent = words; };
const fill = (words, names) => words.replace("{seats}", names.join(facts.separator));

// --- seats -------------------------------------------------------------------------------
// A seat knows its state, whether it is held for the visitor, what stands on it, and what it is
// called without its state.
const seats = new Map();
for (const node of map.querySelectorAll(".seat")) {
  const title = node.querySelector("title");
  const [x, y] = node.getAttribute("transform").match(/[-\d.]+/g).map(Number);
  const is = [...node.classList].at(-1);
  const chosen = is === "chosen";
  const yours = node.classList.contains("yours");
  const label = title.textContent.slice(0, -(chosen ? facts.chosen : yours ? facts.yours : facts.states[is]).length);
  const name = node.dataset.s;
  const number = node.dataset.n ?? node.lastElementChild.textContent;
  seats.set(name, { name, node, title, x, y, label, number, state: chosen ? "free" : is, chosen, yours, partner: node.dataset.p, category: Number(node.dataset.c ?? 0) });
}
/** Names of seats that were sent to be held. */
const sent = new Set();
const chosen = () => [...seats.values()].filter((seat) => seat.chosen);

function tell(seat) {
  seat.node.setAttribute("aria-checked", seat.chosen);
  seat.node.setAttribute("aria-disabled", !facts.open || (seat.state !== "free" && !seat.chosen));
}

function draw(seat) {
  const shown = seat.chosen ? "chosen" : seat.state;
  seat.node.classList.remove("chosen", ...STATES);
  seat.node.classList.add(shown);
  seat.node.classList.toggle("yours", seat.yours);
  seat.node.lastElementChild.textContent = { chosen: "✓", sold: "×", free: seat.number, held: seat.yours ? "✓" : "" }[shown] ?? "";
  seat.title.textContent = seat.label + (seat.chosen ? facts.chosen : seat.yours ? facts.yours : facts.states[seat.state]);
  tell(seat);
  const box = boxes.get(seat.name);
  if (box) {
    box.checked = seat.chosen;
    box.disabled = seat.state !== "free";
    box.parentNode.hidden = box.disabled;
  }
}

// --- the choice --------------------------------------------------------------------------
const tickets = new Map([...document.querySelectorAll("#lines select")].map((select) => [select.name.slice(5), select.value]));
const [, before, , after] = facts.money.match(/^(\D*)([\d.,]+)(\D*)$/) ?? ["", "", "", ""];

function money(amount) {
  const text = (amount / 10 ** facts.minor).toFixed(facts.minor).split(".");
  text[0] = text[0].replace(/\B(?=(\d{3})+$)/g, ",");
  return before + text.join(".") + after;
}

/** A seat with its other half, where it is half a couple seat. */
const whole = (seat) => [seat, seats.get(seat.partner)].filter(Boolean);

function choose(seat, on = !seat.chosen) {
  if (!facts.open) return;
  const change = whole(seat).filter((one) => one.chosen !== on && (!on || one.state === "free"));
  if (on && (change.length < whole(seat).filter((one) => !one.chosen).length || change.length === 0)) return;
  if (on && chosen().length + change.length > facts.most) return say(facts.tooMany, "live");
  for (const one of change) {
    one.chosen = on;
    draw(one);
  }
  // Another choice than the one that was sent: the map shows again how it is.
  if (sent.size) {
    sent.clear();
    watch();
  }
  say("", "live");
  say(fill(on ? facts.added : facts.removed, change.map((one) => one.name)));
  changed();
}

/** Exactly these seats with these tickets, as far as they can be had. */
function chooseOnly(names, kinds) {
  for (const seat of chosen()) seat.chosen = false;
  names.forEach((name, index) => {
    const seat = seats.get(name);
    if (seat?.state !== "free") return;
    seat.chosen = true;
    tickets.set(name, kinds[index] || "adult");
  });
  seats.forEach(draw);
  say("", "live");
  changed();
  say(fill(facts.added, chosen().map((seat) => seat.name)));
}

function line(seat) {
  const item = document.createElement("li");
  item.dataset.line = seat.name;
  const words = document.createElement("b");
  words.textContent = seat.label.split(facts.separator).slice(0, -3).join(facts.separator) || seat.name;
  const select = document.createElement("select");
  select.name = `type.${seat.name}`;
  select.setAttribute("aria-label", fill(facts.ticketFor, [seat.name]));
  for (const [kind, ticket, amount] of facts.prices[seat.category]) select.add(new Option(`${ticket} ${money(amount)}`, kind));
  select.value = tickets.get(seat.name) ?? "adult";
  const amount = document.createElement("span");
  amount.className = "amount";
  amount.textContent = money(price(seat));
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "remove";
  remove.dataset.remove = seat.name;
  remove.textContent = "×";
  remove.setAttribute("aria-label", fill(facts.remove, [seat.name]));
  item.append(words, select, amount, remove);
  return item;
}

function price(seat) {
  const prices = facts.prices[seat.category] ?? [];
  const kind = tickets.get(seat.name) ?? "adult";
  return (prices.find(([known]) => known === kind) ?? prices[0])?.[2] ?? 0;
}

function summary() {
  const all = chosen();
  const bar = document.getElementById("summary");
  bar.hidden = all.length === 0;
  bar.textContent = `${all.map((seat) => seat.name).join(facts.separator)} · ${document.getElementById("total").textContent}`;
}

/** `lost` are seats that were chosen until somebody else took them. */
function changed(lost = []) {
  if (!form) return;
  const all = chosen();
  const lines = document.getElementById("lines");
  const focused = lines.contains(document.activeElement) ? document.activeElement.closest("li").dataset.line : null;
  lines.replaceChildren(...all.map(line));
  if (focused) (lines.querySelector(`[data-line="${CSS.escape(focused)}"] select`) ?? form.querySelector("#hold-button")).focus();
  document.getElementById("none").hidden = all.length > 0;
  document.getElementById("total").textContent = money(all.reduce((sum, seat) => sum + price(seat), 0));
  document.getElementById("hold-button").disabled = all.length === 0;
  summary();
  // Signing in and changing the language come back to the same choice.
  const here = keep(all);
  for (const field of document.querySelectorAll('input[name="next"]')) field.value = here;
  for (const link of document.querySelectorAll('a[href^="/login?"]')) link.href = `/login?next=${encodeURIComponent(here)}`;
  advise([...all, ...lost]);
}

/** Keeps a choice in the page's address, and says what that is now. */
function keep(all, key) {
  const address = new URL(location.pathname, location.href);
  if (all.length) write(address.searchParams, all);
  if (key) address.searchParams.set("key", key);
  history.replaceState(null, "", address);
  return address.pathname + address.search;
}

function write(fields, all) {
  fields.set("seats", all.map((seat) => seat.name).join(","));
  fields.set("types", all.map((seat) => tickets.get(seat.name) ?? "adult").join(","));
}

// --- advice about seats left alone: the server knows the rule ------------------------------
let asking;
let waiting;
function advise(all) {
  clearTimeout(waiting);
  asking?.abort();
  const place = document.getElementById("advice");
  place.replaceChildren();
  if (!all.length) return;
  const fields = new URLSearchParams();
  write(fields, all);
  waiting = setTimeout(async () => {
    asking = new AbortController();
    try {
      const answer = await fetch(`${location.pathname.replace(/\/$/, "")}/advice?${fields}`, { signal: asking.signal });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch {
      // Without advice the choice can be held all the same; it is given then.
    }
  }, 300);
}

// --- what others do ------------------------------------------------------------------------
function states(change) {
  const lost = new Set();
  const set = (seat, state) => {
    if (seat.state === state || sent.has(seat.name)) return;
    seat.state = state;
    if (state !== "held") seat.yours = false;
    if (state !== "free" && seat.chosen) {
      for (const one of whole(seat)) {
        one.chosen = false;
        draw(one);
        lost.add(one);
      }
    }
    draw(seat);
  };
  if (change.snapshot) for (const seat of seats.values()) set(seat, change.seats[seat.name] ?? "free");
  else for (const [name, state] of Object.entries(change.seats)) if (seats.has(name)) set(seats.get(name), state);
  if (lost.size) {
    const names = [...lost].map((seat) => seat.name);
    say(fill(names.length === 1 ? facts.takenOne : facts.takenMore, names), "live");
    changed([...lost]);
  }
}

let source;
let last = 0;
let again = 1_000;
let lostWords = false;
function watch() {
  source?.close();
  source = new EventSource(`${location.pathname.replace(/\/$/, "")}/live`);
  source.onmessage = (event) => {
    const change = JSON.parse(event.data);
    const sequence = Number(event.lastEventId);
    // Something was missed: a new stream begins with all there is.
    if (!change.snapshot && sequence !== last + 1) return watch();
    last = sequence;
    again = 1_000;
    if (lostWords) say(facts.back);
    lostWords = false;
    map.dataset.live = "yes";
    states(change);
  };
  source.onerror = () => {
    delete map.dataset.live;
    if (source.readyState !== EventSource.CLOSED) return;
    // Refused: later, and ever later.
    again = Math.min(again * 2, 30_000);
    if (!lostWords) say(facts.lost);
    lostWords = true;
    setTimeout(() => { if (!document.hidden) watch(); }, again * (0.75 + Math.random() / 2));
  };
}
// A browser opens few connections to one site: pages that are not looked at leave theirs.
document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : watch()));
// Our own purchase makes the seats held, too: what was sent stays chosen until the answer is there,
// and can be sent again where none comes.
form?.addEventListener("submit", (event) => {
  if (event.submitter?.id === "take") return;
  for (const seat of chosen()) sent.add(seat.name);
  // Whose answer is lost comes back to the same purchase: pressed again, it is the same order.
  keep(chosen(), form.elements.key.value);
});
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// --- forms ---------------------------------------------------------------------------------
form?.addEventListener("change", ({ target }) => {
  if (target.name === "seat") {
    const seat = seats.get(target.value);
    choose(seat, target.checked);
    // Where it could not be chosen, its box says so.
    draw(seat);
  }
  if (target.name.startsWith("type.")) {
    tickets.set(target.name.slice(5), target.value);
    changed();
  }
});
document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-remove], [data-choose]");
  if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (place.dataset.remove) choose(seats.get(place.dataset.remove), false);
  else chooseOnly(place.dataset.choose.split(","), new URL(place.href).searchParams.get("types").split(","));
});

// --- zoom and pan: see seat_map.js ----------------------------------------------------------
const { zoom, all, show, nearer, towards, dragged } = globalThis.seatMap(frame, map);
map.addEventListener("click", (event) => {
  const node = event.target.closest(".seat");
  if (!node || dragged() || nearer(event)) return;
  const seat = seats.get(node.dataset.s);
  rove(seat);
  choose(seat);
});

// --- keyboard ------------------------------------------------------------------------------
let current;
function rove(seat, focus = true) {
  current?.node.setAttribute("tabindex", -1);
  current = seat;
  seat.node.setAttribute("tabindex", 0);
  if (!focus) return;
  show(seat);
  seat.node.focus({ preventScroll: true });
}
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
frame.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  const row = () => [...current.node.parentNode.querySelectorAll(".seat")].map((node) => seats.get(node.dataset.s));
  if (arrow) rove(towards(seats.values(), current, ...arrow) ?? current);
  else if (event.key === "Home") rove(row()[0]);
  else if (event.key === "End") rove(row().at(-1));
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") all();
  else if ((event.key === " " || event.key === "Enter") && document.activeElement === current?.node) choose(current);
  else return;
  event.preventDefault();
});

// --- begin ---------------------------------------------------------------------------------
for (const seat of seats.values()) {
  seat.node.setAttribute("role", "checkbox");
  seat.node.setAttribute("tabindex", -1);
  tell(seat);
}
map.setAttribute("role", "group");
map.setAttribute("aria-describedby", "map-keys");
frame.removeAttribute("tabindex");
frame.classList.add("lively");
document.getElementById("tools").hidden = false;
document.getElementById("take")?.closest("p").remove();
if (seats.size) rove(chosen()[0] ?? [...seats.values()].find((seat) => seat.state === "free") ?? seats.values().next().value, false);
if (form) {
  document.getElementById("hold-button").disabled = chosen().length === 0;
  summary();
}
all();
performance.measure("hall", "hall-begins");
watch();
