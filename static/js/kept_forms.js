// What is typed into a form that is sent by its button is kept on the device (device.js) when it could not be sent, and when
// the page goes away first; the page then offers it again. Beside the button stands whether it is sent. Returns, papers and
// a Minister's answers save by themselves, but for the note to the writers of a return, which its button sends.

import { announce } from "./announce.js";
import { Device, isChoice, withLabel } from "./device.js";
import { _, filled } from "./words.js";

const SELF_SAVING = "[data-return], [data-workshop], [data-answer]";
const SENT_PART = "[data-return] #to-writers"; // of a form that saves by itself
// An approver's ticks are kept by themselves (reading.js).
const TYPED = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit], [name=accept])";
const SENT = "sent-form"; // in the tab: what was sent, until the next page shows that it has arrived

const { person } = document.body.dataset;
let device;
let all; // the forms of the page
let isLeaving = false;

// --- what is typed into a form ------------------------------------------------------------------------

function controlsOf(form) {
  return [...(form.elements ?? form.querySelectorAll("button, input, select, textarea"))];
}

function boxesOf(form) {
  return controlsOf(form).filter((box) => box.name && box.matches(TYPED));
}

// A form of a page, by what it does to which row: its words are never offered in the form of another row.
function nameOf(form) {
  if (!form.elements) return form.id;
  const same = [...document.forms].filter((each) => doneBy(each) === doneBy(form));
  return `${doneBy(form)} ${same.indexOf(form)}`;
}

function doneBy(form) {
  const rows = controlsOf(form).filter(({ type, name, value }) => type === "hidden" && /^\d+$/.test(value) && !name.includes("version"));
  const parts = [form.elements.namedItem("act")?.value ?? "", form.getAttribute("action") ?? "", ...rows.map(({ name, value }) => `${name}=${value}`)];
  return parts.join(" ");
}

function isChanged(box) {
  if (box.options) return [...box.options].some(({ selected, defaultSelected }) => selected !== defaultSelected) && box.value !== firstOf(box);
  return isChoice(box) ? box.checked !== box.defaultChecked : box.value !== box.defaultValue;
}

// What a list begins with.
function firstOf(list) {
  return ([...list.options].find(({ defaultSelected }) => defaultSelected) ?? list.options[0])?.value;
}

function valuesOf(boxes) {
  return boxes.filter((box) => !isChoice(box) || box.checked).map(({ value }) => value);
}

class Typed {
  constructor(form) {
    this.form = form;
    this.names = new Set(); // of fields that hold what was typed and came back with a mistake
    this.isNotSent = false; // its button found no connection, and has not been chosen again
    form.addEventListener("input", ({ target }) => this.say(target));
    form.addEventListener("click", ({ target }) => {
      if (!target.closest("a")?.closest(".button-row")) return;
      isLeaving = true; // "Cancel" lets it go
      this.forget();
    });
  }

  // Each changed field with its values.
  get fields() {
    const boxes = boxesOf(this.form);
    const names = new Set([...this.names, ...boxes.filter(isChanged).map(({ name }) => name)]);
    return Object.fromEntries([...names].map((name) => [name, valuesOf(boxes.filter((box) => box.name === name))]));
  }

  keep() {
    const { fields } = this;
    if (this.form.isConnected && Object.keys(fields).length) device.keep(nameOf(this.form), fields);
  }

  forget() {
    device.forget(nameOf(this.form));
  }

  // The button that sends what is typed into a box: the next one.
  buttonAfter(box) {
    const buttons = controlsOf(this.form).filter((each) => each.type === "submit" && each.offsetParent && !("try" in each.dataset));
    const isAfter = (each) => box.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
    return buttons.find(isAfter) ?? buttons.at(-1);
  }

  say(box, isRefused = false) {
    const button = box.type === "submit" ? box : this.buttonAfter(box);
    if (!button || (box !== button && !box.matches(TYPED))) return;
    this.button = button;
    const name = button.textContent.replace(/\s+/g, " ").trim(); // also where it is folded away
    const isAway = isRefused || !navigator.onLine;
    let says = filled(_("Not saved yet. Choose “{name}”."), { name });
    const isEmpty = !Object.keys(this.fields).length;
    this.isNotSent ||= isRefused;
    if (isRefused && isEmpty) says = filled(_("Not done: no connection. Choose “{name}” again when the connection is back."), { name });
    else if (isRefused) says = filled(_("Not sent: no connection. This device keeps what you typed. Choose “{name}” again when the connection is back."), { name });
    else if (isEmpty && this.isNotSent) says = filled(_("Not done yet. Choose “{name}” again."), { name });
    else if (isEmpty) says = ""; // typed, and taken out again
    else if (isAway) says = _("No connection. This device keeps what you typed.");
    this.line ??= Object.assign(document.createElement("p"), { className: "small form-state" });
    (button.closest(".button-row") ?? button).after(this.line);
    const mark = Object.assign(document.createElement("span"), { className: `mark mark-${isAway ? "late" : "quiet"}`, textContent: says });
    if (this.line.textContent === says) return;
    this.line.replaceChildren(...(says ? [mark] : []));
    showInBar();
    document.dispatchEvent(new Event("form-state"));
    if (isRefused) {
      announce(says);
      this.line.scrollIntoView({ block: "nearest" });
    }
    if (isAway) this.keep();
  }
}

