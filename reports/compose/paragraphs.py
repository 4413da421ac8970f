"""Text, paragraphs and keys of a document; joins texts and introduces agencies."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from string import ascii_uppercase
from typing import Protocol

from agencies.models import Agency
from reports.compose.budget import Budget, Room, is_by_item
from reports.compose.facts import Facts
from reports.compose.subjects import Names
from reports.compose.writing_out import introduce, stands_alone, texts_of, write_out
from reports.document import (
    Bullet,
    DocumentError,
    Paragraph,
    Run,
    Section,
    Source,
    Text,
    Verb,
    markup,
    words,
)
from reports.document.wording import (
    SMALL,
    capitalised,
    closed,
    count_in_words,
    join_words,
    mentions,
    named,
    number,
    opened,
)
from workitems.terms.acronyms import acronym_of
from workitems.terms.sentence_ends import sentences, with_capital

# In text: what is asked of the Minister, filled in from the recommendations when the paper is printed.
ASKED = "{recommendations}"
# What generated recommendations say: to take a decision, and to note those of others. On what follows the summary is
# silent.
ON_WHICH = ", on which the new date for "
NEW_DATE = "that the new {} for "
# What a recommendation of earlier drafts says of several.
ON_DECISIONS = "that new dates depend on decisions: "
THAT_DATES = ("that the new date", "that new dates depend")
# What recommendations of earlier drafts say that no record says.
BY_WHOM = " (by whom is not recorded)"
UNDATED = " (no day is set)"
# The case for a decision; that of earlier drafts is in brackets, or follows a semicolon.
_IN_CASE = (
    r"(?: \((?:the money|if it) .*\)|; (?:the money would|if you decline|if it is declined)\b.*"
    r"|\. (?:The money would|If you decline|If it is declined)\b.*)"
)
_FOR_WHAT = rf"{ON_WHICH}(?:(.+? \([0-9A-Za-z.-]+\)), )?.*?(?P<case>{_IN_CASE})?"
_CASE = re.compile(rf"{_IN_CASE}$")
_DECIDES = re.compile(rf"to (.+?){_FOR_WHAT}")
_THAT_ONE = re.compile(r"(that the new dates? for .+ depends? on )(.+)")
_THAT_ALL = re.compile(rf"{ON_DECISIONS}(.+)")
# One of several: "that for the card (1.1, not before June 2011) on a decision by Cabinet".
_EACH = re.compile(r"(?:^|; |; and )th(?:at|ose) for ")
_OWN = re.compile(r"your decision on .+")
_BY = re.compile(
    r"(?:an?|the) decision by ((?:the )?[A-Z][\w’-]*(?: (?:(?:of|for) )?[A-Z][\w’-]*)*)"
)
_WITH = re.compile(rf"(with the Minister .+?){_FOR_WHAT}")
# What no Minister has to be told.
_CONTENTS = re.compile(r"the contents of this (?:briefing|paper|report)")
# Recommendations with more words together are only counted in the summary.
MOST_ASKED = 45


class Recommended(Protocol):
    """A recommendation: its verb and the text that follows it."""

    @property
    def verb(self) -> Verb: ...
    @property
    def text(self) -> str: ...


def asked(asks: Iterable[Recommended]) -> str:
    """Return the recommendations as the end of a sentence that begins "You are asked to", or their number if they are
    long: "agree to a higher fee". Beside the Minister's own decisions those of others wait for the recommendations. To note
    the contents of the paper is said if it is all that is asked."""
    asks = list(asks)
    if not asks:
        return "do nothing, as this paper is for your information"
    clauses, of_others, is_own = [], list[str](), False
    for ask in asks:
        text = opened(ask.text)
        if ask.verb == Verb.NOTE and _CONTENTS.fullmatch(text) and len(asks) > 1:
            continue
        clause = f"{ask.verb} {text}"
        if ask.verb == Verb.AGREE and (found := _DECIDES.fullmatch(text)):
            is_act = found[1].startswith(("decide ", "take "))
            clause, is_own = f"{'' if is_act else 'agree to '}{found[1]}{_for_what(found)}", True
        elif ask.verb == Verb.AGREE and (found := _WITH.fullmatch(text)):
            clause, is_own = f"decide {found[1]}{_for_what(found)}", True
        elif ask.verb == Verb.NOTE and text.startswith(THAT_DATES):
            of_others.append(text)
            continue
        clauses.append(clause)
    if of_others and not is_own:
        clauses.append(_noted(of_others))
    if len(clauses) > 1 or sum(len(each.split()) for each in clauses) > MOST_ASKED:
        # The recommendation has the case for a decision.
        clauses = [_CASE.sub("", each) for each in clauses]
    if sum(len(each.split()) for each in clauses) > MOST_ASKED:
        return f"decide on {count_in_words(len(asks), 'recommendation')} at the end of this paper"
    *first, last = clauses
    return f"{', to '.join(first)}, and to {last}" if first else last


def _for_what(found: re.Match[str]) -> str:
    """Return for what the Minister's own decision is needed, with the case for it where that is recorded: ", on which the card (1.1)
    depends (if it is declined, …)"; "" if that is not said."""
    # "The front door to be open" does not depend.
    date_of = "the new date for " if found[2] and " to " in found[2] else ""
    return f", on which {date_of}{found[2]} depends{found['case'] or ''}" if found[2] else ""


