// Five minutes before nobody's use of the service ends the session, a dialog offers to stay signed in. How long is left is
// asked of the server, so all tabs agree; asking is no use of the service.

import { clock } from "./clock.js";
import { _, filled } from "./words.js";

const WARNING = 5 * 60; // seconds before the end
const TICK = 15000; // ms between two looks at the clock, which goes on while a device sleeps
const PATIENCE = 15000; // ms for one answer

const { staying: address, seconds } = document.body.dataset;
const tabs = new BroadcastChannel("signed-in");

let due = Date.now() + (Number(seconds) - WARNING) * 1000; // when to ask
let isAsking = false;
let dialog = null;

// Return the seconds that are left, 0 if the session has ended, or null without an answer.
async function left(stays) {
  try {
    const url = stays ? `${address}?stay` : address;
    const options = { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(url, options);
    if (response.type === "opaqueredirect") return 0;
    return response.ok ? (await response.json()).seconds : null;
  } catch {
    return null;
  }
}

async function look(stays = false) {
  if (isAsking || (!stays && Date.now() < due)) return;
  isAsking = true;
  const remaining = await left(stays);
  isAsking = false;
  if (remaining === null) return;
  if (remaining > WARNING) {
    due = Date.now() + (remaining - WARNING) * 1000;
    close();
  } else if (remaining === 0) {
    due = Infinity;
    say(_("You are signed out"), _("What you typed is still on this page. When you send it, you can sign in and send it again."), _("Close"));
  } else {
    due = Date.now();
    const time = clock(Date.now() + remaining * 1000);
    if (stays) {
      due += remaining * 1000; // a day at work has its end
      say(filled(_("You will be signed out at {time}"), { time }), _("You have been signed in for a long time. Send what you typed before then."), _("Close"));
    } else if (!dialog) {
      say(filled(_("You will be signed out at {time}"), { time }), _("You have not used this service for a while."), _("Stay signed in"));
    }
  }
}

function close() {
  const open = dialog;
  dialog = null;
  open?.close();
  open?.remove();
}

// It is announced because it takes the focus, and gives it back when it closes.
function say(title, words, button) {
  close();
  dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "signed-in-title");
  dialog.setAttribute("aria-describedby", "signed-in-words");
  dialog.innerHTML = '<h2 id="signed-in-title"></h2><p id="signed-in-words"></p><form method="dialog"><button class="button"></button></form>';
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = words;
  dialog.querySelector("button").textContent = button;
  const stays = button === _("Stay signed in");
  // With Escape as well: whoever presses a key is there.
  dialog.addEventListener("close", async ({ target }) => {
    if (target !== dialog) return; // closed by another tab
    close();
    if (!stays) return;
    await look(true);
    tabs.postMessage("stays");
  });
  document.body.append(dialog);
  dialog.showModal();
}

tabs.addEventListener("message", () => {
  due = 0;
  look();
});
setInterval(() => look(), TICK);
document.addEventListener("visibilitychange", () => look());
