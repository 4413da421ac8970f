// The return saves as it goes. Each section goes alone, a moment after the typing stops.

import { announce } from "./announce.js";
import { Autosave, Connection, PATIENCE, errorLine, showStateOf, watch } from "./autosave.js";
import { beganWith, beginAgain, fieldsOf, goOnFrom, goOnFromTheirs, offerBack, put, sayMine, wasOf } from "./boxes.js";
import { clock } from "./clock.js";
import { Device, changedIn, inWords, keptSince, labelOf, linesOf, same } from "./device.js";
import { takeDropped } from "./evidence.js";
import { showFoot, stayAboveKeyboard, tryAgain } from "./return_foot.js";
import { begin, markAll, markItem, onlyShown, setProgress, show } from "./return_steps.js";
import { _, filled, ngettext } from "./words.js";

const form = document.querySelector("[data-return]");
const connection = new Connection({
  part: "[data-return]",
  address: location.pathname,
  closed: _("This return can no longer be changed. Copy your text before you leave this page."),
});
const device = new Device(form.dataset.person);
const DISCARDED = "discarded"; // of the page before: what was typed on a milestone and not finished
const REST = " rest"; // ends the names of what is kept from before
let waiting = []; // what is kept on the device from before, until it is put back or discarded

const SHORT = 6000; // ms for an answer before the page is left
// Of two versions the other was chosen.
function offerMine(place, back) {
  offerBack(place, _("Yours is not used."), back, _("Use mine instead"));
}

const WANTED_NUMBER = "[data-measure].due-milestone-asked";
const STEP_PAUSE = 1200; // ms after the last key in a milestone

// --- two versions -------------------------------------------------------------------------------------

// Take the two versions away; what had the focus gives it to the fields, and the page stays where it is.
function clear(theirs, part) {
  const had = theirs.contains(document.activeElement);
  theirs.replaceChildren();
  if (had) firstOf(part).focus({ preventScroll: true });
}

// What is said to be wrong of all fields of a part, and of none alone.
function sayNothingOfWhole(part) {
  for (const line of part.querySelectorAll(".govuk-error-message")) if (!line.closest(".field, [data-step-theirs]")) line.remove();
}

// A second question looks like the first.
function sayAgain(box) {
  const words = _("Changed again meanwhile: this is a newer version than the one you have just seen.");
  const line = Object.assign(document.createElement("p"), { textContent: words });
  box.querySelector(".callout-title").after(line);
  announce(words);
  go(box);
}

function heldIn(theirs) {
  return [...theirs.querySelectorAll("[data-held]")].map((each) => each.dataset.held);
}

// --- one section ----------------------------------------------------------------------------------

// Something of the return that is saved, and kept on the device while it cannot be sent. A subclass gives `kept`, what to keep.
class Part extends Autosave {
  constructor(element) {
    super(connection, element, "unsaved" in element.dataset);
    this.element = element;
    this.address = addressOf(element);
    this.fields = element.querySelector("[data-fields]");
    this.steps = new Map(); // milestones that were typed into and not kept yet, by their ids
    this.unfinished = new Map(); // milestones that are kept and not finished; why, if the server said so
  }

  // Buttons that do something: by their attribute. Any other saves.
  listen(acts) {
    this.element.addEventListener("click", (event) => {
      const pressed = event.target.closest("button");
      if (!pressed) return;
      event.preventDefault();
      const act = Object.keys(acts).find((name) => name in pressed.dataset);
      if (act) acts[act]();
      else this.saveNow();
    });
  }

  // The two versions.
  get box() {
    return this.held ? this.theirs.firstElementChild : null;
  }

  touch() {
    super.touch();
    this.showState();
  }

  hurry() {
    super.hurry();
    this.remember();
  }

  showState() {
    this.remember();
    showState();
  }

  // What is sent is erased on the device.
  remember() {
    const isStuck = this.trouble || this.held || this.fault || document.visibilityState === "hidden";
    if (!this.isUnsaved) {
      device.forget(this.element.id);
      this.keptSince = this.keptAt = "";
    } else if (isStuck) {
      this.keptAt ||= Date.now();
      this.keptSince = device.keep(this.element.id, { ...this.kept, at: this.keptAt }) ? this.keptSince || clock() : "";
    }
  }

  // Beside another version stands what is in the field now.
  showYours({ name, value }) {
    const place = this.element.querySelector(`[data-held="${CSS.escape(name)}"] [data-yours]`);
    if (!place) return;
    const lines = inWords(name, value).split("\n").filter((words) => words.trim());
    place.hidden = lines.length === 0;
    place.lastElementChild.replaceChildren(...lines.map((textContent) => Object.assign(document.createElement("p"), { textContent })));
  }

  showErrors(errors, refusals) {
    for (const old of this.fields.querySelectorAll(".govuk-error-message, .govuk-error-messages")) old.remove();
    for (const wrong of this.fields.querySelectorAll("[aria-invalid]")) {
      wrong.removeAttribute("aria-invalid");
      describe(wrong);
    }
    for (const sentence of [...(errors[""] ?? []), ...refusals]) this.fields.prepend(errorLine(sentence));
    for (const [name, sentences] of Object.entries(errors)) {
      const control = name && this.fields.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!control) continue;
      const line = errorLine(sentences.join(" "));
      line.id = `error-${name}`;
      (control.closest(".govuk-radios") ?? control).before(line);
      control.setAttribute("aria-invalid", "true");
      describe(control, line.id);
      const more = control.closest("details");
      if (more) more.open = true;
    }
  }
}

class Section extends Part {
  constructor(element) {
    super(element);
    element.addEventListener("focusin", () => fetchAhead(element), { once: true });
    this.inBriefing = element.querySelector("[data-in-briefing]");
    this.noChange = element.querySelector("[data-no-change]");
    this.same = element.querySelector("[data-same]");
    this.faults = new Map(); // why a milestone was refused and not kept, by its id
    for (const { dataset } of element.querySelectorAll("[data-milestone]:has([data-discard]:not([hidden]))")) this.unfinished.set(dataset.milestone, "");
    for (const { dataset } of element.querySelectorAll("[data-milestone]:has([data-step-theirs] > *)")) this.holdStep(dataset.milestone);
    this.fields.addEventListener("input", ({ target }) => {
      sayMine(target);
      this.showYours(target);
      this.touch();
      this.showSame();
      const keeps = element.querySelector("[data-keeps]");
      if (keeps) keeps.hidden = true;
    });
    element.addEventListener("input", (event) => {
      const step = event.target.closest("[data-milestone]");
      if (step) {
        sayMine(event.target);
        this.showYours(event.target);
        this.touchStep(step.dataset.milestone);
      }
    });
    element.addEventListener("click", (event) => this.press(event));
    // Evidence shows an answer, so what is typed is saved first.
    takeDropped(element, () => flush(this), () => connection.tokens[0].value);
  }

