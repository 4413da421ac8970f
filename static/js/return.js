// The return saves as it goes. Each section goes alone, a moment after the typing stops. What cannot
// be sent stays in the page and is sent when the connection is back; closing the tab then warns.

const form = document.querySelector("[data-return]");
const PAUSE = 1200; // ms after the last key
const RETRY = 4000; // ms until the next try without a connection

class Section {
  constructor(element) {
    this.element = element;
    this.state = element.querySelector("[data-state]");
    this.fields = element.querySelector("[data-fields]");
    this.theirs = element.querySelector("[data-theirs]");
    this.milestones = element.querySelector("[data-milestones]");
    this.timer = 0;
    this.dirty = false; // holds words that the server has not got
    this.held = false; // somebody else saved first: waits for a deliberate Save
    this.sending = null;
    this.fields.addEventListener("input", () => this.touch());
    this.fields.addEventListener("change", () => this.touch());
    element.querySelector("[data-save-section]").addEventListener("click", (event) => {
      event.preventDefault();
      this.held = false;
      this.send();
    });
    element.querySelector("[data-no-change]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.send({ act: "no-change" });
    });
    this.milestones.addEventListener("click", (event) => {
      if (event.target.closest("[data-save-milestone]")) {
        event.preventDefault();
        this.send({ milestone: event.target.closest("[data-milestone]") });
      }
    });
    this.milestones.addEventListener("input", () => {
      this.milestoneTyped = true;
    });
  }

  touch() {
    this.dirty = true;
    this.say("Not saved yet", "not_started");
    clearTimeout(this.timer);
    if (!this.held) this.timer = setTimeout(() => this.send(), PAUSE);
  }

  // The fields of this section only; a milestone's only when its own button was pressed.
  body({ act, milestone }) {
    const all = new FormData(form);
    const wanted = new FormData();
    wanted.set("csrfmiddlewaretoken", all.get("csrfmiddlewaretoken"));
    if (act) wanted.set("act", act);
    for (const part of milestone ? [milestone] : [this.fields]) {
      for (const control of part.querySelectorAll("[name]")) {
        if (control.type !== "submit" && (control.type !== "radio" || control.checked)) {
          wanted.set(control.name, control.value);
        }
      }
    }
    if (milestone) wanted.set(this.version.name, this.version.value);
    return wanted;
  }

  get version() {
    return this.fields.querySelector("[name$='-version']");
  }

  async send(what = {}) {
    clearTimeout(this.timer);
    if (this.sending) {
      // One at a time: the answer to the first brings the version that the second needs.
      this.again = what;
      return;
    }
    const typed = !what.milestone;
    if (typed) this.dirty = false;
    this.say("Saving …", "not_started");
    this.sending = fetch(this.element.dataset.save, {
      method: "POST",
      body: new URLSearchParams(this.body(what)),
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(20000),
    });
    try {
      const response = await this.sending;
      if (response.type === "opaqueredirect") {
        this.wait(what, "You are signed out. Sign in again in another tab; your words stay here.");
      } else if ([200, 409, 422].includes(response.status)) {
        this.take(await response.json(), response.status, what);
      } else if (response.status >= 500) {
        this.wait(what, "Not saved: the service has trouble. Trying again.");
      } else {
        this.dirty = true;
        this.say("Not saved: this return can no longer be changed. Reload the page.", "late");
      }
    } catch {
      this.wait(what, "Not saved: no connection. Your words stay here and are sent when it is back.");
    } finally {
      this.sending = null;
      if (this.again) {
        const next = this.again;
        this.again = null;
        this.send(next);
      }
    }
  }

  wait(what, sentence) {
    this.dirty = true;
    this.unsent = what;
    this.say(sentence, "late");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(what), RETRY);
    tell();
  }

  take(told, status, what) {
    this.unsent = null;
    this.version.value = told.version;
    this.showErrors(told.errors, told.refusals);
    this.theirs.innerHTML = told.theirs ?? "";
    if (told.milestones !== null) {
      this.milestones.innerHTML = told.milestones;
      this.milestoneTyped = false;
    }
    if (status === 409) {
      this.held = true;
      this.dirty = true;
      this.say("Somebody else saved first: compare, then save", "late");
    } else if (status === 422) {
      this.dirty = !what.milestone && what.act !== "no-change";
      this.say("Not saved: see what is wrong below", "late");
    } else if (!this.dirty) {
      const saved = told.no_change ? "No change, saved" : told.is_answered ? "Saved" : "Recorded";
      this.say(`${saved} at ${told.saved_at}`, "complete");
    }
    if (told.is_answered) this.element.dataset.answered = "";
    if (status === 200 && what.act === "no-change") this.clear();
    progress(told);
    tell();
  }

  clear() {
    for (const words of this.fields.querySelectorAll("textarea")) words.value = "";
    this.dirty = false;
  }

  showErrors(errors, refusals) {
    for (const old of this.element.querySelectorAll("[data-from-script]")) old.remove();
    for (const wrong of this.element.querySelectorAll("[aria-invalid]")) {
      wrong.removeAttribute("aria-invalid");
    }
    for (const [name, sentences] of Object.entries({ ...errors, "": [...(errors[""] ?? []), ...refusals] })) {
      const control = name && this.element.querySelector(`[name="${CSS.escape(name)}"]`);
      const place = control ? control.closest(".field") : this.fields;
      for (const sentence of sentences) {
        const line = document.createElement("p");
        line.className = "govuk-error-message";
        line.dataset.fromScript = "";
        line.id = `error-${name || this.element.id}`;
        line.textContent = sentence;
        place.prepend(line);
        if (control) {
          control.setAttribute("aria-invalid", "true");
          control.setAttribute("aria-describedby", line.id);
        }
      }
    }
  }

  say(sentence, kind) {
    const mark = document.createElement("span");
    mark.className = kind === "late" ? "mark mark-late" : kind === "complete" ? "mark" : "mark mark-quiet";
    mark.textContent = sentence;
    this.state.replaceChildren(mark);
  }
}

