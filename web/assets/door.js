// The door: verifies codes by itself, asks whether they are still good, and goes on without a
// network. The form works without it.

const facts = JSON.parse(document.getElementById("facts").textContent);
const form = document.querySelector("[data-scan]");
const field = document.querySelector("[data-code]");
const verdict = document.querySelector("[data-verdict]");
const network = document.querySelector("[data-network]");

/** How long an answer is waited for until it counts as none, milliseconds: people queue. */
const PATIENCE = 5_000;
/** The same where the last one did not come. */
const LITTLE_PATIENCE = 1_500;
/** Between two attempts to send what was kept, milliseconds. */
const PAUSE = 15_000;
/** Most tickets kept without network: some 200 kB of the few megabytes a site may store. */
const MOST_KEPT = 500;
/** Most outcomes shown, and tickets remembered as let in here. */
const MOST_TOLD = 100;
const MOST_SEEN = 2_000;
/**
 * Without a network: how long before its start a screening's doors are taken to be open, and how
 * long after it they may still be, milliseconds. The site knows better and decides where it can.
 */
const EARLY = 2 * 3_600_000;
const LATE = 4 * 3_600_000;
/** The same code before the camera counts once, milliseconds. */
const SAME = 4_000;

const say = (name, values = {}) => (facts.words[name] ?? name).replace(/\{(\w+)\}/g, (hole, key) => values[key] ?? hole);
/** A moment as a clock at the cinema shows it, with the day where it is not today's. */
function clock(ms) {
  const zone = facts.zone && { timeZone: facts.zone };
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...zone };
  const day = { weekday: "short", day: "numeric", month: "short", ...zone };
  const write = (format, at) => new Intl.DateTimeFormat(facts.language, format).format(at);
  return write(day, ms) === write(day, now()) ? write(time, ms) : write({ ...day, ...time }, ms);
}

/** The site's time, whatever this device's clock shows. */
const ahead = facts.now - Date.now();
const now = () => Date.now() + ahead;

// What a code says: docs/tickets.md has the format.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PREFIX = "MQ1.";
const FIXED = 31;
const SIGNATURE = 64;
/** Characters of a code that tell it from all others. */
const MARK = 26;

const tidy = (typed) => typed.replace(/\s+/g, "").toUpperCase();

function base32(text) {
  const bytes = [];
  let bits = 0, kept = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5) | value;
    kept += 5;
    if (kept >= 8) {
      kept -= 8;
      bytes.push((bits >> kept) & 255);
      bits &= (1 << kept) - 1;
    }
  }
  // Left-over bits are zero in a code of ours.
  return bits === 0 && kept < 5 ? Uint8Array.from(bytes) : null;
}

/** What a code says, unproved; nothing where it is no code. */
function read(code) {
  if (!code.startsWith(PREFIX) || code.length > 512) return null;
  const bytes = base32(code.slice(PREFIX.length));
  if (!bytes || bytes.length <= FIXED + SIGNATURE || bytes[0] !== 1) return null;
  const view = new DataView(bytes.buffer);
  const payload = bytes.subarray(0, bytes.length - SIGNATURE);
  const signed = new Uint8Array(PREFIX.length + payload.length);
  signed.set(new TextEncoder().encode(PREFIX));
  signed.set(payload, PREFIX.length);
  return {
    code, signed,
    key: String(view.getUint16(1)),
    // The end of the signature is no other ticket's, whatever ids an earlier database gave out.
    mark: code.slice(-MARK),
    screening: String(view.getBigInt64(19)),
    starts: view.getUint32(27) * 60_000,
    seat: new TextDecoder().decode(payload.subarray(FIXED)),
    signature: bytes.subarray(bytes.length - SIGNATURE),
  };
}

/** The keys, by number; nothing where this browser cannot verify. */
const keys = (async () => {
  const all = {};
  for (const [id, text] of Object.entries(facts.keys)) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
    all[id] = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  }
  return all;
})().catch(() => null);

/** Whether a code was signed: true, false, or nothing where that cannot be told here. */
async function isSigned(claim) {
  const all = await keys;
  const key = all?.[claim.key];
  if (!key) return null;
  return crypto.subtle.verify("Ed25519", key, claim.signature, claim.signed).catch(() => null);
}

// What this device remembers.

