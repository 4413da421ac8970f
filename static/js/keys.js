// Letters and signs as keys are for those who chose them on this device: whoever dictates to the browser would press
// them unasked. On every page "/" goes to Find and "?" to Help; a slide has letters of its own (present.js).

const LETTERS = "letter-keys";

export const hasLetters = () => localStorage.getItem(LETTERS) === "on";

export const typing = (target) =>
  target.closest("input:not([data-letters]), textarea, select, [contenteditable], [role=textbox]") !== null;

// Whether a key press is a command to the page: not while something is typed, and not with another key held.
export const isCommand = (event) =>
  !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target));

// Shows the choice that this device has, with the words about keys, which need a script.
export function showChoice() {
  for (const words of document.querySelectorAll("[data-keys]")) words.hidden = false;
  for (const box of document.querySelectorAll("[data-letters]")) box.checked = box.defaultChecked = hasLetters();
}
showChoice();

addEventListener("change", ({ target }) => {
  if (!target.matches("[data-letters]")) return;
  localStorage.setItem(LETTERS, target.checked ? "on" : "off");
  target.defaultChecked = target.checked; // it is no answer that leaving the page would lose
});

const PLACES = { "/": "[data-find]", "?": "[data-help]" };

addEventListener("keydown", (event) => {
  const place = hasLetters() && isCommand(event) && document.querySelector(PLACES[event.key]);
  if (!place) return;
  event.preventDefault();
  location.assign(place.href);
});
