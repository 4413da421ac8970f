// What an approver accepts is kept as they tick it. Without this a button keeps it.

import { Autosave, Connection, NO_CONNECTION, watch } from "./autosave.js";
import { clock } from "./clock.js";
import { _, filled } from "./words.js";

const form = document.querySelector("[data-reading]");
const button = form.querySelector("[data-tick]");
if (button) button.parentElement.hidden = true;
const bar = form.querySelector(".return-bar");
bar.hidden = !form.querySelector("[name=accept]");
let isSending = false;

class Ticks extends Autosave {
  constructor() {
    super(new Connection({ part: "[data-reading]", address: location.pathname, closed: _("This return can no longer be accepted here.") }), bar, false);
    this.address = location.pathname;
  }

  body() {
    const body = new URLSearchParams(new FormData(form));
    body.set("act", "tick");
    return body;
  }

  accept() {
    if (!this.typed) this.say(filled(_("Saved at {time}"), { time: clock() }), "complete");
  }

  showState() {
    if (this.trouble === NO_CONNECTION) this.say(_("Not saved yet. No connection. What you ticked will be sent when the connection is back."), "late");
    else if (this.trouble) this.say(filled(_("Not saved yet. {trouble}"), { trouble: this.trouble }), "late");
  }
}

const ticks = new Ticks();
watch(() => [ticks], () => isSending);
form.addEventListener("change", ({ target }) => {
  if (target.name === "accept") ticks.saveNow();
});
addEventListener("submit", (event) => {
  isSending ||= !event.defaultPrevented;
});