  press(event) {
    const pressed = event.target.closest("button");
    if (!pressed || pressed.closest("[data-note], [data-measure]")) return;
    if ("openMilestone" in pressed.dataset) {
      event.preventDefault();
      openStep(pressed.closest("[data-milestone]"), this.address);
      return;
    }
    const step = pressed.closest("[data-milestone]");
    if (step && ("keepMine" in pressed.dataset || "takeTheirs" in pressed.dataset)) {
      event.preventDefault();
      this.chooseStep(step.dataset.milestone, "takeTheirs" in pressed.dataset);
      return;
    }
    if ("takeTheirs" in pressed.dataset && !this.theirAnswer) return; // the whole page goes instead
    if ("copyLast" in pressed.dataset) {
      event.preventDefault();
      this.copyLast();
      return;
    }
    const act = ["saveSection", "keepMine", "takeTheirs", "noChange", "saveMilestone"].find(
      (name) => name in pressed.dataset,
    );
    if (!act) return;
    event.preventDefault();
    if (act === "takeTheirs") this.takeTheirs();
    else if (act === "keepMine") this.keepMine();
    else if (act === "noChange") this.sayNoChange();
    else if (act === "saveMilestone") this.record(pressed.closest("[data-milestone]"));
    else this.saveNow();
  }

  // Last time's words by the boxes that they go into.
  get lastWords() {
    const found = new Map();
    for (const words of this.element.querySelectorAll(".return-last [data-words]")) {
      found.set(this.fields.querySelector(`textarea[name$="-${words.dataset.words}"]`), (words.dataset.typed ?? words.innerText).trim());
    }
    return found;
  }

  // Never takes words out: the server refuses that too.
  sayNoChange() {
    if (this.held) {
      this.askToChoose();
      return;
    }
    const written = [...this.fields.querySelectorAll("textarea")].some((box) => box.value.trim());
    this.element.querySelector("[data-keeps]").hidden = !written;
    if (!written) this.act({ act: "no-change" });
  }

