"""Part the text of an email into what the sender wrote and what they quoted. Pure functions.

`mail-parser-reply` finds the lines with which mail programs begin a quoted email ("On 2 December … wrote:", "From: …
Sent: …"). We part there only if our own email is what follows. When in doubt everything counts as the sender's: words too
many can be withdrawn, words too few are lost.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailparser_reply import EmailReplyParser

from workitems.by_email.html_lines import lines_of_html
from workitems.by_email.mime_reading import Body

# The patterns of the library take long on what no mail program writes, so they are asked about this much at most.
READ_FOR_QUOTES = 20_000  # characters; a note has 4,000
LONG_LINE = 500
STAND_IN = "\ue000"
RULE = re.compile(r"\n[_\-]{5,}\s*\Z")
SIGNATURE = re.compile(r"--\s*|[_\-]{5,}")


@dataclass(frozen=True)
class Parted:
    """`own` is what the sender wrote, `below` what stood under it."""

    own: str
    below: str


def part_of(body: Body, marks: Iterable[str], language: str = "en") -> Parted:
    """Return a text in its two parts. `marks` are words of the email that it answers."""
    text = lines_of_html(body.text) if body.is_html else body.text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\x00", "")
    if body.is_flowed:
        text = "\n".join(_unflowed(text.split("\n"), joins_words=body.joins_words))
    return part_text(text, marks, language)


def part_text(text: str, marks: Iterable[str], language: str = "en") -> Parted:
    text = _tidy("\n".join(line.strip() for line in text.split("\n")))
    whole = Parted(text, "")
    pieces = list(_pieces(text, language))
    known = [_bare(mark) for mark in marks]
    # The first piece begins with the sender's own words, which may name the register too.
    at = next((n for n in range(1, len(pieces)) if _is_ours(pieces[n], known)), 0)
    own = RULE.sub("", _tidy("\n\n".join(pieces[:at])))
    below = _tidy("\n\n".join(pieces[at:]))
    if not at or not own.strip(" >\n") or _is_answered_within(below):
        return whole
    return Parted(own, below)


def _pieces(text: str, language: str) -> Iterator[str]:
    """Yield the text, parted before each line that begins a quoted email. Long lines, which begin none, are put in afterwards."""
    head, tail = _cut(text.replace(STAND_IN, ""), READ_FOR_QUOTES)
    lines = head.split("\n")
    long = [line for line in lines if len(line) > LONG_LINE]
    numbers = iter(range(len(long)))
    short = [f"{STAND_IN}{next(numbers)}{STAND_IN}" if len(line) > LONG_LINE else line for line in lines]  # fmt: skip
    found = EmailReplyParser(languages=[language]).read("\n".join(short)).replies
    pieces = [
        re.sub(f"{STAND_IN}([0-9]+){STAND_IN}", lambda match: long[int(match[1])], each.content)
        for each in found
    ]
    if text.lstrip() and pieces and found[0].headers:
        pieces.insert(0, "")  # It begins with a quoted email.
    if tail:
        pieces[-1:] = [f"{pieces[-1]}\n{tail}"] if pieces else [tail]
    yield from pieces


def _cut(text: str, length: int) -> tuple[str, str]:
    if len(text) <= length:
        return text, ""
    end = text.rfind("\n", 0, length)
    end = length if end < 0 else end
    return text[:end], text[end:].strip("\n")


def _bare(text: str) -> str:
    """Return a text without what quoting and wrapping add to it."""
    return "".join(character for character in text.casefold() if character not in " \t\n>*_")


def _is_ours(piece: str, marks: Sequence[str]) -> bool:
    bare = _bare(piece)
    return any(mark in bare for mark in marks if mark)


def _is_answered_within(below: str) -> bool:
    """Whether words stand between or after lines that are marked as quoted, but for a signature."""
    is_quoted_yet = False
    for line in below.split("\n"):
        if line.startswith(">"):
            is_quoted_yet = True
        elif is_quoted_yet and SIGNATURE.fullmatch(line):
            return False
        elif is_quoted_yet and line.strip():
            return True
    return False


def _unflowed(lines: Sequence[str], *, joins_words: bool) -> Iterator[str]:
    """Yield paragraphs of flowed lines: a line that ends with a space goes on in the next one of its depth."""
    kept, depth = "", 0
    for line in lines:
        bare = line.lstrip(">")
        own_depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if kept and own_depth != depth:
            yield ">" * depth + " " * bool(depth) + kept
            kept = ""
        depth = own_depth
        if bare.endswith(" ") and bare != "-- ":
            kept += bare[:-1] if joins_words else bare
            continue
        yield ">" * depth + " " * bool(depth) + kept + bare
        kept = ""
    if kept:
        yield ">" * depth + " " * bool(depth) + kept


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()
