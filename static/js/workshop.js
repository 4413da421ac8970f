// The workshop without waiting for pages: words save as they are typed, acts come back to their
// paragraph. Every act posts the same form as without a script. The answer holds the paragraphs that
// have changed, by this person or another, since this page was last brought up to date; they take the
// place of the old ones. What the records say now is asked for later, with the whole page. Boxes that
// are open stay as they are, with their cursor. What cannot be sent stays in its box and is sent when
// the connection is back; closing the tab then warns.

import { announce } from "./announce.js";
import { Autosave, Connection, errorLine, showStateOf, watch } from "./autosave.js";
import { _, filled } from "./words.js";

const SLOW = 800; // ms after which the page says that it is at work
const LATER = 2000; // ms after the last act until the records' news are asked for
const REST = 250; // ms that the focus is in a paragraph until the sources follow it
const SOON = 300; // the same after words were saved, as the remarks under them may be settled
// Acts after which the rest of the page can wait. The others depend on what the records say.
const QUICK = [
  "up", "down", "move", "story-up", "story-down", "story-move", "split", "split-list", "join", "merge",
  "hide", "restore",
];

const WORKING = _("Working …");
const SEVERAL = _("Not saved yet. Press Done to save these as separate paragraphs.");

const root = document.querySelector("[data-workshop]");
const connection = new Connection({
  part: "[data-workshop]",
  address: root.dataset.address,
  closed: _("This draft can no longer be changed. Copy your text before you leave this page."),
});
const editors = new Map(); // by the key of what is written
let lastSaved = "";
let saysOfAct = "";

// One change of the page at a time: an older page never takes a newer one's place, and a button that
// is pressed twice is answered twice, in order.
let turning = Promise.resolve();
let waiting = 0;

function inTurn(change) {
  const mine = turning.then(change);
  turning = mine.catch(() => {});
  return atWork(mine);
}

// The page is at work until this is done, and says so where it takes long.
function atWork(doing) {
  waiting += 1;
  root.classList.add("is-busy");
  const slow = setTimeout(() => {
    saysOfAct = WORKING;
    showState();
  }, SLOW);
  return doing.finally(() => {
    clearTimeout(slow);
    waiting -= 1;
    root.classList.toggle("is-busy", waiting > 0);
    if (waiting || saysOfAct !== WORKING) return;
    saysOfAct = "";
    showState();
  });
}

function askForPage(address, fields) {
  return connection.ask(address, fields, { wantsPage: true });
}

// What has changed since this page was last brought up to date, after an act or by itself: { result },
// or { page } if only the whole page will do.
async function askForChanges(address, fields) {
  fields.set("state", root.dataset.state);
  const isAct = fields.has("act");
  const answer = await connection.ask(isAct ? address : `${address}?${fields}`, isAct ? fields : null);
  if (!answer.result?.whole) return answer;
  const whole = await askForPage(pageOfNow());
  return { ...whole, result: answer.result, says: answer.result.says };
}

function addressOf(key) {
  return `${root.dataset.address}${key.startsWith("r-") ? "recommendations" : "paragraphs"}/${key}/`;
}

// What the sources are shown of: a section, and a paragraph of it, if one is in hand.
const inHand = (({ section, at }) => ({ section, at }))(root.querySelector("#sources").dataset);

function pageOfNow() {
  return `${root.dataset.address}?${new URLSearchParams(inHand)}`;
}

// --- references -----------------------------------------------------------------------------------

// "{12}" typed while paragraph 12 was another: the same paragraph by its number of now, or by its key
// where it has none any more.
function renumbered(text, before, now) {
  const [old, fresh] = [before.split(" "), now.split(" ")];
  return text.replace(/\{ *(\d{1,4}) *\}/g, (whole, number) => {
    const key = old[number - 1];
    if (!key) return whole;
    const place = fresh.indexOf(key);
    return place < 0 ? `{${key}}` : `{${place + 1}}`;
  });
}

// The numbered paragraphs that a paragraph can refer to, with their first words.
function othersThan(key) {
  return [...root.querySelectorAll("[data-blocks] > [data-block][value]")]
    .filter((block) => block.dataset.block !== key)
    .map((block) => {
      const words = editors.get(block.dataset.block)?.box.value ?? block.querySelector("[data-words]").textContent;
      return { key: block.dataset.block, number: block.value, words: beginning(words) };
    });
}