  // Fills the empty boxes: what is typed is never replaced.
  copyLast() {
    const empty = [...this.lastWords].filter(([box]) => !box.value.trim());
    for (const [box, words] of empty) {
      box.value = words;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (empty.length) {
      empty[0][0].focus();
    } else {
      this.say(_("The boxes already have text. Clear a box to copy into it."), "quiet");
      announce(this.state.textContent);
    }
  }

  showSame() {
    if (!this.same) return;
    const last = this.lastWords;
    const boxes = [...this.fields.querySelectorAll("textarea")];
    this.same.hidden = !boxes.every((box) => same(box.value, last.get(box)));
  }

  get isUnsaved() {
    return super.isUnsaved || this.steps.size > 0;
  }

  // --- milestones: kept as they are typed, recorded by their button

  touchStep(id) {
    const step = this.steps.get(id) ?? { held: false, lost: [] };
    this.steps.set(id, step);
    step.typed = true;
    clearTimeout(step.timer);
    this.faults.delete(id);
    if (!step.held) {
      this.sayOfStep(id, _("Not saved yet"));
      step.timer = setTimeout(() => this.keepStep(id), STEP_PAUSE);
    }
    this.showState();
  }

  keepStep(id) {
    clearTimeout(this.steps.get(id)?.timer);
    if (!this.acts.some((what) => what.milestone === id)) this.acts.push({ milestone: id, keep: true });
    return this.run();
  }

  keepSteps() {
    for (const [id, { held }] of this.steps) if (!held) this.keepStep(id);
  }

  forgetStep(id) {
    clearTimeout(this.steps.get(id)?.timer);
    this.steps.delete(id);
    this.unfinished.delete(id);
    this.acts = this.acts.filter((what) => what.milestone !== id);
    this.remember();
  }

  // Waits for a choice between two versions. What is typed meanwhile is not kept as a draft, which would take them away.
  holdStep(id, began) {
    this.acts = this.acts.filter((what) => what.milestone !== id);
    const step = this.steps.get(id) ?? { lost: [] };
    this.steps.set(id, Object.assign(step, { held: true, typed: true, began }));
    clearTimeout(step.timer);
    this.faults.set(id, _("A milestone has two versions. Choose one."));
    this.sayOfStep(id, _("Not saved"));
  }

  // The two versions stay in sight until the choice is kept.
  chooseStep(id, isTheirs) {
    const step = this.steps.get(id) ?? { lost: [] };
    const part = this.step(id);
    this.steps.set(id, step);
    step.held = false;
    step.typed = true;
    if (isTheirs) {
      step.mine = new Map();
      for (const name of heldIn(part.querySelector("[data-step-theirs]"))) {
        step.mine.set(name, fieldsOf(part).get(name) ?? "");
        put(part, name, fieldsOf(part).get(`other-${name}`));
      }
    }
    this.faults.delete(id);
    this.keepStep(id);
  }

  // A milestone that is kept as typed says so itself; the item's answer stays as it is.
  sayOf(what, sentence, kind) {
    if (what.keep) this.sayOfStep(what.milestone, sentence);
    else super.sayOf(what, sentence, kind);
  }

  sayOfStep(id, words) {
    const line = this.step(id)?.querySelector("[data-step-state]");
    if (line) line.textContent = words;
  }

  takeKept(status, result, { milestone: id, sent }) {
    const part = this.step(id);
    const step = this.steps.get(id) ?? { lost: [] };
    if (status === 200) {
      goOnFrom(part, result.kept, sent);
      step.lost = [];
      part.querySelector("[data-discard]").hidden = !result.is_unfinished;
      const place = part.querySelector("[data-step-theirs]");
      if (place.childElementCount) sayNothingOfWhole(part); // of the two versions, of which one is chosen
      clear(place, part);
      const { mine, began } = step;
      step.mine = null;
      if (mine) offerMine(place, () => {
        beginAgain(part, mine, began);
        this.touchStep(id);
      });
      if (!step.typed) {
        this.steps.delete(id);
        if (result.is_unfinished) this.unfinished.set(id, result.newer);
        else this.unfinished.delete(id);
        lastSaved = result.saved_at;
        const says = result.newer ? _("Kept at {time}, not finished. {newer}") : _("Kept at {time}, not finished. Choose “Save milestone” when it is.");
        this.sayOfStep(id, result.is_unfinished ? filled(says, { time: result.saved_at, newer: result.newer }) : "");
      }
      return;
    }
    step.typed = true;
    this.steps.set(id, step);
    const now = fragment(result.milestone ?? "").querySelector("[data-milestone]");
    const theirs = now?.querySelector("[data-step-theirs]");
    if (!theirs?.childElementCount) {
      this.faults.set(id, result.refusals[0] ?? _("See what is wrong here."));
      this.sayOfStep(id, _("Not saved"));
      return;
    }
    const saved = Object.fromEntries([...now.querySelectorAll("[data-was]")].map(({ name, value }) => [name.slice("initial-".length), value]));
    const isOurs = step.lost.some((lost) => Object.entries(saved).every(([name, value]) => same(value, lost[name])));
    step.lost = [];
    const began = beganWith(part);
    goOnFromTheirs(part, saved);
    if (isOurs) {
      this.acts.push({ milestone: id, keep: true });
      return;
    }
    const place = part.querySelector("[data-step-theirs]");
    const isAgain = place.childElementCount > 0;
    place.replaceChildren(...theirs.childNodes);
    this.holdStep(id, began);
    if (isAgain) sayAgain(place.firstElementChild);
  }

  hurry() {
    this.keepSteps();
    super.hurry();
  }

  get kept() {
    const parts = [...(this.typed || this.running ? [this.fields] : []), ...[...this.steps.keys()].map((id) => this.step(id))];
    const fields = Object.fromEntries(parts.flatMap((part) => [...fieldsOf(part)]));
    for (const { held, began } of [this, ...this.steps.values()]) if (held) Object.assign(fields, began);
    return { number: this.element.dataset.number, fields, steps: [...this.steps.keys()] };
  }

  saveNow() {
    if (!this.held) return super.saveNow();
    this.askToChoose();
    return Promise.resolve();
  }

  // Only the buttons of the two versions choose between them.
  askToChoose(box = this.box) {
    sayNotDone(_("Not saved: there are two versions. Choose one."));
    go(box);
  }

  // Two versions, of the answer or of a milestone.
  get box() {
    return (this.held && this.theirs.firstElementChild) || this.element.querySelector("[data-step-theirs] > *");
  }

  record(step) {
    const { milestone } = step.dataset;
    if (this.steps.get(milestone)?.held) {
      this.askToChoose(step.querySelector("[data-step-theirs] > *"));
      return Promise.resolve();
    }
    clearTimeout(this.steps.get(milestone)?.timer);
    this.acts = this.acts.filter((what) => what.milestone !== milestone);
    return this.act({ milestone });
  }

  // Whether a field differs from what it began with.
  get isChanged() {
    return [...fieldsOf(this.fields)].some(([name, value]) => {
      const was = wasOf(this.fields, name);
      return was && !same(value, was.value);
    });
  }

  // Only the fields that both changed; what else this person wrote is saved.
  takeTheirs() {
    const mine = new Map(heldIn(this.theirs).map((name) => [name, fieldsOf(this.fields).get(name) ?? ""]));
    for (const name of mine.keys()) put(this.fields, name, this.theirAnswer[name]);
    this.theirAnswer = null;
    this.held = false;
    this.wrong = "";
    const { began } = this;
    offerMine(this.theirs, () => {
      beginAgain(this.fields, mine, began);
      this.touch();
    });
    this.showErrors({}, []);
    this.fields.querySelector("textarea").focus();
    this.typed = this.isChanged;
    lastSaved = clock();
    if (this.typed) this.saveNow();
    else this.say(_("The other version"), "complete");
    this.showState();
  }

  // The fields of the answer; of a milestone only when it is the one to be recorded.
  body(what) {
    const { act, milestone, keep } = what;
    const wanted = fieldsOf(milestone ? this.step(milestone) : this.fields);
    if (act ?? keep) wanted.set("act", act ?? "keep");
    if (milestone) wanted.set("milestone", milestone);
    const step = keep && this.steps.get(milestone);
    if (step) {
      step.typed = false;
      step.lost.push(Object.fromEntries(wanted));
    }
    what.sent = Object.fromEntries(wanted);
    return wanted;
  }

  step(milestone) {
    return this.element.querySelector(`[data-milestone="${milestone}"]`);
  }

  take(status, result, what) {
    isConnected();
    progress(result.progress, result.mended);
    const isMended = mended(result.mended);
    noteCame(result.newest_note);
    setProgress(this.element, result, isMended);
    this.showMissing(result.missing);
    this.showEmpty(result.empty);
    if (result.is_answered) this.sayWhyWords(false);
    if (what.keep) {
      this.takeKept(status, result, what);
      return;
    }
    if (what.milestone) this.showStep(what.milestone, result, status, what.sent);
    else if (status !== 409) this.showErrors(result.errors, result.refusals);
    super.take(status, result, what);
  }

  refuse(result, what) {
    const before = this.wrong;
    super.refuse(result, what);
    if (!what.milestone) return;
    const [said] = this.step(what.milestone)?.querySelectorAll(".govuk-error-message") ?? [];
    if (result.kept) this.unfinished.set(what.milestone, said?.lastChild.textContent.trim() ?? this.wrong);
    else this.faults.set(what.milestone, this.wrong);
    if (result.kept) {
      lastSaved = result.saved_at;
      this.say(_("A milestone is not finished"), "late");
    }
    this.wrong = before;
  }

  // Why something of the item is not saved, if the server said so.
  get fault() {
    return this.wrong || [...this.faults.values()][0] || "";
  }

  accept(result, what) {
    if (!what.milestone) {
      clear(this.theirs, this.fields);
      // The version goes with its words: what another wrote in a box that was typed into since is asked about.
      if (goOnFrom(this.fields, result.answer ?? {}, what.sent, Boolean(what.act))) this.version.value = result.version;
      if (what.act === "no-change") this.typed = this.isChanged;
    }
    if (result.in_briefing !== null) this.inBriefing.innerHTML = result.in_briefing;
    if (result.is_answered) lastSaved = result.saved_at;
    if (this.typed) return;
    if (result.is_answered) {
      if (result.missing.length) this.say(filled(_("Saved at {time}. Not finished: see what is missing"), { time: result.saved_at }), "quiet");
      else this.say(filled(result.no_change ? _("No change, saved at {time}") : _("Saved at {time}"), { time: result.saved_at }), "complete");
    } else if (what.milestone) {
      this.say(_("Milestone saved. Not answered yet"), "quiet");
    } else {
      this.say(_("Not answered yet: write at least one sentence, or choose “No change”"), "quiet");
    }
  }

  isOurs(result, sent) {
    return Object.entries(result.answer).every(([name, value]) => same(value, sent[name]));
  }

  goOn(result) {
    goOnFromTheirs(this.fields, result.answer);
    this.version.value = result.version;
  }

  hold(result) {
    this.acts = this.acts.filter((what) => what.milestone);
    this.theirAnswer = result.answer;
    this.began = beganWith(this.fields);
    const isAgain = this.theirs.childElementCount > 0;
    super.hold(result);
    this.goOn(result);
    if (isAgain) sayAgain(this.box);
  }

  showStep(milestone, result, status, sent) {
    const old = this.step(milestone);
    if (!old || result.milestone === null) return; // not saved: what was typed stays to be copied
    const had = old.contains(document.activeElement);
    const since = [...fieldsOf(old)].filter(([name, value]) => wasOf(old, name) && value !== (sent[name] ?? ""));
    const now = fragment(result.milestone).querySelector("[data-milestone]");
    const began = beganWith(old);
    if (now) old.replaceWith(now);
    else old.remove();
    if (status === 200 || result.kept) {
      clearTimeout(this.steps.get(milestone)?.timer);
      this.steps.delete(milestone);
      this.faults.delete(milestone);
      this.unfinished.delete(milestone);
    }
    if (now?.querySelector("[data-step-theirs] > *")) this.holdStep(milestone, began);
    if (this.noChange) {
      this.noChange.hidden = !result.may_say_no_change;
      this.sayWhyWords(result.is_overdue && !result.is_answered);
    }
    if (had) (now?.querySelector("[aria-invalid=true]") ?? now ?? this.element).focus();
    if (since.length && now) putStepBack({ id: this.element.id, step: milestone, fields: since });
  }

  // That a milestone is overdue, so that words are needed.
  sayWhyWords(isSaid) {
    const line = this.element.querySelector("[data-overdue]");
    if (line) line.hidden = !isSaid;
  }

  showMissing(missing) {
    this.element.toggleAttribute("data-open", missing.length > 0);
    const links = missing.map(({ says, target }) => linkTo(`#${target}`, says));
    setLine(form.querySelector("[data-missing]"), "missingOf", this.element, links);
    nameTheWay();
  }

  // The boxes whose text says nothing, in the line before the return is submitted.
  showEmpty(boxes) {
    const part = form.querySelector("[data-empty]");
    if (!part) return;
    const link = linkTo(`#${this.element.id}`, filled(_("item {number}"), this.element.dataset));
    setLine(part.querySelector("ul"), "emptyOf", this.element, boxes ? [link, ` (${boxes})`] : []);
    part.hidden = !part.querySelector("li");
    nameTheWay();
  }


  sendOnlyVersion() {
    for (const control of this.element.querySelectorAll("[name]")) {
      control.disabled = control !== this.version && !("read" in control.dataset);
    }
  }

  get version() {
    return this.fields.querySelector("[name$='-version']");
  }
}

// --- the reply to a note of the coordinator ---------------------------------------------------------

class Reply extends Part {
  constructor(element) {
    super(element);
    this.state = element.querySelector("[data-reply-state]");
    this.theirs = element.querySelector("[data-reply-theirs]");
    this.field = element.querySelector("textarea");
    this.version = element.querySelector("[name$='-version']");
    this.field.addEventListener("input", () => this.touch());
    this.listen({ keepMine: () => this.keepMine() });
  }

