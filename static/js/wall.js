// A wall with two panes shows one after the other, unless the reader wants no motion; without this both stand below each other.

const SECONDS = 20;
const panes = [...document.querySelectorAll("[data-pane]")];

if (panes.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
  const dots = document.createElement("p");
  dots.className = "wall-dots";
  dots.setAttribute("aria-hidden", "true");
  dots.append(...panes.map(() => document.createElement("i")));
  document.querySelector(".wall-panes").append(dots);
  let shown = -1;
  const next = () => {
    shown = (shown + 1) % panes.length;
    panes.forEach((pane, place) => {
      pane.hidden = place !== shown;
      dots.children[place].classList.toggle("is-on", place === shown);
    });
  };
  next();
  setInterval(next, SECONDS * 1000);
}
