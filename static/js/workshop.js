// The workshop without waiting for pages: words save as they are typed, acts come back to their
// paragraph. Every act posts the same form as without a script, and the page that answers takes the
// place of this one; boxes that are open stay as they are, with their cursor. What cannot be sent
// stays in its box and is sent when the connection is back; closing the tab then warns.

const PAUSE = 1200; // ms after the last key
const RETRY = 4000; // ms until the next try without a connection
const PATIENCE = 20000; // ms for one answer
const SLOW = 800; // ms after which the page says that it is at work

const NO_CONNECTION = "No connection. Your words stay here and are sent when it is back.";
const SIGNED_OUT =
  "You are signed out. Sign in again in another tab; your words stay here and are sent then.";
const SOMEBODY_ELSE = "Somebody else is signed in now. Copy your words before you leave this page.";
const CLOSED = "This draft can no longer be changed. Copy your words before you leave this page.";
const TROUBLE = "The service has trouble. Your words stay here and are sent again in a moment.";
const WORKING = "Working …";
const SEVERAL = "Not saved yet: the blank line makes a further paragraph when you press Done";

const root = document.querySelector("[data-workshop]");
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

// --- one request ----------------------------------------------------------------------------------

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const token = () => root.querySelector("[name=csrfmiddlewaretoken]");

