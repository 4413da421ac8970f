// A file dropped onto a section goes where the section's link "Add a file, link or note" leads, one file after the other.
// What is on its way, added or refused is said in words below the list.

import { _, filled } from "./words.js";

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

// Return { list }, { errors } or { fault }; `say` is told how much is sent. Not `fetch`, which tells no progress of what it sends.
function send(address, file, token, say) {
  return new Promise((done) => {
    const fields = new FormData();
    fields.set("csrfmiddlewaretoken", token);
    fields.set("once", crypto.randomUUID());
    fields.set("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => say(loaded, total));
    const fails = () => done({ fault: _("{file} could not be sent. Try again in a moment, or use the link.") });
    request.addEventListener("error", fails);
    request.addEventListener("load", () => {
      const isOurs = [200, 422].includes(request.status) && request.response;
      if (isOurs) done(request.response);
      else if (request.status === 413) done({ fault: _("{file} is too large.") });
      else fails();
    });
    request.send(fields);
  });
}

function statusIn(place) {
  const there = place.querySelector("[data-dropped]");
  if (there) return there;
  const status = document.createElement("div");
  status.dataset.dropped = "";
  const line = document.createElement("p");
  line.className = "small";
  line.setAttribute("role", "status");
  status.append(line);
  place.append(status);
  return status;
}

// What became of a file. The server's sentences stand after the file's name.
function outcome(file, { errors, fault }) {
  if (fault) return filled(fault, { file });
  if (!errors) return filled(_("{file} is added."), { file });
  return errors.map((why) => filled(_("{file} is not added. {why}"), { file, why })).join(" ");
}

export function takeDropped(section, saveFirst, token) {
  const place = section.querySelector("[data-evidence]");
  if (!place) return;
  const hint = document.createElement("span");
  hint.className = "quiet drop-hint";
  hint.textContent = ` ${_("or drop a file here")}`;
  const addHint = () => place.querySelector("p:last-of-type a")?.after(hint);
  addHint();
  let inside = 0; // enter and leave also tell of the elements within
  section.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    inside += 1;
    section.classList.add("is-dropped-on");
  });
  const leave = () => {
    inside = Math.max(0, inside - 1);
    if (!inside) section.classList.remove("is-dropped-on");
  };
  section.addEventListener("dragleave", leave);
  section.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  section.addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    inside = 0;
    section.classList.remove("is-dropped-on");
    const files = [...event.dataTransfer.files];
    await saveFirst();
    const sentences = [];
    for (const file of files) {
      const status = statusIn(place);
      const line = status.firstElementChild;
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", filled(_("Sending {file}"), { file: file.name }));
      line.textContent = filled(_("Sending {file} …"), { file: file.name });
      status.append(bar);
      const answer = await send(place.dataset.evidence, file, token(), (loaded, total) => {
        bar.max = total;
        bar.value = loaded;
      });
      bar.remove();
      sentences.push(outcome(file.name, answer));
      if (answer.list !== undefined) {
        const holder = document.createElement("template");
        holder.innerHTML = answer.list;
        place.replaceChildren(holder.content, status);
        addHint();
      }
      line.textContent = sentences.join(" ");
      line.classList.toggle("govuk-error-message", Boolean(answer.errors ?? answer.fault));
    }
  });
}

// A file that misses its section must not replace the page, with what is typed in it.
addEventListener("dragover", (event) => {
  if (hasFiles(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  if (hasFiles(event) && !event.target.matches("input[type=file]")) event.preventDefault();
});