function beginning(words) {
  const line = words.trim().replace(/\s+/g, " ");
  return line.length > 120 ? `${line.slice(0, 120).replace(/ \S*$/, "")} …` : line;
}

// --- one box of words -----------------------------------------------------------------------------

class Editor extends Autosave {
  constructor(form) {
    super(connection, form, "unsaved" in form.dataset);
    this.form = form;
    this.key = form.dataset.editor;
    this.address = form.getAttribute("action");
    this.errors = form.querySelector("[data-errors]");
    this.box = form.querySelector("textarea");
    this.refused = this.typed && !this.held;
    form.querySelector("[data-cancel]").hidden = true;
    const done = form.querySelector("[data-done]");
    done.firstChild.textContent = _("Done");
    form.addEventListener("input", () => this.touch());
    form.addEventListener("keydown", (event) => {
      const isDone = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      if (isDone) event.preventDefault();
      if (isDone || event.key === "Escape") this.close();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.held && "keepMine" in (event.submitter?.dataset ?? {})) this.keepMine();
      else this.close();
    });
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-take-theirs]")) return;
      event.preventDefault();
      this.takeTheirs();
    });
    this.enrich();
  }

  // The box gets an editor as soon as that is here. Where it cannot come, the box takes marks.
  async enrich() {
    const { enrich } = await import("./rich_text.js").catch(() => ({}));
    if (!enrich || editors.get(this.key) !== this || !this.form.isConnected) return;
    this.rich = enrich(this.box, {
      paragraphs: () => othersThan(this.key),
      seen: this.form.elements.seen.value || root.dataset.seen,
      isSingle: "options" in this.form.elements,
      described: [this.errors],
      marks: this.form.querySelector(".workshop-hint"),
    });
  }

  get isNew() {
    return this.form.elements.version.value === "0";
  }

  get waits() {
    const isSeveral = /\S[^\S\n]*\n\s*\n\s*\S/.test(this.box.value) && !("options" in this.form.elements);
    return isSeveral ? SEVERAL : "";
  }

  touch() {
    super.touch();
    showState();
  }

  showState() {
    showState();
  }

  body() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("act", "save");
    return fields;
  }

  isOurs(result, sent) {
    return same(sent.text, result.fields.text);
  }

  take(status, result, what) {
    if (status !== 422) this.form.elements.version.value = result.version;
    if (status !== 409) this.showErrors(result.errors ?? {});
    super.take(status, result, what);
  }

  accept(result) {
    this.theirs.replaceChildren();
    lastSaved = result.saved_at;
    putSteps(result.steps);
    const tag = this.form.closest("[data-block]")?.querySelector("[data-origin]");
    if (tag && result.origin) {
      tag.textContent = result.is_ours ? result.origin : "";
    }
    if (result.moved) this.form.elements.verb.value = result.fields.verb;
    const says = [filled(_("Saved at {time}"), { time: result.saved_at }), result.moved].filter(Boolean).join(" · ");
    if (!this.typed) this.say(says, "complete");
    later(SOON);
  }

  showErrors(errors) {
    this.errors.replaceChildren(
      ...Object.values(errors).flat().map((sentence) => {
        const line = errorLine(sentence);
        line.setAttribute("role", "alert");
        return line;
      }),
    );
  }

  keepMine() {
    this.box.focus();
    return super.keepMine();
  }

  async takeTheirs() {
    this.held = this.typed = false;
    editors.delete(this.key);
    // Where that fails the box stays, and with it what is between the two texts.
    if (!(await turnTo(this.key, this))) this.held = this.typed = true;
  }

  // Save what is to be saved and show the paragraph again as it prints.
  close() {
    return atWork(this.leave());
  }

  async leave() {
    if (this.running) await this.running;
    this.refused = false;
    const untouched = this.isNew && !this.box.value.trim();
    if (this.typed && !untouched) await this.run();
    if (this.typed && !untouched) {
      (this.held ? this.theirs.querySelector("button") : this.box).focus();
      showState();
      return;
    }
    editors.delete(this.key);
    this.typed = false;
    await turnTo(this.key, this);
  }

  renumber(before, now) {
    const { selectionStart, selectionEnd, value } = this.box;
    const text = renumbered(value, before, now);
    this.form.elements.seen.value = now;
    this.rich?.renumber(now);
    if (text === value) return;
    this.box.value = text;
    this.box.setSelectionRange(selectionStart, selectionEnd);
  }
}