  get kept() {
    return { fields: { [this.version.name]: this.held ? this.began : this.version.value, [this.field.name]: this.field.value }, steps: [] };
  }

  body() {
    return new URLSearchParams([this.version, this.field].map(({ name, value }) => [name, value]));
  }

  take(status, result, what) {
    isConnected();
    this.began = this.version.value;
    if (status !== 422) this.version.value = result.version;
    this.showErrors(status === 422 ? result.errors : []);
    super.take(status, result, what);
  }

  accept(result) {
    this.theirs.replaceChildren();
    lastSaved = result.saved_at;
    const section = this.element.closest("[data-section]");
    if (mended(result.mended) && section) setProgress(section, { missing: [], is_answered: true }, true);
    if (!this.typed) this.say(filled(_("Saved at {time}"), { time: result.saved_at }), "complete");
  }

  showErrors(sentences) {
    for (const old of this.element.querySelectorAll(".govuk-error-message")) old.remove();
    for (const sentence of sentences) this.field.before(errorLine(sentence));
    this.field.toggleAttribute("aria-invalid", sentences.length > 0);
  }

  isOurs(result, sent) {
    return same(result.answer[this.field.name], sent[this.field.name]);
  }

  sendOnlyVersion() {
    this.version.disabled = this.field.disabled = true;
  }
}

// --- the number of a measure -------------------------------------------------------------------------

class Measure extends Part {
  constructor(element) {
    super(element);
    this.version = this.fields.querySelector("[name$='-version']");
    this.fields.addEventListener("input", ({ target }) => {
      sayMine(target);
      this.touch();
    });
    this.listen({ keepMine: () => this.keepMine(), sameAsLast: () => this.act({ act: "same" }), clear: () => this.act({ act: "clear" }) });
  }

  // Half an answer is no mistake while it is typed.
  get waits() {
    const boxes = fieldsOf(this.fields);
    const typed = (name) => boxes.get(this.version.name.replace("version", name))?.trim();
    const isNumber = typed("number") && typed("of") !== "";
    return isNumber || (typed("because") && typed("expected_by")) ? "" : _("Not complete yet");
  }

  get kept() {
    return { isMeasure: true, fields: { ...Object.fromEntries(fieldsOf(this.fields)), ...(this.held ? this.began : {}) }, steps: [] };
  }

  body(what) {
    const wanted = fieldsOf(this.fields);
    if (what.act) wanted.set("act", what.act);
    what.sent = Object.fromEntries(wanted);
    return wanted;
  }

  take(status, result, what) {
    isConnected();
    this.showErrors(status === 422 ? result.errors : {}, status === 422 ? result.refusals : []);
    this.fields.querySelector("[data-why]").hidden = !result.asks_why;
    super.take(status, result, what);
  }

  accept(result, what) {
    clear(this.theirs, this.fields);
    if (goOnFrom(this.fields, result.answer, what.sent, Boolean(what.act))) this.version.value = result.version;
    if (what.act) this.typed = false;
    this.element.querySelector("[data-printed]").innerHTML = result.printed;
    this.element.querySelector("[data-clear]").hidden = !result.version;
    this.element.classList.toggle("due-milestone-asked", result.is_wanted);
    const missing = form.querySelector(`[data-missing-number="${CSS.escape(this.element.id)}"]`);
    if (missing) missing.hidden = !result.is_wanted;
    nameTheWay();
    lastSaved = result.saved_at;
    if (!this.typed) this.say(filled(result.version ? _("Saved at {time}") : _("Removed at {time}"), { time: result.saved_at }), "complete");
  }


