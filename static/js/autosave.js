// Saves what is typed, a moment after the typing stops. What cannot be sent stays on the page and is
// sent when the connection is back; two people's texts wait for a choice; closing the tab then warns.
// A page extends `Autosave` once for each thing that it saves by itself.

import { announce } from "./announce.js";
import { _, filled } from "./words.js";

const PAUSE = 1200; // ms after the last key
const RETRY = 4000; // ms until the next try; twice as long after that
const LONGEST = 8000;
const KEEPALIVE = 60000; // bytes; browsers refuse to send more after the page is closed
export const PATIENCE = 20000; // ms for one answer

export const NO_CONNECTION = _("No connection. Your text stays here and will be sent when the connection is back.");
const SIGNED_OUT = _(
  "You are signed out. Sign in again in another tab. Your text stays here and will be sent then.",
);
const SOMEBODY_ELSE = _("Another user is signed in now. Copy your text before you leave this page.");
const TROUBLE = _("There is a problem with the service. Your text stays here and will be sent again in a moment.");

// --- requests -------------------------------------------------------------------------------------

// Asks the server on behalf of one part of the page, which holds the person (`data-person`) and the
// CSRF token. `address` brings that page anew; `closed` says that it takes no more changes.
// Why nothing can be saved, where the service says so.
async function sentenceOf(response) {
  const isSaid = (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
  return isSaid ? (await response.json()).detail : TROUBLE;
}

export class Connection {
  constructor({ part, address, closed }) {
    this.part = part;
    this.root = document.querySelector(part);
    this.address = address;
    this.closed = closed;
    this.isOther = false; // somebody else was signed in when it last looked
  }

  // Return { status, result } for words, or { page } with `wantsPage`; else { trouble }, with `again`
  // when trying later may help. Without `fields` it only reads.
  async ask(address, fields, { wantsPage = false, mayRenew = true } = {}) {
    if (fields && this.isOther) {
      const found = await this.renewToken();
      if (found.trouble) return found; // nothing is sent as another person
    }
    if (fields) fields.set("csrfmiddlewaretoken", this.tokens[0].value);
    try {
      const body = fields && new URLSearchParams(fields);
      const response = await fetch(address, {
        method: fields ? "POST" : "GET",
        body,
        // It arrives although the page is closed meanwhile.
        keepalive: Boolean(body) && String(body).length < KEEPALIVE,
        headers: wantsPage ? {} : { Accept: "application/json" },
        redirect: wantsPage ? "follow" : "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.type === "opaqueredirect") return { trouble: SIGNED_OUT, again: true };
      if (response.status >= 500) return { trouble: await sentenceOf(response), again: true };
      if (response.status === 403 && fields && mayRenew) {
        const { trouble, again } = await this.renewToken();
        return trouble ? { trouble, again } : this.ask(address, fields, { wantsPage, mayRenew: false });
      }
      if (wantsPage) return this.pageOf(response);
      if (response.status === 204) return { status: 204, result: {} };
      if (![200, 409, 422].includes(response.status)) return { trouble: this.closed };
      return { status: response.status, result: await response.json() };
    } catch {
      return { trouble: NO_CONNECTION, again: true };
    }
  }

  async pageOf(response) {
    if (![200, 422].includes(response.status)) return { trouble: this.closed };
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.querySelector(this.part);
    if (!now) return response.redirected ? { trouble: SIGNED_OUT, again: true } : { trouble: this.closed };
    this.isOther = now.dataset.person !== this.root.dataset.person;
    if (this.isOther) return { trouble: SOMEBODY_ELSE, again: true };
    return { page };
  }

  // The page's token is worth nothing after signing in again in another tab; a new page has one.
  async renewToken() {
    const { page, trouble, again } = await this.ask(this.address, null, { wantsPage: true });
    if (trouble) return { trouble, again };
    const fresh = page.querySelector(`${this.part} [name=csrfmiddlewaretoken]`);
    if (!fresh) return { trouble: this.closed };
    for (const field of this.tokens) field.value = fresh.value;
    return {};
  }

  get tokens() {
    return this.root.querySelectorAll("[name=csrfmiddlewaretoken]");
  }
}

// --- one thing that is saved ----------------------------------------------------------------------

let isSaid = false; // aloud, by what has just been saved, so that the page's line is only shown
let lastSaid = ""; // by that line

// A subclass gives `address`, `body(what)`, `accept(result, what)`, `isOurs(result, sent)` and `showState()`.
// What is sent is its words, `{ answer: true }`, or what `act` was given.
export class Autosave {
  constructor(connection, element, isTyped) {
    this.connection = connection;
    this.state = element.querySelector("[data-state]");
    this.theirs = element.querySelector("[data-theirs]");
    this.typed = isTyped; // the fields hold what the server has not got
    this.held = this.typed && this.theirs.childElementCount > 0; // waits for a choice between two texts
    this.isChosen = false; // of two texts one's own was, and the other stays in the history
    this.refused = false; // the server said what is wrong, and nothing was typed since
    this.wrong = ""; // what the server said
    this.acts = []; // what else is still to be sent
    this.lost = []; // words that were sent and may or may not have arrived
    this.trouble = "";
    this.failures = 0;
    this.timer = 0;
    this.running = null;
    this.isAsked = false; // by a button, whose outcome is said aloud each time
  }

  get isUnsaved() {
    return this.typed || this.acts.length > 0 || this.running !== null;
  }

  // What the server said is wrong and is not saved.
  get fault() {
    return this.wrong;
  }

  // Why the words are not saved before a button is pressed.
  get waits() {
    return "";
  }

  touch() {
    this.typed = true;
    this.refused = false;
    clearTimeout(this.timer);
    if (this.held) return;
    this.say(this.waits || _("Not saved yet"), "quiet");
    if (!this.waits) this.timer = setTimeout(() => this.run(), PAUSE);
  }

  saveNow() {
    this.typed = true;
    this.refused = false;
    this.isAsked = true;
    return this.run();
  }

  // The page is hidden.
  hurry() {
    this.run();
  }

  keepMine() {
    this.held = false;
    this.isChosen = true;
    return this.saveNow(); // the other text stays in sight until this is saved
  }

  act(what) {
    this.acts.push(what);
    this.isAsked = true;
    return this.run();
  }

  // One request at a time: the answer to the first brings the version that the second needs.
  run() {
    clearTimeout(this.timer);
    if (this.running) return this.running;
    const said = [...this.state.childNodes];
    this.running = Promise.resolve(); // from here on, what is said before the first answer is "Saving …"
    this.running = this.drain().finally(() => {
      this.running = null;
      if (this.state.textContent === _("Saving …")) this.state.replaceChildren(...said); // nothing was said of what came of it
      isSaid = this.isAsked && !this.trouble;
      if (isSaid) announce(this.state.textContent);
      this.isAsked = false;
      this.showState();
      isSaid = false;
    });
    return this.running;
  }

  async drain() {
    for (let what = this.next(); what; what = this.next()) {
      if (!(await this.send(what)) || this.waits) return;
    }
  }

  next() {
    if (this.acts.length) return this.acts.shift();
    return this.typed && !this.held && !this.refused ? { answer: true } : null;
  }

  async send(what) {
    const fields = this.body(what);
    if (what.answer) this.typed = false;
    if (what.answer && this.isChosen) fields.set("mine", "");
    this.sayOf(what, _("Saving …"), "quiet");
    this.showState();
    const { status, result, trouble, again } = await this.connection.ask(this.address, fields);
    this.trouble = trouble ?? "";
    if (!trouble) {
      this.failures = 0;
      this.take(status, result, what);
      return true;
    }
    if (what.answer) {
      this.typed = true;
      this.lost.push(Object.fromEntries(fields));
    } else {
      this.acts.unshift(what);
    }
    this.sayOf(what, _("Not saved"), "late");
    clearTimeout(this.timer);
    if (again) this.timer = setTimeout(() => this.run(), Math.min(RETRY * 2 ** this.failures++, LONGEST));
    return false;
  }

  take(status, result, what) {
    if (status === 409) this.compare(result, what);
    else if (status === 422) this.refuse(result, what);
    else {
      this.wrong = "";
      if (what.answer) this.lost = [];
      if (what.answer) this.isChosen = false;
      this.accept(result, what);
    }
  }

  refuse(result, what) {
    if (what.answer) this.typed = this.refused = true;
    const [first] = [...Object.values(result.errors ?? {}).flat(), ...(result.refusals ?? [])];
    this.wrong = first ?? _("See what is wrong here.");
    this.say(filled(_("Not saved: {why}"), { why: this.wrong }), "late");
  }

  // Words of our own, whose receipt got lost on the way, are no other person's.
  compare(result, what) {
    const isOurs = this.lost.some((sent) => this.isOurs(result, sent));
    this.lost = [];
    if (what.act) this.acts.push(what);
    else this.typed = true;
    if (isOurs) this.goOn(result);
    else this.hold(result);
  }

  // What was sent before has arrived.
  goOn() {}

  hold(result) {
    this.isChosen = false;
    this.held = this.typed = true;
    this.theirs.innerHTML = result.theirs;
    this.say(_("This was changed elsewhere. Compare the two and choose one."), "late");
  }

  // Says what becomes of what is sent.
  sayOf(what, sentence, kind) {
    this.say(sentence, kind);
  }

  say(sentence, kind) {
    const mark = document.createElement("span");
    mark.className = kind === "complete" ? "mark" : `mark mark-${kind}`;
    mark.textContent = sentence;
    this.state.replaceChildren(mark);
  }
}

// --- the page -------------------------------------------------------------------------------------

export function errorLine(sentence) {
  const line = document.createElement("p");
  line.className = "govuk-error-message";
  line.textContent = sentence;
  return line;
}

// One line that is always in sight, so that nobody has to look for what is not saved. What is new in it is said aloud.
// `offline`: instead of why, where the page has another line for that.
export function showStateOf(all, line, { held, wrong, rest, offline = "" }) {
  const stuck = all.find((each) => each.trouble);
  const waiting = all.find((each) => each.held);
  const refused = all.find((each) => each.fault);
  let says = rest;
  if (stuck) says = (stuck.trouble === NO_CONNECTION && offline) || filled(_("Not saved yet. {trouble}"), { trouble: stuck.trouble });
  else if (waiting) says = held(waiting);
  else if (refused) says = wrong(refused);
  else if (all.some((each) => each.running)) return; // says so when it is done
  line.classList.toggle("is-unsaved", Boolean(stuck || waiting || refused));
  const wayIn = stuck?.trouble === SIGNED_OUT ? _("Sign in") : "";
  if (line.textContent !== [says, wayIn].filter(Boolean).join(" ")) {
    line.textContent = says;
    const link = Object.assign(document.createElement("a"), { href: "/", target: "_blank", textContent: wayIn });
    if (wayIn) line.append(" ", link);
  }
  if (says && says !== lastSaid && !isSaid) announce(says);
  lastSaid = says;
}

// Send again when the connection is back, send at once when the page is hidden (it may be closed next), and warn before
// the tab closes on what is not saved.
export function watch(all, isLeaving = () => false) {
  for (const name of ["visibilitychange", "pagehide"]) {
    addEventListener(name, () => {
      if (name === "visibilitychange" && document.visibilityState !== "hidden") return;
      for (const each of all()) if (each.isUnsaved && !each.waits) each.hurry();
    });
  }
  // The person may have signed in again in another tab.
  for (const name of ["online", "focus", "visibilitychange"]) {
    addEventListener(name, () => {
      if (document.visibilityState === "visible") for (const each of all()) if (each.trouble) each.run();
    });
  }
  addEventListener("beforeunload", (event) => {
    if (!isLeaving() && all().some((each) => each.isUnsaved)) event.preventDefault();
  });
}
