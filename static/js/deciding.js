// Show only the grounds that fit the decision on a paper, and what is asked with them. The sections that
// fit are in the form's data: data-withheld="6 7 9". Without this script, all are shown.

const form = document.querySelector("[data-decides]");
const fieldOf = (name) => form?.querySelector(`[name="${name}"]`)?.closest(".field");
const grounds = fieldOf("grounds");
const publicInterest = fieldOf("public_interest");

// What is hidden is not sent, and is as it was when it is shown again.
function show(element, isShown) {
  if (!element) return;
  element.hidden = !isShown;
  for (const control of element.querySelectorAll("input, textarea")) control.disabled = !isShown;
}

function showFitting() {
  const decision = form.querySelector('[name="decision"]:checked')?.value ?? "";
  const sections = (form.dataset[decision] ?? "").split(" ").filter(Boolean);
  show(grounds, sections.length > 0 || grounds.matches(".field-error"));
  for (const group of grounds.querySelectorAll(".choice-group")) {
    const section = group.querySelector("legend").textContent.match(/\d+/)?.[0];
    const isTicked = group.querySelector(":checked") !== null;
    show(group, !grounds.hidden && (sections.includes(section) || (isTicked && grounds.matches(".field-error"))));
  }
  show(publicInterest, sections.includes("9") || publicInterest?.matches(".field-error"));
}

if (grounds) {
  form.addEventListener("change", showFitting);
  showFitting();
}
