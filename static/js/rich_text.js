// An editor in the place of a box of words with marks: bold, sub-bullets and references look as they print.
// The box stays in its form, out of sight, and holds the same words with marks, so that they are saved,
// counted and compared as without this script. It changes only when the words change.

import { EditorState, EditorView, TextSelection, baseKeymap, history, keymap, redo, splitBlockAs, toggleMark, undo } from "../vendor/prosemirror.js";
import { read, write } from "./marks.js";
import { linesIn, cleaned } from "./pasted.js";
import { Tools } from "./text_tools.js";
import { askForParagraph } from "./reference_dialog.js";
import { _, filled } from "./words.js";
import { CHIP, documentOf, inOneLine, keepInOrder, linesOf, numberOf, schema, sliceOf } from "./words_document.js";

const DEEPEST = 2;
const BOLD = schema.marks.bold;
const SIGN = /^[-*•]$/;
const BOLD_BEGUN = /\*\*([^*\s]|[^*\s][^*]*[^*\s])\*$/;
const NEEDS_NO_WORD = /(\bparagraphs?|\ufffc(,| and| or| to)?) $/i;
const HELP = _(
  "Press Enter to start a new paragraph, and type “- ” to start a sub-bullet. Press Tab at the start of a sub-bullet to indent it; " +
    "elsewhere Tab moves to the next field.",
);
const FIRST_LINE = _("The first line cannot be a sub-bullet. Press Enter to start a new line first.");

const mounted = new Set();
let count = 0;

// Put an editor in the place of a box. `paragraphs` returns what can be referred to, { key, number, words };
// `seen` has the keys of the numbered paragraphs. Without them, braces are text. `isSingle` is for words
// that are one line. `described` are elements that say more of the box; `marks` explains the marks, which
// nobody has to know here.
export function enrich(box, options = {}) {
  for (const each of mounted) if (!each.box.isConnected) each.remove();
  const editor = new RichText(box, options);
  mounted.add(editor);
  return editor;
}

class RichText {
  constructor(box, { paragraphs = null, seen = "", isSingle = false, described = [], marks = null }) {
    this.box = box;
    this.paragraphs = paragraphs;
    this.keys = paragraphs && seen.split(" ");
    this.isSingle = isSingle;
    this.described = described;
    if (marks) marks.hidden = true;
    const hasFocus = document.activeElement === box;
    this.makeElements();
    this.view = new EditorView({ mount: this.surface }, this.settings());
    this.follow();
    box.before(this.element);
    box.classList.add("rich-box");
    box.tabIndex = -1;
    box.ariaHidden = "true";
    if (hasFocus) this.focusAsBox();
  }

  remove() {
    mounted.delete(this);
    this.view.destroy();
  }

  makeElements() {
    const id = `rich-${(count += 1)}`;
    this.element = document.createElement("div");
    this.element.className = "rich";
    this.surface = document.createElement("div");
    this.surface.id = id;
    this.tools = new Tools(this, this.actions(), id);
    this.note = document.createElement("p");
    this.note.className = "rich-note small";
    this.note.setAttribute("role", "status");
    const help = document.createElement("p");
    help.className = "rich-note small quiet";
    help.textContent = this.isSingle ? "" : HELP;
    this.described = [help, ...this.described];
    this.element.append(this.tools.element, this.surface, this.note, help);
    const label = this.box.labels[0];
    if (label) label.id ||= `${id}-label`;
    for (const [place, each] of this.described.entries()) each.id ||= `${id}-more-${place}`;
  }

  settings() {
    return {
      state: EditorState.create({
        doc: documentOf(read(this.box.value), this.keys),
        plugins: [history(), keymap(this.keymap()), keymap(baseKeymap), keepInOrder(() => this.keys)],
      }),
      attributes: () => this.attributes(),
      nodeViews: { reference: ({ attrs }) => this.chip(attrs.key) },
      dispatchTransaction: (change) => this.apply(change),
      handleTextInput: (view, from, to, text) => this.isMark(from, to, text),
      handleDOMEvents: {
        focus: () => void (this.isPassing = true),
        keydown: (view, { key }) => void (this.isPassing &&= key === "Tab" || key === "Shift"),
        mouseup: () => void (this.isPassing = false),
      },
      transformPastedHTML: cleaned,
      clipboardParser: { parseSlice: (element) => this.slice(linesIn(element)) },
      clipboardTextParser: (text) => this.slice(read(text)),
      clipboardTextSerializer: ({ content }) => plain(linesOf(content, this.keys ?? [])),
      clipboardSerializer: { serializeFragment: (content) => copied(linesOf(content, this.keys ?? [])) },
    };
  }

  attributes() {
    const described = [this.box.getAttribute("aria-describedby"), ...this.described.map(({ id }) => id)];
    return {
      class: `govuk-textarea rich-surface${this.isSingle ? " is-single" : ""}`,
      role: "textbox",
      "aria-multiline": String(!this.isSingle),
      "aria-labelledby": this.box.labels[0]?.id ?? "",
      "aria-describedby": described.filter(Boolean).join(" "),
      "aria-invalid": this.box.getAttribute("aria-invalid") ?? "false",
      "aria-required": String(this.box.required),
      spellcheck: "true",
    };
  }

