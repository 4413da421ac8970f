// Shows beside a form what it would print, a moment after the typing stops. Without it, a button does so.

import { PATIENCE } from "./autosave.js";
import { _, filled } from "./words.js";

const PAUSE = 800; // ms after the last key
const NOT_NOW = _("The preview is not available now. What you typed is not lost.");
const form = document.querySelector("[data-live-preview]");
const button = form.querySelector("[value=preview]");
const says = document.createElement("p");
says.className = "small quiet";
says.setAttribute("role", "status");
button.parentElement.after(says);

let timer = 0;
let asked = 0;

async function show() {
  const turn = ++asked;
  const fields = new FormData(form, button);
  try {
    const response = await fetch(location.pathname, { method: "POST", body: fields, signal: AbortSignal.timeout(PATIENCE) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn !== asked) return; // something was typed meanwhile
    const now = page.getElementById("beside");
    const fault = page.querySelector(".error-summary li");
    if (response.ok && now) {
      const before = document.getElementById("beside");
      const top = before.scrollTop;
      before.replaceWith(now);
      now.scrollTop = top;
      says.textContent = "";
    } else if (fault) {
      says.textContent = filled(_("Not shown yet: {why}"), { why: fault.textContent.trim() });
    } else {
      says.textContent = NOT_NOW;
    }
  } catch {
    says.textContent = NOT_NOW;
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
});
