// The sentences that a phrase makes, shown while it is typed.

const REST = 300; // ms without a key before the page is asked
const PATIENCE = 10000; // ms for one answer

const form = document.querySelector("[data-sentences]");
const shown = document.getElementById(form.dataset.sentences);
const box = form.elements.as_told;

let waiting = 0;
let asked = box.value;

async function ask() {
  const typed = box.value;
  if (typed === asked) return;
  asked = typed;
  const address = new URL(location.pathname, location.href);
  address.searchParams.set("as_told", typed);
  try {
    const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById(shown.id);
    // What was typed since is asked next.
    if (found && typed === box.value) shown.replaceChildren(...found.childNodes);
  } catch {
    // The sentences are a help; saving says what is wrong.
  }
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, REST);
});
