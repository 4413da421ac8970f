// Passkeys: a form with data-passkey="create" or "get" asks the browser for one and posts what it answers. Its options are in
// data-options or, on the sign-in page, at its own address. Forms are hidden where the browser has no passkeys.

import { _ } from "./words.js";

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

function textOf(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (credentials) => (credentials ?? []).map((each) => ({ ...each, id: bytesOf(each.id) }));

async function created(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
    // Kept on the device under its name, so that it signs in without an address being typed.
    authenticatorSelection: { ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true },
  };
  const made = await navigator.credentials.create({ publicKey });
  return { made, response: { attestationObject: textOf(made.response.attestationObject), transports: made.response.getTransports?.() ?? [] } };
}

async function got(options) {
  const publicKey = { ...options, challenge: bytesOf(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
  const made = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = made.response;
  return {
    made,
    response: {
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      userHandle: userHandle ? textOf(userHandle) : null,
    },
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The options came with ${answer.status}`);
  return (await answer.json()).request_options;
}

async function ask(form) {
  const says = form.querySelector("[data-passkey-says]");
  says.hidden = true;
  try {
    const { publicKey } = await optionsOf(form);
    const { made, response } = await (form.dataset.passkey === "create" ? created(publicKey) : got(publicKey));
    form.elements.credential.value = JSON.stringify({
      id: made.id,
      rawId: textOf(made.rawId),
      type: made.type,
      clientExtensionResults: made.getClientExtensionResults(),
      authenticatorAttachment: made.authenticatorAttachment,
      response: { clientDataJSON: textOf(made.response.clientDataJSON), ...response },
    });
    form.submit();
  } catch (fault) {
    // Closed by the person, timed out, or the passkey is already there: the browser does not say which.
    says.textContent =
      fault.name === "InvalidStateError"
        ? _("This device has a passkey of yours already.")
        : _("No passkey was used. Try again, or go on without one.");
    says.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
  for (const words of document.querySelectorAll("[data-without-passkeys]")) words.hidden = true;
  for (const button of document.querySelectorAll("[data-with-passkeys]")) button.hidden = false;
}
