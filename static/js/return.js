// The return saves as it goes. Each section goes alone, a moment after the typing stops.

import { Autosave, Connection, PATIENCE, errorLine, tellAll, watch } from "./autosave.js";

const form = document.querySelector("[data-return]");
const connection = new Connection({
  part: "[data-return]",
  address: location.pathname,
  closed: "This return can no longer be changed. Copy your words before you leave this page.",
});

// --- one section ----------------------------------------------------------------------------------

class Section extends Autosave {
  constructor(element) {
    super(connection, element, "unsaved" in element.dataset);
    this.element = element;
    this.address = element.dataset.save;
    this.fields = element.querySelector("[data-fields]");
    this.noChange = element.querySelector("[data-no-change]");
    this.steps = new Set(); // milestones that were typed into and not recorded
    this.fields.addEventListener("input", () => this.touch());
    element.addEventListener("input", (event) => {
      const step = event.target.closest("[data-milestone]");
      if (step) this.steps.add(step.dataset.milestone);
    });
    element.addEventListener("click", (event) => this.press(event));
  }

  press(event) {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if ("openMilestone" in pressed.dataset) {
      event.preventDefault();
      fetchFields(pressed.closest("[data-milestone]"), `${this.element.dataset.save}?milestone=`);
      return;
    }
    if ("takeTheirs" in pressed.dataset && !this.theirAnswer) return; // the whole page goes instead
    const act = ["saveSection", "keepMine", "takeTheirs", "noChange", "saveMilestone"].find(
      (name) => name in pressed.dataset,
    );
    if (!act) return;
    event.preventDefault();
    if (act === "takeTheirs") this.takeTheirs();
    else if (act === "noChange") this.act({ act: "no-change" });
    else if (act === "saveMilestone") this.record(pressed.closest("[data-milestone]"));
    else this.saveNow();
  }

  get isUnsaved() {
    return super.isUnsaved || this.steps.size > 0;
  }

  saveNow() {
    if (!this.held) return super.saveNow();
    this.element.querySelector("[data-save-section]").focus();
    return this.keepMine();
  }

  record(step) {
    return this.act({ milestone: step.dataset.milestone });
  }

  takeTheirs() {
    this.fill(this.theirAnswer);
    this.theirAnswer = null;
    this.held = this.typed = false;
    this.theirs.replaceChildren();
    this.showErrors({}, []);
    this.say("As the other person wrote it", "complete");
    this.fields.querySelector("textarea").focus();
    tell();
  }

  tell() {
    tell();
  }

  // The fields of the answer; of a milestone only when it is the one to be recorded.
  body({ act, milestone }) {
    const wanted = new URLSearchParams();
    if (act) wanted.set("act", act);
    if (milestone) wanted.set("milestone", milestone);
    const part = milestone ? this.step(milestone) : this.fields;
    for (const control of part?.querySelectorAll("[name]:not(button)") ?? []) {
      if (control.type !== "radio" || control.checked) wanted.set(control.name, control.value);
    }
    return wanted;
  }

  step(milestone) {
    return this.element.querySelector(`[data-milestone="${milestone}"]`);
  }

  take(status, told, what) {
    this.version.value = told.version;
    progress(told.progress);
    this.showMissing(told.missing);
    if (what.milestone) this.showStep(what.milestone, told, status);
    else if (status !== 409) this.showErrors(told.errors, told.refusals);
    super.take(status, told, what);
  }

  accept(told, what) {
    if (!what.milestone) this.theirs.replaceChildren();
    if (what.act === "no-change") {
      this.fill(told.answer);
      this.typed = false;
    }
    if (told.is_answered) lastSaved = told.saved_at;
    if (this.typed) return;
    if (told.is_answered) {
      this.say(`${told.no_change ? "No change, saved" : "Saved"} at ${told.saved_at}`, "complete");
    } else if (what.milestone) {
      this.say("Milestone recorded. Not answered yet", "quiet");
    } else {
      this.say("Not answered yet: write a few words, or say that nothing changed", "quiet");
    }
  }

  isOurs(told, sent) {
    return Object.entries(told.answer).every(([name, value]) => same(value, sent[name]));
  }

  hold(told) {
    this.acts = this.acts.filter((what) => what.milestone);
    this.theirAnswer = told.answer;
    super.hold(told);
  }

  showStep(milestone, told, status) {
    const old = this.step(milestone);
    if (!old) return;
    const had = old.contains(document.activeElement);
    const holder = document.createElement("template");
    holder.innerHTML = told.milestone;
    const now = holder.content.querySelector("[data-milestone]");
    if (now) old.replaceWith(now);
    else old.remove();
    if (status === 200) this.steps.delete(milestone);
    if (this.noChange) {
      this.noChange.hidden = !told.may_say_no_change;
      this.element.querySelector("[data-overdue]").hidden = told.may_say_no_change;
    }
    if (had) (now?.querySelector("[aria-invalid=true]") ?? now ?? this.element).focus();
  }

  showMissing(missing) {
    this.element.toggleAttribute("data-open", missing.length > 0);
    const line = form.querySelector(`[data-missing-of="${CSS.escape(this.element.dataset.number)}"]`);
    if (!line) return;
    line.hidden = missing.length === 0;
    line.replaceChildren(
      ...missing.map(({ says, target }) => {
        const link = document.createElement("a");
        link.href = `#${target}`;
        link.textContent = says;
        return link;
      }),
    );
    nameTheWay();
  }

