// The Minister's answer is one form around the paper. What is typed is kept on the server for its writer as it is typed, and
// stays on the page when the session has ended. The end of the page shows what is marked so far. Without this the form is
// sent as any other, and a button keeps what was typed.

import { Autosave, Connection, watch } from "./autosave.js";
import { _, filled } from "./words.js";

const NOT_YET = _(
  "The answer is not recorded yet: you are signed out, or there is no connection. Your text stays here. Sign in again in " +
    "another tab if you have to, then press the button again.",
);

const root = document.querySelector("[data-answer]");
const form = root.querySelector("form");
const trouble = root.querySelector("[data-trouble]");
const file = form.querySelector("[type=file]");
const version = form.elements.draft;
const connection = new Connection({
  part: "[data-answer]",
  address: location.pathname,
  closed: _("This paper can no longer be answered here. Copy your text before you leave this page."),
});
let isSending = false;

class Answer extends Autosave {
  constructor() {
    // A form that came back with an error holds what was typed.
    super(connection, form, form.querySelector(".error-summary") !== null || form.querySelector("[data-theirs] *") !== null);
    this.address = form.dataset.keep;
    if (this.typed && !this.held) this.run();
  }

  body() {
    const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(typed);
  }

  // A file is sent only with the answer.
  get isUnsaved() {
    return super.isUnsaved || file.files.length > 0;
  }

  take(status, result, what) {
    if (result.draft) version.value = result.draft;
    super.take(status, result, what);
  }

  accept(result) {
    this.theirs.replaceChildren();
    if (!this.typed) this.say(filled(_("Kept for you at {time}, not recorded yet"), { time: result.saved_at }), "complete");
  }

  // They may be typing at the other end of a long paper.
  hold(result) {
    super.hold(result);
    this.theirs.scrollIntoView({ block: "center" });
  }

  isOurs(result, sent) {
    return Object.entries(result.typed).every(([name, text]) => text === (sent[name] ?? ""));
  }

  showState() {
    trouble.textContent = this.trouble ? filled(_("What you typed is not kept yet. {trouble}"), { trouble: this.trouble }) : "";
  }
}

const answer = new Answer();
watch(() => [answer], () => isSending);

form.addEventListener("input", ({ target }) => {
  if (target !== file) answer.touch();
  const marked = form.querySelector(`[data-marked="${CSS.escape(target.name)}"]`);
  if (marked) marked.textContent = target.closest(".govuk-radios__item").querySelector("label").textContent.trim();
});

form.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  if ("keepMine" in pressed.dataset) {
    event.preventDefault();
    answer.keepMine();
  } else if ("keepNow" in pressed.dataset && !answer.held) {
    event.preventDefault();
    answer.saveNow();
    answer.state.scrollIntoView({ block: "nearest" });
  }
});

// The token of the page is worth nothing after signing in again in another tab, so ask for a fresh one first.
form.addEventListener("submit", async (event) => {
  if (event.submitter?.hasAttribute("formaction")) {
    isSending = true;
    return;
  }
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const found = await connection.renewToken();
  if (found.trouble) {
    trouble.textContent = found.again ? NOT_YET : found.trouble;
    isSending = false;
    return;
  }
  form.submit();
});

addEventListener("pageshow", () => {
  isSending = false;
});
