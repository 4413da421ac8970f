// How far a paper is, asked again and again until it is a file or cannot become one.

import { _ } from "./words.js";

const PAUSE = 1000; // ms between two questions
const SPOKEN = 15000; // ms between two words to a listener about the same stage
const PATIENCE = 20000; // ms for one answer

const box = document.querySelector("[data-state]");
const part = (name) => box.querySelector(`[data-part="${name}"]`);
const words = box.querySelector(".making-words");
const bar = box.querySelector(".making-bar");
const status = box.querySelector('[role="status"]');
const heading = document.querySelector("h1");

let stage = "";
let spoken = 0;

// The words change every second; a listener hears each stage, and then from time to time how far it is.
function speak(sentence, at = sentence) {
  if (at === stage && Date.now() - spoken < SPOKEN) return;
  stage = at;
  spoken = Date.now();
  status.textContent = sentence;
}

function over(name, title) {
  for (const each of ["under-way", "done", "refused"]) part(each).hidden = each !== name;
  heading.textContent = title;
  document.title = document.title.replace(/^[^:]*/, title);
  speak(title);
  // Only from the page itself: nobody is taken away from where they are.
  if (document.activeElement === document.body) part(name).querySelector(".button").focus();
}

function show(progress) {
  if (progress.state === "done") {
    over("done", box.dataset.ready);
    if (box.dataset.file) location.assign(box.dataset.file);
    return true;
  }
  if (progress.state === "refused") {
    box.querySelector("[data-reason]").textContent = progress.reason;
    over("refused", _("The file cannot be made"));
    return true;
  }
  words.textContent = progress.words;
  if (progress.percent === null) bar.removeAttribute("value");
  else bar.value = progress.percent;
  part("nobody").hidden = !progress.nobody;
  speak(progress.nobody ? part("nobody").textContent.trim() : progress.words, progress.words.replace(/[\d,]+/g, ""));
  return false;
}

async function ask() {
  try {
    const response = await fetch(box.dataset.state, {
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    // Signed out, or the file was removed: the page itself says which.
    if (response.type === "opaqueredirect" || response.status === 404) return location.reload();
    if (response.ok && show(await response.json())) return;
  } catch {
    words.textContent = _("No connection. The paper is still being made. This page will try again.");
  }
  setTimeout(ask, PAUSE);
}

setTimeout(ask, PAUSE);