// The server keeps one space between words and none at the ends.
function same(one, other) {
  const words = (text) => (text ?? "").split(/\s+/).join(" ").trim();
  return words(one) === words(other);
}

// --- the page -------------------------------------------------------------------------------------

// Show a paragraph as it is now. An editor that was closed opens again where that fails.
function turnTo(key, closed) {
  return inTurn(async () => {
    const answer = await askForChanges(root.dataset.address, new URLSearchParams({ show: key }));
    if (!answer.trouble) {
      bring(answer, key);
      later(SOON);
      return true;
    }
    editors.set(closed.key, closed);
    saysOfAct = answer.trouble;
    showState();
    return false;
  });
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

function bring(answer, key) {
  if (answer.page) show(answer.page, key);
  else showChanges(answer.result, key);
  if (answer.says) saysOfAct = answer.says;
  // What changes is said with the line; what was done once more in the same words is said here.
  if (saysOfAct && saysOfAct === root.querySelector("[data-connection]").textContent) announce(saysOfAct);
  showState();
}

// The paragraphs that have changed, in the place of the old ones.
function showChanges(result, key) {
  const order = new Map(Object.entries(result.order));
  const isNew = result.state !== root.dataset.state;
  bringUpToDate({ ...result, order, blocks: [...parsed(result.blocks).children] });
  putSteps(result.steps);
  renewMenus(isNew, result.menu && { id: `more-${key}`, menu: result.menu });
  saysOfAct = result.says;
  if (key) focusOn(key);
  later();
}

// The page as it is now. What is the same stays as it is, and so do open boxes and details.
function show(page, key) {
  const now = page.querySelector("[data-workshop]");
  const stayInSight = inSight();
  const parts = [...now.querySelectorAll("[data-part]")];
  [...root.querySelectorAll("[data-part]")].forEach((old, place) => swap(old, parts[place]));
  const isNew = now.dataset.state !== root.dataset.state;
  const keysOf = (list) => [...list.children].map((block) => block.dataset.block);
  bringUpToDate({
    state: now.dataset.state,
    seen: now.dataset.seen,
    order: new Map([...now.querySelectorAll("[data-chapter]")].map((each) => [each.dataset.chapter, keysOf(each.querySelector("[data-blocks]"))])),
    asks: keysOf(now.querySelector("[data-asks]")),
    blocks: [...now.querySelectorAll("[data-block]")],
    isWhole: true,
  });
  renewMenus(isNew);
  stayInSight();
  saysOfAct = [...page.querySelectorAll(".message")].map((each) => each.textContent.trim()).join(" ");
  clearTimeout(news);
  if (key) focusOn(key);
}

// Return what puts the paragraph that has the focus back to its place in the window.
function inSight() {
  const key = document.activeElement.closest("[data-block]")?.dataset.block;
  const top = () => root.querySelector(`[data-block="${CSS.escape(key)}"]`)?.getBoundingClientRect().top;
  const before = key && top();
  return () => key && scrollBy(0, (top() ?? before) - before);
}

// As the server sent it, but for what differs on every page: numbers, and the form's token.
const sent = new WeakMap();

function asSent(element) {
  const html = element.outerHTML
    .replace(/(tabindex="-1") value="\d+"/, "$1")
    .replace(/("csrfmiddlewaretoken") value="\w+"/g, "$1");
  // Labels of a paragraph have its number ("in paragraph 12"), and no other.
  return element.dataset.block?.startsWith("p-") ? html.replace(/(visually-hidden">[^<\d]*)\d+/g, "$1") : html;
}

// Put a fresh part of the page in the place of the old one, unless they are the same. A part with a
// refused heading stays until that is mended, as the pages after it have it without what was typed.
function swap(old, fresh) {
  const isRefused = fresh.querySelector("[aria-invalid]");
  if (!isRefused && sent.get(old) === asSent(fresh)) return;
  sent.set(fresh, isRefused ? sent.get(old) : asSent(fresh));
  put(fresh, old, placeOfFocus(old));
}

// Details that are open stay open, and the focus stays where it is.
function put(fresh, old, giveFocus) {
  for (const details of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  old.replaceWith(fresh);
  giveFocus(fresh);
}

// Return what gives the focus back, to the same control of the element that takes another's place.
function placeOfFocus(old) {
  const focused = document.activeElement;
  if (!old.contains(focused)) return () => {};
  const CONTROLS = "a, button, summary, select, input, textarea";
  const place = [...old.querySelectorAll(CONTROLS)].indexOf(focused);
  return (fresh) => {
    const same = focused.isConnected ? focused : fresh.querySelectorAll(CONTROLS)[place];
    (same ?? fresh).focus({ preventScroll: true });
  };
}

// Bring the page to this state: blocks that have changed, and the keys of each list in order.
function bringUpToDate({ state, seen, order, asks, blocks, isWhole = false }) {
  const focused = document.activeElement;
  const inBox = focused.matches?.("[data-editor] textarea") && [focused.selectionStart, focused.selectionEnd];
  const scroll = scrollY;
  const before = root.dataset.seen;
  const held = new Map([...root.querySelectorAll("[data-block]")].map((block) => [block.dataset.block, block]));
  for (const fresh of blocks) held.set(fresh.dataset.block, renew(held.get(fresh.dataset.block), fresh, isWhole));
  for (const [chapter, keys] of order) {
    const section = root.querySelector(`[data-chapter="${CSS.escape(chapter)}"]`);
    arrange(section.querySelector("[data-blocks]"), keys, held);
    section.querySelector(".workshop-empty").hidden = keys.length > 0;
  }
  arrange(root.querySelector("[data-asks]"), asks, held);
  const kept = new Set([...[...order.values()].flat(), ...asks]);
  for (const [key, block] of held) if (!kept.has(key)) putAway(key, block);
  root.dataset.state = state;
  root.dataset.seen = seen;
  number(seen.split(" "));
  for (const editor of editors.values()) editor.renumber(editor.form.elements.seen.value || before, seen);
  scrollTo(scrollX, scroll);
  adopt();
  if (!focused.isConnected || !(inBox || focused.isContentEditable)) return;
  focused.focus({ preventScroll: true });
  if (inBox) focused.setSelectionRange(...inBox);
}

// A fresh block in the place of the old one, with its open box and its menu.
function renew(old, fresh, isWhole) {
  const editor = editors.get(fresh.dataset.block);
  sent.set(fresh, asSent(fresh));
  if (!old) return fresh;
  const isShut = !editor && old.querySelector("[data-editor]");
  if (sent.get(old) === sent.get(fresh) && !isShut) return old;
  if (isWhole && editor?.form.contains(document.activeElement)) return takeNews(old, fresh);
  const giveFocus = placeOfFocus(old);
  if (editor) fresh.querySelector("[data-words]").replaceChildren(editor.form);
  const menu = old.querySelector("[data-more][open] form.workshop-acts");
  if (menu && fresh.querySelector("[data-menu]")) fill(fresh.querySelector("[data-more]"), menu);
  // That is not in the answer to an act. The next page has it, and takes the place of this block in any case.
  if (!isWhole && giveNews(old, fresh)) sent.delete(fresh);
  put(fresh, old, giveFocus);
  return fresh;
}

// What the records and the checks say of a paragraph.
const NEWS = ".workshop-drift, .workshop-mark, .workshop-passed";

// Put that from one block into another. Return whether there is any.
function giveNews(from, to) {
  const [news, next] = [[...from.querySelectorAll(NEWS)], [...from.querySelectorAll(".workshop-next")]];
  to.querySelector("[data-words]").after(...news);
  to.querySelector(".workshop-foot")?.append(...next);
  return news.length + next.length > 0;
}

// A paragraph that is being written stays as it is, and gets what is said of its words as they are saved.
function takeNews(old, fresh) {
  for (const details of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  for (const each of old.querySelectorAll(`${NEWS}, .workshop-next`)) each.remove();
  sent.set(old, sent.get(fresh));
  giveNews(fresh, old);
  return old;
}

// Bring a list's blocks into order and move no more of them than necessary.
function arrange(list, keys, held) {
  const isOther = (block) => block && !keys.includes(block.dataset.block);
  let at = list.firstElementChild;
  for (const key of keys) {
    while (isOther(at)) at = at.nextElementSibling;
    const block = held.get(key);
    if (block === at) at = at.nextElementSibling;
    else list.insertBefore(block, at);
  }
}

// A paragraph that is not on the page any more, or not yet, keeps its place if its box is open.
function putAway(key, block) {
  const editor = editors.get(key);
  if (!editor) return block.remove();
  if (block.classList.contains("is-new")) return;
  const holder = document.createElement("li");
  holder.className = "workshop-block is-new";
  holder.dataset.block = key;
  holder.tabIndex = -1;
  const words = document.createElement("div");
  words.dataset.words = "";
  words.append(editor.form);
  holder.append(words);
  block.replaceWith(holder);
}

// The numbers that the paragraphs have now, wherever they are printed.
function number(seen) {
  const numbers = new Map(seen.map((key, place) => [key, place + 1]));
  const say = (element, now) => {
    const text = element.textContent.replace(/\d+/, now);
    if (text !== element.textContent) element.textContent = text;
  };
  for (const block of root.querySelectorAll("[data-blocks] > [data-block]")) {
    const now = numbers.get(block.dataset.block);
    if (!now || block.value === now) continue;
    block.value = now;
    for (const label of block.querySelectorAll(".visually-hidden")) say(label, now);
  }
  for (const link of root.querySelectorAll('.workshop-lines a[href^="#"]')) {
    const now = numbers.get(link.hash.slice(1));
    if (now) say(link, now);
  }
  showLength();
}

// The words before the annexes, with those that are being typed.
function showLength() {
  const line = root.querySelector("[data-length]");
  if (!line) return;
  let count = 0;
  for (const block of root.querySelectorAll("[data-blocks] > [data-block]:not(.is-left-out)")) {
    const words = block.querySelector("[data-words]");
    const text = words.querySelector("textarea")?.value ?? words.innerText;
    count += text.replace(/^\s*[-*] |\*\*/gm, "").trim().split(/\s+/).filter(Boolean).length;
  }
  const [first] = line.childNodes;
  first.data = first.data.replace(/^\s*[\d,]+/, count.toLocaleString(document.documentElement.lang));
}

root.addEventListener("input", showLength);

// --- what the records say -------------------------------------------------------------------------

let news = 0;

// Acts change what the records have for a section, and what the checks say. That is asked for when
// the acts have come to rest and all that is typed is saved.
function later(wait = LATER) {
  clearTimeout(news);
  news = setTimeout(() => {
    if (waiting || isTyping()) return later(wait);
    turning = turning.then(bringNews).catch(() => {});
  }, wait);
}

function isTyping() {
  const field = document.activeElement;
  const editor = editors.get(field.closest("[data-editor]")?.dataset.editor);
  return editor ? editor.isUnsaved : field.matches("textarea, select, input, [contenteditable]");
}

async function bringNews() {
  const says = saysOfAct;
  const { page } = await askForPage(pageOfNow());
  if (!page) return;
  if (isTyping()) return later(SOON);
  show(page);
  renewPdf();
  saysOfAct = says;
  showState();
}

// The sources follow the paragraph that has the focus, when it has come to rest there.
let follows = 0;

root.addEventListener("focusin", (event) => {
  const at = event.target.closest("[data-blocks] > [data-block]")?.dataset.block;
  clearTimeout(follows);
  if (!at || at === inHand.at) return;
  follows = setTimeout(bringSources, REST, { section: event.target.closest("[data-chapter]").dataset.chapter, at });
});

async function bringSources(wanted) {
  Object.assign(inHand, wanted);
  const { result } = await connection.ask(pageOfNow());
  if (!result?.sources || inHand.at !== wanted.at) return;
  swap(root.querySelector("#sources"), parsed(result.sources).querySelector("#sources"));
}

// The PDF beside the draft follows when the acts have come to rest, if it is shown. Viewers take the
// focus when they load; it goes back.
const beside = document.querySelector("[data-beside]");
let printed = beside.open ? root.dataset.state : null;

function renewPdf() {
  if (!beside.open || printed === root.dataset.state) return;
  const isFirst = printed === null; // the frame has just begun to load it
  printed = root.dataset.state;
  if (isFirst) return;
  const frame = beside.querySelector("iframe");
  const focused = document.activeElement;
  frame.addEventListener(
    "load",
    () => document.activeElement === frame && focused !== frame && focused.focus({ preventScroll: true }),
    { once: true },
  );
  const address = new URL(frame.src);
  address.searchParams.set("state", printed);
  frame.contentWindow.location.replace(address);
}

beside.addEventListener("toggle", renewPdf);

// --- menus ----------------------------------------------------------------------------------------

// A menu comes when it is opened; where it cannot come, a link to it stays.
root.addEventListener(
  "toggle",
  (event) => {
    const details = event.target;
    if ("more" in details.dataset && details.open && details.querySelector("[data-menu]")) bringMenu(details);
  },
  true,
);

// Open menus are brought again if the draft has changed, and those that could not come before.
function renewMenus(isNew, { id, menu } = {}) {
  for (const details of root.querySelectorAll("[data-blocks] [data-more][open]")) {
    if (isNew && details.id === id) fill(details, parsed(menu));
    else if (isNew || details.querySelector("[data-menu]")) bringMenu(details);
  }
}

async function bringMenu(details) {
  const place = details.querySelector("[data-menu]");
  if (place?.hidden) return;
  if (place) place.hidden = true;
  const key = details.closest("[data-block]").dataset.block;
  const { result, trouble } = await connection.ask(`${addressOf(key)}acts/`);
  if (place) place.hidden = false;
  if (!details.isConnected) return; // another has its place, and its menu
  if (!result?.menu) {
    saysOfAct = trouble ?? result.says; // the other coordinator may have joined it to another
    showState();
    return later();
  }
  const giveFocus = placeOfFocus(details);
  fill(details, parsed(result.menu));
  giveFocus(details);
}

function fill(details, menu) {
  details.querySelector("[data-menu], form.workshop-acts").replaceWith(menu);
  for (const keys of details.querySelectorAll("[data-keys]")) keys.hidden = false;
}

function focusOn(key) {
  const target =
    typeof key === "string" ? root.querySelector(`[data-block="${CSS.escape(key)}"]`) ?? document.getElementById(key) : key;
  if (!target) return root.querySelector("[data-chapter]")?.focus();
  target.focus({ preventScroll: true });
  const { top, bottom } = target.getBoundingClientRect();
  if (top < 80 || bottom > innerHeight) target.scrollIntoView({ block: top < 80 || bottom - top > innerHeight ? "start" : "nearest" });
}

function adopt() {
  for (const form of root.querySelectorAll("[data-editor]")) {
    if (!editors.has(form.dataset.editor)) editors.set(form.dataset.editor, new Editor(form));
  }
  for (const details of root.querySelectorAll("[data-more]")) addHandle(details);
}

function showState() {
  showStateOf([...editors.values()], root.querySelector("[data-connection]"), {
    held: () => _("A paragraph has two versions. Choose one."),
    wrong: ({ wrong }) => filled(_("A paragraph is not saved. {why}"), { why: wrong }),
    rest: saysOfAct || (lastSaved && filled(_("Saved at {time}"), { time: lastSaved })),
  });
}

// Press a button of a paragraph: its own words are saved first.
async function act(address, fields, key) {
  const editor = editors.get(key);
  if (editor?.isUnsaved) {
    await editor.run();
    if (editor.isUnsaved) {
      editor.box.focus();
      return showState();
    }
  }
  // What was saved here since the page was made is known to the editor alone.
  if (editor && fields.has("version")) {
    const saved = Number(editor.form.elements.version.value);
    fields.set("version", Math.max(saved, fields.get("version")));
  }
  const name = fields.get("act");
  if (editor && ["split", "split-list", "join", "merge", "accept"].includes(name)) editors.delete(key);
  sayOvertaken();
  if (key && document.getElementById(`more-${key}`)?.open) fields.set("menu", "open");
  const answer = await (QUICK.includes(name) ? askForChanges : askForPage)(address, fields);
  if (answer.trouble) {
    if (editor) editors.set(key, editor);
    saysOfAct = answer.trouble;
    return showState();
  }
  bring(answer, key);
  document.getElementById(key)?.querySelector(".workshop-heading [aria-invalid]")?.focus();
  // Moving one place up is often wanted twice.
  const again = key && name !== "merge" && root.querySelector(`#more-${CSS.escape(key)}[open] button[value="${name}"]`);
  if (again) again.focus({ preventScroll: true });
}

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("act" in form.dataset)) return;
  event.preventDefault();
  if ("steps" in form.dataset) return undoOrRedo(event.submitter.value);
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const key = form.closest("[data-block]")?.dataset.block ?? form.closest("[data-chapter]")?.id;
  inTurn(() => act(form.getAttribute("action"), fields, key));
});

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open], a[data-tray]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  inTurn(() => follow(link));
});