  isOurs(result, sent) {
    return Object.entries(result.answer).every(([name, value]) => same(value, sent[name] ?? ""));
  }

  goOn(result) {
    goOnFromTheirs(this.fields, result.answer);
    this.version.value = result.version;
  }

  hold(result) {
    this.began = beganWith(this.fields);
    super.hold(result);
    this.goOn(result);
  }

  sendOnlyVersion() {
    for (const control of this.element.querySelectorAll("[name]")) control.disabled = control !== this.version;
  }
}

// Describes a control by the line of its error, beside the beginning of its sentence and its reading.
function describe(control, error = "") {
  const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !/^error-|_error$/.test(id));
  const ids = [error, ...others].filter(Boolean).join(" ");
  if (ids) control.setAttribute("aria-describedby", ids);
  else control.removeAttribute("aria-describedby");
}

function linkTo(href, textContent) {
  return Object.assign(document.createElement("a"), { href, textContent });
}

// Say in the section's line of a list at the end what it wants; without words there is no line. The lines are in the order of the sections.
function setLine(list, name, { dataset: { number } }, words) {
  [...list.children].find(({ dataset }) => dataset[name] === number)?.remove();
  if (words.length === 0) return;
  const line = document.createElement("li");
  line.dataset[name] = number;
  line.append(...words);
  const numbers = [...form.querySelectorAll("[data-number]")].map(({ dataset }) => dataset.number);
  const later = [undefined, ...numbers.slice(numbers.indexOf(number) + 1)];
  list.insertBefore(line, [...list.children].find(({ dataset }) => later.includes(dataset[name])) ?? null);
}

// Where a part of the return is saved, and fetched from.
function addressOf({ dataset: { save, number } }) {
  return save ?? `${location.pathname}items/${encodeURIComponent(number)}/`;
}

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

// --- the page -------------------------------------------------------------------------------------

const sections = [
  ...[...form.querySelectorAll("[data-section]")].map((element) => new Section(element)),
  ...[...form.querySelectorAll("[data-note]")].map((element) => new Reply(element)),
  ...[...form.querySelectorAll("[data-measure]")].map((element) => new Measure(element)),
];
let lastSaved = "";

// --- fields that the page leaves out until somebody asks for them -----------------------------------

const fetched = new Map(); // HTML of sections, on its way or here, by address

async function fetchFields(address) {
  const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw response;
  return response.text();
}

function fetchSection(element) {
  const address = addressOf(element);
  if (!fetched.has(address)) fetched.set(address, fetchFields(address));
  return fetched.get(address);
}

// Whoever writes in one section comes to the next one that wants something soon.
function fetchAhead(element) {
  const next = nextWanting(element);
  if (next && "closed" in next.dataset) fetchSection(next).catch(() => fetched.delete(addressOf(next)));
}

// Put the fetched element in the place of the other one and return it; null if it did not come.
async function replace(element, coming) {
  try {
    const now = fragment(await coming).firstElementChild;
    isConnected();
    if (!element.isConnected) return null; // a second click
    element.replaceWith(now);
    return now;
  } catch {
    sayTryAgain();
    return null;
  }
}

function sayTryAgain() {
  sayNotDone(_("No connection. Try again in a moment."), "", (isBack) => isBack);
  showState();
}

// What a button could not do stands before what is saved, until something else is pressed or typed. `then`: what stands there once
// `isOver`, which is asked when something is saved and when the connection is back.
// With `stays` it also stands while something is typed, until it is done or put away.
let notDone = null;
function sayNotDone(words, then = "", isOver = () => false, stays = false) {
  document.querySelector("[data-not-done]").textContent = words && `${words} `;
  document.querySelector("[data-put-away]").hidden = !words || !stays;
  notDone = { then, isOver, stays };
  if (words) announce(words);
}
document.querySelector("[data-put-away] button").addEventListener("click", () => {
  sayNotDone("");
  showState();
});

function lookAgain(isBack = false) {
  if (notDone?.isOver(isBack)) sayNotDone(notDone.then, "", () => false, notDone.stays);
}

function isConnected() {
  lookAgain(true);
}
addEventListener("online", isConnected);

async function openStep(step, address) {
  const now = await replace(step, fetchFields(`${address}?milestone=${step.dataset.milestone}`));
  if (now) focusFirst(now);
}

// Return the section with its fields.
async function openSection(element) {
  if (!("closed" in element.dataset)) return element;
  const now = await replace(element, fetchSection(element));
  fetched.delete(addressOf(element));
  if (now) {
    const replaced = sections.filter((each) => element.contains(each.element));
    for (const each of replaced) sections.splice(sections.indexOf(each), 1);
    if (!element.hasAttribute("data-away")) show(now);
    sections.push(new Section(now));
    for (const note of now.querySelectorAll("[data-note]")) sections.push(new Reply(note));
    for (const each of now.querySelectorAll("[data-measure]")) sections.push(new Measure(each));
  }
  return now;
}

function firstOf(element) {
  const first = element.querySelector("[data-fields] :is(input:checked, textarea)");
  return first ?? element.querySelector("input:checked") ?? element.querySelector("input:not([type=hidden])");
}

function focusFirst(element) {
  show(element);
  firstOf(element).focus();
}

form.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-open-section]");
  if (!button) return;
  event.preventDefault();
  const now = await openSection(button.closest("[data-closed]"));
  if (now) focusFirst(now);
});

function fillBar(words, [done, all] = words.match(/\d+/g)) {
  const shown = document.querySelector("[data-progress]");
  shown.querySelector(".number").textContent = words;
  markAll(words);
  Object.assign(shown.querySelector("progress"), { max: all, value: done });
}

// Once every item is answered, what is left is what the coordinator asks to change.
function progress({ answered, total }, mendedWords) {
  const rest = form.querySelector("[data-rest]");
  if (rest) rest.hidden = answered >= total;
  if (mendedWords && answered === total) return fillBar(mendedWords);
  const words = ngettext("{answered} of {total} item answered", "{answered} of {total} items answered", total);
  fillBar(filled(words, { answered, total }), [answered, total]);
}

