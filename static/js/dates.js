// A date box says below it how the server understands what is typed, and has the browser's calendar beside it.
// The reading is the server's (workitems/plan/views/date_box.py), so that this line and the form never differ.

import { _ } from "./words.js";

const PAUSE = 400; // ms after the last key
const opens = "showPicker" in HTMLInputElement.prototype;
let made = 0;

async function read(box, text) {
  const asked = new URLSearchParams({ as: box.dataset.date, text, milestone: box.dataset.milestoneDue ?? "" });
  try {
    const response = await fetch(`/dates/?${asked}`, { redirect: "manual" });
    return response.ok ? await response.json() : {};
  } catch {
    return {}; // the form itself will say
  }
}

function lineOf(box) {
  const known = box.dataset.understood && document.getElementById(box.dataset.understood);
  if (known) return known;
  const line = document.createElement("p");
  line.className = "date-understood";
  line.id = box.dataset.understood = `understood-${++made}`;
  line.setAttribute("aria-live", "polite");
  (box.nextElementSibling?.matches(".date-choose") ? box.nextElementSibling : box).after(line);
  return line;
}

// A fault is said when the person has left the box: half a date is none yet.
async function showDate(box, { isLeft }) {
  const text = box.value;
  const line = lineOf(box);
  const { says = "", fault = "", asks = [] } = text.trim() ? await read(box, text) : {};
  if (box.value !== text) return;
  showAsks(box, asks);
  line.textContent = says || (isLeft ? fault : "");
  line.classList.toggle("is-fault", !says && isLeft);
}

// What a milestone's date contradicts is asked about below its box.
function showAsks(box, asks) {
  const shown = document.getElementById(`${box.id}_asks`);
  if (!shown) return;
  shown.replaceChildren(
    ...asks.map((ask) => {
      const line = document.createElement("p");
      line.className = "stem-remark";
      line.innerHTML = ask; // the server has escaped its words
      return line;
    }),
  );
}

const timers = new WeakMap();
document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-date]")) return;
  lineOf(target).textContent = ""; // what it said is of another text
  clearTimeout(timers.get(target));
  timers.set(target, setTimeout(() => showDate(target, { isLeft: false }), PAUSE));
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-date]")) return;
  clearTimeout(timers.get(target));
  showDate(target, { isLeft: true });
});

// The browser's own calendar, which keyboards and screen readers know, opens from a button.
function addCalendar(box) {
  if (box.nextElementSibling?.matches(".date-choose")) return;
  const holder = document.createElement("span");
  holder.className = "date-choose";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "date-button";
  button.title = _("Choose a date");
  button.setAttribute("aria-label", _("Choose a date"));
  const label = box.labels[0]; // says which date, after the button's name
  if (label) {
    label.id ||= `label-of-${box.id}`;
    button.setAttribute("aria-describedby", label.id);
  }
  const calendar = document.createElement("input");
  calendar.type = "date";
  calendar.tabIndex = -1;
  calendar.ariaHidden = "true";
  holder.append(button, calendar);
  box.after(holder);
  // A calendar opens only within the click itself, so the day in the box is read before it.
  const begin = async () => {
    const { day = "" } = box.value.trim() ? await read(box, box.value) : {};
    calendar.value = day;
  };
  button.addEventListener("focus", begin);
  button.addEventListener("pointerenter", begin);
  button.addEventListener("click", () => calendar.showPicker());
  calendar.addEventListener("change", async (event) => {
    event.stopPropagation();
    const { box: words } = calendar.value ? await read(box, calendar.value) : {};
    if (!words) return;
    box.value = words;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.focus();
  });
}

// The line is there from the start: if it came with the first key, a button would move away from under a click.
function prepare(root) {
  for (const box of root.querySelectorAll("[data-date]")) {
    if (opens) addCalendar(box);
    lineOf(box);
  }
}

prepare(document);
// Parts of a page come later: a section of a return, a form that is answered in place.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE && node.parentElement) prepare(node.parentElement);
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