// A press on the words of a paragraph opens them, unless it selects some or is on a link.
root.classList.add("is-editable");
root.addEventListener("click", (event) => {
  const words = event.target.closest("[data-words]");
  if (!words || event.target.closest("a, button, form") || !getSelection().isCollapsed) return;
  const link = words.closest("[data-block]").querySelector("a[data-edit]");
  if (link) inTurn(() => follow(link));
});

// Open a box of words, or another section's sources.
async function follow(link) {
  const known = new Set(editors.keys());
  const wanted = new URL(link.href).searchParams.get("edit");
  if (known.has(wanted)) return editors.get(wanted).box.focus();
  const isTray = "tray" in link.dataset;
  if (isTray) Object.assign(inHand, { section: link.dataset.tray, at: "" });
  const answer = wanted
    ? await askForChanges(root.dataset.address, new URLSearchParams({ edit: wanted }))
    : await askForPage(link.href.split("#")[0]);
  if (answer.trouble) {
    saysOfAct = answer.trouble;
    return showState();
  }
  bring(answer, isTray ? link.id : null);
  const opened = [...editors.values()].find((editor) => !known.has(editor.key));
  if (!opened) return;
  opened.box.focus({ preventScroll: true });
  opened.form.scrollIntoView({ block: "nearest" });
}

