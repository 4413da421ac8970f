// What is said to whoever listens, and where. One live region waits on every page before anything is said in it; what was
// done before the page came, and what is wrong with it, stand where the address leads.

const PAUSE = 150; // ms that the region is empty, so that the same words are heard again

const region = document.createElement("div");
region.className = "visually-hidden";
region.setAttribute("role", "status");
document.body.append(region);

let waiting = [];
let timer = 0;

// Says the words once, at the next pause of whoever reads aloud, also where they are those that were said last.
export function announce(words) {
  waiting.push(words);
  region.replaceChildren();
  clearTimeout(timer);
  timer = setTimeout(() => {
    const lines = waiting.map((each) => Object.assign(document.createElement("p"), { textContent: each }));
    region.replaceChildren(...lines);
    waiting = [];
  }, PAUSE);
}

// Gives the focus, once more after the browser went to the place of the address, which takes it or takes it away.
function focusOn(element, target) {
  element.focus();
  const again = () => {
    if ([document.body, target].includes(document.activeElement)) element.focus({ preventScroll: true });
  };
  requestAnimationFrame(() => requestAnimationFrame(again));
  addEventListener("load", () => requestAnimationFrame(again), { once: true });
}

function targetOf({ hash }) {
  try {
    return hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  } catch {
    return null; // no place of ours
  }
}

const CONTROLS = "a[href], button, input, select, summary, textarea";

function put(boxes, target) {
  const table = target.closest(".table-region, table");
  if (table) return table.before(...boxes);
  if (target.matches(".callout")) return target.before(...boxes); // a person's own words
  if (target.matches("h1, h2, h3, h4")) return target.after(...boxes);
  const text = target.closest("p, li, dd, h1, h2, h3, h4");
  if (target.matches("mark") && text) return text.matches("li, dd") ? text.prepend(...boxes) : text.before(...boxes); // splits no sentence
  const place = target.matches(CONTROLS) ? (target.closest("li, article, section") ?? target.parentElement) : target;
  const heading = place.querySelector(":scope > :is(h2, h3, h4)");
  if (heading) heading.after(...boxes);
  else place.prepend(...boxes);
}

function unfold(element) {
  for (let each = element.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
}

// The messages of a page that came. Where the address leads to a place, they stand there and have the focus; a control
// that the address names, such as the button of a row that was moved, has it instead.
export function sayMessages() {
  const boxes = [...document.querySelectorAll("main > .message")];
  for (const box of boxes) box.removeAttribute("role");
  const summary = document.querySelector(".error-summary");
  const target = targetOf(location);
  if (target) unfold(target);
  if (summary) {
    // One at the top of the page, of a form that is further down.
    if (target && !summary.closest("form") && !target.closest("form") && !target.contains(summary)) put([summary], target);
    focusOn(summary, target);
  } else if (target && boxes.length) {
    put(boxes, target);
    if (!target.matches(CONTROLS)) {
      boxes[0].tabIndex = -1;
      focusOn(boxes.shift(), target);
    } else focusOn(target, target);
  }
  for (const box of boxes) announce(box.textContent.trim());
}