function load(name) {
  try {
    const list = JSON.parse(localStorage.getItem(`marquee.door.${name}`));
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** Stores a list; false where the browser does not. */
function store(name, list) {
  try {
    localStorage.setItem(`marquee.door.${name}`, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}

const seenAt = (mark) => load("seen").find(([known]) => known === mark)?.[1];
const remember = (mark) => store("seen", [...load("seen"), [mark, now()]].slice(-MOST_SEEN));

// The answer, large, read out, and to be heard.

let sound = null;

function tone(good) {
  navigator.vibrate?.(good ? 80 : [200, 80, 200]);
  if (!sound) return;
  const notes = good ? [[880, 0, .12], [1320, .12, .18]] : [[220, 0, .25], [180, .3, .4]];
  for (const [pitch, from, lasts] of notes) {
    const voice = sound.createOscillator(), volume = sound.createGain();
    voice.type = good ? "sine" : "square";
    voice.frequency.value = pitch;
    volume.gain.value = .2;
    voice.connect(volume).connect(sound.destination);
    voice.start(sound.currentTime + from);
    voice.stop(sound.currentTime + from + lasts);
  }
}

/** Shows an answer; one that is on its way makes no sound. */
function tell({ kind, headline, seat, reduced, lines = [], good = false }) {
  const line = (text, name = "") => Object.assign(document.createElement("p"), { textContent: text, className: name });
  verdict.className = `verdict ${kind}`;
  verdict.dataset.kind = kind;
  verdict.replaceChildren(
    line(headline, "headline"),
    ...(seat ? [line(say("seat", { seat }), "seat")] : []),
    ...(reduced ? [line(reduced, "reduced")] : []),
    ...lines.filter(Boolean).map((text) => line(text)),
  );
  if (kind !== "asking") tone(good);
}

// Asking the site.

/** Whether the last question had no answer. */
let isOffline = false;

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The site's answer; "away" where there is none, "out" where nobody is signed in any more. */
async function ask({ code, key, screening }) {
  const body = new URLSearchParams({ code, key, screening });
  try {
    const answer = await fetch("/door/check", {
      method: "POST", body, redirect: "manual", headers: { accept: "application/json" }, signal: AbortSignal.timeout(isOffline ? LITTLE_PATIENCE : PATIENCE),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403 || answer.status === 404) return "out";
    if (!answer.ok) return "away";
    const told = await answer.json();
    return told.kind === "again" ? "away" : told;
  } catch {
    return "away";
  }
}

/** Checks a code that was scanned or typed. */
async function check(typed) {
  const claim = read(tidy(typed));
  if (!claim) return tell({ kind: "forged", headline: say("not-a-code"), lines: [say("forged-advice")] });
  const signed = await isSigned(claim);
  const { seat } = claim;
  if (signed === false) return tell({ kind: "forged", headline: say("forged"), lines: [say("forged-advice")] });
  const asking = say("asking");
  tell(signed ? { kind: "asking", headline: say("genuine"), seat, lines: [asking] } : { kind: "asking", headline: asking });
  const shown = { code: claim.code, key: newKey(), screening: facts.screening };
  const answer = await ask(shown);
  if (answer === "out") return tell({ kind: "again", headline: say("signed-out"), lines: [say("signed-out-advice")] });
  if (answer === "away") {
    offline(true);
    return withoutNetwork(claim, signed, shown);
  }
  offline(false);
  if (answer.good) remember(claim.mark);
  tell(answer);
}

/** Decides by the signature and by what this device knows. */
function withoutNetwork(claim, signed, shown) {
  const { seat, mark, screening, starts } = claim;
  const lines = [say("starts", { time: clock(starts) })];
  if (!signed) return tell({ kind: "again", headline: say("away"), lines: [say("away-unproved")] });
  if (facts.screening !== "0" && screening !== facts.screening) {
    return tell({ kind: "other", headline: say("other"), seat, lines: [say("other-advice"), ...lines] });
  }
  if (starts - now() > EARLY) return tell({ kind: "early", headline: say("not-now"), seat, lines });
  if (now() - starts > LATE) return tell({ kind: "late", headline: say("not-now"), seat, lines });
  const at = seenAt(mark);
  if (at) {
    return tell({ kind: "used", headline: say("twice-here", { time: clock(at) }), seat, lines: [say("twice-here-advice"), ...lines] });
  }
  const kept = load("kept");
  if (kept.length >= MOST_KEPT || !store("kept", [...kept, { ...shown, seat, at: now() }])) {
    return tell({ kind: "again", headline: say("full"), seat, lines });
  }
  remember(mark);
  list();
  tell({ kind: "kept", good: true, headline: say("in-kept"), seat, lines: [say("in-kept-advice"), ...lines] });
}

// What was kept, and what became of it.

const keptBox = document.querySelector("[data-kept]");
const keptCount = document.querySelector("[data-kept-count]");
const keptList = document.querySelector("[data-kept-list]");
const keptClear = document.querySelector("[data-kept-clear]");

function list() {
  const kept = load("kept"), told = load("told");
  keptBox.hidden = kept.length + told.length === 0;
  keptCount.textContent = kept.length ? say("kept-waiting", { count: kept.length }) : say("kept-none");
  keptClear.hidden = told.length === 0;
  keptList.replaceChildren(...told.toReversed().map(({ seat, at, good, headline }) => {
    const words = say(good ? "kept-done" : "kept-refused", { seat, time: clock(at), headline });
    return Object.assign(document.createElement("li"), { textContent: `${good ? "✓" : "✗"} ${words}`, className: good ? "fine" : "bad" });
  }));
}

/** Sends what was kept, one after the other; each has its key, so that nothing is done twice. */
async function send() {
  for (let kept = load("kept"); kept.length; kept = load("kept")) {
    keptCount.textContent = say("sending");
    const [first] = kept;
    const answer = await ask(first);
    if (answer === "away" || answer === "out") {
      offline(answer === "away");
      break;
    }
    offline(false);
    const { seat, at, key } = first;
    store("told", [...load("told"), { seat, at, good: answer.good, headline: answer.headline }].slice(-MOST_TOLD));
    store("kept", load("kept").filter((other) => other.key !== key));
    list();
  }
  list();
}

/** Sends in one tab only, where the browser can tell. */
const sendOnce = () => (navigator.locks ? navigator.locks.request("marquee.door", { ifAvailable: true }, (lock) => lock && send()) : send());

function offline(now) {
  if (now === isOffline) return;
  isOffline = now;
  network.hidden = false;
  network.classList.toggle("away", now);
  network.textContent = say(now ? "offline" : "online");
  if (!now) sendOnce();
}

addEventListener("online", sendOnce);
addEventListener("offline", () => offline(true));
setInterval(sendOnce, PAUSE);
keptClear.addEventListener("click", () => { store("told", []); list(); field.focus(); });

// The field: hand scanners type and press Enter.

let turn = Promise.resolve();
const queue = (code) => { turn = turn.then(() => check(code)).catch(() => tell({ kind: "again", headline: say("away") })); };

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value;
  field.value = "";
  field.focus();
  if (code.trim()) queue(code);
});
// A scanner's letters go into the field wherever the page was touched last.
addEventListener("keydown", (event) => {
  const elsewhere = !event.target.closest?.("input, select, textarea");
  if (elsewhere && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, select, summary, label") && String(getSelection()) === "") field.focus({ preventScroll: true });
});

// The camera: camera.js reads it.

const cameraButton = document.querySelector("[data-camera]");
const cameraWords = document.querySelector("[data-camera-words]");
const view = document.querySelector("[data-view]");
let last = { code: "", at: 0 };

function seen(code) {
  const at = Date.now();
  // While it stays in sight, it is the same showing.
  if (code !== last.code || at - last.at > SAME) queue(code);
  last = { code, at };
}

function turned(on) {
  view.hidden = !on;
  cameraButton.setAttribute("aria-pressed", String(on));
  cameraButton.textContent = say(on ? "camera-stop" : "camera-start");
  // The answer and the picture are looked at together.
  if (on) verdict.scrollIntoView({ block: "start" });
}

const camera = globalThis.codeCamera(document.querySelector("[data-video]"), facts.reader, seen, turned);

const explain = (problem) => { cameraWords.textContent = problem && say(`camera-${problem}`); };

/** Whether the camera can be used, and why not. */
async function prepareCamera() {
  const problem = await camera.prepare();
  cameraButton.hidden = problem !== "";
  explain(problem);
}

cameraButton.addEventListener("click", () => {
  if (camera.isOn()) camera.stop();
  else camera.start().then(explain);
  // On a phone a keyboard would hide the picture.
  if (matchMedia("(pointer: fine)").matches) field.focus();
});

document.querySelector("[data-sound]").addEventListener("click", ({ currentTarget: button }) => {
  sound = sound ? null : new AudioContext();
  button.setAttribute("aria-pressed", String(sound !== null));
  if (sound) tone(true);
  field.focus();
});

document.querySelector("[data-tools]").hidden = false;
prepareCamera();
list();
sendOnce();
keys.then((all) => {
  if (all) return;
  network.hidden = false;
  network.textContent = say("no-proof");
});