// --- undo and redo --------------------------------------------------------------------------------

function putSteps(html) {
  const old = root.querySelector("[data-steps]");
  if (!old || html === undefined) return;
  const [fresh] = parsed(html).children;
  const pressed = old.contains(document.activeElement) && document.activeElement.value;
  old.replaceWith(fresh);
  if (pressed) focusOnStep(pressed);
}

// The button that was pressed, or the other one where there is nothing more to do.
function focusOnStep(name) {
  const steps = root.querySelector("[data-steps]");
  (steps.querySelector(`button[value="${name}"]`) ?? steps.querySelector("button"))?.focus({ preventScroll: true });
}

function sayOvertaken(html = "") {
  root.querySelector("[data-overtaken]").innerHTML = html;
}

// Undo or redo what the button names. Open boxes are saved and closed first.
async function undoOrRedo(name, { isByKey = false } = {}) {
  const form = root.querySelector("[data-steps]");
  const named = form.elements[name]?.value;
  if (!named) {
    saysOfAct = name === "undo" ? _("There is nothing of yours to undo.") : _("There is nothing of yours to redo.");
    return showState();
  }
  await Promise.all([...editors.values()].map((editor) => editor.close()));
  if (editors.size) return; // one could not be saved: it has the focus and says why
  inTurn(() => step(form.getAttribute("action"), name, named, isByKey));
}

