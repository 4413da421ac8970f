// The sentences that a form will make, shown while it is filled in.

const REST = 300; // ms without a key before the page is asked
const PATIENCE = 10000; // ms for one answer

const form = document.querySelector("[data-sentences]");
const shown = document.getElementById(form.dataset.sentences);
const box = form.elements.as_told;
// Without a script a button asks.
const button = form.querySelector("[data-try]");
if (button) button.parentElement.hidden = true;

let waiting = 0;
let asked = typed();

function typed() {
  return box ? box.value : new URLSearchParams(new FormData(form)).toString();
}

// A phrase is asked about by its address; a whole form is posted, and saves nothing.
function request() {
  const options = { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
  const address = new URL(location.pathname, location.href);
  if (box) {
    address.searchParams.set("as_told", box.value);
    return fetch(address, options);
  }
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  return fetch(address, { ...options, method: "POST", body });
}

async function ask() {
  const now = typed();
  if (now === asked) return;
  asked = now;
  try {
    const response = await request();
    if (!response.ok && response.status !== 422) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById(shown.id);
    // What was typed since is asked next.
    if (found && now === typed()) shown.replaceChildren(...found.childNodes);
  } catch {
    // The sentences are a help; saving says what is wrong.
  }
}

(box ?? form).addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, REST);
});
