// The row of buttons above a text: one stop for Tab, the arrow keys go from button to button.

import { _ } from "./words.js";

export class Tools {
  // An action has a label and `run`, a command, or `ask`; `why` says why it cannot be done now.
  constructor(editor, actions, id) {
    this.editor = editor;
    this.element = document.createElement("div");
    this.element.className = "rich-tools";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", _("Text tools"));
    this.element.setAttribute("aria-controls", id);
    this.buttons = actions.map((action) => this.button(action));
    this.element.append(...this.buttons);
    this.buttons[0].tabIndex = 0;
    this.element.addEventListener("keydown", (event) => this.move(event));
    // The text keeps its focus and its selection while a button is clicked.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
  }

  button(action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rich-tool";
    button.tabIndex = -1;
    button.textContent = action.label;
    if (action.keys) {
      button.setAttribute("aria-keyshortcuts", action.keys);
      button.title = action.keys.replace("Control", "Ctrl");
    }
    button.action = action;
    button.addEventListener("click", ({ detail }) => this.press(button, detail > 0));
    return button;
  }

  // By the keyboard, the focus stays here: some buttons are wanted twice.
  press(button, isByPointer) {
    const { run, ask, why } = button.action;
    const { view, note } = this.editor;
    if (ask) return ask();
    if (!run(view.state, view.dispatch)) note.textContent = why ?? "";
    if (isByPointer) this.editor.focus({ preventScroll: true });
  }

  move(event) {
    const at = this.buttons.indexOf(document.activeElement);
    const last = this.buttons.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    for (const each of this.buttons) each.tabIndex = -1;
    this.buttons[to].tabIndex = 0;
    this.buttons[to].focus();
  }

  update(state) {
    for (const button of this.buttons) {
      const { run, isOn } = button.action;
      if (isOn) button.ariaPressed = String(isOn(state));
      if (run) button.ariaDisabled = String(!run(state));
    }
  }
}
