// The seating-plan editor: choosing seats on the map, steps back and forth, and sending the form
// without leaving the page. What is done to the plan, the server does.

const form = document.getElementById("editor");
const frame = document.getElementById("frame");
const map = document.getElementById("map");
const words = document.getElementById("words").dataset;
const say = (text) => { document.getElementById("live").textContent = text; };

// --- the view ------------------------------------------------------------------------------
const boxing = document.getElementById("boxing");
const boxes = () => boxing.getAttribute("aria-pressed") === "true";
// A finger goes on panning until one asks for the box.
if (matchMedia("(pointer: coarse)").matches) boxing.setAttribute("aria-pressed", "false");
const view = globalThis.seatMap(frame, map, () => !boxes() || previewing());
const previewing = () => "preview" in frame.dataset;

// --- seats ---------------------------------------------------------------------------------
let seats = new Map();
let current;
let anchor;

/** Reads the map that is there. */
function read() {
  const ticked = new Map([...document.querySelectorAll("#rows input")].map((box) => [box.value, box]));
  seats = new Map();
  for (const node of map.querySelectorAll(".seat")) {
    const [x, y] = node.getAttribute("transform").match(/[-\d.]+/g).map(Number);
    const name = node.dataset.s;
    const seat = { name, node, x, y, row: node.parentNode, box: ticked.get(name), chosen: false };
    seats.set(name, seat);
    if (previewing()) continue;
    seat.chosen = node.classList.contains("chosen");
    node.setAttribute("role", "checkbox");
    node.setAttribute("tabindex", -1);
    node.setAttribute("aria-checked", seat.chosen);
  }
  map.setAttribute("role", previewing() ? "img" : "group");
  map.setAttribute("aria-describedby", "map-keys");
  frame.classList.toggle("boxing", boxes() && !previewing());
  for (const name of map.querySelectorAll(".row-name")) name.classList.toggle("lively", !previewing());
  const known = [current, anchor].map((seat) => seats.get(seat?.name));
  [current, anchor] = known;
  if (!previewing()) rove(current ?? chosen()[0] ?? seats.values().next().value, false);
}
const chosen = () => [...seats.values()].filter((seat) => seat.chosen);
const rowOf = (seat) => [...seat.row.querySelectorAll(".seat")].map((node) => seats.get(node.dataset.s));

function set(seat, on) {
  if (seat.chosen === on) return;
  seat.chosen = on;
  seat.node.classList.toggle("chosen", on);
  seat.node.classList.toggle("free", !on);
  seat.node.setAttribute("aria-checked", on);
  if (seat.box) seat.box.checked = on;
}

/** Exactly these, or these besides. */
function choose(wanted, besides = false) {
  const keep = new Set(wanted);
  for (const seat of seats.values()) if (keep.has(seat) || !besides) set(seat, keep.has(seat));
  tell();
}

function tell() {
  const all = chosen();
  const head = document.getElementById("chosen");
  head.dataset.count = all.length;
  head.textContent = (words[`chosen${Math.min(all.length, 2)}`]).replace("{count}", all.length);
  const names = all.slice(0, 40).map((seat) => seat.name).join(words.separator);
  document.getElementById("names").textContent = all.length > 40 ? `${names} …` : names;
  say(head.textContent);
}

/** Seats from one to another: along the row, or of the rows between. */
function between(from, to) {
  const row = rowOf(from);
  if (row.includes(to)) {
    const [a, b] = [row.indexOf(from), row.indexOf(to)].sort((one, other) => one - other);
    return row.slice(a, b + 1);
  }
  const [left, right] = [Math.min(from.x, to.x) - 1, Math.max(from.x, to.x) + 1];
  const [top, bottom] = [Math.min(from.y, to.y) - 1, Math.max(from.y, to.y) + 1];
  return [...seats.values()].filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
}

