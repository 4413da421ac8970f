// Small comforts; every page works without them.

// After a form comes back with mistakes, start at the list of them.
document.querySelector(".error-summary")?.focus();

// A table that fits needs no stop for the keyboard; one that scrolls does.
const regions = document.querySelectorAll(".table-region[tabindex]");
const fit = () => {
  for (const region of regions) {
    region.tabIndex = region.scrollWidth > region.clientWidth + 1 ? 0 : -1;
  }
};
if (regions.length) {
  fit();
  addEventListener("resize", fit);
}

// Printing needs a script, so its buttons wait hidden for one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
