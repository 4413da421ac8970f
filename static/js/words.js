// The words of the scripts in the language of the service. Where that is English no catalogue is loaded
// (templates/base.html), and they are what stands in the scripts. `makemessages -d djangojs` finds them by these names.

export const _ = (text) => globalThis.gettext?.(text) ?? text;

export const ngettext = (one, many, count) => globalThis.ngettext?.(one, many, count) ?? (count === 1 ? one : many);

// The sentence with `values` in the place of its {names}.
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
