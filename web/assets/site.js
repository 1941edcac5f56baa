// The chosen day is in sight, however many there are before it.
document.querySelector(".days [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
// What has the focus is wholly in sight: browsers are content with a part of it.
for (const strip of document.querySelectorAll(".strip")) {
  strip.addEventListener("focusin", ({ target }) => target.scrollIntoView({ inline: "nearest", block: "nearest" }));
}