def _decision(text: str) -> str:
    """Return a decision without what a recommendation has of it, "a decision by Cabinet"; the Minister's own whole; "" of
    another one."""
    if own := _OWN.fullmatch(text.removesuffix(UNDATED)):
        return own.group()
    by = _BY.match(text)
    return f"a decision by {by[1]}" if by else ""


def _noted(texts: list[str]) -> str:
    """Return that the Minister is to note the decisions of others on which new dates depend, as a clause: one with its date; of
    several whose they are, or their number."""
    on: list[str] = []
    for text in texts:
        if found := _THAT_ALL.fullmatch(text):
            parts = [each for each in _EACH.split(found[1]) if each]
            on += [each.partition(") on ")[2] or each.partition(" on ")[2] for each in parts]
        elif found := _THAT_ONE.fullmatch(text):
            on.append(_CASE.sub("", found[2]).removesuffix(UNDATED).removesuffix(BY_WHOM))
            if len(texts) == 1:
                which = re.sub(r" \([^()]*\)(?= depends? on $)", "", found[1])
                return f"note {which}{_decision(on[0]) or on[0]}"
        else:
            on.append("")
    decided = list(dict.fromkeys(filter(None, map(_decision, on))))
    if all(map(_decision, on)):
        return f"note that new dates depend on {', and on '.join(decided)}"
    own = [each for each in decided if _OWN.fullmatch(each)]
    more = f", among them {join_words(own)}" if own else ""
    return f"note that {number(len(on))} new dates depend on decisions{more}"


def _all_names(facts: Facts) -> Names:
    return Names(facts.items)