async function step(address, name, named, isByKey) {
  const answer = await askForChanges(address, new URLSearchParams({ act: name, [name]: named }));
  if (answer.trouble) {
    saysOfAct = answer.trouble;
    return showState();
  }
  bring(answer);
  sayOvertaken(answer.result.overtaken);
  const changed = document.getElementById(answer.result.key);
  if (changed && isByKey) return focusOn(changed);
  changed?.scrollIntoView({ block: "nearest" });
  if (!isByKey) focusOnStep(name);
}

// In a box of words the keys undo its own typing.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  undoOrRedo(event.shiftKey ? "redo" : "undo", { isByKey: true });
});

// --- moving by hand -------------------------------------------------------------------------------

let carried = null;

// The recommendations and the sentence before them stay where they are.
function mayMove(element) {
  return !element.closest("[data-chapter]").querySelector("[data-asks]");
}

function addHandle(details) {
  if (details.parentElement.querySelector(".workshop-handle") || !mayMove(details)) return;
  const handle = document.createElement("span");
  handle.className = "workshop-handle";
  handle.draggable = true;
  handle.setAttribute("aria-hidden", "true");
  handle.title = _("Drag to move");
  handle.textContent = "⠿";
  details.before(handle);
}

root.addEventListener("dragstart", (event) => {
  if (!event.target.classList?.contains("workshop-handle")) return;
  carried = event.target.closest("[data-block]");
  carried.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
});

