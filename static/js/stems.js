// Below a box whose sentence the form begins stands how it will read, below others whether they say something. The reading is the server's
// (workitems/plan/views/stem_box.py), so that this line and the paper never differ.

import { _, filled } from "./words.js";

const PAUSE = 500; // ms after the last key
const BESIDE = ["expected", "due", "meanwhile"];
const timers = new WeakMap();
const asked = new WeakMap(); // what the shown reading is of

function agencyOf(box) {
  const { owner, agency = "" } = box.dataset;
  if (!owner) return agency;
  const chosen = box.form.elements[owner].selectedOptions[0];
  return chosen?.value ? chosen.text : _("The owner");
}

// The new date, the day of the action and what covers the gap, as other boxes or the page have them.
function datesBeside(box) {
  const { expected, others } = box.dataset;
  const known = Object.entries({ expected, others }).filter(([, value]) => value !== undefined);
  const typed = BESIDE.map((part) => [part, box.form.elements[box.getAttribute(`data-${part}-in`)]?.value]);
  return [...known, ...typed.filter(([, value]) => value !== undefined)];
}

function begin(box) {
  const beginning = document.getElementById(`${box.id}_begins`).querySelector("[data-beginning]");
  beginning.textContent = `${filled(box.dataset.begins, { agency: agencyOf(box) })} …`;
}

async function read(box) {
  const shown = document.getElementById(`${box.id}_reads`);
  const { stem, plan = "" } = box.dataset;
  const body = new URLSearchParams({ asked: stem, plan, agency: agencyOf(box), text: box.value });
  for (const [part, value] of datesBeside(box)) body.set(part, value);
  const question = String(body);
  if (asked.get(box) === question) return;
  asked.set(box, question);
  let words = "";
  try {
    body.set("csrfmiddlewaretoken", box.form.elements.csrfmiddlewaretoken.value);
    if (box.value.trim()) {
      const response = await fetch("/sentences/", { method: "POST", body, redirect: "manual" });
      if (response.ok) words = await response.text();
    }
  } catch {
    // It is a help; saving says what is wrong.
  }
  // What was typed since is asked next.
  if (asked.get(box) === question) shown.innerHTML = words;
}

function wait(box, pause) {
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(() => read(box), pause));
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-stem]")) wait(target, PAUSE);
});
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-stem]")) wait(target, 0);
  const name = CSS.escape(target.name ?? "");
  for (const box of document.querySelectorAll(`[data-owner="${name}"]`)) {
    if (box.form !== target.form) continue;
    begin(box);
    wait(box, 0);
  }
  const beside = BESIDE.map((part) => `[data-${part}-in="${name}"]`);
  for (const box of name ? document.querySelectorAll(beside.join()) : []) if (box.form === target.form) wait(box, 0);
});

function prepare(root) {
  for (const box of root.querySelectorAll("[data-owner]")) begin(box);
}

prepare(document);
// Parts of a page come later: a section of a return, a form that is answered in place.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE && node.parentElement) prepare(node.parentElement);
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
