// On a phone the return shows one item at a time: which one, the list of all, and the ways to the one before and the next.
// static/css/returns.css hides the others; on a wide page everything stays in sight.

import { _ } from "./words.js";

const STEPS = "[data-section], [data-closed]:not(.return-section-brief), .return-named, .return-end";

const form = document.querySelector("[data-return]");
const list = document.querySelector("[data-items]");
const ways = form.querySelector("[data-steps]");
let now = ""; // the id of the place that is shown

function steps() {
  return [...form.querySelectorAll(STEPS)];
}

// The end of the return has the id at its heading.
function placeOf(step) {
  return step.id ? step : step.querySelector("[id]");
}

// What is shown, where one item is shown at a time; null on a wide page.
export function onlyShown() {
  return matchMedia("(max-width: 40rem)").matches ? current() : null;
}

function current() {
  return document.getElementById(now)?.closest(STEPS) ?? null;
}

function nameOf(step) {
  const heading = step.matches(".return-named") ? step.parentElement : step;
  return heading.querySelector("h2, h3").textContent.replace(/\s+/g, " ").trim();
}

// Show the part of the return that this element is in.
export function show(element) {
  const step = element?.closest(STEPS);
  if (!step) return;
  offerWhole(step);
  if (step === current()) return;
  const folded = element.closest("details.return-named");
  if (folded && !element.closest("summary")) folded.open = true;
  now = placeOf(step).id;
  for (const each of form.querySelectorAll(`${STEPS}, .return-supported, .return-section-brief`)) {
    const isNamedWith = each.matches(".return-section-brief") && step.matches(".return-named");
    each.toggleAttribute("data-away", !isNamedWith && each !== step && !each.contains(step));
  }
  history.replaceState({ ...history.state, step: now }, ""); // a page that is loaded again shows it again
  nameWays();
  offerWhole(step);
}

// A long answer of last time, of which a phone shows the first lines.
function offerWhole(step) {
  for (const words of step.querySelectorAll(".return-last .prose:not(.is-whole)")) {
    if (words.scrollHeight <= words.clientHeight + 1 || words.nextElementSibling?.matches(".show-all")) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button-link show-all" });
    button.textContent = _("Show all");
    const of = words.previousElementSibling.textContent.trim();
    button.setAttribute("aria-label", `${button.textContent}: ${of}`);
    button.addEventListener("click", () => {
      words.classList.add("is-whole");
      button.remove();
    });
    words.after(button);
  }
}

function nameWays() {
  const all = steps();
  const at = all.indexOf(current());
  for (const [button, step, words] of [
    [ways.querySelector("[data-before]"), all[at - 1], _("Previous")],
    [ways.querySelector("[data-after]"), all[at + 1], _("Next")],
  ]) {
    button.hidden = !step;
    const which = Object.assign(document.createElement("span"), { className: "small", textContent: words });
    button.replaceChildren(which, " ", step ? nameOf(step) : "");
  }
  for (const link of list.querySelectorAll("a")) {
    if (link.hash === `#${now}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// How far an answer is, in words beside a shape.
function markOf(progress) {
  return list.querySelector("template").content.querySelector(`[data-progress-of="${progress}"]`).cloneNode(true);
}

// The list has the items of the page by their headings.
const lines = [...form.querySelectorAll("[data-is]")].map((step) => {
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: `#${step.id}` });
  const name = document.createElement("span");
  Object.assign(line.dataset, { item: step.dataset.number, is: step.dataset.is });
  name.append(...step.querySelector("h2, h3").cloneNode(true).childNodes);
  link.append(name, " ", markOf(step.dataset.is));
  line.append(link);
  return line;
});
list.querySelector("ol").prepend(...lines);

function lineOf(number) {
  return list.querySelector(`[data-item="${CSS.escape(number)}"]`);
}

// The server's words on how far an answer is, as it has them in Section.progress.
// What the coordinator asks to change stays so until `isMended`.
export function setProgress({ dataset, classList }, { missing, is_answered: isAnswered }, isMended) {
  const line = lineOf(dataset.number);
  if (!line || (line.dataset.is === "change" && !isMended)) return;
  const isLed = !classList.contains("return-section-supported");
  if (missing.some(({ target }) => target.startsWith("milestone-"))) line.dataset.is = "milestone";
  else if (!isAnswered) line.dataset.is = isLed ? "empty" : "optional";
  else line.dataset.is = missing.length > 0 ? "missing" : "answered";
}

// Say in the list how far the answer on an item is, or that it is not saved.
export function markItem(number, isUnsaved) {
  const line = lineOf(number);
  const shown = line?.querySelector("[data-progress-of]");
  const progress = isUnsaved ? "unsaved" : line?.dataset.is;
  if (!shown || shown.dataset.progressOf === progress) return;
  shown.replaceWith(markOf(progress));
}

export function markAll(words) {
  list.querySelector("[data-items-progress]").textContent = `: ${words}`;
}

// Begin where the page was left, where its address leads, at what is not saved, at what is wanted, or at the end.
// `open` fetches the fields of a closed item and returns it.
export function begin(open) {
  const choose = async (step) => {
    show(step);
    const opened = step.matches("[data-closed][data-open]") ? ((await open(step)) ?? step) : step;
    placeOf(opened).focus({ preventScroll: true });
    opened.scrollIntoView();
  };
  ways.addEventListener("click", ({ target }) => {
    const pressed = target.closest("button");
    if (!pressed) return;
    const all = steps();
    choose(all[all.indexOf(current()) + ("before" in pressed.dataset ? -1 : 1)]);
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const step = link && document.getElementById(link.hash.slice(1))?.closest(STEPS);
    if (!step) return;
    event.preventDefault();
    list.querySelector("details").open = false;
    choose(step);
  });
  // Other links within the page, before they are followed.
  document.addEventListener(
    "click",
    ({ target }) => {
      const { hash } = target.closest("a[href^='#']") ?? {};
      if (hash) show(document.getElementById(decodeURIComponent(hash.slice(1))));
    },
    { capture: true },
  );
  // On a wide page any part gets the focus; on a phone what was kept on the device is put back into one that is not shown.
  for (const name of ["focusin", "input"]) form.addEventListener(name, ({ target }) => show(target));
  addEventListener("hashchange", () => show(document.getElementById(decodeURIComponent(location.hash.slice(1)))));

  const asked = document.getElementById(history.state?.step || decodeURIComponent(location.hash.slice(1)));
  const wanted = ["[data-unsaved]", "[data-open]", ":has(.callout-attention[data-note])"].map((kind) =>
    steps().find((step) => step.matches(kind)),
  );
  show([asked?.closest(STEPS), ...wanted, form.querySelector(".return-end")].find(Boolean));
  list.hidden = ways.hidden = false;
  if (asked?.id === location.hash.slice(1)) asked.scrollIntoView();
}
