// Asks which paragraph is meant: by its number or by its first words.

import { _, filled, ngettext } from "./words.js";

const SIGNS = /\p{M}/gu;
let count = 0;

// Macrons need not be typed.
function simple(text) {
  return text.normalize("NFD").replace(SIGNS, "").toLowerCase();
}

// Return one of `paragraphs`, { key, number, words }, or null.
export function askForParagraph(paragraphs) {
  return new Promise((resolve) => new Question(paragraphs, resolve).open());
}

class Question {
  constructor(paragraphs, answer) {
    this.paragraphs = paragraphs.map((each) => ({ ...each, simple: simple(each.words) }));
    this.answer = answer;
    this.id = `reference-${(count += 1)}`;
    this.dialog = document.createElement("dialog");
    this.dialog.className = "dialog reference-dialog";
    this.dialog.setAttribute("aria-labelledby", `${this.id}-title`);
    this.dialog.innerHTML = `
      <h2 id="${this.id}-title"></h2>
      <form method="dialog">
        <label class="govuk-label" for="${this.id}"></label>
        <input class="govuk-input" id="${this.id}" role="combobox" autocomplete="off" aria-autocomplete="list"
          aria-expanded="true" aria-controls="${this.id}-list">
        <p class="small quiet" role="status"></p>
        <ul role="listbox" id="${this.id}-list"></ul>
        <p class="button-row">
          <button class="button button-small" type="submit"></button>
          <button class="button button-secondary button-small" type="button"></button>
        </p>
      </form>`;
    const write = (part, words) => (this.dialog.querySelector(part).textContent = words);
    write("h2", _("Refer to a paragraph"));
    write("label", _("Paragraph number or first words"));
    write("[type=submit]", _("Insert"));
    write("[type=button]", _("Cancel"));
    this.input = this.dialog.querySelector("input");
    this.list = this.dialog.querySelector("ul");
    this.list.ariaLabel = _("Paragraphs");
    this.status = this.dialog.querySelector("[role=status]");
  }

  open() {
    this.input.addEventListener("input", () => this.show());
    this.input.addEventListener("keydown", (event) => this.move(event));
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("li")));
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose(this.active);
    });
    this.dialog.querySelector("[type=button]").addEventListener("click", () => this.finish(null));
    this.dialog.addEventListener("close", () => this.finish(null));
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.show();
    this.input.focus();
  }

  get found() {
    const asked = simple(this.input.value.trim());
    const isNumber = ({ number }) => String(number) === asked;
    const matches = this.paragraphs.filter((each) => String(each.number).startsWith(asked) || each.simple.includes(asked));
    return [...matches.filter(isNumber), ...matches.filter((each) => !isNumber(each))];
  }

  show() {
    const { found } = this;
    this.list.replaceChildren(
      ...found.map((paragraph) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.id = `${this.id}-${paragraph.number}`;
        option.paragraph = paragraph;
        const number = document.createElement("b");
        number.textContent = paragraph.number;
        option.append(number, ` ${paragraph.words}`);
        return option;
      }),
    );
    const count = found.length;
    this.status.textContent = count
      ? filled(ngettext("{count} paragraph", "{count} paragraphs", count), { count })
      : _("No paragraph has this number or these words.");
    this.activate(this.list.firstElementChild);
  }

  activate(option) {
    for (const each of this.list.children) each.ariaSelected = String(each === option);
    this.active = option;
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  move(event) {
    const options = [...this.list.children];
    const at = options.indexOf(this.active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to === undefined || !options.length) return;
    event.preventDefault();
    this.activate(options[Math.max(0, Math.min(to, options.length - 1))]);
  }

  choose(option) {
    if (option) this.finish(option.paragraph);
  }

  // Only the first answer counts.
  finish(paragraph) {
    this.dialog.close();
    this.dialog.remove();
    this.answer(paragraph);
  }
}