// How many of the items that were sent back are changed or answered. Return whether that is news.
function mended(words) {
  const shown = document.querySelector("[data-mended]");
  if (!shown || !words || words === shown.textContent) return false;
  if (document.querySelector("[data-progress]").textContent.trim() === shown.textContent) fillBar(words);
  shown.textContent = words;
  const title = document.getElementById("sent-back").lastChild;
  title.textContent = isToMend() ? _("Sent back: not finished") : _("Sent back: changed or answered");
  return true;
}

// A note that came since the page was opened is not on it.
function noteCame(newest) {
  const line = document.querySelector("[data-note-came]");
  if (!line.hidden || newest <= Number(form.dataset.newestNote)) return;
  line.hidden = false;
  announce(line.textContent);
}

function showState() {
  nameTheWay();
  lookAgain();
  const line = document.querySelector("[data-connection]");
  const unsaved = sections.filter((each) => each.held || each.fault);
  countUnsaved(unsaved);
  showNow(line, unsaved);
  showStateOf(sections, line, {
    held: ({ element: { dataset } }) => {
      if (dataset.number) return filled(_("Item {number} has two versions. Choose one."), dataset);
      return "measure" in dataset ? _("A number has two versions. Choose one.") : _("A reply has two versions. Choose one.");
    },
    wrong: ({ element: { dataset }, fault }) => {
      if (!dataset.number) return filled("measure" in dataset ? _("A number is not saved. {why}") : _("A reply is not saved. {why}"), { why: fault });
      // Some sentences of the server begin with these words already.
      if (fault.startsWith(filled(_("Item {number} is not saved"), dataset))) return fault;
      return filled(_("Item {number} is not saved. {why}"), { number: dataset.number, why: fault });
    },
    rest: restInWords(),
    // What a button could not do says already why.
    offline: document.querySelector("[data-not-done]").textContent ? _("Not saved") : _("Not saved: no connection"),
  });
  const stuck = sections.filter((each) => each.trouble && each.isUnsaved);
  if (unsaved.length > 0 && stuck.length === 0) nameUnsaved(line, unsaved);
  linkDraft(line);
  for (const each of sections) if (each.element.dataset.number) markItem(each.element.dataset.number, isStuck(each));
  if (stuck.length > 0 || unsaved.length > 0 || waiting.length > 0) showFoot("unsaved", stuck);
  else if (sections.some((each) => each.isUnsaved) || form.querySelector(".form-state")?.textContent) showFoot("saving", []);
  else if (document.querySelector("[data-not-done]").textContent) showFoot("unsaved", []);
  else showFoot(sections.some((each) => each.unfinished.size > 0) ? "draft" : "saved", []);
}

function isStuck(each) {
  return each.isUnsaved && Boolean(each.trouble || each.held || each.fault);
}

// What is neither saved nor refused yet, instead of the line, which is read aloud only for what came of it.
function showNow(line, unsaved) {
  const isStuck = unsaved.length > 0 || sections.some((each) => each.trouble);
  let says = "";
  if (isStuck) says = "";
  else if (sections.some((each) => each.running)) says = _("Saving …");
  else if (sections.some((each) => each.isUnsaved)) says = _("Not saved yet");
  else if (!lastSaved && waiting.length === 0 && !restInWords()) says = form.dataset.allSaved.trim();
  const now = document.querySelector("[data-now]");
  now.textContent = says;
  if (!isStuck && !says && waiting.length > 0) {
    const words = _("Text is kept on this device and was not sent");
    now.append(Object.assign(document.createElement("a"), { href: "#unsent", textContent: words }), ". ");
  }
  line.classList.toggle("visually-hidden", Boolean(says));
}

// What another button sends, and what is kept of a milestone and is not its answer, is not all saved.
function restInWords() {
  const time = lastSaved;
  const unsent = form.querySelector(".form-state")?.textContent;
  if (unsent) return `${labelOf(form.querySelector("[name=writers-note]"))}: ${unsent}`;
  const refused = sections.find((each) => [...each.unfinished.values()].some(Boolean));
  const draft = refused ? null : draftOf(sections);
  if (draft) return filled(_("Milestone kept as a draft: {name}"), { name: nameOf(draft) });
  if (!time || waiting.length > 0) return "";
  if (!refused) return filled(_("All saved at {time}"), { time });
  const why = [...refused.unfinished.values()].find(Boolean);
  return filled(_("All saved at {time}, but a milestone of item {number} is not finished. {why}"), { time, why, number: refused.element.dataset.number });
}

function draftOf(among) {
  const id = among.flatMap((each) => [...each.unfinished.keys()])[0];
  return id && document.getElementById(`milestone-${id}`);
}

// One line of a phone's bar holds it.
function nameOf(step) {
  const name = step.querySelector("legend").textContent.trim();
  return name.length > 40 ? `${name.slice(0, 39).trimEnd()}…` : name;
}

// A draft is named with the way to it.
function linkDraft(line) {
  const draft = draftOf(sections);
  if (!draft || line.querySelector("a") || line.textContent !== filled(_("Milestone kept as a draft: {name}"), { name: nameOf(draft) })) return;
  line.replaceChildren(Object.assign(document.createElement("a"), { href: `#${draft.id}`, textContent: line.textContent }));
}

// Each thing that is not saved is named in the bar, with a link to it; of one alone, also why.
function nameUnsaved(line, unsaved) {
  const links = unsaved.map(({ element, box }) => {
    const link = document.createElement("a");
    const { number } = element.dataset;
    link.href = `#${element.id}`;
    link.addEventListener("click", (event) => {
      if (!box) return;
      event.preventDefault();
      go(box);
    });
    link.textContent = number ? filled(_("item {number}"), { number }) : "measure" in element.dataset ? _("a number") : _("a reply");
    return link;
  });
  if (links.length === 1) {
    links[0].textContent = line.textContent;
    line.replaceChildren(links[0]);
  } else {
    line.replaceChildren(_("Not saved:"), ...links.flatMap((link, place) => [place ? ", " : " ", link]));
  }
}

// Beside how many items are answered stands how many of them are not saved as they are on the page.
function countUnsaved(unsaved) {
  const shown = document.querySelector("[data-unsaved-count]");
  const count = unsaved.filter(({ element }) => element.dataset.number).length;
  shown.textContent = count ? filled(ngettext("{count} item is not saved", "{count} items are not saved", count), { count }) : "";
}

function go(target) {
  show(target);
  target.scrollIntoView({ block: target.matches("section, fieldset, h2") ? "start" : "center" });
  target.focus({ preventScroll: true });
}

