// The order of an agenda by a handle: dragged, or with the arrow keys. Without this file the same is done by the buttons
// of each row's menu.

import { announce } from "./announce.js";
import { _ } from "./words.js";

const section = () => document.querySelector("[data-agenda]");
const rows = () => [...section().querySelectorAll("[data-matter]")];

function begin() {
  for (const handle of section().querySelectorAll("[data-handle]")) handle.hidden = false;
}

// Asks for the row's new place, and shows the agenda that comes back; the focus stays on the handle.
async function move(row, to) {
  const form = row.querySelector("[data-move]");
  const fields = new FormData(form);
  fields.set("to", to);
  fields.set("dragged", "yes");
  const id = row.querySelector("[data-handle]").id;
  section().ariaBusy = "true";
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    section().replaceWith(page.querySelector("[data-agenda]"));
    begin();
    document.getElementById(id)?.focus();
    for (const message of page.querySelectorAll("main > .message")) announce(message.textContent.trim());
  } catch {
    section().ariaBusy = null;
    announce(_("No answer came. Load the page again to see the order."));
  }
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = event.target.closest?.("[data-handle]")?.closest("[data-matter]");
  if (!step || !row || section().ariaBusy) return;
  event.preventDefault();
  const place = rows().indexOf(row) + 1 + step;
  if (place >= 1 && place <= rows().length) move(row, place);
});

// --- dragging ----------------------------------------------------------------------------------------

let dragged = null;

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || event.button || section().ariaBusy) return;
  handle.setPointerCapture(event.pointerId);
  dragged = { row: handle.closest("[data-matter]"), from: rows().indexOf(handle.closest("[data-matter]")) };
});

document.addEventListener("pointermove", ({ clientY }) => {
  if (!dragged) return;
  dragged.row.classList.add("is-dragged");
  const others = rows().filter((row) => row !== dragged.row);
  const after = others.find((row) => {
    const box = row.getBoundingClientRect();
    return clientY < box.top + box.height / 2;
  });
  if (after) after.before(dragged.row);
  else others.at(-1)?.after(dragged.row);
});

for (const event of ["pointerup", "pointercancel"]) {
  document.addEventListener(event, () => {
    if (!dragged) return;
    const { row, from } = dragged;
    dragged = null;
    row.classList.remove("is-dragged");
    const to = rows().indexOf(row);
    if (to !== from) move(row, to + 1);
  });
}

begin();
