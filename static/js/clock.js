// The time of day, as the server writes it: "4:31 a.m.".
export function clock(at = new Date()) {
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  return words.format(at).replace(/\s([ap])m$/i, (_all, half) => ` ${half.toLowerCase()}.m.`);
}