// "What is still missing" becomes the way to the next item that wants something.
function nameTheWay() {
  // What is typed on a milestone and not finished is missing, also before it is sent.
  const isComplete = !form.querySelector("[data-missing-of], [data-missing-number]:not([hidden])") && !sections.some((each) => each.steps.size);
  const answered = document.querySelector(".return-bar [data-progress] progress");
  const missing = answered?.value === answered?.max ? _("Next milestone to answer") : _("Next unanswered");
  const onward = form.querySelector("button[value=submit]") ? _("All answered. Go to submit") : _("All answered. Go to the end");
  for (const link of document.querySelectorAll("[data-next]")) {
    link.textContent = !isComplete ? missing : isToMend() ? _("See what to change") : onward;
    link.toggleAttribute("data-to-end", isComplete && !isToMend());
  }
  if (isComplete) form.querySelector(".return-end .message-error")?.remove(); // "Not yet complete" is over
  const saysNothing = form.querySelector("[data-empty-of]");
  form.querySelector("[data-complete]").hidden = !isComplete || Boolean(saysNothing) || isToMend();
}

// Whether the coordinator asked for a change that is not made yet.
function isToMend() {
  const numbers = document.querySelector("[data-mended]")?.textContent.match(/\d+/g);
  return Boolean(numbers) && Number(numbers[0]) < Number(numbers[1]);
}

// The next section that wants something, after this one or from the top.
function nextWanting(here) {
  const order = [...form.querySelectorAll("[data-section], [data-closed], #measures")];
  const at = order.indexOf(here) + 1;
  const unfinished = sections.filter((each) => each.steps.size).map(({ element }) => element);
  return [...order.slice(at), ...order.slice(0, at)].find((each) => "open" in each.dataset || unfinished.includes(each) || each.querySelector(WANTED_NUMBER));
}

// The first thing that the section still wants. Where it is may depend on what was saved meanwhile.
function wantedIn(section) {
  const line = form.querySelector(`[data-missing-of="${CSS.escape(section.dataset.number ?? "")}"]`);
  const fault = line?.querySelector("a, button");
  const [step] = sections.find((each) => each.element === section)?.steps.keys() ?? [];
  return (fault && placeOf(fault)) || (step && document.getElementById(`milestone-${step}`)) || section.querySelector(WANTED_NUMBER) || section;
}

// Where a line of "Before it can be submitted" leads.
function placeOf(fault) {
  return document.getElementById(fault.dataset.target ?? fault.hash.slice(1));
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-next]");
  if (!link) return;
  event.preventDefault();
  const next = nextWanting(link.closest("[data-section]") ?? onlyShown());
  if (!next) {
    const end = document.getElementById(isToMend() ? "sent-back" : "missing");
    show(end);
    end.focus();
    return;
  }
  const now = await openSection(next);
  if (!now) return;
  const target = wantedIn(now);
  show(now);
  now.scrollIntoView();
  // On a phone, what was said last time and the stage stand above the boxes: begin there.
  if (target.matches("textarea") && !inSight(target)) {
    now.focus({ preventScroll: true });
    return;
  }
  target.focus({ preventScroll: true });
  if (!inSight(target)) target.scrollIntoView({ block: "center" });
});

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector(".return-bar").getBoundingClientRect().top;
}

form.querySelector("[data-empty]")?.addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  const { emptyOf } = link.closest("[data-empty-of]").dataset;
  const now = await openSection(document.getElementById(`item-${emptyOf}`));
  if (now) go(now);
});

form.querySelector("[data-missing]").addEventListener("click", async (event) => {
  const fault = event.target.closest("a, button");
  if (!fault) return;
  event.preventDefault();
  const { missingOf } = fault.closest("[data-missing-of]").dataset;
  const now = await openSection(document.getElementById(`item-${missingOf}`));
  if (now) go(placeOf(fault) ?? now);
});

// Enter in a field saves the section it is in; the whole page is sent only to hand the return over.
let leaving = false;
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  const pressed = event.submitter;
  if (!pressed || "enter" in pressed.dataset) {
    event.preventDefault();
    const here = document.activeElement;
    // A reply comes after the section that it is in.
    const section = sections.findLast(({ element }) => element.contains(here));
    const step = here.closest("[data-milestone]");
    if (step) section?.record(step);
    else section?.saveNow();
    return;
  }
  event.preventDefault();
  sayNotDone("");
  if (waiting.length > 0 && /^(?:ready|submit)/.test(pressed.value)) {
    sayNotHandedOver(pressed, _("{what}: there is text on this device that was not sent."));
    go(document.getElementById("unsent"));
    return;
  }
  await new Promise((next) => setTimeout(next)); // a form cannot be sent from within its own event
  const isThere = pressed.value === "save" || (await isAnswered());
  if (isThere && pressed.value.startsWith("theirs:")) {
    leaving = true;
    form.requestSubmit(pressed);
    return;
  }
  const discarded = pressed.closest("[data-discard]") && pressed.value.split(":")[1];
  if (isThere && discarded) {
    const { element } = sections.findLast((each) => each.element.contains(pressed));
    const step = pressed.closest("[data-milestone]");
    const fields = [...fieldsOf(step)].filter(([name]) => wasOf(step, name));
    for (const each of sections) each.forgetStep?.(discarded);
    device.keep(DISCARDED, { id: element.id, step: discarded, fields });
  }
  if (isThere) await Promise.all(sections.map((section) => flush(section)));
  const stuck = sections.find((section) => section.isUnsaved);
  if (stuck) {
    sayNotHandedOver(pressed, _("{what}: something is not saved."), () => !sections.some((each) => each.isUnsaved));
    go(stuck.box ?? stuck.element);
    showState();
  } else if (!isThere && pressed.value === "to-writers") {
    pressed.dispatchEvent(new Event("not-sent", { bubbles: true }));
  } else if (!isThere) {
    sayNotHandedOver(pressed, _("{what}: no connection. Choose it again when the connection is back."), (isBack) => isBack);
  } else if (pressed.value !== "save") {
    leaving = true;
    // All is saved. What goes along is what was read: the versions, not texts that grow old.
    if (pressed.value.startsWith("submit")) for (const section of sections) section.sendOnlyVersion();
    form.requestSubmit(pressed);
  }
});

// A form that is sent without a connection leaves the page for the browser's error. Asking is no use of the service.
async function isAnswered() {
  try {
    await fetch(document.body.dataset.staying, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(SHORT) });
    return true;
  } catch {
    return false;
  }
}

