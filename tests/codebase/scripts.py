"""Reads the words in the project's scripts, for the test that each of them can be translated."""

import re
from collections.abc import Iterator

TRANSLATED = re.compile(r"\b(?:_|ngettext)\($")
# Before what begins with a slash, it divides nothing.
BEFORE_PATTERN = re.compile(r"(?:^|[(,=:\[!&|?{};]|=>|\breturn)$")
# A tag, or the part of one that a placeholder left, with what a person hears of it.
HEARD = r"[^<>]*?\b(?:aria-label|title|placeholder)=\"([^\"<>]*)\""
TAG = re.compile(rf"<(?:{HEARD})?[^<>]*(?:>|$)|^{HEARD}[^<>]*>|^[^<>]*\">")
WORDS = re.compile(r"[A-Za-z’'](?:[a-z’']*) (?:[a-z]+|[A-Z][a-z]+)\b|^\s*[A-Z][a-z]+\W*$")


def literals(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each piece of text in a script: its line, the text, and whether it is to be translated."""
    at, seen, brackets, strings = 0, "", [False], []
    while at < len(source):
        rest = source[at:]
        if (strings and rest[0] == "}" and brackets[-1] == "in words") or rest[0] == "`":
            if rest[0] == "}":
                brackets.pop()
            is_marked = brackets[-1] is True
            piece = re.match(r"(?s)(?:[^`\\$]|\\.|\$(?!\{))*", source[at + 1 :])[0]
            yield source.count("\n", 0, at) + 1, piece, is_marked
            at += 1 + len(piece)
            if source[at] == "$":
                brackets.append("in words")
                strings.append(at)
                at += 2
                seen = "("
                continue
            if rest[0] == "}":
                strings.pop()
            at += 1
            seen = "`"
        elif comment := re.match(r"//[^\n]*|/\*.*?\*/", rest, re.DOTALL):
            at += comment.end()
        elif text := re.match(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", rest):
            yield source.count("\n", 0, at) + 1, text[1] or text[2] or "", brackets[-1] is True
            at += text.end()
            seen = '"'
        elif rest[0] == "/" and BEFORE_PATTERN.search(seen.rstrip()):
            at += re.match(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\]|\\.)*\])+/", rest).end()
            seen = "/x"
        else:
            seen = (seen + rest[0])[-12:]
            if rest[0] in "([{":
                brackets.append(bool(TRANSLATED.search(seen)))
            elif rest[0] in ")]}":
                brackets.pop()
            at += 1


def unmarked_words(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of what looks like words for a person and is not to be translated."""
    for line, text, is_marked in literals(source):
        shown = TAG.sub(lambda tag: f"  {tag[1] or tag[2] or ''}  ", text)
        if not is_marked and any(WORDS.search(part) for part in re.split(r"\s{2,}", shown)):
            yield line, text
