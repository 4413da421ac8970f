// What is typed and could not be sent is kept on the device, for one person and one page, until it is sent or discarded.
// Signing out asks about it and erases it (site.js).

import { START } from "./unsent.js";
import { _, filled } from "./words.js";

// The fields that were typed into, with what was typed, of those of a form with what each began with.
export function changedIn(fields) {
  return Object.entries(fields).filter(([name, value]) => {
    if (/^(?:initial|other)-/.test(name) || /version$|-of$|-held$/.test(name)) return false;
    const was = fields[`initial-${name}`];
    return was === undefined || !same(value, was);
  });
}

// The server trims what it saves.
export function same(one, other) {
  return one.trim() === (other ?? "").trim();
}

// What is kept, as lines to read: "Item 1.2: Printed in Suva."
export function linesOf(kept) {
  return kept.flatMap(([, { number, fields }]) => {
    const of = number ? filled(_("Item {number}:"), { number }) : _("A reply:");
    return changedIn(fields).flatMap(([name, text]) => {
      const says = inWords(name, text.trim());
      return says ? Object.assign(document.createElement("li"), { textContent: `${of} ${says}` }) : [];
    });
  });
}

// What was typed, with its field in brackets: "Not yet (Done?)". Where the page lacks the field, only words that were typed.
function inWords(name, text) {
  const boxes = [...document.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)];
  const box = boxes.find(({ type, value }) => type !== "radio" || value === text);
  const isChoice = box?.type === "radio";
  const label = isChoice ? box.closest("fieldset").querySelector("legend") : box?.labels[0];
  let says = text;
  if (isChoice) says = box.labels[0].textContent.trim();
  else if (box?.options) says = [...box.options].find(({ value }) => value === text)?.text ?? "";
  else if (!box && /^(?:[a-z]+_[a-z_]+|done|complete|ongoing|no|yes|headline|\d+)$/.test(text)) says = ""; // the name of a choice
  if (!text || !says || !label) return text && says;
  return `${says} (${label.textContent.replace(/\s+/g, " ").trim()})`;
}

export class Device {
  constructor(person) {
    this.start = `${START}${person} ${location.pathname} `;
  }

  keep(id, what) {
    try {
      localStorage.setItem(this.start + id, JSON.stringify(what));
    } catch {
      // Full or switched off: the page warns before it is closed.
    }
  }

  forget(id) {
    try {
      localStorage.removeItem(this.start + id);
    } catch {
      // Switched off.
    }
  }

  // What is kept for this page, by id.
  get all() {
    try {
      const own = Object.entries(localStorage).filter(([key]) => key.startsWith(this.start));
      return new Map(own.map(([key, text]) => [key.slice(this.start.length), JSON.parse(text)]));
    } catch {
      return new Map();
    }
  }
}