// Once that is over, it is still not done, and nothing else says so.
function sayNotHandedOver({ value, innerText }, why, isOver) {
  const name = innerText.trim();
  const isSubmit = value.startsWith("submit");
  const isReady = value.startsWith("ready");
  let what = _("Not done");
  let then = _("Not done yet. Choose “{name}” again.");
  if (isSubmit) [what, then] = [_("Not submitted"), _("Not submitted yet. Choose “{name}” again.")];
  else if (isReady) [what, then] = [_("Not marked as ready for approval"), _("Not marked as ready for approval yet. Choose “{name}” again.")];
  if (value !== "save") sayNotDone(filled(why, { what }), filled(then, { name }), isOver, true);
  showState();
}
form.addEventListener("input", () => notDone && !notDone.stays && sayNotDone(""));
document.addEventListener("form-state", () => showState());

// All that is typed is saved, and milestones that were typed into are recorded.
async function flush(section) {
  for (const id of new Set([...section.steps.keys(), ...section.unfinished.keys()])) {
    if (section.steps.get(id)?.held) continue;
    clearTimeout(section.steps.get(id)?.timer);
    section.acts = [...section.acts.filter((act) => act.milestone !== id), { milestone: id }];
  }
  if (section.running) await section.running;
  if (section.typed || section.acts.length) await section.run();
}

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  keepAll();
  showState();
});

// What is typed is sent at once; of milestones as what is not finished.
function keepAll() {
  for (const section of sections) {
    section.keepSteps?.();
    if (section.typed && !section.held) section.saveNow();
  }
}

watch(() => sections, () => leaving);
tryAgain(() => {
  for (const each of sections) if (each.trouble) each.run();
});
stayAboveKeyboard();
markAll(document.querySelector("[data-progress] .number").textContent.trim());
begin(openSection);
showState();

// --- what is kept on this device --------------------------------------------------------------------

function isOnPage({ fields }) {
  return changedIn(fields).every(([name, value]) => {
    const boxes = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    return boxes.some((box) => (box.type === "radio" ? box.checked && box.value === value : same(box.value, value)));
  });
}

// The form of a field, of the many on the page: "i5" of "i5-achieved".
function formOf(name) {
  return name.slice(0, name.lastIndexOf("-"));
}

// The section of what is kept.
function sectionOf(id) {
  return id.replace(new RegExp(`(?:${REST})+$`), "");
}

// What collides with newer words about a milestone stays on the device, to be copied; of an answer the server asks.
async function putBack(id, { number, fields, steps }) {
  const element = document.getElementById(sectionOf(id));
  if (!element) return;
  const now = await openSection(element);
  if (!now) return;
  const section = sections.findLast((each) => each.element === now);
  for (const step of steps) {
    const part = now.querySelector(`[data-milestone="${CSS.escape(step)}"]`);
    if (part?.querySelector("[data-open-milestone]")) await openStep(part, section.address);
  }
  const isAnswer = (name) => section.fields?.querySelector(`[name="${CSS.escape(name)}"]`);
  const isNewer = ([name, value]) => {
    const step = now.querySelector(`[name="${CSS.escape(name)}"]`)?.closest("[data-milestone]");
    const current = step && (fieldsOf(step).get(name) ?? "");
    return step && !same(current, fields[`initial-${name}`]) && !same(current, value);
  };
  const typed = changedIn(fields);
  const newer = typed.filter(isNewer);
  device.forget(id);
  if (newer.length > 0) device.keep(`${element.id}${REST}`, { number, fields: Object.fromEntries(newer), steps });
  const changed = typed.filter((field) => !newer.includes(field));
  for (const [name, value] of changed) {
    // Whoever saved other words since is asked about, as this field began with what it began with then.
    if (`initial-${name}` in fields) put(now, `initial-${name}`, fields[`initial-${name}`]);
    put(now, name, value);
  }
  const forms = new Set(changed.map(([name]) => formOf(name)));
  for (const [name, value] of Object.entries(fields)) {
    if (/version$/.test(name) && forms.has(formOf(name))) put(now, name, value);
  }
  if (newer.length === 0) for (const step of steps) section.touchStep(step);
  if (!section.fields || changed.some(([name]) => isAnswer(name))) section.touch();
}

async function putStepBack({ id, step, fields }) {
  const element = await openSection(document.getElementById(id));
  if (!element) return;
  const section = sections.findLast((each) => each.element === element);
  if (section.step(step).querySelector("[data-open-milestone]")) await openStep(section.step(step), section.address);
  for (const [name, value] of fields) {
    put(section.step(step), name, value);
    for (const box of section.step(step).querySelectorAll(`[name="${CSS.escape(name)}"]`)) sayMine(box);
  }
  section.touchStep(step);
}

function offer() {
  const thrown = device.all.get(DISCARDED);
  device.forget(DISCARDED);
  const place = document.querySelector("[data-unsent]");
  if (thrown) {
    const line = document.createElement("div");
    (document.getElementById(`milestone-${thrown.step}`)?.querySelector("legend") ?? place).after(line);
    offerBack(line, _("What you typed here and had not finished is discarded."), () => putStepBack(thrown));
  }
  waiting = [...device.all].filter(([id, what]) => {
    const isThere = isOnPage(what);
    if (isThere) device.forget(id);
    return !isThere;
  });
  // What is typed on this page is kept and erased beside it, not in its place.
  waiting = waiting.map(([id, what]) => {
    device.forget(id);
    device.keep(`${id}${REST}`, what);
    return [`${id}${REST}`, what];
  });
  place.hidden = waiting.length === 0;
  const numbers = waiting.map(([, { number, isMeasure }]) => (number ? filled(_("item {number}"), { number }) : isMeasure ? _("a number") : _("a reply")));
  place.querySelector("[data-unsent-of]").textContent = numbers.join(", ");
  place.querySelector("[data-unsent-since]").textContent = keptSince(waiting);
  place.querySelector("ul").replaceChildren(...linesOf(waiting));
  place.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-put-back], [data-let-go]");
    if (!pressed) return;
    const kept = waiting;
    waiting = [];
    if ("putBack" in pressed.dataset) {
      place.hidden = true;
      // What was typed since then is saved first.
      keepAll();
      await Promise.all(sections.map((section) => section.running));
      for (const [id, what] of kept) await putBack(id, what);
      const first = document.getElementById(sectionOf(kept[0][0]));
      show(first);
      first?.focus();
      waiting = [...device.all].filter(([id]) => id.endsWith(REST));
      place.querySelector("ul").replaceChildren(...linesOf(waiting));
      place.querySelector("[data-newer]").hidden = place.hidden = waiting.length === 0;
      if (waiting.length > 0) go(place);
    } else {
      for (const [id] of kept) device.forget(id);
      offerBack(place, _("Discarded."), async () => {
        place.hidden = true;
        for (const [id, what] of kept) await putBack(id, what);
      });
      place.focus();
    }
    showState();
  });
  showState();
}
offer();
