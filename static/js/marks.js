// The marks of a paragraph's words, read and written as reports/document/markup.py does: "**bold**",
// "\*" for an asterisk, and lines that start with "- ", "* " or "• ". Words are an array of lines,
// { level, runs }: level 0 begins a paragraph, 1 and 2 are its sub-bullets. A run is { text, bold };
// one with `isWhole` is never cut by a mark.

const LINE_ENDS = /\r\n?|[\v\f\x85\u2028\u2029]/g;
const BULLET = /^( *)[-*•] +(\S.*)$/;
const SPACE = /^[\s\p{Zs}]$/u;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;

export function read(source) {
  const lines = [];
  let draft = null; // the paragraph that bullets belong to, with the indents of its levels
  let isOpen = false;
  const begin = (words, least, hasBullets) => {
    lines.push({ level: 0, words });
    draft = { least, outer: null, inner: 0, hasBullets };
  };
  const goOn = (words) => {
    const last = lines.at(-1);
    last.words = `${last.words.trimEnd()} ${words}`;
  };
  for (const line of source.replace(LINE_ENDS, "\n").replaceAll("\t", "    ").split("\n")) {
    const bullet = BULLET.exec(line);
    if (!line.trim()) isOpen = false;
    else if (bullet) {
      const indent = bullet[1].length;
      if (draft && indent >= draft.least) lines.push({ level: levelOf(draft, indent), words: bullet[2] });
      else begin(bullet[2], indent + 2, false);
      isOpen = false;
    } else if (draft?.hasBullets && line.startsWith("  ")) goOn(line.trimStart());
    else if (isOpen) goOn(line.trimStart());
    else {
      begin(line.trimStart(), 0, false);
      isOpen = true;
    }
  }
  return lines.map(({ level, words }) => ({ level, runs: runsOf(words) }));
}

// A third level is refused by the server; here it stays what it is.
function levelOf(draft, indent) {
  draft.hasBullets = true;
  if (draft.outer === null || indent < draft.outer + 2) {
    [draft.outer, draft.inner] = [indent, 0];
    return 1;
  }
  if (draft.inner && indent >= draft.inner + 2) return 3;
  draft.inner ||= indent;
  return 2;
}

export function write(lines) {
  let source = "";
  let before = -1; // level of the line before
  for (const { level, runs } of lines) {
    const words = wordsOf(runs).trimStart();
    if (!words.trim()) continue;
    const now = Math.min(level, before + 1); // a bullet without a sentence before it is a paragraph
    if (now) source += `\n${"  ".repeat(now - 1)}- ${words}`;
    else source += (source && "\n\n") + words;
    before = now;
  }
  return source;
}

// --- reading bold ---------------------------------------------------------------------------------

// As markdown-it does with its rules "emphasis" and "escape"; anything but bold is text.
export function runsOf(words) {
  const { pieces, delimiters } = scan(words);
  balance(delimiters);
  markBold(pieces, delimiters);
  const runs = [];
  let bold = false;
  for (const { text, turns } of pieces) {
    if (turns !== undefined) bold = turns;
    else add(runs, text, bold);
  }
  return runs;
}

function add(runs, text, bold) {
  const last = runs.at(-1);
  if (last?.bold === bold) last.text += text;
  else if (text) runs.push({ text, bold });
}

function scan(words) {
  const pieces = [];
  const delimiters = [];
  let text = "";
  const flush = () => {
    if (text) pieces.push({ text });
    text = "";
  };
  for (let at = 0; at < words.length; ) {
    const character = words[at];
    if (character === "\\" && at + 1 < words.length) {
      flush();
      pieces.push({ text: words[at + 1] === "*" ? "*" : words.slice(at, at + 2) });
      at += 2;
    } else if (character === "*" || character === "_") {
      flush();
      let end = at;
      while (words[end] === character) end += 1;
      const length = end - at;
      const flanks = flanking(characterBefore(words, at), characterAt(words, end), character === "*");
      for (; at < end; at += 1) {
        delimiters.push({ marker: character, length, piece: pieces.length, end: -1, ...flanks });
        pieces.push({ text: character });
      }
    } else {
      text += character;
      at += 1;
    }
  }
  flush();
  return { pieces, delimiters };
}

function characterAt(words, at) {
  return at < words.length ? String.fromCodePoint(words.codePointAt(at)) : " ";
}

function characterBefore(words, at) {
  return [...words.slice(Math.max(0, at - 2), at)].at(-1) ?? " ";
}

function flanking(before, after, maySplitWord) {
  const [spaceBefore, spaceAfter] = [SPACE.test(before), SPACE.test(after)];
  const [signBefore, signAfter] = [PUNCTUATION.test(before), PUNCTUATION.test(after)];
  const left = !(spaceAfter || (signAfter && !(spaceBefore || signBefore)));
  const right = !(spaceBefore || (signBefore && !(spaceAfter || signAfter)));
  return {
    open: left && (maySplitWord || !right || signBefore),
    close: right && (maySplitWord || !left || signAfter),
  };
}

