// Tooltips of tiles, moves and dates. They open by CSS, on hover and focus; this lets Escape close them, and a finger open one first.

const place = (target) => target.closest?.(":has(> .tip)");
let touched = null;

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") document.documentElement.classList.add("tips-off");
});
for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    if (place(target) || event === "focusin") document.documentElement.classList.remove("tips-off");
  });
}

// By touch the first tap shows the facts, and the second opens the item.
document.addEventListener("click", (event) => {
  const tile = place(event.target);
  if (!(event instanceof PointerEvent) || event.pointerType !== "touch" || event.target.closest(".tip-open")) return;
  if (tile && tile === touched) {
    event.preventDefault();
    tile.querySelector("a").click(); // a click of no finger
    return;
  }
  touched?.classList.remove("is-touched");
  if (tile) event.preventDefault();
  tile?.classList.add("is-touched");
  touched = tile;
});