  slice(lines) {
    return sliceOf(this.isSingle ? inOneLine(lines) : lines, this.keys);
  }

  // --- the box and the surface --------------------------------------------------------------------

  apply(change) {
    const before = this.view.state;
    this.view.updateState(before.apply(change));
    const { doc } = this.view.state;
    if (!doc.eq(before.doc) && !change.getMeta("fromBox")) this.fillBox();
    if (change.docChanged) this.note.textContent = "";
    this.tools.update(this.view.state);
  }

  fillBox() {
    this.box.value = write(linesOf(this.view.state.doc, this.keys));
    this.isOurs = true;
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.isOurs = false;
  }

  takeFromBox() {
    const { doc, tr } = this.view.state;
    const fresh = documentOf(read(this.box.value), this.keys);
    if (!fresh.eq(doc)) this.view.dispatch(tr.replaceWith(0, doc.content.size, fresh.content).setMeta("fromBox", true));
  }

  // Others write into the box too, and give it the focus.
  follow() {
    this.box.addEventListener("input", () => this.isOurs || this.takeFromBox());
    this.box.form?.addEventListener("reset", () => setTimeout(() => this.takeFromBox()));
    this.box.labels[0]?.addEventListener("click", (event) => {
      event.preventDefault();
      this.focus();
    });
    const plainFocus = this.surface.focus;
    let isInside = false;
    this.surface.focus = (options) => {
      if (isInside) return plainFocus.call(this.surface, options);
      isInside = true;
      this.view.focus();
      isInside = false;
      if (!options?.preventScroll) this.surface.scrollIntoView({ block: "nearest" });
    };
    this.box.focus = this.surface.focus;
    this.tools.update(this.view.state);
  }

  focus(options) {
    this.surface.focus(options);
  }

  // What was selected stays selected, and the cursor between the same words.
  focusAsBox() {
    const { value, selectionStart, selectionEnd } = this.box;
    const { doc, tr } = this.view.state;
    const end = doc.content.size - 1;
    const placeOf = (at) => doc.resolve(Math.min(documentOf(read(value.slice(0, at)), this.keys).content.size - 1, end));
    this.view.dispatch(tr.setSelection(TextSelection.between(placeOf(selectionStart), placeOf(selectionEnd))));
    this.surface.focus({ preventScroll: true });
  }

  // The paragraphs have these numbers now.
  renumber(seen) {
    if (!this.keys) return;
    this.keys = seen.split(" ");
    const all = this.paragraphs();
    for (const chip of this.surface.querySelectorAll("[data-ref]")) this.label(chip, all);
  }

  // --- references ---------------------------------------------------------------------------------

  chip(key) {
    const dom = document.createElement("span");
    dom.dataset.ref = key;
    this.label(dom, this.paragraphs());
    return { dom, ignoreMutation: () => true };
  }

  label(chip, paragraphs) {
    const { ref: key } = chip.dataset;
    const number = numberOf(key, this.keys);
    const found = paragraphs.find((each) => each.key === key);
    chip.textContent = number ?? _("(left out)");
    chip.classList.toggle("is-left-out", !number);
    if (!number) chip.title = _("This paragraph is left out of the paper");
    else if (found) chip.title = filled(_("Paragraph {number}: {words}"), { number, words: found.words });
    else chip.title = filled(_("Paragraph {number}"), { number });
  }