// --- the pointer ---------------------------------------------------------------------------
map.addEventListener("click", (event) => {
  if (previewing() || view.dragged() || view.nearer(event)) return;
  const name = event.target.closest(".row-name");
  if (name) {
    const row = [...name.parentNode.querySelectorAll(".seat")].map((node) => seats.get(node.dataset.s));
    const on = row.some((seat) => !seat.chosen);
    row.forEach((seat) => set(seat, on));
    return tell();
  }
  const seat = seats.get(event.target.closest(".seat")?.dataset.s);
  if (!seat) return;
  if (event.shiftKey && anchor) choose(between(anchor, seat), true);
  else {
    set(seat, !seat.chosen);
    anchor = seat;
    tell();
  }
  rove(seat);
});
let box;
frame.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !boxes() || previewing() || view.fingers() > 1) return;
  box = { from: view.spot(event), node: null, besides: event.shiftKey || event.ctrlKey || event.metaKey };
});
addEventListener("pointermove", (event) => {
  if (!box) return;
  if (view.fingers() > 1) return dropBox();
  if (!view.dragged()) return;
  if (!box.node) {
    box.node = document.createElement("div");
    box.node.className = "box";
    frame.append(box.node);
  }
  box.to = view.spot(event);
  const { from, to, node } = box;
  Object.assign(node.style, {
    left: `${Math.min(from.x, to.x)}px`, top: `${Math.min(from.y, to.y)}px`,
    width: `${Math.abs(from.x - to.x)}px`, height: `${Math.abs(from.y - to.y)}px`,
  });
});
addEventListener("pointerup", () => {
  if (box?.to) {
    const [from, to] = [view.inMap(box.from), view.inMap(box.to)];
    const within = (at, one, other) => at >= Math.min(one, other) - 6 && at <= Math.max(one, other) + 6;
    choose([...seats.values()].filter(({ x, y }) => within(x, from.x, to.x) && within(y, from.y, to.y)), box.besides);
  }
  dropBox();
});
addEventListener("pointercancel", dropBox);
function dropBox() {
  box?.node?.remove();
  box = null;
}
boxing.addEventListener("click", () => {
  boxing.setAttribute("aria-pressed", !boxes());
  frame.classList.toggle("boxing", boxes());
  view.place();
});
document.getElementById("none").addEventListener("click", () => choose([]));
document.getElementById("whole-rows").addEventListener("click", () => {
  const rows = new Set(chosen().map((seat) => seat.row));
  choose([...seats.values()].filter((seat) => rows.has(seat.row)));
});

// --- the keyboard --------------------------------------------------------------------------
function rove(seat, focus = true) {
  if (!seat) return;
  current?.node.setAttribute("tabindex", -1);
  current = seat;
  seat.node.setAttribute("tabindex", 0);
  if (!focus) return;
  view.show(seat);
  seat.node.focus({ preventScroll: true });
}
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const press = (action) => form.querySelector(`button[name="do"][value="${action}"]`)?.click();

function step(event) {
  const to = view.towards(seats.values(), current, ...ARROWS[event.key]);
  if (event.shiftKey) {
    anchor ??= current;
    choose(between(anchor, to ?? current));
  } else anchor = to ?? current;
  rove(to ?? current);
}
const KEYS = {
  " ": (event) => {
    if (event.shiftKey) {
      const row = rowOf(current);
      const on = row.some((seat) => !seat.chosen);
      row.forEach((seat) => set(seat, on));
    } else set(current, !current.chosen);
    anchor = current;
    tell();
  },
  Home: () => rove(rowOf(current)[0]),
  End: () => rove(rowOf(current).at(-1)),
  Escape: () => choose([]),
  Delete: () => press("remove"),
  "+": () => view.zoom(1.4),
  "=": () => view.zoom(1.4),
  "-": () => view.zoom(1 / 1.4),
  0: () => view.all(),
};
frame.addEventListener("keydown", (event) => {
  if (previewing() || event.altKey || !current) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "a") return;
    choose(seats.values());
  } else if (ARROWS[event.key]) step(event);
  else if (KEYS[event.key]) KEYS[event.key](event);
  else return;
  event.preventDefault();
});
form.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && !typing) {
    const key = event.key.toLowerCase();
    if (key === "z") event.shiftKey ? redo.click() : press("undo");
    else if (key === "y") redo.click();
    else return;
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches("input")) {
    // The button that stands with the field, not the first of the form.
    const own = event.target.closest(".apply, fieldset, .find, details, section")?.querySelector('button[name="do"]');
    event.preventDefault();
    own?.click();
  }
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "seat" && seats.has(target.value)) {
    set(seats.get(target.value), target.checked);
    tell();
  }
});

// --- steps back and forth --------------------------------------------------------------------
const field = (name) => form.elements[name];
const redo = document.getElementById("redo");
// Drafts as they were: most bytes that are kept of them.
const MOST_KEPT = 40_000_000;
const past = [];
const future = [];
const first = field("json").value;
function remember(draft) {
  past.push(draft);
  let kept = past.reduce((sum, one) => sum + one.length, 0);
  while (kept > MOST_KEPT) kept -= past.shift().length;
}
function steps() {
  form.querySelector('button[value="undo"]').disabled = past.length === 0;
  redo.hidden = false;
  redo.disabled = future.length === 0;
}

