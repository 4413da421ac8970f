// ProseMirror's document of a paragraph's words: lines with a level, bold text, and references to other
// paragraphs by their keys. `keys` are the keys of the numbered paragraphs in order; where there are
// none, nothing can be referred to and braces are text.

import { Fragment, Plugin, Schema, Slice } from "../vendor/prosemirror.js";

const REFERENCE = /\{(?: *(\d{1,4}) *|([pr]-[a-z0-9-]{1,60}))\}/g;
const SIGN = /^[-•] +(?=\S)/; // an asterisk is written as "\\*", which begins no bullet
export const CHIP = "\ufffc"; // a reference, in a line's text

export const schema = new Schema({
  nodes: {
    doc: { content: "line+" },
    line: {
      content: "inline*",
      attrs: { level: { default: 0 } },
      parseDOM: [{ tag: "p, div", getAttrs: ({ dataset }) => ({ level: Number(dataset.level ?? 0) }) }],
      toDOM: ({ attrs: { level } }) => ["p", level ? { class: "rich-bullet", "data-level": level } : {}, 0],
    },
    text: { group: "inline" },
    reference: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { key: {} },
      parseDOM: [{ tag: "span[data-ref]", getAttrs: ({ dataset }) => ({ key: dataset.ref }) }],
      toDOM: ({ attrs: { key } }) => ["span", { "data-ref": key }],
    },
  },
  marks: { bold: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] } },
});

const { line: LINE, reference: REFERS } = schema.nodes;

export function numberOf(key, keys) {
  return keys.indexOf(key) + 1 || null;
}

// --- lines and documents --------------------------------------------------------------------------

export function documentOf(lines, keys) {
  const nodes = lines.map(({ level, runs }) => LINE.create({ level }, runs.flatMap((run) => inlineOf(run, keys))));
  return schema.topNodeType.create(null, nodes.length ? nodes : [LINE.create()]);
}

// Of a document, or of what is selected in one: lines, or a reference alone.
export function linesOf(content, keys) {
  const nodes = nodesOf(content);
  const lines = nodes[0]?.isInline ? [LINE.create(null, nodes)] : nodes;
  return lines.map((line) => ({
    level: line.attrs.level,
    runs: nodesOf(line).map((node) => {
      const bold = node.marks.length > 0;
      if (node.isText) return { text: node.text, bold };
      const { key } = node.attrs;
      return { text: `{${numberOf(key, keys) ?? key}}`, bold, isWhole: true, reference: key };
    }),
  }));
}

// Lines as they are pasted: the first and the last join the words around them.
export function sliceOf(lines, keys) {
  return new Slice(Fragment.from(documentOf(lines, keys).content), 1, 1);
}

export function inOneLine(lines) {
  if (lines.length < 2) return lines;
  const runs = lines.flatMap((each, place) => (place ? [{ text: " ", bold: false }, ...each.runs] : each.runs));
  return [{ level: 0, runs }];
}

function nodesOf(parent) {
  const nodes = [];
  parent.forEach((node) => nodes.push(node));
  return nodes;
}

function inlineOf({ text, bold, reference }, keys) {
  const marks = bold ? [schema.mark("bold")] : [];
  if (reference && keys) return [REFERS.create({ key: reference }, null, marks)];
  const nodes = [];
  let end = 0;
  for (const found of referencesIn(text, keys)) {
    if (found.at > end) nodes.push(schema.text(text.slice(end, found.at), marks));
    nodes.push(REFERS.create({ key: found.key }, null, marks));
    end = found.at + found.length;
  }
  if (end < text.length) nodes.push(schema.text(text.slice(end), marks));
  return nodes;
}

// A number that no paragraph has stays text; the server says so.
function referencesIn(text, keys) {
  if (!keys) return [];
  return [...text.matchAll(REFERENCE)]
    .map((match) => ({ at: match.index, length: match[0].length, key: match[2] ?? keys[match[1] - 1] }))
    .filter(({ key }) => key);
}

// --- what is typed or pasted, in order ------------------------------------------------------------

// After every change: "{12}" becomes a reference, a paragraph that begins with a bullet's sign a bullet, and no
// bullet is without a sentence before it or deeper than one below the line before.
export function keepInOrder(keysNow) {
  return new Plugin({
    appendTransaction(changes, _, state) {
      if (!changes.some(({ docChanged }) => docChanged)) return null;
      const change = state.tr;
      refer(state.doc, change, keysNow());
      arrange(change);
      return change.docChanged ? change : null;
    },
  });
}

function refer(document, change, keys) {
  document.descendants((node, position) => {
    if (!node.isText) return;
    for (const { at, length, key } of referencesIn(node.text, keys)) {
      const start = change.mapping.map(position + at);
      change.replaceWith(start, start + length, REFERS.create({ key }, null, node.marks));
    }
  });
}

function arrange(change) {
  let before = -1;
  const done = change.steps.length;
  change.doc.forEach((line, start) => {
    before = arrangeLine(change, line, change.mapping.slice(done).map(start), before);
  });
}

function arrangeLine(change, line, start, before) {
  const { level } = line.attrs;
  const sign = level === 0 && before >= 0 && SIGN.exec(line.textBetween(0, line.content.size, null, CHIP));
  const now = sign ? 1 : Math.min(level, before + 1);
  if (now !== level) change.setNodeMarkup(start, null, { level: now });
  if (sign) change.delete(start + 1, start + 1 + sign[0].length);
  return now;
}