class Writer:
    """Writes one paper's text, and remembers which agencies it has introduced.

    `annexes` are the names of the paper's annexes, because some text refers to them. `contents` are those
    of its sections, in order, which share its `words`; what a paper must have is written even if none are left.
    `is_tight` is for a paper in which even that is too long: fewer reasons, effects, results and dates must be there.
    """

    # What stands for the recommendations in the summary, until the paper is printed.
    asked = ASKED

    def __init__(
        self,
        facts: Facts,
        annexes: Iterable[str] = (),
        contents: Iterable[str] = (),
        words: int = 0,
        *,
        is_tight: bool = False,
    ) -> None:
        self.facts = facts
        self.words = words
        self.is_tight = is_tight
        self.annexes = tuple(annexes)
        # Sentences that the paper has and will not repeat, and on what the new dates of late items depend, of those for
        # which its summary or a recommendation says it.
        self.used_sentences: set[str] = set()
        self.conditions: dict[int, str] = {}
        # The late items whose causes its summary has.
        self.causes_told: set[int] = set()
        # The reports whose results it tells, by primary key.
        self.reported: set[int] = set()
        # The open actions that the paper tells, and the milestones whose new dates it has told.
        self.actions: set[int] = set()
        self.dated: set[int] = set()
        # The measures whose sentences it has.
        self.measures_told: set[int] = set()
        # How many late milestones it has told in the form of acts, and the items of which it has told how many are done.
        self.late_acts = 0
        # Whether a late item that leads has no room to be told whole.
        self.is_full = False
        # Whether the summary says that what is complete has no evidence.
        self.tells_of_evidence = False
        # Whether the summary has an item that may become late.
        self.tells_of_risk = False
        # Whether the paper says what was withdrawn, and why.
        self.tells_of_withdrawals = False
        # Whether the summary has for how many completed milestones evidence is missing.
        self.tells_of_lacking = False
        # The items that are not key of which its first line says to which later date they were moved.
        self.moves_told: set[int] = set()
        # First steps of items that have not started, of which the summary has the date.
        self.first_steps: set[int] = set()
        self.parts_told: set[int] = set()
        # The items of whose late milestone it says what is left, which their agencies plan next.
        self.plans_told: set[int] = set()
        self._contents = tuple(contents)
        self._budget = Budget(words, self._contents, is_tight=is_tight)
        # By key of a paragraph on several records: the sources of each of its bullets, or of each sentence if
        # it has no bullets.
        self.lines: dict[str, tuple[tuple[Source, ...], ...]] = {}
        self._introduced: set[int] = set()
        # Names with which a sentence may begin.
        self.agency_names = [name for agency in facts.agencies.values() for name in agency.names]

    @cached_property
    def names(self) -> Names:
        """What the paper calls items. Made from all titles when it first names one, once for all papers of the facts."""
        return self.facts.once(_all_names).anew()

    def has(self, content: str) -> bool:
        """Whether the paper has a section of this content."""
        return content in self._contents

    @property
    def is_by_item(self) -> bool:
        """Whether the paper tells of each late item in one place: it has no section Mitigation."""
        return is_by_item(self._contents)

    def room(self, content: str) -> Room:
        """Return the words that a section may use. Sections ask in the order of the paper."""
        return self._budget.room(content)

    def write(self, content: str, section: "Callable[[Writer], Section]") -> Section:
        """Return a section with its acronyms written out. Subtract its words from the paper's, and note which items
        it has named."""
        known = set(self._introduced)
        agencies = self.facts.agencies.items()
        made, introduced = introduce(
            section(self), [each for pk, each in agencies if pk not in known]
        )
        # What was left out may have introduced an agency too.
        text = "\n".join(text for each in made.paragraphs for text in texts_of(each))
        self._introduced = known | {
            pk
            for pk, each in agencies
            if pk in introduced
            or f"{each.name} ({each.short_name})" in text
            or (pk in self._introduced and not acronym_of(each.short_name))
        }
        made = write_out(made, self.facts)
        self._budget.spend(content, sum(map(length, made.paragraphs)))
        for paragraph in made.paragraphs:
            for each in texts_of(paragraph):
                self.names.note(each)
        return made

    def where(self, annexes: Iterable[str]) -> str:
        """Return "Annex B" for the first of these annexes that the paper has, or ""."""
        for name in annexes:
            if name in self.annexes:
                return f"Annex {ascii_uppercase[self.annexes.index(name)]}"
        return ""

    def bracketed(self, agency: Agency) -> str:
        """Return the name for use in brackets: the short one if the text has introduced it or it is a part of
        the name."""
        is_plain = mentions(agency.name, [agency.short_name])
        return agency.short_name if agency.pk in self._introduced or is_plain else agency.name

    def subject(self, agency: Agency) -> str:
        """Return the name to begin a sentence with, without an introduction."""
        name = self.bracketed(agency)
        return capitalised(named(name) if name == agency.name else name)

    def note_introduction(self, agency: Agency, text: str) -> None:
        """Treat the agency as introduced if a standing text has its two names: "Ministry of Health (MOH)"."""
        if f"{agency.name} ({agency.short_name})" in text:
            self._introduced.add(agency.pk)

    def note_mentions(self, text: str) -> None:
        """Treat as introduced the agencies whose short names stand in a text of this section: they are written out there."""
        for agency in self.facts.agencies.values():
            if agency.pk not in self._introduced and stands_alone(text, agency.short_name):
                self._introduced.add(agency.pk)

    def agency(self, agency: Agency, *, introduce: bool = True) -> str:
        """Return the name with the short name in brackets the first time, then or unless it is to `introduce` the
        agency only the latter. A short name that is a part of the name needs no brackets."""
        if not introduce or agency.pk in self._introduced or agency.short_name == agency.name:
            # "The Housing Agency will …", but "Police will …".
            return named(agency.short_name) if " " in agency.short_name else agency.short_name
        self._introduced.add(agency.pk)
        is_plain = mentions(agency.name, [agency.short_name])
        return named(agency.name) if is_plain else f"{named(agency.name)} ({agency.short_name})"

    def named_itself(self, text: str, who: str) -> str:
        """Return what an agency `who` writes with its short name in place of "the Department", if that is what it is."""
        own = next((each for each in self.facts.agencies.values() if each.short_name == who), None)
        kind = own.name.partition(" ")[0] if own else ""
        if kind not in ("Agency", "Department", "Ministry"):
            return text
        return re.sub(rf"\b[Tt]he {kind}\b(?! (?:for|of)\b)", who, text)

    def short_subject(self, agency: Agency) -> str:
        """Return the name to begin a sentence with, an acronym if it has one, which is written out where it comes first."""
        short = agency.short_name
        return short if acronym_of(short) == short else self.subject(agency)

    def text(self, *parts: "str | Text") -> Text:
        """Return the parts as one text.

        Spaces at the ends of a part are kept. Bold is parsed in each part.
        """
        runs: list[Run] = []
        for part in parts:
            for run in self._runs(part) if isinstance(part, str) else part:
                last = runs[-1] if runs else None
                if last and (last.bold, last.lang) == (run.bold, run.lang):
                    runs[-1] = replace(last, text=last.text + run.text)
                else:
                    runs.append(run)
        return tuple(runs)

    def _runs(self, part: str) -> Iterator[Run]:
        if part[:1].isspace():
            yield Run(" ")
        if part.strip():
            yield from markup.inline(part, maori=self.facts.maori)
            if part[-1:].isspace():
                yield Run(" ")

    def bold(self, text: str) -> Text:
        return tuple(replace(run, bold=True) for run in markup.inline(text, maori=self.facts.maori))

    def blocks(self, source: str) -> tuple[markup.Block, ...]:
        """Return typed text as paragraphs with their bullets."""
        return markup.parse(source, maori=self.facts.maori)

    def flat(self, source: str) -> str:
        """Return typed text as sentences on one line, for use within a paragraph."""
        return flat(source, self.facts.maori)

    def paragraph(
        self,
        text: "str | Text",
        *,
        about: str,
        bullets: Iterable[Bullet] = (),
        sources: Iterable[Source] | None = None,
    ) -> Paragraph:
        """Return a paragraph with a key that stays the same whenever it is composed.

        `about` must be unique in the paper; the key is its digest. The default source is the plan.
        """
        sources = [self.facts.plan_source] if sources is None else sources
        return Paragraph(
            key=key("p", about),
            text=self.text(text) if isinstance(text, str) else text,
            bullets=tuple(bullets),
            sources=tuple(dict.fromkeys(sources)),
        )

    def running(self, passages: Iterable[tuple[str, Iterable[Source]]], *, about: str) -> Paragraph:
        """Return a paragraph, as `paragraph` does, of passages: whole sentences, each with its own sources."""
        pieces = [(text, tuple(sources)) for text, sources in passages]
        made = self.paragraph(
            " ".join(text for text, _ in pieces),
            about=about,
            sources=[source for _, sources in pieces for source in sources],
        )
        self.lines[made.key] = tuple(sources for text, sources in pieces for _ in sentences(text))
        return made

    def by_date(
        self, introduction: str, lines: Iterable[tuple[date, str, Source]], *, about: str
    ) -> Iterator[Paragraph]:
        """Yield a list of lines with their dates and sources, the earliest first, as `paragraphs` does."""
        yield from self.paragraphs(
            introduction,
            about=about,
            bullets=[
                (Bullet(self.text(text)), [source])
                for _, text, source in sorted(lines, key=lambda line: line[0])
            ],
        )

    def paragraphs(
        self,
        text: "str | Text",
        *,
        about: str,
        bullets: Iterable[tuple[Bullet, Iterable[Source]]],
        sources: Iterable[Source] = (),
    ) -> Iterator[Paragraph]:
        """Yield paragraphs as `paragraph` does, each with the sources of its own bullets, and the first one
        with those of the text before them.

        Bullets that do not fit into the text box for editing go to further paragraphs.
        """
        introduction = self.text(text) if isinstance(text, str) else text
        for place, entries in enumerate(_boxes(len(markup.to_source(introduction)), bullets)):
            of_lines = tuple(tuple(sources) for _, sources in entries)
            made = self.paragraph(
                CONTINUED if place else introduction,
                about=f"{about} {place}" if place else about,
                bullets=[bullet for bullet, _ in entries],
                sources=[
                    *(() if place else sources),
                    *(source for of_line in of_lines for source in of_line),
                ],
            )
            self.lines[made.key] = of_lines
            yield made


