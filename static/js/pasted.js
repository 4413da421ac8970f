// What is pasted from Word or the web, as lines of words (see marks.js): bold and bullets stay, a row of
// a table becomes a line, and everything else is dropped but its text.

const DROPPED =
  "head, style, script, template, noscript, svg, math, img, picture, video, audio, object, iframe, canvas, del, " +
  "input, select, textarea, button, [hidden], .msocomanchor, .msocomoff";
const BLOCKS = new Set(
  ("ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION CENTER DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM " +
    "H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL").split(" "),
);
const DEEPEST = 2;

// A comment; a style or script with what is in it; a tag; or a "<" that begins none of these.
const TOKEN = new RegExp(
  [
    /<!--[^]*?(?:-->|$)|<[!?][^>]*>/,
    /<(style|script)(?=[\s/>])[^]*?(?:<\/\1\s*>|$)/,
    /<(\/?)([a-z][^\s/>]*)((?:[^>=]|=\s*"[^"]*"|=\s*'[^']*'|=(?!\s*["']))*)>/,
    /</,
  ]
    .map((each) => each.source)
    .join("|"),
  "gi",
);
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;
const KEPT = new Map([["style", "data-style"], ["data-ref", "data-ref"], ["class", "class"], ["hidden", "hidden"]]);

// The HTML with only those tags and attributes that are read below, before anything parses it. A browser reports what
// its Content-Security-Policy refuses in HTML that is only parsed, so every "<" begins a tag that is written here, without
// whatever could run, load or be refused: styles are data. The editor's own notes of a copy are left out too: a copy is
// read like any other words.
export function cleaned(html) {
  return html.replace(TOKEN, (token, _, slash, name, attributes) => {
    if (token === "<") return "&lt;";
    if (!/^[a-z][-:a-z0-9]*$/i.test(name ?? "")) return "";
    return `<${slash}${name}${slash ? "" : kept(attributes)}>`;
  });
}

function kept(attributes) {
  return [...attributes.matchAll(ATTRIBUTE)]
    .map(([, name, ...values]) => [KEPT.get(name.toLowerCase()), values.find((value) => value !== undefined) ?? ""])
    .filter(([name]) => name)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
}

const escaped = (value) => value.replace(/["<>]/g, (sign) => `&#${sign.charCodeAt()};`);

// The lines in an element, whose styles are data.
export function linesIn(element) {
  const lines = new Lines();
  walk(element, lines, { level: 0, bold: false });
  return lines.done();
}

class Lines {
  constructor() {
    this.all = [];
    this.begin(0);
  }

  begin(level) {
    if (this.current && !this.current.runs.length) this.current.level = level;
    else this.all.push((this.current = { level, runs: [] }));
  }

  add(text, bold) {
    const { runs } = this.current;
    let words = text.replace(/\s+/g, " ");
    if (!runs.length || runs.at(-1).text.endsWith(" ")) words = words.trimStart();
    if (!words) return;
    if (runs.at(-1)?.bold === bold && !runs.at(-1).reference) runs.at(-1).text += words;
    else runs.push({ text: words, bold });
  }

  refer(key, text, bold) {
    this.current.runs.push({ text, bold, reference: key });
  }

  done() {
    for (const { runs } of this.all) {
      const last = runs.at(-1);
      if (!last || last.reference) continue;
      last.text = last.text.trimEnd();
      if (!last.text) runs.pop();
    }
    return this.all.filter(({ runs }) => runs.length);
  }
}

// `around` is what the element is within: the level of its lines, bold or not, and whether its blocks
// stay on one line (a cell of a table; the second paragraph of a bullet).
function walk(element, lines, around) {
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) lines.add(node.data, around.bold);
    else if (node.nodeType === Node.ELEMENT_NODE) enter(node, lines, around);
  }
}

function enter(element, lines, around) {
  const style = element.dataset.style ?? "";
  if (element.matches(DROPPED) || /mso-list:\s*ignore|display:\s*none|mso-element:\s*(comment|footnote)/i.test(style)) return;
  if (element.dataset.ref) return lines.refer(element.dataset.ref, element.textContent, around.bold);
  const name = element.nodeName;
  const bold = isBold(element, style, around.bold);
  if (name === "BR") return around.isFlat ? lines.add(" ", bold) : lines.begin(around.level);
  if (name === "TD" || name === "TH") return addCell(element, lines, { ...around, bold });
  if (!BLOCKS.has(name)) return walk(element, lines, { ...around, bold });
  if (around.isFlat && !["UL", "OL", "LI"].includes(name)) {
    lines.add(" ", bold);
    walk(element, lines, { ...around, bold });
    return lines.add(" ", bold);
  }
  if (name === "UL" || name === "OL") {
    walk(element, lines, { ...around, bold, lists: (around.lists ?? 0) + 1 });
    if (!around.isFlat) lines.begin(around.level);
    return;
  }
  const level = levelOf(element, style, around);
  if (!around.isCell) lines.begin(level);
  walk(element, lines, { ...around, bold, level, isFlat: around.isFlat || name === "LI" });
  if (!around.isFlat || name === "LI") lines.begin(around.level);
}

function addCell(cell, lines, around) {
  if (cell.previousElementSibling) {
    const last = lines.current.runs.at(-1);
    if (last && !last.reference) last.text = last.text.trimEnd();
    if (last) lines.add("; ", last.bold);
  }
  walk(cell, lines, { ...around, isFlat: true, isCell: true });
}

// Google Docs wraps all that is copied in a <b> that is not bold.
function isBold(element, style, around) {
  const [, weight] = /(?<![-\w])font-weight:\s*(\w+)/i.exec(style) ?? [];
  if (weight) return /^bold/i.test(weight) || Number(weight) >= 600;
  return around || element.nodeName === "B" || element.nodeName === "STRONG";
}

// Word's lists are paragraphs that say their level. Numbered paragraphs are paragraphs: the paper numbers them anew.
function levelOf(element, style, around) {
  if (element.nodeName === "LI") return Math.min(around.lists ?? 1, DEEPEST);
  const [, level] = /mso-list:[^;]*\blevel(\d)/i.exec(style) ?? [];
  if (!level || element.nodeName !== "P") return around.level;
  const sign = [...element.querySelectorAll("[data-style*='mso-list']")].find((each) => /ignore/i.test(each.dataset.style));
  if (/^\s*\d+(\.\d+)*[.)]?\s*$/.test(sign?.textContent ?? "")) return 0;
  return Math.min(Number(level), DEEPEST);
}
