// Small comforts; every page works without them.

import { sayMessages } from "./announce.js";
import { keptOf } from "./unsent.js";
import { _, filled, ngettext } from "./words.js";

sayMessages();

// A text may be longer than its limit (data-limit): nothing that is typed or pasted is cut. A line below the box counts,
// as the server does, from nine tenths of the limit; saving refuses a text that is too long.
const COUNT_PAUSE = 1000; // ms after the last key, until the count is read aloud
const inDigits = new Intl.NumberFormat(document.documentElement.lang);

function countLine(box) {
  const next = box.nextElementSibling;
  if (next?.matches("[data-count]")) return next;
  const line = document.createElement("div");
  line.dataset.count = "";
  line.className = "length-count";
  const seen = document.createElement("p");
  seen.ariaHidden = "true";
  const heard = document.createElement("p");
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status");
  line.append(seen, heard);
  box.after(line);
  return line;
}

function count(box) {
  const limit = Number(box.dataset.limit);
  const isNear = box.value.length >= limit * 0.9;
  if (!isNear && !box.nextElementSibling?.matches("[data-count]")) return;
  const remaining = limit - [...box.value.trim().replaceAll("\r\n", "\n")].length;
  let says = "";
  if (remaining < 0) says = ngettext("{count} character too long", "{count} characters too long", -remaining);
  else if (isNear) says = ngettext("{count} character left", "{count} characters left", remaining);
  says = filled(says, { count: inDigits.format(Math.abs(remaining)) });
  const line = countLine(box);
  const [seen, heard] = line.children;
  seen.textContent = says;
  line.classList.toggle("is-over", remaining < 0);
  clearTimeout(line.timer);
  line.timer = setTimeout(() => {
    heard.textContent = says;
  }, COUNT_PAUSE);
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.limit) count(target);
});
for (const box of document.querySelectorAll("[data-limit]")) count(box);

// A table that fits needs no stop for the keyboard; one that scrolls does. Its width changes with the window and when
// a font arrives.
const fit = (region) => {
  region.tabIndex = region.scrollWidth > region.clientWidth + 1 ? 0 : -1;
};
const fitting = new ResizeObserver((changed) => {
  for (const { target } of changed) fit(target.closest(".table-region"));
});
for (const region of document.querySelectorAll(".table-region[tabindex]")) {
  fitting.observe(region);
  fitting.observe(region.firstElementChild);
}

// Of several forms on a page only one is sent at a time: what stands in the others would be lost. One that came back
// with a mistake holds what was typed as if it had always stood there.
const isChanged = (box) => box.checked !== box.defaultChecked || (box.matches("textarea") && box.value !== box.defaultValue);
const isUnsent = (form) => "unsent" in form.dataset || [...form.elements].some(isChanged);
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-alone]")) return;
  const forms = [...document.querySelectorAll("[data-alone]")];
  const unsent = forms.find((form) => form !== event.target && isUnsent(form));
  if (!unsent || confirm(_("You have typed something else on this page that is not sent yet. Continue without it?"))) return;
  event.preventDefault();
  for (let each = unsent.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  unsent.querySelector("textarea").focus();
});

// A long part of a page is fetched when it is opened (components/on_demand.html). If that fails, its link is still there.
document.addEventListener(
  "toggle",
  async ({ target }) => {
    const place = target.open && target.querySelector(":scope > [data-part]");
    if (!place || place.ariaBusy) return;
    place.ariaBusy = "true";
    try {
      const answer = await fetch(place.firstElementChild.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const whole = page.getElementById(place.dataset.part).closest("details");
      place.replaceWith(...[...whole.children].slice(1));
    } catch {
      place.ariaBusy = null;
    }
  },
  true,
);

// A menu closes as menus do: with Escape, and when something else is pressed.
const closeMenus = (but) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(but)) menu.open = false;
  }
};
document.addEventListener("click", ({ target }) => closeMenus(target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (document.querySelector("details.menu[open]")) event.preventDefault(); // nothing else closes with it
  else document.querySelector("a[data-leave]")?.click();
  event.target.closest?.("details.menu[open]")?.querySelector("summary").focus();
  closeMenus(null);
});

// Signing out erases what is kept on this device and not sent, so it asks first.
document.addEventListener("submit", (event) => {
  const { signOut } = event.target.dataset;
  const kept = signOut ? keptOf(signOut) : [];
  const asks = _("Text that you typed is not sent yet. It is kept on this device only, and signing out erases it. Sign out?");
  if (kept.length && !confirm(asks)) event.preventDefault();
  else for (const key of kept) localStorage.removeItem(key);
});

// Printing needs a script, so its buttons wait hidden for one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Words typed into a form that no script saves: leaving the page asks first.
let isTyped = false;
document.addEventListener("input", ({ target }) => {
  if (target.form?.matches("[data-warns]")) isTyped = true;
});
document.addEventListener("submit", () => {
  isTyped = false;
});
addEventListener("beforeunload", (event) => {
  if (isTyped) event.preventDefault();
});