// --- sending ---------------------------------------------------------------------------------
let sending = false;
let leaving = false;

/** Has the server do something with the draft, or go to another one; gives the draft that was there before. */
async function send(action, to) {
  if (sending) return;
  sending = true;
  form.classList.add("busy");
  const draft = field("json").value;
  const body = new FormData(form);
  // The step back is kept here, and the seats go in one field.
  for (const left of ["seat", "before"]) body.delete(left);
  const typed = body.get("seats").trim();
  body.set("seats", typed || chosen().map((seat) => seat.name).join(","));
  if (to !== undefined) body.set("before", to);
  body.set("do", action);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("editor")) throw new Error("no editor");
    show(page);
    if (answer.ok && typed) field("seats").value = "";
    return answer.ok && field("json").value !== draft ? draft : null;
  } catch {
    say(words.lost);
    document.getElementById("told").innerHTML = "";
    const lost = document.createElement("p");
    lost.className = "wrong";
    lost.setAttribute("role", "alert");
    lost.textContent = words.lost;
    document.getElementById("told").append(lost);
    return null;
  } finally {
    sending = false;
    form.classList.remove("busy");
  }
}

/** Puts what the page says now in the place of what it said. */
function show(page) {
  const on = document.activeElement;
  const seat = on?.closest?.(".seat")?.dataset.s;
  const again = on?.id ? `#${CSS.escape(on.id)}` : on?.name ? `[name="${on.name}"]${on.matches("button") ? `[value="${CSS.escape(on.value)}"]` : ""}` : null;
  for (const part of document.querySelectorAll("[data-part]")) {
    const now = page.getElementById(part.id);
    if (!now) continue;
    if (part.matches("select")) {
      const value = part.value;
      part.replaceChildren(...now.childNodes);
      if ([...part.options].some((option) => option.value === value)) part.value = value;
      continue;
    }
    part.replaceChildren(...now.childNodes);
    for (const { name, value } of now.attributes) part.setAttribute(name, value);
    for (const { name } of [...part.attributes]) if (name.startsWith("data-") && !now.hasAttribute(name)) part.removeAttribute(name);
  }
  const drawn = page.getElementById("map");
  map.replaceChildren(...drawn.childNodes);
  for (const name of ["viewBox", "width", "height"]) map.setAttribute(name, drawn.getAttribute(name));
  frame.toggleAttribute("data-preview", page.getElementById("frame").hasAttribute("data-preview"));
  view.again();
  read();
  redoHere();
  if (seat && seats.size) (seats.get(seat) ?? current)?.node.focus({ preventScroll: true });
  else if (again && document.activeElement !== document.querySelector(again)) document.querySelector(again)?.focus({ preventScroll: true });
  if (document.activeElement === document.body && seats.size && seat) rove(current);
  say(document.getElementById("told").textContent.trim());
}
/** The button to go forward is this module's: it stays when the others are drawn anew. */
function redoHere() {
  document.getElementById("redo")?.replaceWith(redo);
  steps();
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const action = button?.name === "do" ? button.value : "select";
  if (["pretix", "drawing"].includes(action)) return whole();
  if (action === "save") {
    leaving = true;
    return whole();
  }
  event.preventDefault();
  if (action === "undo") {
    const draft = field("json").value;
    const back = past.pop();
    if (back !== undefined && (await send("undo", back)) !== null) future.push(draft);
    return steps();
  }
  if (button?.name === "pick") {
    const picked = button.value.split(", ").map((name) => seats.get(name)).filter(Boolean);
    choose(picked);
    if (picked[0]) rove(picked[0]);
    return;
  }
  const before = await send(action);
  if (before) {
    remember(before);
    future.length = 0;
  }
  steps();
});
redo.addEventListener("click", async () => {
  const draft = field("json").value;
  const on = future.pop();
  if (on !== undefined && (await send("redo", on)) !== null) past.push(draft);
  steps();
});
/** A form that leaves the page carries the plan alone: boxes of seats mean nothing then. */
function whole() {
  field("before").value = "";
}
addEventListener("beforeunload", (event) => {
  if (!leaving && field("json").value !== first) event.preventDefault();
});
addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });

// --- begin -----------------------------------------------------------------------------------
frame.removeAttribute("tabindex");
frame.classList.add("lively");
document.getElementById("tools").hidden = false;
read();
view.all();
steps();
form.dataset.live = "yes";
