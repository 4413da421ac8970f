// What was typed into a return that can no longer be changed and was not sent, to copy it.

import { Device, keptSince, linesOf } from "./device.js";

const place = document.querySelector("[data-kept-text]");
const device = new Device(place.dataset.keptText);
const list = place.querySelector("ul");

list.append(...linesOf([...device.all]));
place.querySelector("[data-unsent-since]").textContent = keptSince([...device.all]);
place.hidden = list.children.length === 0;
place.querySelector("button").addEventListener("click", () => {
  for (const [id] of device.all) device.forget(id);
  place.hidden = true;
  document.getElementById("main").focus();
});