  async refer() {
    const found = await askForParagraph(this.paragraphs());
    this.focus();
    if (!found) return;
    const { $from, $to } = this.view.state.selection;
    const before = $from.parent.textBetween(0, $from.parentOffset, null, CHIP);
    const marks = this.view.state.storedMarks ?? $from.marks();
    let change = this.view.state.tr.replaceWith($from.pos, $to.pos, schema.node("reference", { key: found.key }, null, marks));
    if (!NEEDS_NO_WORD.test(before)) {
      const space = /\S$/.test(before) && !/[([“‘]$/.test(before) ? " " : "";
      change = change.insert($from.pos, schema.text(`${space}${before.trim() ? "p" : "P"}aragraph `, marks));
    }
    this.view.dispatch(change);
  }

  // --- what is typed ------------------------------------------------------------------------------

  // "- " begins a bullet, and "**bold**" is bold, as in the box.
  isMark(from, to, text) {
    const { doc, tr } = this.view.state;
    const $from = doc.resolve(from);
    if (from !== to || !"* ".includes(text)) return false;
    const before = $from.parent.textBetween(0, $from.parentOffset, null, CHIP);
    if (text === " " && SIGN.test(before) && $from.parent.attrs.level === 0 && $from.index(0) > 0) {
      this.view.dispatch(tr.setNodeMarkup($from.before(), null, { level: 1 }).delete($from.start(), from));
      return true;
    }
    const bold = text === "*" && BOLD_BEGUN.exec(before);
    if (!bold) return false;
    const start = from - bold[0].length;
    const change = tr.delete(from - 1, from).addMark(start + 2, from - 1, BOLD.create()).delete(start, start + 2);
    this.view.dispatch(change.removeStoredMark(BOLD));
    return true;
  }

  keymap() {
    const enter = (state, dispatch) => this.isSingle || outOfEmpty(state, dispatch) || split(state, dispatch);
    return {
      Enter: enter,
      "Shift-Enter": enter,
      Backspace: (state, dispatch) => isAtStart(state) && levelOf(state) > 0 && shift(-1)(state, dispatch),
      // Anywhere else, Tab leaves the box, and so it does for who only comes by.
      Tab: (state, dispatch) => !this.isPassing && isAtStart(state) && levelOf(state) > 0 && shift(1)(state, dispatch),
      "Shift-Tab": (state, dispatch) => !this.isPassing && isAtStart(state) && levelOf(state) > 1 && shift(-1)(state, dispatch),
      "Mod-b": toggleMark(BOLD),
      "Mod-z": undo,
      "Mod-y": redo,
      "Shift-Mod-z": redo,
      "Mod-k": () => Boolean(this.keys) && (this.refer(), true),
    };
  }

  actions() {
    const actions = [{ label: _("Bold"), keys: "Control+B", run: toggleMark(BOLD), isOn: isBold }];
    if (!this.isSingle) {
      actions.push(
        { label: _("Sub-bullet"), run: toggleBullet, isOn: (state) => levelOf(state) > 0, why: FIRST_LINE },
        { label: _("Indent"), keys: "Tab", run: shift(1), why: _("You can indent a sub-bullet that follows another, by one level.") },
        { label: _("Outdent"), keys: "Shift+Tab", run: shift(-1), why: _("This line is not indented.") },
      );
    }
    if (this.keys) actions.push({ label: _("Refer to a paragraph"), keys: "Control+K", ask: () => this.refer() });
    return actions;
  }
}

// --- commands -------------------------------------------------------------------------------------

const split = splitBlockAs((node) => ({ type: node.type, attrs: node.attrs }));

function isBold({ selection: { empty, $from, from, to }, storedMarks, doc }) {
  return empty ? Boolean(BOLD.isInSet(storedMarks ?? $from.marks())) : doc.rangeHasMark(from, to, BOLD);
}

function levelOf({ selection }) {
  return selection.$from.node(1)?.attrs.level ?? 0;
}

function isAtStart({ selection: { empty, $from } }) {
  return empty && $from.parentOffset === 0;
}

function outOfEmpty(state, dispatch) {
  const { empty, $from } = state.selection;
  return empty && !$from.parent.content.size && levelOf(state) > 0 && shift(-1)(state, dispatch);
}

// Give the selected lines their levels: `levelFor` takes a line's level and that of the line before.
function setLevels(levelFor) {
  return (state, dispatch) => {
    const { from, to } = state.selection;
    const change = state.tr;
    let before = -1;
    state.doc.forEach((line, start) => {
      const isSelected = start < to && start + line.nodeSize > from;
      const { level } = line.attrs;
      const now = isSelected ? Math.max(0, Math.min(levelFor(level), DEEPEST, before + 1)) : level;
      if (now !== level) change.setNodeMarkup(start, null, { level: now });
      before = now;
    });
    if (!change.docChanged) return false;
    dispatch?.(change);
    return true;
  };
}

function shift(by) {
  return setLevels((level) => (level ? level + by : 0));
}

function toggleBullet(state, dispatch) {
  return setLevels(levelOf(state) > 0 ? () => 0 : (level) => level || 1)(state, dispatch);
}

// --- copies ---------------------------------------------------------------------------------------

function plain(lines) {
  const signs = ["", "• ", "  • ", "    • "];
  return lines.map(({ level, runs }) => signs[level] + runs.map(({ text, reference }) => (reference ? text.slice(1, -1) : text)).join("")).join("\n");
}

// As lists, which Word and other pages take for lists.
function copied(lines) {
  const page = document.createDocumentFragment();
  let list = null;
  for (const { level, runs } of lines) {
    while (list && depthOf(list) > level) list = list.parentElement?.closest("ul") ?? null;
    for (; level && (!list || depthOf(list) < level); ) {
      const deeper = document.createElement("ul");
      (list?.lastElementChild ?? list ?? page).append(deeper);
      list = deeper;
    }
    const element = document.createElement(level ? "li" : "p");
    element.append(...runs.map(copiedRun));
    (level ? list : page).append(element);
  }
  return page;
}

function depthOf(list) {
  let depth = 0;
  for (let at = list; at; at = at.parentElement?.closest("ul")) depth += 1;
  return depth;
}

function copiedRun({ text, bold, reference }) {
  const element = document.createElement(bold ? "strong" : "span");
  element.textContent = reference ? text.slice(1, -1) : text;
  if (reference) element.dataset.ref = reference;
  return element;
}