CONTINUED = "This continues the list above:"


def _boxes(
    length_above: int, bullets: Iterable[tuple[Bullet, Iterable[Source]]]
) -> Iterator[list[tuple[Bullet, Iterable[Source]]]]:
    """Yield the bullets for each paragraph, as many as fit.

    `length_above` is the length of the text above them.
    """
    box: list[tuple[Bullet, Iterable[Source]]] = []
    length, count = length_above, 0
    for bullet, sources in bullets:
        size, lines = len(markup.to_source((), [bullet])) + 1, 1 + len(bullet.bullets)
        if box and (length + size > markup.MAX_SOURCE or count + lines > markup.MAX_BULLETS):
            yield box
            box, length, count = [], len(CONTINUED), 0
        box.append((bullet, sources))
        length, count = length + size, count + lines
    yield box


# What hurried people type, and how it is written.
WRITTEN_OUT = (
    (re.compile(r" +,"), ","),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(rf"\b({'|'.join(SMALL)}) \(\d+\)", re.IGNORECASE), r"\1"),
    (re.compile(r"\bw/o\s*(?=\w)"), "without "),
    (re.compile(r"\bw/\s*(?=\w)"), "with "),
    (re.compile(r"(?<=[a-z]) & (?=[a-z]|[A-Z]{2})"), " and "),
    (re.compile(r"(?<=\w) ?-+> ?(?=\w)"), " to "),
    (re.compile(r"(?<=\w) \+ (?=\w)"), " and "),
    (re.compile(r"(?<=[a-z]) re (?=(?:an?|its|our|the) )"), " on "),
    (re.compile(r"(?<=[a-z)] )- (?=\w)"), "– "),
    (re.compile(r"\bPpl\b"), "People"),
    (re.compile(r"\bppl\b"), "people"),
    (re.compile(r"\bmtg(s?)\b"), r"meeting\1"),
    # An adverb that says nothing of what is done.
    (re.compile(r" tirelessly\b"), ""),
)
# Words before a list that go on into its bullets: "a policy, which lets … and opens …".
LEADING_ON = (" which", " that", " who", " to")


