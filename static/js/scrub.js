// The rail of the dashboard: two handles, the day shown and the day compared with. A drag or a key moves a handle, and the
// address changes when it is let go. Ticks and arrows are links without this.

import { _, filled, ngettext } from "./words.js";

const DAY = 86400000;
const ROOM = (100 * 64) / document.querySelector(".scrub-rail").clientWidth; // percent of the rail that a number takes
const HANDLE = 28; // px
const SNAP = 6; // px around a tick
const PAUSE = 900; // ms after the last key, so that several steps are one page
const rail = document.querySelector("[data-scrub]");
const track = rail.querySelector(".scrub-rail");
const toTime = (day) => Date.parse(`${day}T00:00Z`);
const toDay = (time) => new Date(time).toISOString().slice(0, 10);
const first = toTime(rail.dataset.first);
const last = toTime(rail.dataset.last);
const until = toTime(rail.dataset.until);
const ticks = [...rail.querySelectorAll("[data-day]")].map((link) => ({
  time: toTime(link.dataset.day),
  key: link.dataset.key,
  words: link.querySelector("title").textContent,
}));
let steps = [];

const lang = document.documentElement.lang || "en-NZ";
const named = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function lateOn(time) {
  let count = 0;
  for (const step of steps) if (step.time <= time) count = step.count;
  return count;
}

function wordsOf(time) {
  const tick = ticks.find((each) => each.time === time);
  const day = time === until ? filled(_("Today, {day}"), { day: named.format(time) }) : (tick?.words ?? named.format(time));
  if (!steps.length) return day;
  const count = lateOn(time);
  return filled(ngettext("{day}: {count} late", "{day}: {count} late", count), { day, count });
}

class Handle {
  constructor(name, label, day) {
    this.name = name;
    this.time = toTime(day);
    this.element = document.createElement("button");
    this.element.type = "button";
    this.element.classList.add("scrub-handle", `is-${name}`);
    for (const [key, value] of Object.entries({ role: "slider", "aria-label": label, "aria-valuemin": first / DAY, "aria-valuemax": until / DAY }))
      this.element.setAttribute(key, value);
    track.append(this.element);
    this.element.addEventListener("pointerdown", (event) => this.drag(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("blur", () => this.go());
    this.show();
  }

  get place() {
    return (100 * (this.time - first)) / (last - first);
  }

  show(says = false) {
    this.element.style.left = `${this.place}%`;
    this.element.setAttribute("aria-valuenow", this.time / DAY);
    this.element.setAttribute("aria-valuetext", wordsOf(this.time));
    this.says?.remove();
    if (!says) return;
    this.says = document.createElement("span");
    this.says.className = "scrub-says";
    this.says.textContent = wordsOf(this.time);
    track.append(this.says);
    const half = (50 * this.says.offsetWidth) / track.clientWidth; // percent, so that neither end is cut
    this.says.style.left = `${Math.min(Math.max(this.place, half), 100 - half)}%`;
  }

  move(time) {
    const most = this.name === "since" ? shown.time - DAY : until;
    this.time = Math.min(Math.max(time, first), most);
    this.show(true);
  }

  drag(event) {
    if (event.button) return;
    event.preventDefault();
    this.element.focus();
    this.element.setPointerCapture(event.pointerId);
    const box = track.getBoundingClientRect();
    const follow = ({ clientX }) => {
      const exact = first + ((clientX - box.left) / box.width) * (last - first);
      const near = ticks.find((each) => (Math.abs(each.time - exact) / (last - first)) * box.width <= SNAP);
      this.move(near ? near.time : Math.round(exact / DAY) * DAY);
    };
    this.element.addEventListener("pointermove", follow);
    this.element.addEventListener(
      "pointerup",
      () => {
        this.element.removeEventListener("pointermove", follow);
        this.go();
      },
      { once: true },
    );
  }

  key(event) {
    const back = event.key === "ArrowLeft" || event.key === "PageDown" || event.key === "ArrowDown";
    const days = { PageUp: 30, PageDown: -30 }[event.key] ?? { true: -1, false: 1 }[back];
    if (event.key === "Enter") return this.go(event);
    if (event.key === "Home" || event.key === "End") this.move(event.key === "Home" ? first : until);
    else if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key) && !event.shiftKey) this.move(this.nextTick(back));
    else if (["ArrowLeft", "ArrowRight", "PageUp", "PageDown"].includes(event.key)) this.move(this.time + days * DAY);
    else if ((event.key === "[" || event.key === "]") && since) {
      since.move(since.nextTick(event.key === "["));
      since.later();
      event.preventDefault();
      return;
    } else return;
    event.preventDefault();
    this.later();
  }

  nextTick(back) {
    const others = [...ticks.map((each) => each.time), until].sort((one, two) => one - two);
    const found = back ? others.filter((each) => each < this.time).pop() : others.find((each) => each > this.time);
    return found ?? (back ? first : until);
  }

  later() {
    clearTimeout(this.waits);
    this.waits = setTimeout(() => this.go(), PAUSE);
  }

  // The address says the day, so that it can be shared, and Back leads to the day before.
  go(event) {
    event?.preventDefault();
    clearTimeout(this.waits);
    const was = toTime(this.name === "since" ? rail.dataset.since : rail.dataset.at);
    if (this.time === was) return this.show();
    const address = new URL(location.href);
    const key = ticks.find((each) => each.time === this.time)?.key ?? toDay(this.time);
    if (this.name === "since") address.searchParams.set("since", key);
    else {
      if (this.time === until) address.searchParams.delete("at");
      else address.searchParams.set("at", key);
      if (toTime(rail.dataset.since) >= this.time) address.searchParams.delete("since");
    }
    sessionStorage.setItem("scrub", this.name);
    location.assign(address);
  }
}

const shown = new Handle("shown", _("Day shown"), rail.dataset.at);
const since = rail.dataset.since ? new Handle("since", _("Compared with"), rail.dataset.since) : null;

// Two handles on one place cannot be told apart by a finger. The menu above chooses the day to compare with, and [ and ] do.
function partHandles() {
  if (since) since.element.hidden = ((shown.place - since.place) / 100) * track.clientWidth < HANDLE;
}
partHandles();
addEventListener("resize", partHandles);

// Who moved a handle by key finds it again on the page that it led to.
const moved = sessionStorage.getItem("scrub");
sessionStorage.removeItem("scrub");
if (moved) ({ shown, since })[moved]?.element.focus({ preventScroll: true });

async function drawLate() {
  const response = await fetch(rail.dataset.late, { redirect: "manual" });
  if (!response.ok) return;
  const svg = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  if (svg.nodeName !== "svg") return;
  steps = svg.dataset.steps
    .split(" ")
    .filter(Boolean)
    .map((each) => ({ time: toTime(each.slice(0, 10)), count: Number(each.slice(11)) }));
  rail.querySelector(".scrub-line").replaceChildren(document.importNode(svg, true));
  for (const handle of [shown, since]) {
    if (!handle) continue;
    handle.show();
    // Beside each other there is room for one number.
    if (handle === since && shown.place - since.place < ROOM) continue;
    const count = document.createElement("span");
    count.className = "scrub-count";
    count.setAttribute("aria-hidden", "true");
    count.textContent = filled(_("{count} late"), { count: lateOn(handle.time) });
    count.style.left = `${Math.max(handle.place, 6)}%`;
    track.append(count);
  }
}
drawLate();
