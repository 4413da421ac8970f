// The screen in the room by keys, and from matter to matter without leaving the full screen. Every step
// is a link and every act a form, so that without this file all of it works by loading pages. Where the
// screen leads, a step is a form as well, which shows the slide on the devices of those who follow.

import { announce, sayMessages } from "./announce.js";
import { hasLetters, isCommand, showChoice } from "./keys.js";
import { _ } from "./words.js";

const PATIENCE = 15000; // ms for one answer
const ASK_EVERY = 3000; // ms between questions of a page that follows
const PARTS = ["present-bar", "main"];

const step = (name) => document.querySelector(`[data-step="${name}"]`);

// --- one page in place of another -------------------------------------------------------------------

let running = 0;

// Shows the page that came, or goes there where it is another kind of page. The focus goes to its heading, except where
// the meeting has moved on by itself and the focus was nowhere.
function show(page, address, { remembers, isAsked, hasArrived }) {
  if (!page.querySelector("[data-present]")) return location.assign(address);
  document.dispatchEvent(new Event("page-leaves"));
  const takesFocus = isAsked || document.activeElement !== document.body;
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  document.title = page.title;
  if (remembers) history.pushState(null, "", address);
  scrollTo(0, 0);
  showChoice();
  const heading = document.getElementById("matter");
  if (takesFocus) heading?.focus();
  else if (heading) announce(heading.textContent);
  sayMessages();
  document.dispatchEvent(new CustomEvent("page-shown", { detail: { hasArrived } }));
}

async function fetchPage(address, options, { remembers, refused, lost, isAsked = true, isSent = false }) {
  const ours = ++running;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
    const html = await response.text();
    // A key pressed meanwhile asked for another matter; this answer is out of date.
    if (ours !== running) return;
    if (response.status >= 500 || response.status === 403) return refused();
    const page = new DOMParser().parseFromString(html, "text/html");
    const isTaken = response.status < 400;
    show(page, response.url, { remembers: remembers && isTaken, isAsked, hasArrived: isSent && isTaken && response.redirected });
  } catch {
    if (ours === running) lost();
  }
}

function go(address, { remembers = true, isAsked = true } = {}) {
  const load = () => location.assign(address);
  return fetchPage(address, {}, { remembers, refused: load, lost: load, isAsked });
}

// Goes where a step leads: by its form where the screen leads, else by its link.
function take(control) {
  const address = control.href ?? control.dataset.url;
  if (control.href) return go(address);
  const fields = new FormData(control.form);
  fields.set(control.name, control.value);
  const load = () => location.assign(address);
  const options = { method: "POST", body: new URLSearchParams(fields) };
  return fetchPage(control.form.action, options, { remembers: true, refused: load, lost: load });
}

function warn(form) {
  form.querySelector("[data-lost]")?.remove();
  const words = document.createElement("p");
  words.className = "message message-error";
  words.dataset.lost = "";
  words.setAttribute("role", "alert");
  words.textContent = _("No answer came. Load the page again to see whether this was recorded.");
  form.append(words);
}

function send(form, button) {
  const fields = new FormData(form);
  if (button?.name) fields.set(button.name, button.value);
  const options = { method: "POST", body: new URLSearchParams(fields) };
  return fetchPage(form.action, options, {
    remembers: true,
    isSent: true,
    // Nothing was recorded; the page that says why is the browser's to show.
    refused: () => form.submit(),
    // Perhaps it was recorded and only the answer is lost, so it is not sent again by itself.
    lost: () => warn(form),
  });
}

// --- keys, links and forms --------------------------------------------------------------------------

const KEYS = {
  ArrowLeft: () => step("previous"),
  ArrowRight: () => step("next"),
  Home: () => step("first"),
  End: () => step("last"),
  // The keys of a clicker. Where a matter is longer than the screen they first show the rest of it.
  PageUp: () => scrollY > 0 || step("previous"),
  PageDown: () => scrollY + innerHeight < document.documentElement.scrollHeight - 1 || step("next"),
};

// Letters: F for the full screen, C and D of whoever keeps the record. They press what is on the page, and do nothing
// where it is not.
const ACTS = {
  f: fill,
  c: () => document.querySelector("[data-consider]")?.click(),
  d: () => {
    const place = document.querySelector("[data-decide]");
    for (let each = place?.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    place?.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  },
};

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

addEventListener("keydown", (event) => {
  if (!isCommand(event)) return;
  if (event.key === "Escape" && !document.fullscreenElement) {
    location.assign(step("leave").href);
  } else if (hasLetters() && event.key.toLowerCase() in ACTS) {
    event.preventDefault();
    ACTS[event.key.toLowerCase()]();
  } else if (event.key in KEYS) {
    const control = KEYS[event.key]();
    if (!control?.dataset) return;
    event.preventDefault();
    take(control);
  }
});

addEventListener("click", (event) => {
  const link = event.target.closest?.('a[data-step]:not([data-step="leave"])');
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});

addEventListener("submit", (event) => {
  if (event.submitter?.dataset.step) {
    event.preventDefault();
    take(event.submitter);
    return;
  }
  if (!event.target.closest("[data-present]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

addEventListener("popstate", () => go(location.href, { remembers: false }));

// --- following ---------------------------------------------------------------------------------------

const followed = () => document.querySelector("[data-follow]");

// Whether a field was changed, which a new slide would take away.
const isTyped = () =>
  [...document.querySelectorAll("[data-follow] :is(input:not([type=hidden]), textarea)")].some((field) =>
    field.type === "radio" || field.type === "checkbox"
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue,
  );

// Whether somebody is reading or working in the page: nobody's focus or selection is taken from them.
const isInUse = () =>
  isTyped() || !document.activeElement.matches("body, #matter") || !getSelection().isCollapsed;

// Says once that the slide is an older one, with a link to the new one.
function sayMoved(line) {
  if (!line.hidden) return;
  line.hidden = false;
  announce(_("The meeting has moved on."));
}

async function ask() {
  const page = followed();
  if (!page || document.hidden) return;
  try {
    const headers = { "If-None-Match": `"${page.dataset.state}"` };
    const options = { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(page.dataset.follow, options);
    // 304: the slide is the same. Other refusals are shown by the page itself when it is loaded again.
    if (response.status !== 200 || page !== followed()) return;
    const { state } = await response.json();
    if (state === page.dataset.state) return;
    if (isInUse()) sayMoved(page.querySelector("[data-moved]"));
    else await go(location.href, { remembers: false, isAsked: false });
  } catch {
    // Without a connection the slide stays; the next question finds the new one.
  }
}

async function askAgain() {
  await ask();
  setTimeout(askAgain, ASK_EVERY);
}
setTimeout(askAgain, ASK_EVERY);
document.addEventListener("visibilitychange", ask);