// For each closing delimiter, the nearest one that opens.
function balance(delimiters) {
  const bottoms = {};
  const jumps = [];
  let head = 0;
  let last = -2;
  delimiters.forEach((closer, place) => {
    jumps.push(0);
    if (delimiters[head].marker !== closer.marker || last !== closer.piece - 1) head = place;
    last = closer.piece;
    if (!closer.close) return;
    const kind = closer.marker + (closer.open ? 3 : 0) + (closer.length % 3);
    const lowest = bottoms[kind] ?? -1;
    let at = head - jumps[head] - 1;
    let bottom = at;
    for (; at > lowest; at -= jumps[at] + 1) {
      const opener = delimiters[at];
      if (opener.marker !== closer.marker || !opener.open || opener.end >= 0) continue;
      const isOdd = opener.close || closer.open;
      const ofThree = (opener.length + closer.length) % 3 === 0;
      if (isOdd && ofThree && (opener.length % 3 || closer.length % 3)) continue;
      const further = at > 0 && !delimiters[at - 1].open ? jumps[at - 1] + 1 : 0;
      jumps[place] = place - at + further;
      jumps[at] = further;
      closer.open = opener.close = false;
      opener.end = place;
      bottom = -1;
      last = -2;
      break;
    }
    if (bottom !== -1) bottoms[closer.marker + (closer.open ? 3 : 0) + (closer.length % 3)] = bottom;
  });
}

function markBold(pieces, delimiters) {
  for (let at = delimiters.length - 1; at >= 0; at -= 1) {
    const inner = delimiters[at];
    if (inner.end === -1) continue;
    const outer = delimiters[at - 1];
    const isTwice =
      outer?.end === inner.end + 1 &&
      outer.marker === inner.marker &&
      outer.piece === inner.piece - 1 &&
      delimiters[outer.end].piece === delimiters[inner.end].piece + 1;
    if (!isTwice) continue;
    at -= 1;
    if (inner.marker !== "*") continue;
    for (const place of [outer.piece, inner.piece]) pieces[place] = { turns: true };
    for (const one of [inner.end, outer.end]) pieces[delimiters[one].piece] = { turns: false };
  }
}

// --- writing bold ---------------------------------------------------------------------------------

// Where a mark would not be read as one, beside a space or a full stop within a word, it moves inwards.
export function wordsOf(runs) {
  const units = unitsOf(runs);
  const ranges = rangesOf(units);
  const words = withMarks(units, ranges);
  if (isRead(words, units, ranges)) return words;
  const good = [];
  for (const range of ranges) {
    if (isRead(withMarks(units, [...good, range]), units, [...good, range])) good.push(range);
  }
  return withMarks(units, good);
}

// Characters, and runs that are never cut. Of "\*" the paper would print the asterisk alone.
function unitsOf(runs) {
  const units = [];
  let slashes = 0;
  for (const { text, bold = false, isWhole } of runs) {
    for (const unit of isWhole ? [text] : text.replaceAll("\n", " ")) {
      if (unit === "*" && slashes % 2) units.push({ unit: "\\", bold });
      units.push({ unit, bold });
      slashes = unit === "\\" ? slashes + 1 : 0;
    }
  }
  return units;
}

function rangesOf(units) {
  const ranges = [];
  for (let start = 0; start < units.length; start += 1) {
    if (!units[start].bold) continue;
    let end = start;
    while (units[end]?.bold) end += 1;
    const next = end;
    while (start < end && !flanksOf(units, start).open) start += 1;
    while (end > start && !flanksOf(units, end).close) end -= 1;
    if (start < end) ranges.push([start, end]);
    start = next;
  }
  return ranges;
}

function flanksOf(units, place) {
  let slashes = 0;
  while (units[place - 1 - slashes]?.unit === "\\") slashes += 1;
  if (slashes % 2) return { open: false, close: false };
  const before = place ? [...units[place - 1].unit].at(-1) : " ";
  const after = place < units.length ? characterAt(units[place].unit, 0) : " ";
  return flanking(before, after, true);
}

function withMarks(units, ranges) {
  const marked = new Set(ranges.flat());
  let words = "";
  units.forEach(({ unit }, place) => {
    if (marked.has(place)) words += "**";
    words += unit === "*" ? "\\*" : unit;
  });
  return marked.has(units.length) ? `${words}**` : words;
}

function isRead(words, units, ranges) {
  const turns = new Set(ranges.flat());
  const meant = [];
  let bold = false;
  units.forEach(({ unit }, place) => {
    if (turns.has(place)) bold = !bold;
    add(meant, unit, bold);
  });
  return JSON.stringify(runsOf(words)) === JSON.stringify(meant);
}