// The forms of the page, and what this device keeps of them. An address whose subject changes, such as that of a meeting's
// slides, names the subject in the page.
function find() {
  const subject = document.querySelector("[data-subject]")?.dataset.subject ?? "";
  device = new Device(person, `${location.pathname}#${subject}`);
  all = [...document.querySelectorAll(`form[method=post]:has(textarea), ${SENT_PART}`)]
    .filter((form) => form.matches(SENT_PART) || !form.closest(SELF_SAVING))
    .map((form) => new Typed(form));
}
find();

// The bar at the foot of the window, of a page that has one, leads to what is not sent.
function showInBar() {
  const place = document.querySelector("[data-form-states]");
  if (!place) return;
  for (const [at, { line }] of all.entries()) if (line) line.id = `form-state-${at}`;
  const lines = all.map(({ line }) => line).filter((line) => line?.textContent);
  place.replaceChildren(
    ...lines.flatMap(({ id, textContent }, at) => [at ? " " : "", Object.assign(document.createElement("a"), { href: `#${id}`, textContent })]),
  );
  const bar = place.closest("[data-form-bar]");
  if (bar) bar.hidden = !lines.length;
}

function keepAll() {
  if (!isLeaving) for (const each of all) each.keep();
}

// --- sent, or not --------------------------------------------------------------------------------------

addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (event.defaultPrevented) return; // another script sends it, or a question was answered with no
  if (target.dataset.signOut) {
    isLeaving = true; // it has asked about what is kept, and has erased it
    return;
  }
  const typed = all.find(({ form }) => form === target || form.contains(submitter));
  if (!typed) return;
  typed.keep();
  if (navigator.onLine) {
    sessionStorage.setItem(SENT, device.start + nameOf(typed.form));
    return;
  }
  event.preventDefault();
  typed.say(submitter ?? typed.buttonAfter(target), true);
});
// A page that saves by itself found no connection when this button was pressed.
document.addEventListener("not-sent", ({ target }) => all.find(({ form }) => form.contains(target))?.say(target, true));
// Before signing out asks.
document.addEventListener("submit", ({ target }) => target.dataset.signOut && keepAll(), true);

addEventListener("online", () => {
  for (const each of all) if (each.line?.textContent) each.say(each.button);
});
addEventListener("offline", () => {
  for (const each of all) if (each.line?.textContent) each.say(each.button);
});
addEventListener("pagehide", keepAll);
addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepAll());

// What was sent has arrived if the service led on from it; a page with a mistake has it in its boxes.
function forgetWhatArrived(hasArrived) {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (key && hasArrived) localStorage.removeItem(key);
}

// --- offered again --------------------------------------------------------------------------------------

function isOnPage(form, fields) {
  return Object.entries(fields).every(([name, values]) => {
    const now = valuesOf(boxesOf(form).filter((box) => box.name === name));
    return now.length === values.length && now.every((value, place) => value.trim() === values[place].trim());
  });
}

function putBack(form, fields) {
  let first = null;
  for (const box of boxesOf(form)) {
    const values = fields[box.name];
    if (!values) continue;
    if (isChoice(box)) box.checked = values.includes(box.value);
    else [box.value] = values;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
    if (!first || (box.matches("textarea") && !first.matches("textarea"))) first = box;
  }
  for (let each = first?.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  first?.focus();
}

function button(words, kind) {
  return Object.assign(document.createElement("button"), { type: "button", className: `button ${kind} button-small`, textContent: words });
}

// A form that the page no longer has leaves its words to be copied.
function offer(name, fields) {
  const typed = all.find(({ form }) => nameOf(form) === name);
  if (typed && isOnPage(typed.form, fields)) {
    typed.names = new Set(Object.keys(fields));
    typed.forget();
    return;
  }
  const box = Object.assign(document.createElement("div"), { className: "callout callout-attention", tabIndex: -1 });
  box.dataset.keptForm = "";
  const title = Object.assign(document.createElement("p"), { className: "callout-title", textContent: _("Text that was not sent") });
  const says = Object.assign(document.createElement("p"), { textContent: _("You typed this here and it was not sent. This device keeps it:") });
  const list = document.createElement("ul");
  for (const [field, values] of Object.entries(fields)) {
    const words = values.map((value) => withLabel(field, value.trim())).filter(Boolean);
    list.append(...words.map((textContent) => Object.assign(document.createElement("li"), { textContent })));
  }
  if (!list.childElementCount) return device.forget(name);
  const row = Object.assign(document.createElement("p"), { className: "button-row" });
  const [back, away] = [button(_("Put it back"), ""), button(_("Discard it"), "button-secondary")];
  row.append(...(typed ? [back, away] : [away]));
  box.append(title, says, list, row);
  const heading = document.querySelector("main h1");
  (heading?.closest("header") ?? heading)?.after(box);
  // A page that is loaded again goes on where one was, below it.
  addEventListener("load", () => requestAnimationFrame(() => box.scrollIntoView({ block: "center" })), { once: true });
  announce(title.textContent);
  back.addEventListener("click", () => {
    box.remove();
    device.forget(name);
    putBack(typed.form, fields);
  });
  away.addEventListener("click", () => {
    device.forget(name);
    list.remove();
    away.remove();
    says.textContent = _("Discarded.");
    back.focus();
  });
}

function offerAll() {
  for (const [name, fields] of device.all) offer(name, fields);
}

if (person) {
  const [way] = performance.getEntriesByType("navigation");
  forgetWhatArrived(way?.redirectCount > 0);
  offerAll();
  // A page put in place of another one without loading it (present.js).
  document.addEventListener("page-leaves", keepAll);
  document.addEventListener("page-shown", ({ detail }) => {
    forgetWhatArrived(detail.hasArrived);
    find();
    offerAll();
  });
}
