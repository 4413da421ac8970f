// Tooltips of tiles, moves and dates. They open by CSS, on hover and focus; this lets Escape close them, and a finger open one first.

const place = (target) => target.closest?.(":has(> .tip:not(.tip-here))");
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

// Marks in drawings have their words as a title. For who looks closer they stand in one tooltip of the page.

const WAIT = 300; // ms of a pointer on a mark
const tip = document.createElement("span");
tip.classList.add("tip", "tip-here");
tip.id = "tip-here";
tip.setAttribute("role", "tooltip");
let shown = null;
let waits = 0;
let tapped = null;

function show(mark) {
  document.documentElement.classList.remove("tips-off");
  const title = mark.querySelector("title");
  if (title) {
    mark.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  shown?.removeAttribute("aria-labelledby");
  shown = mark;
  tip.textContent = mark.getAttribute("aria-label");
  document.body.append(tip);
  const box = mark.getBoundingClientRect();
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(box.right - 16, most))}px`;
  tip.style.top = `${box.bottom + scrollY + 2}px`;
  mark.setAttribute("aria-labelledby", tip.id);
}

function hide() {
  clearTimeout(waits);
  shown?.removeAttribute("aria-labelledby");
  shown = null;
  tip.remove();
}

const markOf = (target) => target.closest?.(".strip") && target.closest("a");
document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (target === tip || pointerType === "touch") return;
  const mark = markOf(target);
  if (mark === shown) return;
  if (shown && !shown.matches(":focus")) hide();
  clearTimeout(waits);
  if (mark) waits = setTimeout(() => show(mark), WAIT);
});
document.addEventListener("focusin", ({ target }) => {
  const mark = markOf(target);
  if (mark) show(mark);
  else hide();
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") hide();
});
document.addEventListener("click", (event) => {
  const mark = markOf(event.target);
  if (event.pointerType !== "touch") return;
  if (!mark) hide();
  else if (mark !== tapped) {
    event.preventDefault();
    show(mark);
  }
  tapped = mark;
});
