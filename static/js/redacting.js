// Select words of the paper, with the mouse or by keyboard, and go to the form with them. The form is
// made by the server from the place of the words and where they begin and end, in characters.

const root = document.querySelector("[data-redact]");
const help = document.getElementById("paper-help");
const bar = document.querySelector(".redact-bar");
const link = bar.querySelector("a");
const chosenWords = bar.querySelector(".redact-words");
const note = bar.querySelector(".redact-note");
const SHORT = 80;

// --- what is selected -------------------------------------------------------------------------------

// The pieces that the selection touches, as {piece, start, end} in UTF-16 units of their text.
function touched(range) {
  const found = [];
  for (const piece of root.querySelectorAll(".leaf")) {
    const text = piece.firstChild;
    if (!text || !range.intersectsNode(text)) continue;
    const start = range.startContainer === text ? range.startOffset : 0;
    const end = range.endContainer === text ? range.endOffset : text.length;
    if (text.data.slice(start, end).trim()) found.push({ piece, text, start, end });
  }
  return found;
}

const characters = (text) => [...text].length;

// What is selected as {place, start, end, words, beyond}, or null for nothing. A selection that goes
// beyond the text it began in, as when the mouse slips into the next, counts to the end of that text.
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(root)) return null;
  const all = touched(range);
  if (!all.length) return null;
  const isForward = selection.anchorNode === range.startContainer && selection.anchorOffset === range.startOffset;
  const { place } = all.at(isForward ? 0 : -1).piece.dataset;
  const found = all.filter((each) => each.piece.dataset.place === place);
  const first = found[0];
  const last = found.at(-1);
  const words = found.map((each) => each.text.data.slice(each.start, each.end)).join("");
  const before = words.length - words.trimStart().length;
  const after = words.length - words.trimEnd().length;
  const start = Number(first.piece.dataset.start) + characters(first.text.data.slice(0, first.start)) + before;
  const end = Number(last.piece.dataset.start) + characters(last.text.data.slice(0, last.end)) - after;
  return end > start ? { place, start, end, words: words.trim(), beyond: all.length > found.length } : null;
}

function showSelected() {
  const found = selected();
  link.hidden = !found;
  note.hidden = !found?.beyond;
  if (found) {
    const { place, start, end, words } = found;
    link.href = `${root.dataset.address}?${new URLSearchParams({ at: place, start, end })}#withhold`;
    chosenWords.textContent = `“${words.length > SHORT ? `${words.slice(0, SHORT)}…` : words}”`;
  } else chosenWords.textContent = "";
}

let later = 0;
let isDragging = false; // the bar would come up under the mouse, and the selection would run into it
function showSoon() {
  clearTimeout(later);
  if (!isDragging) later = setTimeout(showSelected, 120);
}
document.addEventListener("selectionchange", showSoon);
document.addEventListener("pointerdown", () => (isDragging = true));
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => {
    isDragging = false;
    showSoon();
  });
}

// --- by keyboard ------------------------------------------------------------------------------------

let words = null; // each as {text, start, end, place}
let anchor = -1; // where the selection begins
let at = -1; // where it ends

function readWords() {
  words = [];
  for (const piece of root.querySelectorAll(".leaf")) {
    const text = piece.firstChild;
    if (!text) continue;
    for (const match of text.data.matchAll(/\S+/g)) {
      const start = match.index;
      words.push({ text, start, end: start + match[0].length, place: piece.dataset.place });
    }
  }
}

function selectWords() {
  const [first, last] = [words[Math.min(anchor, at)], words[Math.max(anchor, at)]];
  getSelection().setBaseAndExtent(first.text, first.start, last.text, last.end);
  words[at].text.parentElement.scrollIntoView({ block: "nearest" });
}

function nextText(step) {
  if (at < 0) return step > 0 ? 0 : -1;
  const { place } = words[at];
  let to = at;
  while (words[to]?.place === place) to += step;
  if (!words[to]) return at;
  // Up goes to the first word of the text before.
  while (step < 0 && words[to - 1]?.place === words[to].place) to -= 1;
  return to;
}

function go(to, extends_) {
  if (!words[to]) return;
  if (extends_ && anchor >= 0 && words[to].place !== words[anchor].place) return;
  at = to;
  if (!extends_ || anchor < 0) anchor = to;
  selectWords();
}

root.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" && event.target === root) {
    showSelected();
    if (!link.hidden) link.click();
    return;
  }
  if (event.target !== root) return;
  const moves = {
    ArrowRight: () => go(at + 1, event.shiftKey),
    ArrowLeft: () => go(at - 1, event.shiftKey),
    ArrowDown: () => go(nextText(1), false),
    ArrowUp: () => go(nextText(-1), false),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  if (!words) readWords();
  moves[event.key]();
});

// --- the page ---------------------------------------------------------------------------------------

help.hidden = false;
bar.hidden = false;
link.hidden = true;
note.hidden = true;
root.tabIndex = 0;
root.setAttribute("aria-describedby", help.id);
// Once the browser went to the anchor of the address, and the paper has its height: beside the form, where
// there is room, the paper shows what was chosen; below, the form is shown. Errors have the focus.
function settle() {
  const errors = document.querySelector("#withhold .error-summary");
  const chosen = document.getElementById("chosen");
  const isBeside = matchMedia("(min-width: 64.0625em)").matches;
  if (isBeside && chosen) chosen.scrollIntoView({ behavior: "instant", block: "center" });
  else if (location.hash) (errors ?? document.getElementById(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
  errors?.focus({ preventScroll: true });
}
addEventListener("load", () => setTimeout(settle, 50));
