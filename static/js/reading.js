// What an approver accepts is kept as they tick it. Without this a button keeps it.

const form = document.querySelector("[data-reading]");
const button = form.querySelector("[data-tick]");
if (button) button.parentElement.hidden = true;

form.addEventListener("change", ({ target }) => {
  if (target.name !== "accept") return;
  const body = new URLSearchParams(new FormData(form));
  body.set("act", "tick");
  // What cannot be sent goes with the next one.
  const headers = { Accept: "application/json" };
  fetch(location.href, { method: "POST", body, headers, redirect: "manual", keepalive: true }).catch(() => {});
});