// The token of the page is worth nothing after signing in again in another tab; a new page has one.
async function freshToken() {
  const response = await fetch(root.dataset.address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (response.type === "opaqueredirect") return { trouble: SIGNED_OUT, again: true };
  if (response.status >= 500) return { trouble: TROUBLE, again: true };
  const now = parse(await response.text()).querySelector("[data-workshop]");
  const fresh = now?.querySelector("[name=csrfmiddlewaretoken]");
  if (!response.ok || !fresh) return { trouble: CLOSED };
  if (now.dataset.person !== root.dataset.person) return { trouble: SOMEBODY_ELSE };
  for (const field of root.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh.value;
  return {};
}

// What the server said, or what is in the way: `again` when trying later may help. Words are asked
// for as JSON; an act answers with the page, after a redirect.
async function ask(address, fields, { json = false, mayRenew = true } = {}) {
  if (fields) fields.set("csrfmiddlewaretoken", token().value);
  try {
    const response = await fetch(address, {
      method: fields ? "POST" : "GET",
      body: fields && new URLSearchParams(fields),
      headers: json ? { Accept: "application/json" } : {},
      redirect: json ? "manual" : "follow",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.type === "opaqueredirect") return { trouble: SIGNED_OUT, again: true };
    if (response.status >= 500) return { trouble: TROUBLE, again: true };
    if (response.status === 403 && fields && mayRenew) {
      const { trouble, again } = await freshToken();
      return trouble ? { trouble, again } : ask(address, fields, { json, mayRenew: false });
    }
    if (json && [200, 409, 422].includes(response.status)) {
      return { status: response.status, told: await response.json() };
    }
    if (json || ![200, 422].includes(response.status)) return { trouble: CLOSED };
    const page = parse(await response.text());
    const now = page.querySelector("[data-workshop]");
    if (!now) return { trouble: SIGNED_OUT, again: true };
    if (now.dataset.person !== root.dataset.person) return { trouble: SOMEBODY_ELSE };
    return { page };
  } catch {
    return { trouble: NO_CONNECTION, again: true };
  }
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

class Editor {
  constructor(form) {
    this.key = form.dataset.editor;
    this.take(form);
    this.typed = "unsaved" in form.dataset;
    this.held = this.typed && this.theirs.childElementCount > 0; // waits for a choice between two texts
    this.refused = this.typed && !this.held;
    this.trouble = "";
    this.lost = []; // texts that were sent and may or may not have arrived
    this.running = null;
    this.timer = 0;
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

  take(form) {
    this.form = form;
    this.state = form.querySelector("[data-state]");
    this.theirs = form.querySelector("[data-theirs]");
    this.errors = form.querySelector("[data-errors]");
    this.box = form.querySelector("textarea");
  }

  get isUnsaved() {
    return this.typed || this.running !== null;
  }

  get isNew() {
    return this.form.elements.version.value === "0";
  }

  get isSeveral() {
    return /\S[^\S\n]*\n\s*\n\s*\S/.test(this.box.value) && !("options" in this.form.elements);
  }

  touch() {
    this.typed = true;
    this.refused = false;
    clearTimeout(this.timer);
    if (!this.held) {
      this.say(this.isSeveral ? SEVERAL : "Not saved yet", "quiet");
      if (!this.isSeveral) this.timer = setTimeout(() => this.run(), PAUSE);
    }
    tell();
  }

  // One request at a time: the answer to the first brings the version that the second needs.
  run() {
    clearTimeout(this.timer);
    this.running ??= this.drain().finally(() => {
      this.running = null;
      tell();
    });
    return this.running;
  }

  async drain() {
    while (this.typed && !this.held && !this.refused) {
      if (!(await this.send())) return;
      if (this.isSeveral) return;
    }
  }

  async send() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("act", "save");
    this.typed = false;
    this.say("Saving …", "quiet");
    tell();
    const { status, told, trouble, again } = await ask(this.form.getAttribute("action"), fields, { json: true });
    this.trouble = trouble ?? "";
    if (trouble) {
      this.typed = true;
      this.lost.push(fields.get("text"));
      this.say("Not saved", "late");
      if (again) this.timer = setTimeout(() => this.run(), RETRY);
      return false;
    }
    if (status === 200) this.accept(told);
    else if (status === 409) this.compare(told);
    else this.refuse(told);
    return status === 200 || !this.held;
  }

  accept(told) {
    this.lost = [];
    this.form.elements.version.value = told.version;
    this.theirs.replaceChildren();
    this.showErrors({});
    lastSaved = told.saved_at;
    const tag = this.form.closest("[data-block]")?.querySelector("[data-origin]");
    if (tag && told.origin) {
      tag.textContent = told.origin;
      tag.classList.toggle("is-ours", told.origin !== "Generated");
    }
    if (!this.typed) this.say(`Saved at ${told.saved_at}`, "complete");
  }

  // Our own text, whose receipt got lost on the way, is no other person's.
  compare(told) {
    this.typed = true;
    const isOurs = this.lost.some((sent) => same(sent, told.fields.text));
    this.lost = [];
    this.form.elements.version.value = told.version;
    if (isOurs) return;
    this.held = true;
    this.theirs.innerHTML = told.theirs;
    this.say("Somebody else saved first: compare, then choose", "late");
  }

  refuse(told) {
    this.typed = this.refused = true;
    this.showErrors(told.errors);
    this.say("Not saved: see what is wrong here", "late");
  }

  showErrors(errors) {
    this.errors.replaceChildren(
      ...Object.values(errors).flat().map((sentence) => {
        const line = document.createElement("p");
        line.className = "govuk-error-message";
        line.setAttribute("role", "alert");
        line.textContent = sentence;
        return line;
      }),
    );
  }

  keepMine() {
    this.held = this.refused = false;
    this.typed = true;
    this.theirs.replaceChildren();
    this.box.focus();
    return this.run();
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

  say(sentence, kind) {
    const mark = document.createElement("span");
    mark.className = kind === "complete" ? "mark" : `mark mark-${kind}`;
    mark.textContent = sentence;
    this.state.replaceChildren(mark);
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
    const answer = await ask(address);
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

// One line that is always in sight, so that nobody has to look for the box that is not saved.
function tell() {
  const line = root.querySelector("[data-connection]");
  const all = [...editors.values()];
  const stuck = all.find((editor) => editor.trouble);
  const held = all.find((editor) => editor.held);
  let says = saysOfAct || (lastSaved && `Saved at ${lastSaved}`);
  if (stuck) says = `Not saved yet. ${stuck.trouble}`;
  else if (held) says = "A paragraph waits for your choice between two texts.";
  else if (all.some((editor) => editor.running)) return; // says so when it is done
  line.classList.toggle("is-unsaved", Boolean(stuck || held));
  if (line.textContent !== says) line.textContent = says;
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
  const answer = await ask(form.getAttribute("action"), fields);
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
  const answer = await ask(link.href.split("#")[0]);
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

// --- leaving --------------------------------------------------------------------------------------

addEventListener("online", () => {
  for (const editor of editors.values()) if (editor.trouble) editor.run();
});

addEventListener("beforeunload", (event) => {
  if ([...editors.values()].some((editor) => editor.isUnsaved)) event.preventDefault();
});

adopt();
tell();
