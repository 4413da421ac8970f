// The screen in the room by keys, and from matter to matter without leaving the full screen. Every step
// is a link and every act a form, so that without this file all of it works by loading pages.

const PATIENCE = 15000; // ms for one answer
const PARTS = ["present-bar", "main"];

const step = (name) => document.querySelector(`[data-step="${name}"]`);

// --- one page in place of another -------------------------------------------------------------------

let running = 0;

// Shows the page that came, or goes there where it is another kind of page.
function show(page, address, remembers) {
  if (!page.querySelector("[data-present]")) return location.assign(address);
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  document.title = page.title;
  if (remembers) history.pushState(null, "", address);
  scrollTo(0, 0);
  begin();
  (document.querySelector(".error-summary") ?? document.getElementById("matter"))?.focus();
}

async function fetchPage(address, options, { remembers, refused, lost }) {
  const ours = ++running;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
    const html = await response.text();
    // A key pressed meanwhile asked for another matter; this answer is out of date.
    if (ours !== running) return;
    if (response.status >= 500 || response.status === 403) return refused();
    const page = new DOMParser().parseFromString(html, "text/html");
    show(page, response.url, remembers && response.status < 400);
  } catch {
    if (ours === running) lost();
  }
}

function go(address, remembers = true) {
  const load = () => location.assign(address);
  return fetchPage(address, {}, { remembers, refused: load, lost: load });
}

function warn(form) {
  form.querySelector("[data-lost]")?.remove();
  const words = document.createElement("p");
  words.className = "message message-error";
  words.dataset.lost = "";
  words.setAttribute("role", "alert");
  words.textContent = "No answer came. Load the page again to see whether this was recorded.";
  form.append(words);
}

function send(form, button) {
  const fields = new FormData(form);
  if (button?.name) fields.set(button.name, button.value);
  const options = { method: "POST", body: new URLSearchParams(fields) };
  return fetchPage(form.action, options, {
    remembers: true,
    // Nothing was recorded; the page that says why is the browser's to show.
    refused: () => form.submit(),
    // Perhaps it was recorded and only the answer is lost, so it is not sent again by itself.
    lost: () => warn(form),
  });
}

// --- keys, links and forms --------------------------------------------------------------------------

const typing = (target) =>
  target.closest("input, textarea, select, [contenteditable], [role=textbox]") !== null;

const KEYS = {
  ArrowLeft: () => step("previous"),
  ArrowRight: () => step("next"),
  Home: () => step("first"),
  End: () => step("last"),
  // The keys of a clicker. Where a matter is longer than the screen they first show the rest of it.
  PageUp: () => scrollY > 0 || step("previous"),
  PageDown: () => scrollY + innerHeight < document.documentElement.scrollHeight - 1 || step("next"),
};

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "f" || event.key === "F") {
    event.preventDefault();
    fill();
  } else if (event.key === "Escape" && !document.fullscreenElement) {
    location.assign(step("leave").href);
  } else if (event.key in KEYS) {
    const link = KEYS[event.key]();
    if (!link?.href) return;
    event.preventDefault();
    go(link.href);
  }
});

addEventListener("click", (event) => {
  const link = event.target.closest?.('.present-agenda a, a[data-step]:not([data-step="leave"])');
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});

addEventListener("submit", (event) => {
  if (!event.target.closest("[data-present]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

addEventListener("popstate", () => go(location.href, false));

function begin() {
  for (const words of document.querySelectorAll("[data-keys]")) words.hidden = false;
}
begin();
