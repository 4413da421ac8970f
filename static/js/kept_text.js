// What was typed into a return that can no longer be changed and was not sent, to copy it.

import { Device, changedIn } from "./device.js";
import { _, filled } from "./words.js";

const place = document.querySelector("[data-kept-text]");
const device = new Device(place.dataset.keptText);
const list = place.querySelector("ul");

for (const [, { number, fields }] of device.all) {
  const texts = changedIn(fields).map(([, text]) => text.trim());
  for (const text of texts.filter(Boolean)) {
    const of = number ? filled(_("Item {number}:"), { number }) : _("A reply:");
    list.append(Object.assign(document.createElement("li"), { textContent: `${of} ${text}` }));
  }
}
place.hidden = list.children.length === 0;
place.querySelector("button").addEventListener("click", () => {
  for (const [id] of device.all) device.forget(id);
  place.hidden = true;
  document.getElementById("main").focus();
});
