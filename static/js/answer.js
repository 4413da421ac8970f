// The Minister's answer is one form around the paper. This keeps what was typed when the session has ended or the tab is
// closed, and shows at the end what is marked so far. Without it the form is sent as any other.

import { Connection } from "./autosave.js";

const NOT_YET =
  "The answer is not recorded yet: you are signed out, or there is no connection. Your words stay here. Sign in again in " +
  "another tab if you have to, then press the button again.";

const root = document.querySelector("[data-answer]");
const form = root.querySelector("form");
const trouble = root.querySelector("[data-trouble]");
const connection = new Connection({
  part: "[data-answer]",
  address: location.pathname,
  closed: "This paper can no longer be answered here. Copy your words before you leave this page.",
});
// A form that came back with an error holds what was typed.
let isTyped = form.querySelector(".error-summary") !== null;
let isSending = false;

form.addEventListener("input", ({ target }) => {
  isTyped = true;
  const marked = form.querySelector(`[data-marked="${CSS.escape(target.name)}"]`);
  if (marked) marked.textContent = target.closest(".govuk-radios__item").querySelector("label").textContent.trim();
});

// The token of the page is worth nothing after signing in again in another tab, so ask for a fresh one first.
form.addEventListener("submit", async (event) => {
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

addEventListener("beforeunload", (event) => {
  if (isTyped && !isSending) event.preventDefault();
});
addEventListener("pageshow", () => {
  isSending = false;
});
