// The boxes of a part of a form: what is in them, what they began with, and what another person changed in them.

import { announce } from "./announce.js";
import { inWords, labelOf, same } from "./device.js";
import { _, filled } from "./words.js";

// The fields of a part of the page as they would be sent, with what they began with.
export function fieldsOf(part) {
  const found = new URLSearchParams();
  for (const box of part?.querySelectorAll("[name]:not(button)") ?? []) {
    if (box.type !== "radio" || box.checked) found.set(box.name, box.value);
  }
  return found;
}

export function put(part, name, value) {
  for (const box of part.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (box.type === "radio") box.checked = box.value === value;
    else box.value = value;
    box.dispatchEvent(new Event("change", { bubbles: true })); // how it reads
  }
}

export function wasOf(part, name) {
  return part.querySelector(`[name="initial-${CSS.escape(name)}"]`);
}

// After what was `sent` is saved, the boxes go on from what is saved `now`: what others wrote is shown where this person
// wrote nothing, and what was typed since stays. `isOwn`: a button of this person changed them. Return whether all boxes now go on
// from what is saved.
export function goOnFrom(part, now, sent, isOwn = false) {
  const typed = fieldsOf(part);
  let isAll = true;
  for (const [name, value] of Object.entries(now)) {
    const was = wasOf(part, name);
    if (!was) continue;
    const isOurs = same(value, sent[name]);
    const isSent = (typed.get(name) ?? "") === (sent[name] ?? "");
    // What this person changed came back as the service keeps it; nobody else changed it.
    const isMine = isOwn || !same(sent[name] ?? "", was.value);
    if (!isOurs && isSent) (isMine ? put : take)(part, name, value);
    if (isOurs || isSent) was.value = value;
    else isAll = false;
  }
  return isAll;
}

// Of two versions: what others wrote is shown where this person wrote nothing, and all goes on from their version.
export function goOnFromTheirs(part, theirs) {
  const typed = fieldsOf(part);
  for (const [name, value] of Object.entries(theirs)) {
    const was = wasOf(part, name);
    if (!was) continue;
    if (same(typed.get(name) ?? "", was.value) && !same(value, was.value)) take(part, name, value);
    was.value = value;
  }
}

// What the fields of a part began with, and the versions: as long as nobody has chosen, that is what is kept on the device.
export function beganWith(part) {
  return Object.fromEntries([...fieldsOf(part)].filter(([name]) => /^initial-|version$/.test(name)));
}

// What was changed in a box elsewhere goes into it, and is said beside it until something else is typed there.
function take(part, name, value) {
  const [box] = part.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const was = fieldsOf(part).get(name) ?? "";
  const before = inWords(name, was) || _("nothing");
  put(part, name, value);
  if (!box || box.type === "hidden") return;
  sayMine(box);
  const words = filled(_("Changed elsewhere meanwhile. Before: {before}"), { before });
  const line = Object.assign(document.createElement("p"), { className: "small stem-remark", textContent: words });
  line.dataset.taken = "";
  box.closest(".field")?.append(line);
  announce(`${labelOf(box)}: ${words}`);
}

// What is put into boxes began before another person's version, so that the server asks before it replaces that.
export function beginAgain(part, mine, began) {
  for (const [name, value] of Object.entries(began)) {
    if (/version$/.test(name) || mine.has(name.replace(/^initial-/, ""))) put(part, name, value);
  }
  for (const [name, value] of mine) put(part, name, value);
}

// A line with the way back from what a button threw away. It goes once something else is put in its place.
export function offerBack(place, words, back, name = _("Put it back")) {
  const line = Object.assign(document.createElement("p"), { className: "small", textContent: `${words} ` });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button-link", textContent: name });
  button.addEventListener("click", () => {
    line.remove();
    back();
  });
  line.append(button);
  place.replaceChildren(line);
}

// What was said of a box was said of what was in it: another's change, and what was wrong.
export function sayMine(box) {
  const field = box.closest(".field");
  field?.querySelector("[data-taken]")?.remove();
  if (!field?.matches(".field-error")) return;
  field.classList.remove("field-error");
  for (const line of field.querySelectorAll(".govuk-error-message")) (line.parentElement.id.endsWith("_error") ? line.parentElement : line).remove();
  for (const each of field.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const each of field.querySelectorAll("[aria-describedby$=_error], [aria-describedby*='_error ']")) {
    const ids = each.getAttribute("aria-describedby").split(" ").filter((id) => !id.endsWith("_error"));
    if (ids.length) each.setAttribute("aria-describedby", ids.join(" "));
    else each.removeAttribute("aria-describedby");
  }
}
