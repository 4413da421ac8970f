"""Diff of two papers, paragraph by paragraph. Takes and returns plain data."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from os.path import commonprefix
from typing import TypeVar

from django.utils.translation import gettext, ngettext

from reports.comparison.matching import Pair, Passage, in_order, pairs
from reports.document import (
    Annex,
    Bullet,
    Contact,
    Document,
    Paragraph,
    Recommendation,
    Section,
    SectionKind,
    words,
)
from reports.document.dates import long_date
from reports.document.wording import join_words
from workitems.terms.word_diff import Strand, full_diff

# Limit on character comparisons for a whole paper. Further changed paragraphs are shown as
# replaced.
MOST_STEPS = 40_000_000
NOT_SAID = "N/A"

Numbered = Paragraph | Recommendation
Each = TypeVar("Each")


class Kind(StrEnum):
    """How a paragraph changed. One that was both moved and reworded counts as changed."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph or recommendation before and after. A side is None if it is missing there.

    `under` is the heading it was moved from. `strands` is the diff if the words differ.
    `looks_differ` is true if only bold type, spaces or printed options differ.
    """

    was: Numbered | None
    now: Numbered | None
    is_moved: bool = False
    under: str = ""
    strands: tuple[Strand, ...] = ()
    looks_differ: bool = False

    @property
    def kind(self) -> Kind:
        if self.was is None:
            return Kind.NEW
        if self.now is None:
            return Kind.GONE
        if self.strands or self.looks_differ:
            return Kind.CHANGED
        return Kind.MOVED if self.is_moved else Kind.SAME

    @property
    def label(self) -> str:
        """How it changed, such as "Changed and moved"."""
        if self.kind == Kind.CHANGED and self.is_moved:
            return gettext("Changed and moved")
        return {
            Kind.NEW: gettext("New"),
            Kind.GONE: gettext("Gone"),
            Kind.CHANGED: gettext("Changed"),
            Kind.MOVED: gettext("Moved"),
            Kind.SAME: gettext("Same"),
        }[self.kind]

    @property
    def shown(self) -> Numbered:
        """The later version or, if it is gone, the earlier one."""
        found = self.now or self.was
        assert found is not None
        return found

    @property
    def place(self) -> str:
        """ "Paragraph 4", "Paragraph 4, was 3 under “Background”" or "Was paragraph 3"."""
        is_ask = isinstance(self.shown, Recommendation)
        if self.now is None:
            sentence = (
                gettext("Was recommendation {number}")
                if is_ask
                else gettext("Was paragraph {number}")
            )
            return sentence.format(number=self.shown.number)
        sentence = gettext("Recommendation {number}") if is_ask else gettext("Paragraph {number}")
        place = sentence.format(number=self.now.number)
        if self.was is None or (self.was.number == self.now.number and not self.under):
            return place
        sentence = (
            gettext("{place}, was {number} under “{heading}”")
            if self.under
            else gettext("{place}, was {number}")
        )
        return sentence.format(place=place, number=self.was.number, heading=self.under)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive lines that are all the same, or all different."""

    is_same: bool
    lines: tuple[Line, ...]

    @property
    def summary(self) -> str:
        """ "3 paragraphs are the same: 4 to 6, were 3 to 5"."""
        now = _numbers(line.now.number for line in self.lines if line.now)
        was = _numbers(line.was.number for line in self.lines if line.was)
        count = len(self.lines)
        sentence = (
            ngettext(
                "{count:,} recommendation is the same: {now}",
                "{count:,} recommendations are the same: {now}",
                count,
            )
            if isinstance(self.lines[0].shown, Recommendation)
            else ngettext(
                "{count:,} paragraph is the same: {now}",
                "{count:,} paragraphs are the same: {now}",
                count,
            )
        ).format(count=count, now=now)
        if was == now:
            return sentence
        return ngettext("{same}, was {numbers}", "{same}, were {numbers}", count).format(
            same=sentence, numbers=was
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A section, or the recommendations. A heading is "" if that paper has no such section."""

    heading_was: str
    heading_now: str
    lines: tuple[Line, ...]
    is_moved: bool = False

    @property
    def heading(self) -> str:
        return self.heading_now or self.heading_was

    @property
    def heading_strands(self) -> tuple[Strand, ...]:
        """The diff of the heading, if the section was renamed."""
        if not self.heading_was or not self.heading_now or self.heading_was == self.heading_now:
            return ()
        return tuple(full_diff(self.heading_was, self.heading_now))

    @property
    def differing(self) -> int:
        return sum(line.kind != Kind.SAME for line in self.lines) + (
            self.is_moved or self.heading_was != self.heading_now
        )

    @property
    def stretches(self) -> list[Stretch]:
        runs = groupby(self.lines, key=lambda line: line.kind == Kind.SAME)
        return [Stretch(is_same, tuple(lines)) for is_same, lines in runs]


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of the cover. Without `strands` it is unchanged."""

    label: str
    value: str
    strands: tuple[Strand, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """An annex by its headings. It is in both papers if neither is empty."""

    was: str
    now: str
    is_same: bool = False

    @property
    def heading(self) -> str:
        return self.now or self.was

    @property
    def is_in_both(self) -> bool:
        return bool(self.was and self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The diff of two papers.

    Sections are in the later paper's order; `closing` leads to the recommendations, `asked`.
    """

    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    closing: Part
    asked: Part
    annexes: tuple[AnnexLine, ...]

    @property
    def changed_facts(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.strands]

    @property
    def same_facts(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.strands]

    @property
    def closing_differing(self) -> int:
        return self.closing.differing + self.asked.differing

    @property
    def differs(self) -> bool:
        return bool(
            self.changed_facts
            or any(part.differing for part in self.parts)
            or self.closing_differing
            or any(not annex.is_same for annex in self.annexes)
        )

    @property
    def summary(self) -> str:
        """ "2 paragraphs are new, 1 is changed and 14 are the same"; recommendations apart."""
        clauses = []
        for is_asked, parts in ((False, (*self.parts, self.closing)), (True, (self.asked,))):
            count = Counter(line.kind for part in parts for line in part.lines)
            each: list[str] = []
            for kind in Kind:
                if number := count[kind]:
                    what = f"{number:,}" if each else _counted(number, is_asked=is_asked)
                    each.append(_kept(kind, number).format(count=what))
            clauses.append(join_words(each))
        return f"{'; '.join(clauses)}."


def compare(was: Document, now: Document) -> Comparison:
    """Compare an earlier paper with a later one."""
    diff = _WordDiff()
    sections = _sections(was.sections, now.sections)
    homes = list(sections.entries(range(len(was.sections)), range(len(now.sections))))
    paragraphs = _Matched(
        [
            (each, n)
            for n, (i, _) in enumerate(homes)
            if i is not None
            for each in was.sections[i].paragraphs
        ],
        [
            (each, n)
            for n, (_, j) in enumerate(homes)
            if j is not None
            for each in now.sections[j].paragraphs
        ],
        diff,
    )
    under = {n: was.sections[i].heading for n, (i, _) in enumerate(homes) if i is not None}
    asked = _Matched(
        [(each, 0) for each in was.recommendation.items],
        [(each, 0) for each in now.recommendation.items],
        diff,
    )
    lead = _line(was.recommendation.lead, now.recommendation.lead, diff)
    return Comparison(
        facts=tuple(_facts(was, now, diff)),
        parts=tuple(
            Part(
                was.sections[i].heading if i is not None else "",
                now.sections[j].heading if j is not None else "",
                tuple(paragraphs.lines(n, under)),
                is_moved=i is not None and j is not None and sections.kept.get(i) != j,
            )
            for n, (i, j) in enumerate(homes)
        ),
        closing=Part(was.recommendation.heading, now.recommendation.heading, (lead,)),
        asked=Part("", "", tuple(asked.lines(0, {}))),
        annexes=tuple(_annexes(was.annexes, now.annexes)),
    )


def text_of(numbered: Numbered) -> str:
    """Return the printed text: a line each for text, sub-bullets and options."""
    if isinstance(numbered, Recommendation):
        return f"{numbered.verb} {words(numbered.text)}\n{' / '.join(numbered.printed_options)}"
    return "\n".join((words(numbered.text), *_bullets(numbered.bullets)))


def _bullets(bullets: Iterable[Bullet], sign: str = "•") -> Iterator[str]:
    for bullet in bullets:
        yield f"{sign} {words(bullet.text)}"
        yield from _bullets(bullet.bullets, "–")


def _looks(numbered: Numbered) -> list[tuple[str, bool]]:
    """Return the text as runs of bold and other characters. The language of a run is ignored."""
    texts = [numbered.text]
    if isinstance(numbered, Paragraph):
        for bullet in numbered.bullets:
            texts += [bullet.text, *(inner.text for inner in bullet.bullets)]
    found = []
    for text in texts:
        for bold, runs in groupby(text, key=lambda run: run.bold):
            found.append(("".join(run.text for run in runs), bold))
    return found


class _WordDiff:
    """Word diff with a limit on the work for one paper."""

    def __init__(self) -> None:
        self.steps_left = MOST_STEPS

    def __call__(self, was: str, now: str) -> tuple[Strand, ...]:
        """Return the diff, or an empty tuple if the words are the same."""
        if was == now:
            return ()
        ahead = len(commonprefix((was, now)))
        behind = len(commonprefix((was[ahead:][::-1], now[ahead:][::-1])))
        steps = (len(was) - ahead - behind) * (len(now) - ahead - behind)
        if steps > self.steps_left:
            return (Strand(was, is_removed=True), Strand(now, is_added=True))
        self.steps_left -= steps
        strands = tuple(full_diff(was, now))
        return strands if any(each.is_removed or each.is_added for each in strands) else ()


def _line(
    was: Numbered | None,
    now: Numbered | None,
    diff: _WordDiff,
    *,
    is_moved: bool = False,
    under: str = "",
) -> Line:
    if was is None or now is None:
        return Line(was=was, now=now)
    before, after = text_of(was), text_of(now)
    strands = diff(before, after)
    looks_differ = not strands and (before != after or _looks(was) != _looks(now))
    return Line(
        was=was, now=now, is_moved=is_moved, under=under, strands=strands, looks_differ=looks_differ
    )


# --- matching ------------------------------------------------------------------------------------

# Positions in the two papers; None if the other side has no match.
Entry = tuple[int | None, int | None]


class _Order:
    """Matched positions of two papers, and which of them kept their order."""

    def __init__(self, found: Iterable[Pair], kept: Iterable[Pair]) -> None:
        self.of_old = dict(found)
        self.of_new = {b: a for a, b in self.of_old.items()}
        self.kept = dict(kept)

    def entries(self, old: Iterable[int], new: Iterable[int]) -> Iterator[Entry]:
        """Yield matched positions in the later order; removed ones follow what they followed."""
        behind: dict[int | None, list[int]] = defaultdict(list)
        anchor: int | None = None
        for a in old:
            if a in self.kept:
                anchor = self.kept[a]
            elif a not in self.of_old:
                behind[anchor].append(a)
        yield from ((a, None) for a in behind[None])
        for b in new:
            yield self.of_new.get(b), b
            yield from ((a, None) for a in behind.get(b, ()))


class _Matched:
    """Matched paragraphs or recommendations of two papers, each with its section's number."""

    def __init__(
        self,
        was: Sequence[tuple[Numbered, int]],
        now: Sequence[tuple[Numbered, int]],
        diff: _WordDiff,
    ) -> None:
        self.was, self.now, self.diff = was, now, diff
        old, new = (
            [Passage(each.key, home, text_of(each)) for each, home in side] for side in (was, now)
        )
        found = pairs(old, new)
        at_home: dict[int, list[Pair]] = defaultdict(list)
        for a, b in found:
            if was[a][1] == now[b][1]:
                at_home[was[a][1]].append((a, b))
        self.order = _Order(
            found, (pair for each in at_home.values() for pair in in_order(each, old, new))
        )
        self.places: tuple[dict[int, list[int]], ...] = (defaultdict(list), defaultdict(list))
        for side, rows in zip(self.places, (was, now), strict=True):
            for place, (_, home) in enumerate(rows):
                side[home].append(place)

    def lines(self, home: int, under: Mapping[int, str]) -> Iterator[Line]:
        """Yield the lines of section `home`.

        `under` maps sections to the earlier paper's headings.
        """
        for a, b in self.order.entries(*(side.get(home, ()) for side in self.places)):
            if a is None or b is None:
                yield Line(
                    was=None if a is None else self.was[a][0],
                    now=None if b is None else self.now[b][0],
                )
                continue
            was, came_from = self.was[a]
            is_moved = self.order.kept.get(a) != b
            heading = under.get(came_from, "") if came_from != home else ""
            yield _line(was, self.now[b][0], self.diff, is_moved=is_moved, under=heading)


def _first_alike(
    was: Sequence[Each], now: Sequence[Each], *alike: Callable[[Each, Each], bool]
) -> list[Pair]:
    """Match items of two lists, trying each predicate in turn."""
    old, new = dict(enumerate(was)), dict(enumerate(now))
    found: list[Pair] = []
    for is_alike in alike:
        for i, one in list(old.items()):
            j = next((j for j, other in new.items() if is_alike(one, other)), None)
            if j is not None:
                found.append((i, j))
                del old[i], new[j]
    return found


def _sections(was: Sequence[Section], now: Sequence[Section]) -> _Order:
    """Match sections by content, then by heading, then by the paragraphs they share."""
    found = _first_alike(
        was,
        now,
        lambda one, other: one.kind == other.kind != SectionKind.OTHER,
        lambda one, other: one.heading == other.heading,
        lambda one, other: one.kind == other.kind and not _keys(one).isdisjoint(_keys(other)),
    )
    passages = [
        [
            Passage(f"{each.kind} {each.heading}", 0, "".join(map(text_of, each.paragraphs)))
            for each in side
        ]
        for side in (was, now)
    ]
    return _Order(found, in_order(found, *passages))


def _keys(section: Section) -> set[str]:
    return {paragraph.key for paragraph in section.paragraphs}


# --- cover and annexes --------------------------------------------------------------------------


def _facts(was: Document, now: Document, diff: _WordDiff) -> Iterator[Fact]:
    for (label, before), (_, after) in zip(_cover(was), _cover(now), strict=True):
        yield Fact(label, after, diff(before, after))


def _cover(paper: Document) -> Iterator[tuple[str, str]]:
    """Yield the cover's labels and printed values, in order."""
    cover = paper.cover
    yield gettext("Plan"), paper.plan_title
    yield gettext("Minister"), cover.minister
    yield gettext("Portfolio"), cover.portfolio
    yield gettext("Deadline"), long_date(cover.deadline) if cover.deadline else NOT_SAID
    yield gettext("Action sought"), cover.action_sought
    yield gettext("Title"), cover.title
    yield gettext("Date"), long_date(cover.dated)
    yield gettext("Security"), cover.printed_marking
    yield gettext("Copied to"), "\n".join(cover.copied_to) or NOT_SAID
    yield gettext("For referral to"), "\n".join(cover.for_referral_to) or NOT_SAID
    consulted = ", ".join(cover.agencies_consulted) or NOT_SAID
    yield gettext("Agencies consulted"), consulted
    yield gettext("Not concurring"), ", ".join(cover.not_concurring) or gettext("None")
    yield gettext("Contact information"), "\n".join(_contact(each) for each in cover.contacts)
    yield gettext("Authorising manager"), _contact(cover.authorising_manager)
    yield (
        gettext("Signed on behalf of"),
        cover.on_behalf_of.removeprefix("for ").removeprefix("the ") or NOT_SAID,
    )
    yield gettext("Tracker number"), cover.tracker_number
    looks = cover.looks
    mark = looks.mark.alt if looks.mark else ""
    names = (looks.ministry, looks.ministry_mi, mark)
    yield gettext("Letterhead"), "\n".join(filter(None, names)) or NOT_SAID


def _contact(contact: Contact) -> str:
    numbers = contact.direct_dial or NOT_SAID, contact.mobile or NOT_SAID
    return gettext("{who}; DDI: {direct_dial}; MB: {mobile}").format(
        who=contact.who, direct_dial=numbers[0], mobile=numbers[1]
    )


def _annexes(was: Sequence[Annex], now: Sequence[Annex]) -> Iterator[AnnexLine]:
    """Match annexes by key, then by heading, then by type."""
    found = _first_alike(
        was,
        now,
        lambda one, other: type(one) is type(other) and one.key == other.key,
        lambda one, other: type(one) is type(other) and one.heading == other.heading,
        lambda one, other: type(one) is type(other),
    )
    for a, b in _Order(found, found).entries(range(len(was)), range(len(now))):
        yield AnnexLine(
            was[a].heading if a is not None else "",
            now[b].heading if b is not None else "",
            a is not None
            and b is not None
            and replace(was[a], key="a") == replace(now[b], key="a"),
        )


# --- words --------------------------------------------------------------------------------------


def _counted(number: int, *, is_asked: bool) -> str:
    sentence = (
        ngettext("{count:,} recommendation", "{count:,} recommendations", number)
        if is_asked
        else ngettext("{count:,} paragraph", "{count:,} paragraphs", number)
    )
    return sentence.format(count=number)


def _kept(kind: Kind, number: int) -> str:
    """Return "{count} are new"."""
    match kind:
        case Kind.NEW:
            return ngettext("{count} is new", "{count} are new", number)
        case Kind.GONE:
            return ngettext("{count} is gone", "{count} are gone", number)
        case Kind.CHANGED:
            return ngettext("{count} is changed", "{count} are changed", number)
        case Kind.MOVED:
            return ngettext("{count} is moved", "{count} are moved", number)
    return ngettext("{count} is the same", "{count} are the same", number)


def _numbers(numbers: Iterable[int]) -> str:
    """Return "3", "3 and 4", "3 to 5" or "3 to 5 and 8"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    ranges: list[str] = []
    for run in runs:
        ranges += (
            [gettext("{first} to {last}").format(first=run[0], last=run[-1])]
            if len(run) > 2
            else [str(number) for number in run]
        )
    return join_words(ranges)