  showErrors(errors, refusals) {
    for (const old of this.fields.querySelectorAll(".govuk-error-message, .govuk-error-messages")) old.remove();
    for (const wrong of this.fields.querySelectorAll("[aria-invalid]")) {
      wrong.removeAttribute("aria-invalid");
      wrong.removeAttribute("aria-describedby");
    }
    for (const sentence of [...(errors[""] ?? []), ...refusals]) {
      this.fields.prepend(errorLine(sentence));
    }
    for (const [name, sentences] of Object.entries(errors)) {
      const control = name && this.fields.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!control) continue;
      const line = errorLine(sentences.join(" "));
      line.id = `error-${name}`;
      (control.closest(".govuk-radios") ?? control).before(line);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", line.id);
    }
  }

  fill(answer) {
    for (const [name, value] of Object.entries(answer)) {
      for (const control of this.fields.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio") control.checked = control.value === value;
        else control.value = value;
      }
    }
  }

  sendOnlyVersion() {
    for (const control of this.element.querySelectorAll("[name]")) {
      control.disabled = control !== this.version;
    }
  }

  get version() {
    return this.fields.querySelector("[name$='-version']");
  }
}

// The server trims what it saves.
function same(one, other) {
  return one.trim() === (other ?? "").trim();
}

// --- the page -------------------------------------------------------------------------------------

const sections = [...form.querySelectorAll("[data-section]")].map((element) => new Section(element));
let lastSaved = "";

// Fields that the page leaves out until somebody asks for them.
async function fetchFields(element, address) {
  try {
    const response = await fetch(`${address}${element.dataset.milestone ?? ""}`, {
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw response;
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    const now = holder.content.firstElementChild;
    element.replaceWith(now);
    if ("section" in now.dataset) sections.push(new Section(now));
    (now.querySelector("input:checked") ?? now.querySelector("input:not([type=hidden])")).focus();
  } catch {
    document.querySelector("[data-connection]").textContent = "No connection. Try again in a moment.";
  }
}

for (const button of form.querySelectorAll("[data-open-section]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const closed = button.closest("[data-closed]");
    fetchFields(closed, closed.dataset.save);
  });
}

function progress({ answered, total }) {
  const shown = document.querySelector("[data-progress]");
  shown.querySelector(".number").textContent = `${answered} of ${total} items answered`;
  shown.querySelector("progress").value = answered;
}

function tell() {
  tellAll(sections, document.querySelector("[data-connection]"), {
    held: ({ element }) => `Item ${element.dataset.number} waits for your choice between two texts.`,
    rest: lastSaved && `All saved at ${lastSaved}.`,
  });
}

function go(target) {
  target.scrollIntoView({ block: target.matches("section, fieldset, h2") ? "start" : "center" });
  target.focus({ preventScroll: true });
}

// "What is still missing" becomes the way to the next item that wants something.
function nameTheWay() {
  const isComplete = !form.querySelector("[data-missing-of]:not([hidden])");
  for (const link of document.querySelectorAll("[data-next]")) {
    link.textContent = isComplete ? "All answered: to the end" : "Next unanswered";
  }
  form.querySelector("[data-complete]").hidden = !isComplete;
}
nameTheWay();
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-next]");
  if (!link) return;
  event.preventDefault();
  const here = link.closest("[data-section]");
  const order = [...form.querySelectorAll("[data-section]")];
  const after = [...order.slice(order.indexOf(here) + 1), ...order.slice(0, order.indexOf(here) + 1)];
  const next = after.find((section) => "open" in section.dataset);
  const line = next && form.querySelector(`[data-missing-of="${CSS.escape(next.dataset.number)}"] a`);
  const target = line && document.getElementById(line.hash.slice(1));
  if (target) next.scrollIntoView();
  (target ?? document.getElementById("missing")).focus({ preventScroll: Boolean(target) });
  if (target && !inSight(target)) target.scrollIntoView({ block: "center" });
});

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

form.querySelector("[data-missing]").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  go(target);
});

// Enter in a field saves the section it is in; the whole page is sent only to be submitted.
let leaving = false;
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  const pressed = event.submitter;
  if (!pressed || "enter" in pressed.dataset) {
    event.preventDefault();
    const here = document.activeElement;
    const section = sections.find(({ element }) => element.contains(here));
    const step = here.closest("[data-milestone]");
    if (step) section?.record(step);
    else section?.saveNow();
    return;
  }
  if (pressed.value.startsWith("theirs:")) {
    leaving = true;
    return;
  }
  event.preventDefault();
  await new Promise((next) => setTimeout(next)); // a form cannot be sent from within its own event
  await Promise.all(sections.map((section) => flush(section)));
  const stuck = sections.find((section) => section.isUnsaved);
  if (stuck) {
    go(stuck.element);
    tell();
  } else if (pressed.value === "submit") {
    leaving = true;
    // All is saved. What goes along is what was read: the versions, not texts that grow old.
    for (const section of sections) section.sendOnlyVersion();
    form.requestSubmit(pressed);
  }
});

async function flush(section) {
  for (const step of section.steps) if (!section.acts.some((act) => act.milestone === step)) section.acts.push({ milestone: step });
  if (section.running) await section.running;
  if (section.typed || section.acts.length) await section.run();
}

watch(() => sections, () => leaving);
