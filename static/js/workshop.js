// The workshop without waiting for pages: words save as they are typed, acts come back to their
// paragraph. Every act posts the same form as without a script, and the page that answers takes the
// place of this one; boxes that are open stay as they are, with their cursor. What cannot be sent
// stays in its box and is sent when the connection is back; closing the tab then warns.

import { Autosave, Connection, errorLine, tellAll, watch } from "./autosave.js";

const SLOW = 800; // ms after which the page says that it is at work

const WORKING = "Working …";
const SEVERAL = "Not saved yet: the blank line makes a further paragraph when you press Done";

const root = document.querySelector("[data-workshop]");
const connection = new Connection({
  part: "[data-workshop]",
  address: root.dataset.address,
  closed: "This draft can no longer be changed. Copy your words before you leave this page.",
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
    tell();
  }, SLOW);
  return doing.finally(() => {
    clearTimeout(slow);
    waiting -= 1;
    root.classList.toggle("is-busy", waiting > 0);
    if (waiting || saysOfAct !== WORKING) return;
    saysOfAct = "";
    tell();
  });
}

// An act answers with the page, after a redirect.
function askForPage(address, fields) {
  return connection.ask(address, fields, { wantsPage: true });
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
    done.firstChild.textContent = "Done";
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
    tell();
  }

  tell() {
    tell();
  }

  body() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("act", "save");
    return fields;
  }

  isOurs(told, sent) {
    return same(sent.text, told.fields.text);
  }

  take(status, told, what) {
    if (status !== 422) this.form.elements.version.value = told.version;
    if (status !== 409) this.showErrors(told.errors ?? {});
    super.take(status, told, what);
  }

  accept(told) {
    this.theirs.replaceChildren();
    lastSaved = told.saved_at;
    const tag = this.form.closest("[data-block]")?.querySelector("[data-origin]");
    if (tag && told.origin) {
      tag.textContent = told.origin;
      tag.classList.toggle("is-ours", told.origin !== "Generated");
    }
    if (!this.typed) this.say(`Saved at ${told.saved_at}`, "complete");
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
    if (!(await turnTo(root.dataset.address, this.key, this))) this.held = this.typed = true;
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
      tell();
      return;
    }
    editors.delete(this.key);
    this.typed = false;
    const chapter = this.form.closest("[data-chapter]").dataset.chapter;
    await turnTo(`${root.dataset.address}?section=${encodeURIComponent(chapter)}`, this.key, this);
  }

  renumber(before, now) {
    const { selectionStart, selectionEnd, value } = this.box;
    const text = renumbered(value, before, now);
    this.form.elements.seen.value = now;
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

// Go to another state of the page. An editor that was closed opens again where that fails.
function turnTo(address, key, closed) {
  return inTurn(async () => {
    const answer = await askForPage(address);
    if (answer.page) {
      show(answer.page, key);
      return true;
    }
    if (closed) editors.set(closed.key, closed);
    saysOfAct = answer.trouble;
    tell();
    return false;
  });
}

// The page as it is now, in the place of this one. Open boxes stay; details that are open stay so.
function show(page, key) {
  const now = page.querySelector("[data-workshop]");
  const focused = document.activeElement;
  const inBox = focused.closest?.("[data-editor]") && editors.has(focused.closest("[data-editor]").dataset.editor);
  const selection = inBox && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  const open = [...root.querySelectorAll("details[open][id]")].map((details) => details.id);
  const scroll = scrollY;
  const before = root.dataset.seen;
  for (const [editorKey, editor] of editors) {
    const old = editor.form.closest("[data-block]");
    const block = now.querySelector(`[data-block="${CSS.escape(editorKey)}"]`);
    if (block) block.querySelector("[data-words]").replaceChildren(editor.form);
    else putBack(now, old, editor);
    editor.renumber(editor.form.elements.seen.value || before, now.dataset.seen);
  }
  root.replaceChildren(...now.childNodes);
  root.dataset.seen = now.dataset.seen;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  scrollTo(scrollX, scroll);
  saysOfAct = [...page.querySelectorAll(".message")].map((each) => each.textContent.trim()).join(" ");
  adopt();
  if (inBox) {
    focused.focus({ preventScroll: true });
    if (selection) focused.setSelectionRange(...selection);
  } else if (key) {
    focusOn(key);
  }
  tell();
}

// A box whose paragraph is not on the page, new or joined away, keeps its place in the section.
function putBack(now, old, editor) {
  const chapter = old.closest("[data-chapter]").dataset.chapter;
  const list = now.querySelector(`[data-chapter="${CSS.escape(chapter)}"] > ol:last-of-type`);
  const after = old.previousElementSibling?.dataset.block;
  const place = after && list.querySelector(`[data-block="${CSS.escape(after)}"]`);
  const holder = document.createElement("li");
  holder.className = "workshop-block is-new";
  holder.dataset.block = editor.key;
  holder.tabIndex = -1;
  const words = document.createElement("div");
  words.dataset.words = "";
  words.append(editor.form);
  holder.append(words);
  if (place) place.after(holder);
  else list.prepend(holder);
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
  for (const more of root.querySelectorAll("[data-more]")) addHandle(more);
  for (const keys of root.querySelectorAll("[data-keys]")) keys.hidden = false;
}

function tell() {
  tellAll([...editors.values()], root.querySelector("[data-connection]"), {
    held: () => "A paragraph waits for your choice between two texts.",
    rest: saysOfAct || (lastSaved && `Saved at ${lastSaved}`),
  });
}

// Press a button of a paragraph: its own words are saved first.
async function act(form, fields, key, button) {
  const editor = editors.get(key);
  if (editor?.isUnsaved) {
    await editor.run();
    if (editor.isUnsaved) {
      editor.box.focus();
      return tell();
    }
  }
  // What was saved here since the page was made is known to the editor alone.
  if (editor && fields.has("version")) {
    const saved = Number(editor.form.elements.version.value);
    fields.set("version", Math.max(saved, fields.get("version")));
  }
  const name = fields.get("act");
  if (editor && ["split", "join", "accept"].includes(name)) editors.delete(key);
  const answer = await askForPage(form.getAttribute("action"), fields);
  if (!answer.page) {
    if (editor) editors.set(key, editor);
    saysOfAct = answer.trouble;
    return tell();
  }
  show(answer.page, key ?? form.closest("[data-chapter]")?.id);
  // Moving one place up is often wanted twice.
  const again = key && root.querySelector(`#more-${CSS.escape(key)}[open] button[value="${button}"]`);
  if (again) again.focus({ preventScroll: true });
}

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("act" in form.dataset)) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  inTurn(() => act(form, fields, form.closest("[data-block]")?.dataset.block, event.submitter?.value));
});

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open], a[data-tray]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  inTurn(() => follow(link));
});