const sections = [...form.querySelectorAll("[data-save]")].map((element) => new Section(element));

function progress(told) {
  const words = document.querySelector("[data-progress] .number");
  const bar = document.querySelector("[data-progress] progress");
  if (words) words.textContent = `${told.answered} of ${told.total} items answered`;
  if (bar) bar.value = told.answered;
  const list = form.querySelector("[data-missing]");
  list.replaceChildren(
    ...told.missing.map(({ item, says }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#item-${item}`;
      link.textContent = says;
      line.append(link);
      return line;
    }),
  );
  form.querySelector("[data-complete]").hidden = told.missing.length > 0;
}

// One line at the top, so that nobody has to look for the section that is not saved.
function tell() {
  const line = document.querySelector("[data-connection]");
  const waiting = sections.filter((section) => section.unsent).length;
  line.textContent = waiting ? `${waiting} not saved yet. Keep this page open.` : "";
}

// "What is still missing" becomes the way to the next item without an answer.
for (const link of form.querySelectorAll("[data-next]")) {
  link.textContent = "Next unanswered";
  link.addEventListener("click", (event) => {
    const here = link.closest("[data-section]");
    const order = [...form.querySelectorAll("[data-section]")];
    const after = [...order.slice(order.indexOf(here) + 1), ...order.slice(0, order.indexOf(here))];
    const next = after.find((section) => !("answered" in section.dataset));
    if (!next) return; // everything is answered: the link leads to the end of the page
    event.preventDefault();
    next.scrollIntoView();
    next.querySelector("input:checked, input:not([type=hidden]), textarea")?.focus();
  });
}

addEventListener("online", () => {
  for (const section of sections) if (section.unsent) section.send(section.unsent);
});

let leaving = false;
form.addEventListener("submit", () => {
  leaving = true; // the whole form goes along
});
addEventListener("beforeunload", (event) => {
  if (!leaving && sections.some((section) => section.dirty || section.sending)) event.preventDefault();
});