@lru_cache(maxsize=5000)
def flat(source: str, maori: tuple[str, ...] = ()) -> str:
    """Return typed text as sentences on one line, its bullets joined by semicolons.

    Raise `DocumentError` for what cannot be printed.
    """
    parts: list[str] = []
    for shorthand, written in WRITTEN_OUT:
        source = shorthand.sub(written, source)
    for block in markup.parse(source, maori=maori):
        sentence = markup.to_source(block.text)
        if block.bullets:
            points = [opened(markup.to_source(b.text)) for b in _spread(block.bullets)]
            sentence = opened(sentence).rstrip(":")
            if sentence.endswith(LEADING_ON):
                *first, last = points
                before = "; ".join(first)
                if before:
                    before += " " if before.endswith((" and", " or")) else "; and "
                sentence = f"{sentence} {before}{last}"
            else:
                sentence = f"{sentence}: {'; '.join(points)}"
        parts.append(closed(with_capital(sentence) if parts else sentence))
    return " ".join(parts)


def length(paragraph: Paragraph) -> int:
    """Return the number of words in a paragraph and its bullets."""
    texts = [paragraph.text, *(bullet.text for bullet in _spread(paragraph.bullets))]
    return sum(len(words(text).split()) for text in texts)


def key(kind: str, about: str) -> str:
    return f"{kind}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


@contextmanager
def errors_naming(source: Source) -> Iterator[None]:
    """Prefix errors about unprintable text with the record that contains it."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(f"{source.label}: {error}", character=error.character) from error


def _spread(bullets: Iterable[Bullet]) -> Iterator[Bullet]:
    for bullet in bullets:
        yield bullet
        yield from bullet.bullets
