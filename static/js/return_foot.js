// The foot of the return: the shape of its state, where words are that could not be sent, and its place above a phone's keyboard.

import { _, filled } from "./words.js";

const KEYBOARD = 120; // px; what covers more of the window than a browser's own bars

const foot = document.querySelector("[data-foot]");

// `state`: "saved", "draft" (saved, but a milestone is not finished), "saving" or "unsaved".
// `stuck`: what could not be sent, with since when the device keeps each, or "" if it cannot.
export function showFoot(state, stuck) {
  foot.dataset.foot = state;
  for (const sign of foot.querySelectorAll("[data-sign]")) sign.hidden = sign.dataset.sign !== state;
  const since = stuck.map(({ keptSince }) => keptSince);
  let words = "";
  if (since.length > 0) {
    words = since.every(Boolean)
      ? filled(_("Kept on this device since {time}"), { time: since[0] })
      : _("This device cannot keep it. Leave this page open.");
  }
  const line = foot.querySelector("[data-kept-here]");
  line.textContent = words;
  line.hidden = !words;
  foot.querySelector("[data-again]").hidden = since.length === 0;
}

export function tryAgain(then) {
  foot.querySelector("[data-again]").addEventListener("click", then);
}

// A field behind the foot is in sight for the browser, which leaves it there when it gets the focus.
document.addEventListener("focusin", ({ target }) => {
  const isBehind = target.getBoundingClientRect().bottom > foot.getBoundingClientRect().top;
  if (isBehind && !foot.contains(target)) target.scrollIntoView({ block: "nearest" });
});

// A phone's keyboard covers the foot of the window without making the window smaller.
export function stayAboveKeyboard() {
  const view = globalThis.visualViewport;
  if (!view) return;
  const place = () => {
    const covered = view.scale > 1.05 ? 0 : Math.max(0, Math.round(innerHeight - view.height - view.offsetTop));
    const root = document.documentElement;
    root.style.setProperty("--covered", `${covered}px`);
    const isOpening = covered > KEYBOARD && !root.classList.contains("has-keyboard");
    root.classList.toggle("has-keyboard", covered > KEYBOARD);
    if (isOpening) document.activeElement.scrollIntoView({ block: "nearest" });
  };
  for (const name of ["resize", "scroll"]) view.addEventListener(name, place);
}
