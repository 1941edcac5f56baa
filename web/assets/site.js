// The chosen day is in sight, however many there are before it.
document.querySelector(".days [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
