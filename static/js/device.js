// What is typed and could not be sent is kept on the device, for one person and one place, such as a page, until it is sent or discarded.
// Signing out asks about it and erases it (site.js).

import { clock } from "./clock.js";
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

// Since when the oldest of it is kept: "Kept since 27 November 2026, 4:31 p.m."; "" of what was kept without its time.
export function keptSince(kept) {
  const oldest = Math.min(...kept.map(([, { at }]) => at || Infinity));
  if (!Number.isFinite(oldest)) return "";
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" }).format(oldest);
  return filled(_("Kept since {day}, {time}."), { day, time: clock(oldest) });
}

// What is kept, as lines to read, each once: "Item 1.2: Printed in Suva."
export function linesOf(kept) {
  const lines = kept.flatMap(([, { number, fields }]) => {
    const of = number ? filled(_("Item {number}:"), { number }) : _("A reply:");
    return changedIn(fields).flatMap(([name, text]) => {
      const says = withLabel(name, text.trim());
      return says ? `${of} ${says}` : [];
    });
  });
  return [...new Set(lines)].map((textContent) => Object.assign(document.createElement("li"), { textContent }));
}

function boxesOf(name) {
  return [...document.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)];
}

export function isChoice({ type }) {
  return /^(?:radio|checkbox)$/.test(type);
}

// The name of a field as the page has it, without examples and what is optional.
export function labelOf(box) {
  const label = isChoice(box) ? box.closest("fieldset")?.querySelector("legend") : box.labels[0];
  const words = label?.cloneNode(true);
  for (const each of words?.querySelectorAll(".date-example, .optional") ?? []) each.remove();
  return words?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

// What is in a field, as the page has it: "Not yet". Where the page lacks the field, only words that were typed.
export function inWords(name, text) {
  const boxes = boxesOf(name);
  const box = boxes.find((each) => !isChoice(each) || each.value === text);
  if (box && isChoice(box)) return box.labels[0]?.textContent.trim() ?? "";
  if (box?.options) return [...box.options].find(({ value }) => value === text)?.text ?? "";
  if (boxes.length === 0 && /^(?:[a-z]+_[a-z_]+|done|complete|ongoing|no|yes|headline|\d+)$/.test(text)) return ""; // the name of a choice
  return text;
}

// With its field in brackets: "Not yet (Done?)".
export function withLabel(name, text) {
  const says = inWords(name, text);
  const [box] = boxesOf(name);
  const label = box ? labelOf(box) : "";
  return text && says && label ? `${says} (${label})` : text && says;
}

export class Device {
  constructor(person, place = location.pathname) {
    this.start = `${START}${person} ${place} `;
  }

  // Return whether it is kept. Full or switched off, it is not, and the page warns before it is closed.
  keep(id, what) {
    try {
      localStorage.setItem(this.start + id, JSON.stringify(what));
      return true;
    } catch {
      return false;
    }
  }

  forget(id) {
    try {
      localStorage.removeItem(this.start + id);
    } catch {
      // Switched off.
    }
  }

  // What is kept for this place, by id.
  get all() {
    try {
      const own = Object.entries(localStorage).filter(([key]) => key.startsWith(this.start));
      return new Map(own.map(([key, text]) => [key.slice(this.start.length), JSON.parse(text)]));
    } catch {
      return new Map();
    }
  }
}