// Where the paragraph would be let go: before or after another, or in a section that has none.
function under(event) {
  const chapter = event.target.closest?.("[data-chapter]");
  if (!carried || !chapter || chapter.querySelector("[data-asks]")) return null;
  const block = event.target.closest("[data-blocks] > [data-block]:not(.is-new)");
  if (block === carried) return null;
  const list = chapter.querySelector("[data-blocks]");
  const others = [...list.children].filter((each) => each !== carried && !("new" in each.dataset));
  if (!block) return others.length ? null : { chapter, mark: chapter, position: 0 };
  const { top, height } = block.getBoundingClientRect();
  const isAfter = event.clientY > top + height / 2;
  return { chapter, mark: block, isAfter, position: others.indexOf(block) + (isAfter ? 1 : 0) };
}

function markPlace(place) {
  for (const marked of root.querySelectorAll(".is-over, .is-over-end")) {
    if (marked !== place?.mark) marked.classList.remove("is-over", "is-over-end");
  }
  place?.mark.classList.toggle("is-over", !place.isAfter);
  place?.mark.classList.toggle("is-over-end", Boolean(place.isAfter));
}

root.addEventListener("dragover", (event) => {
  const place = under(event);
  markPlace(place);
  if (place) event.preventDefault();
});

root.addEventListener("drop", (event) => {
  const place = under(event);
  if (!place) return;
  event.preventDefault();
  const { chapter, position } = place;
  const home = carried.closest("[data-chapter]");
  const siblings = [...carried.parentElement.children].filter((each) => !("new" in each.dataset));
  if (chapter === home && siblings.indexOf(carried) === position) return;
  const fields = new URLSearchParams({ act: "move", section: chapter.dataset.chapter, position });
  const key = carried.dataset.block;
  inTurn(() => act(addressOf(key), fields, key));
});

root.addEventListener("dragend", () => {
  markPlace(null);
  carried?.classList.remove("is-held");
  carried = null;
});

// The same by keyboard: Alt and an arrow key, anywhere in a paragraph but in a box of words.
root.addEventListener("keydown", (event) => {
  const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!name || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("textarea, input, select, [contenteditable]")) return;
  const block = event.target.closest("[data-block]");
  if (!block || block.classList.contains("is-new") || !(mayMove(block) || block.closest("[data-asks]"))) return;
  event.preventDefault();
  const key = block.dataset.block;
  inTurn(() => act(addressOf(key), new URLSearchParams({ act: name }), key));
});

for (const each of root.querySelectorAll("[data-part], [data-block]")) sent.set(each, asSent(each));
watch(() => [...editors.values()]);
adopt();
showState();
// A link that was followed before this script was there has opened its box on a page of its own,
// whose address ends in the paragraph; the browser goes there only when all has loaded.
addEventListener("load", () => {
  const asked = editors.get(new URLSearchParams(location.search).get("edit"))?.box;
  setTimeout(() => document.activeElement.contains(asked ?? null) && asked.focus({ preventScroll: true }));
});
