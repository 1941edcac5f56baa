// What is under way is asked for again until it is done. The page works without it.

const PAUSE = 3000;
let live = document.querySelector("[data-unfinished]");

/** Puts what the page says now in the place of what it said. */
async function refresh() {
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(live.id);
  if (!now) return;
  if (now.innerHTML !== live.innerHTML) live.replaceChildren(...now.childNodes);
  if (!("unfinished" in now.dataset)) live = null;
}

async function watch() {
  while (live) {
    await new Promise((done) => setTimeout(done, PAUSE));
    if (!document.hidden) await refresh().catch(() => {});
  }
}

if (live) watch();