// Open a box of words, or another section's sources.
async function follow(link) {
  const known = new Set(editors.keys());
  const wanted = new URL(link.href).searchParams.get("edit");
  if (known.has(wanted)) return editors.get(wanted).box.focus();
  const answer = await askForPage(link.href.split("#")[0]);
  if (!answer.page) {
    saysOfAct = answer.trouble;
    return tell();
  }
  const isTray = "tray" in link.dataset;
  show(answer.page, isTray ? link.id : null);
  const opened = [...editors.values()].find((editor) => !known.has(editor.key));
  if (!opened) return;
  opened.box.focus({ preventScroll: true });
  opened.form.scrollIntoView({ block: "nearest" });
}

// --- moving by hand -------------------------------------------------------------------------------

let carried = null;

function addHandle(more) {
  if (more.parentElement.querySelector(".workshop-handle") || more.closest("[data-asks]")) return;
  if (!more.querySelector("button[value=up]")) return;
  const handle = document.createElement("span");
  handle.className = "workshop-handle";
  handle.draggable = true;
  handle.setAttribute("aria-hidden", "true");
  handle.title = "Drag to move";
  handle.textContent = "⠿ Drag";
  more.before(handle);
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
  const form = carried.querySelector("form.workshop-acts");
  const fields = new URLSearchParams({ act: "move", section: chapter.dataset.chapter, position });
  const key = carried.dataset.block;
  inTurn(() => act(form, fields, key));
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
  if (event.target.closest("textarea, input, select")) return;
  const block = event.target.closest("[data-block]");
  const form = block?.querySelector(`button[value=${name}]`)?.form;
  if (!form) return;
  event.preventDefault();
  inTurn(() => act(form, new URLSearchParams({ act: name }), block.dataset.block, name));
});

watch(() => [...editors.values()]);
adopt();
tell();
// A link that was followed before this script was there has opened its box on a page of its own,
// whose address ends in the paragraph; the browser goes there only when all has loaded.
addEventListener("load", () => {
  const asked = editors.get(new URLSearchParams(location.search).get("edit"))?.box;
  setTimeout(() => document.activeElement.contains(asked ?? null) && asked.focus({ preventScroll: true }));
});
