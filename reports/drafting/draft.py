"""A draft as plain data, and the functions that change it. Each returns a new draft.

A part is one paragraph with its sub-bullets, as typed. It records which generated paragraphs it
came from and their text at the time. Composing again can therefore show where the records have
changed, and never overwrites an edit. A cross-reference is stored by key, "{p-3f9c}"; it is typed
and printed by number, "{12}". Numbers are not stored.

What cannot be done raises `DraftError`, whose message is shown to the user.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.utils.translation import gettext as _

from reports.compose.paragraphs import ASKED, asked
from reports.document import Source, Verb, markup
from reports.document.annexes import LabelledEnum
from reports.document.wording import capitalised, closed
from workitems.terms.sentence_ends import SENTENCE_END

REFERENCE = re.compile(r"\{([pr]-[a-z0-9-]{1,60})\}")
NUMBERED = re.compile(r"\{ *(\d{1,4}) *\}")
LEFT_OUT = "(left out)"
# Where a part's text is split into the words above its bullets and each bullet.
BULLETS = re.compile(r"\n(?=- )")
# The model of entries of the glossary, which explain words of a paragraph and are not what it tells of.
GLOSSARY = "workitems.glossaryentry"
# Content of the section that closes the paper: one sentence, then the recommendations.
CLOSING = "recommendation"


def home_of(content: str, key: str) -> str:
    """Return the identifier that generated text uses for a section: its content or, if it has
    standing text only, "#" and its key. The sign keeps a key apart from a content of the same
    name."""
    return content or f"#{key}"


def record_of(source: Source) -> str:
    """Return the identifier of a source's record, without its version."""
    return f"{source.model} {source.pk}"


class DraftError(ValueError):
    """The change cannot be made. The message is shown to the user."""


class Origin(LabelledEnum):
    """How a part's text came about."""

    GENERATED = "generated"
    EDITED = "edited"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Taken:
    """A generated paragraph that a part came from: its key, and its text at that time.

    `lines` are the records (`record_of`) of each of its bullets, or of each sentence if it has no
    bullets. Empty unless the paragraph is about several records.
    """

    key: str
    text: str
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One paragraph. `text` is as typed, with **bold** and sub-bullets."""

    key: str
    text: str
    origin: Origin = Origin.WRITTEN
    taken: tuple[Taken, ...] = ()
    sources: tuple[Source, ...] = ()
    is_hidden: bool = False

    @property
    def told(self) -> tuple[Source, ...]:
        """The sources that it tells of: all but those that explain its acronyms."""
        return tuple(source for source in self.sources if source.model != GLOSSARY)


@dataclass(frozen=True, slots=True)
class Portion:
    """A section: its key, heading, content (see `home_of`) and parts."""

    key: str
    heading: str
    content: str
    parts: tuple[Part, ...] = ()

    @property
    def shown(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.is_hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A recommendation. `options`, if any, are printed instead of the verb's own."""

    key: str
    verb: Verb
    text: str
    options: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """A paragraph generated from the current records, and its content (see `home_of`)."""

    content: str
    key: str
    text: str
    sources: tuple[Source, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def taken(self) -> Taken:
        return Taken(self.key, self.text, self.lines)


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference between the records now and when a part was edited.

    `now` is empty if the records no longer generate the paragraph.
    """

    key: str
    was: str
    now: str

    @property
    def digest(self) -> str:
        """Digest of the records' current text, to check later that a person read this very text."""
        return sha256(self.now.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    portions: tuple[Portion, ...]
    asks: tuple[Ask, ...] = ()
    # The number of each shown paragraph, by key.
    numbers: Mapping[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        keys = [part.key for part in self.parts()] + [ask.key for ask in self.asks]
        if len(set(keys)) != len(keys):
            raise DraftError(_("Two parts of the draft have the same key."))
        for portion in self.portions:
            if portion.content == CLOSING and (
                len(portion.parts) > 1 or any(part.is_hidden for part in portion.parts)
            ):
                raise DraftError(_("Write only one sentence before the recommendations."))
        # The recommendations close the paper, whatever the position of their section.
        ordered = sorted(self.portions, key=lambda portion: portion.content == CLOSING)
        shown = [part.key for portion in ordered for part in portion.shown]
        object.__setattr__(self, "numbers", {key: n for n, key in enumerate(shown, start=1)})

    @property
    def shown_asks(self) -> dict[str, Ask]:
        """The recommendations of the paper by key, in order."""
        return {ask.key: ask for ask in self.asks if not ask.is_hidden}

    def ask_number(self, key: str) -> int:
        """Return the number of a recommendation in the paper, or 0 if it is not there."""
        return list(self.shown_asks).index(key) + 1 if key in self.shown_asks else 0

    def place_of(self, key: str) -> str:
        """Return "Paragraph 5", "Recommendation 1", "The whole paper", or that it is left out."""
        if not key:
            return _("The whole paper")
        if key in self.numbers:
            return _("Paragraph {number}").format(number=self.numbers[key])
        if number := self.ask_number(key):
            return _("Recommendation {number}").format(number=number)
        return (
            _("A recommendation that is left out")
            if key.startswith("r-")
            else _("A paragraph that is left out")
        )

    def parts(self) -> Iterator[Part]:
        for portion in self.portions:
            yield from portion.parts

    def part(self, key: str) -> Part:
        for part in self.parts():
            if part.key == key:
                return part
        raise DraftError(_("That paragraph is not in this draft."))

    def portion_of(self, key: str) -> Portion:
        for portion in self.portions:
            if any(part.key == key for part in portion.parts):
                return portion
        raise DraftError(_("That paragraph is not in this draft."))

    def portion(self, key: str) -> Portion:
        for portion in self.portions:
            if portion.key == key:
                return portion
        raise DraftError(_("That section is not in this draft."))


# --- references ---------------------------------------------------------------------------------


def to_keys(draft: Draft, typed: str, seen: Sequence[str] = ()) -> str:
    """Replace references by number, as typed, with references by key.

    `seen` are the keys of the numbered paragraphs in the order the user saw them, so that a
    reference still means the paragraph that was seen after others moved it. Without `seen`, the
    current numbers are used. Raise `DraftError` for a number without a paragraph.
    """
    keys = dict(enumerate(seen, start=1)) or {n: key for key, n in draft.numbers.items()}

    def key(match: re.Match[str]) -> str:
        number = int(match.group(1))
        if number not in keys:
            raise DraftError(_("There is no paragraph {number} to refer to.").format(number=number))
        return f"{{{keys[number]}}}"

    return NUMBERED.sub(key, typed)


def to_numbers(draft: Draft, text: str) -> str:
    """Replace references by key with numbers, for editing.

    References to hidden paragraphs keep the key.
    """
    return REFERENCE.sub(
        lambda match: (
            f"{{{draft.numbers[match.group(1)]}}}"
            if match.group(1) in draft.numbers
            else match.group()
        ),
        text,
    )


def printed(draft: Draft, text: str) -> str:
    """Replace references by key with numbers, for print, or with "(left out)" if hidden or gone, and
    the mark of what is asked with the recommendations."""
    if ASKED in text:
        text = text.replace(ASKED, asked(draft.shown_asks.values()))
    return REFERENCE.sub(lambda match: str(draft.numbers.get(match.group(1), LEFT_OUT)), text)


def broken_references(draft: Draft) -> list[str]:
    """Return keys of shown parts and recommendations that refer to a paragraph not shown."""
    shown: list[Part | Ask] = [part for portion in draft.portions for part in portion.shown]
    shown += draft.shown_asks.values()
    return [
        each.key
        for each in shown
        if any(key not in draft.numbers for key in REFERENCE.findall(each.text))
    ]


# --- edits ----------------------------------------------------------------------------------------


def edit(
    draft: Draft, key: str, typed: str, *, new_keys: Iterable[str] = (), seen: Sequence[str] = ()
) -> Draft:
    """Replace a part's text.

    Each blank line starts a further part, which takes the next of `new_keys`.
    """
    part = draft.part(key)
    first, *others = paragraphs_of(draft, typed, seen)
    origin = part.origin
    if origin != Origin.WRITTEN:
        origin = Origin.GENERATED if first == _as_taken(part) else Origin.EDITED
    further = _further(new_keys, others, part.sources)
    return _replaced(draft, key, [replace(part, text=first, origin=origin), *further])


def add(
    draft: Draft,
    portion: str,
    position: int,
    key: str,
    typed: str,
    *,
    sources: tuple[Source, ...] = (),
    new_keys: Iterable[str] = (),
    seen: Sequence[str] = (),
) -> Draft:
    """Insert a written part into a section, at a position from 0. Blank lines as in `edit`."""
    found = draft.portion(portion)
    text, *others = paragraphs_of(draft, typed, seen)
    new = [Part(key=key, text=text, sources=sources), *_further(new_keys, others, sources)]
    at = max(0, min(position, len(found.parts)))
    return _with(draft, replace(found, parts=(*found.parts[:at], *new, *found.parts[at:])))


def paragraphs_of(draft: Draft, typed: str, seen: Sequence[str] = ()) -> list[str]:
    """Return the typed text as the paragraphs it makes, each as stored."""
    return _blocks(to_keys(draft, typed, seen))


def _further(keys: Iterable[str], texts: list[str], sources: tuple[Source, ...]) -> list[Part]:
    found = [
        Part(key=key, text=text, sources=sources) for key, text in zip(keys, texts, strict=False)
    ]
    if len(found) < len(texts):
        raise DraftError(_("The text holds too many paragraphs; save some of them first."))
    return found


def retitle(draft: Draft, portion: str, heading: str) -> Draft:
    """Change a section's heading."""
    words = " ".join(markup.tidy(heading).split())
    if not words:
        raise DraftError(_("Give the section a heading."))
    return _with(draft, replace(draft.portion(portion), heading=words))


def step(draft: Draft, key: str, by: int, others: Collection[str] = ()) -> Draft:
    """Move a part one place up (-1) or down (1), into the neighbouring section at its edges.

    `others` are parts of its section that move with it. If they do not follow each other, they are only gathered: at
    the first of them or, for down, at the last.
    """
    home = draft.portion_of(key)
    moving = [part.key in {key, *others} for part in home.parts]
    first, last = moving.index(True), len(moving) - 1 - moving[::-1].index(True)
    # The place is counted among the parts that stay.
    place = moving[: first if by < 0 else last].count(False)
    if all(moving[first : last + 1]):
        staying = [part for part, moves in zip(home.parts, moving, strict=True) if not moves]
        place = _past_a_shown_one(staying, place, by)
    if 0 <= place <= moving.count(False):
        return move(draft, key, home.key, place, others)
    beside = [each for each in draft.portions if each.content != CLOSING or each is home]
    where = beside.index(home) + by
    if home.content == CLOSING or not 0 <= where < len(beside):
        raise DraftError(
            _("The paragraph is at the top already.")
            if by < 0
            else _("The paragraph is at the end already.")
        )
    return move(draft, key, beside[where].key, len(beside[where].parts) if by < 0 else 0, others)


def _past_a_shown_one(parts: Sequence[Part], place: int, by: int) -> int:
    """Return the place before (-1) or after (1) the next part from a place that is shown: a reader sees no move past
    those left out. Without one, return a place outside of the parts."""
    if by < 0:
        shown = [n for n in range(place) if not parts[n].is_hidden]
        return shown[-1] if shown else -1
    shown = [n for n in range(place, len(parts)) if not parts[n].is_hidden]
    return shown[0] + 1 if shown else len(parts) + 1


def move(
    draft: Draft, key: str, portion: str, position: int, others: Collection[str] = ()
) -> Draft:
    """Move a part into a section, at a position from 0 among its other parts.

    `others` are parts of its own section that move with it, as a block.
    """
    home = draft.portion_of(key)
    if home.content == CLOSING and portion != home.key:
        raise DraftError(_("The sentence before the recommendations stays with them."))
    moving = tuple(part for part in home.parts if part.key in {key, *others})
    stay = tuple(part for part in home.parts if part not in moving)
    draft = _with(draft, replace(home, parts=stay))
    found = draft.portion(portion)
    at = max(0, min(position, len(found.parts)))
    return _with(draft, replace(found, parts=(*found.parts[:at], *moving, *found.parts[at:])))


def sentence_ends(text: str) -> list[int]:
    """Return the positions at which a part can be split, in characters: the starts of sentences."""
    lead = text.split("\n")[0]
    ends = [match.end() for match in SENTENCE_END.finditer(lead)]
    return [at for at in ends if at < len(lead) and lead[:at].count("**") % 2 == 0]


def split(draft: Draft, key: str, at: int, new_key: str) -> Draft:
    """Split a part at a character position. Sub-bullets go to the second part."""
    part = draft.part(key)
    lead = part.text.split("\n")[0]
    head, tail = part.text[:at].strip(), part.text[at:].strip()
    if at > len(lead) or not head or not tail:
        raise DraftError(_("Put the mark between two sentences of the paragraph."))
    if head.count("**") % 2:
        raise DraftError(_("Put the mark outside the bold words."))
    changed = Origin.WRITTEN if part.origin == Origin.WRITTEN else Origin.EDITED
    second = Part(
        key=new_key,
        text=tail,
        origin=Origin.WRITTEN,
        sources=part.sources,
        is_hidden=part.is_hidden,
    )
    return _replaced(draft, key, [replace(part, text=head, origin=changed), second])


def split_list(draft: Draft, key: str, new_keys: Sequence[str]) -> Draft:
    """Make each bullet of a part a part of its own, with the sources of that bullet if they are known. The words above
    the bullets keep the key."""
    part = draft.part(key)
    above, *bullets = BULLETS.split(part.text)
    if not bullets:
        raise DraftError(_("This paragraph has no sub-bullets to split."))
    further = [
        Part(
            key=new_key,
            text=closed(capitalised(bullet.removeprefix("- ").replace("\n  - ", "\n- "))),
            sources=sources,
            is_hidden=part.is_hidden,
        )
        for new_key, bullet, sources in zip(
            new_keys, bullets, _sources_of(part, len(bullets)), strict=False
        )
    ]
    if len(further) < len(bullets):
        raise DraftError(_("The text holds too many paragraphs; save some of them first."))
    changed = Origin.WRITTEN if part.origin == Origin.WRITTEN else Origin.EDITED
    lead = replace(part, text=closed(above.rstrip(": ")), origin=changed)
    return _replaced(draft, key, [lead, *further])


def _sources_of(part: Part, bullets: int) -> list[tuple[Source, ...]]:
    """Return the sources of each bullet, or those of all if it is not known which are whose."""
    lines = part.taken[0].lines if len(part.taken) == 1 else ()
    if len(lines) == bullets:
        return [
            tuple(source for source in part.sources if record_of(source) in line) for line in lines
        ]
    if len(part.told) == bullets:
        return [(source,) for source in part.told]
    return [part.sources] * bullets


def merge_before(draft: Draft, key: str) -> Draft:
    """Join a part with the last shown part before it in its section. The texts stay in their order, under its key."""
    shown = [part.key for part in draft.portion_of(key).shown]
    before = shown[: shown.index(key)][-1:] if key in shown else []
    if not before:
        raise DraftError(_("There is no paragraph before this one in its section."))
    return merge(draft, key, before)


def merge(draft: Draft, key: str, others: Collection[str] = ()) -> Draft:
    """Join a part with others of any section, or else with the next shown part of its own.

    It stays where it is, with all texts in the paper's order. References to the others are redirected. Raise
    `DocumentError` if it would be too long.
    """
    portion = draft.portion_of(key)
    after = portion.parts[portion.parts.index(draft.part(key)) + 1 :]
    chosen = {key, *(others or [part.key for part in after if not part.is_hidden][:1])}
    parts = [
        part
        for each in draft.portions
        if each.content != CLOSING
        for part in each.shown
        if part.key in chosen
    ]
    if len(parts) < 2 or key not in [part.key for part in parts]:
        raise DraftError(
            _("The other paragraphs are no longer in the paper.")
            if others
            else _("There is no paragraph after this one in its section.")
        )
    if any("\n" in part.text for part in parts[:-1]):
        raise DraftError(_("A paragraph that ends in sub-bullets cannot be joined to the next."))
    text = _one_text(part.text for part in parts)
    markup.parse(text)
    are_written = all(part.origin == Origin.WRITTEN for part in parts)
    joined = replace(
        draft.part(key),
        text=text,
        origin=Origin.WRITTEN if are_written else Origin.EDITED,
        taken=tuple(taken for part in parts for taken in part.taken),
        sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)),
    )
    draft = _replaced(draft, key, [joined])
    for part in parts:
        if part.key != key:
            draft = _referring(_replaced(draft, part.key, []), part.key, key)
    return draft


def _one_text(texts: Iterable[str]) -> str:
    """Return the texts of several paragraphs as one, with all bullets at its end."""
    lines = [text.split("\n") for text in texts]
    bullets = [bullet for _lead, *below in lines for bullet in below]
    return "\n".join([" ".join(lead for lead, *_below in lines), *bullets])


def put_bullet(
    draft: Draft,
    key: str,
    bullet: str,
    source: Source,
    place: int | None = None,
    lead: str = "",
    terms: Sequence[Source] = (),
) -> Draft:
    """Put a bullet into a list, with its source: after the last bullet, or in place of one, counted from 0. `lead`, if
    any, are the new words above the list, `terms` the entries of the glossary that explain the bullet's acronyms.

    If the list has one source for each bullet, that of the old one goes with it.
    """
    part = draft.part(key)
    above, *bullets = BULLETS.split(part.text)
    sources = list(part.told)
    terms = [*(each for each in part.sources if each.model == GLOSSARY), *terms]
    if place is None:
        bullets.append(f"- {bullet}")
        sources.append(source)
    elif place < len(bullets):
        at = place if len(sources) == len(bullets) else len(sources)
        bullets[place] = f"- {bullet}"
        sources[at : at + 1] = [source]
    else:
        raise DraftError(_("The list has changed. Read it again, then choose."))
    text = "\n".join([lead or above, *bullets])
    markup.parse(text)
    origin = part.origin
    if origin != Origin.WRITTEN:
        origin = Origin.GENERATED if text == _as_taken(part) else Origin.EDITED
    changed = replace(
        part, text=text, origin=origin, sources=tuple(dict.fromkeys([*sources, *terms]))
    )
    return _replaced(draft, key, [changed])


def hide(draft: Draft, key: str) -> Draft:
    """Leave a part out of the paper but keep it in the draft."""
    return _replaced(draft, key, [replace(draft.part(key), is_hidden=True)])


def restore(draft: Draft, key: str) -> Draft:
    return _replaced(draft, key, [replace(draft.part(key), is_hidden=False)])


def take_back(draft: Draft, earlier: Part) -> Draft:
    """Give a part the text of an earlier version. It stays shown or hidden."""
    part = draft.part(earlier.key)
    return _replaced(draft, part.key, [replace(earlier, is_hidden=part.is_hidden)])


# --- comparing with the records ------------------------------------------------------------------


def refresh(draft: Draft, composed: Iterable[Composed], without: Collection[str] = ()) -> Draft:
    """Update generated parts from the records, except those with a key in `without`.

    Edited and written parts stay as they are, and where they are. A generated part that the records
    no longer give is removed. A new paragraph is placed after the one that precedes it in the
    records, or first in its section.
    """
    now = {each.key: each for each in composed}
    portions = []
    for portion in draft.portions:
        parts = []
        for part in portion.parts:
            if part.origin == Origin.GENERATED and part.taken and part.key not in without:
                fresh = now.get(part.taken[0].key)
                if fresh is None:
                    continue
                part = replace(
                    part,
                    text=fresh.text,
                    taken=(fresh.taken,),
                    sources=fresh.sources,
                )
            parts.append(part)
        portions.append(replace(portion, parts=tuple(parts)))
    draft = replace(draft, portions=tuple(portions))
    held = {taken.key: part.key for part in draft.parts() for taken in part.taken}
    before: dict[str, str] = {}
    for each in now.values():
        if each.key not in held:
            if each.key in without:
                continue
            draft = _placed(draft, each, before.get(each.content))
            held[each.key] = each.key
        before[each.content] = held[each.key]
    return draft


def outdated(draft: Draft, composed: Iterable[Composed]) -> dict[str, tuple[str, str]]:
    """Return what `refresh` would change: by key, the draft's text and the records' text.

    The draft's text is empty for a paragraph that would be added, the records' text for one that
    would be removed. Edited and written parts are never included.
    """
    old, new = (
        {part.key: part.text for part in each.parts() if part.origin == Origin.GENERATED}
        for each in (draft, refresh(draft, composed))
    )
    return {
        key: (old.get(key, ""), new.get(key, ""))
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    }


def drifts(draft: Draft, composed: Iterable[Composed]) -> list[Drift]:
    """Return edited parts whose records have changed since the edit."""
    now = {each.key: each.text for each in composed}
    found = []
    for part in draft.parts():
        if part.origin != Origin.EDITED or not part.taken:
            continue
        was = [taken.text for taken in part.taken]
        generated = [now.get(taken.key, "") for taken in part.taken]
        if was != generated:
            found.append(Drift(part.key, "\n\n".join(was), "\n\n".join(filter(None, generated))))
    return found


def accept(draft: Draft, key: str, composed: Iterable[Composed]) -> Draft:
    """Replace an edited part's text with the records'. Hide the part if the records have none."""
    part, now = draft.part(key), {each.key: each for each in composed}
    generated = [now[taken.key] for taken in part.taken if taken.key in now]
    if not generated:
        return hide(dismiss(draft, key, now.values()), key)
    taken = tuple(each.taken for each in generated)
    fresh = replace(
        part,
        text=_one_text(each.text for each in generated),
        origin=Origin.GENERATED if len(generated) == 1 else Origin.EDITED,
        taken=taken,
        sources=tuple(dict.fromkeys(source for each in generated for source in each.sources)),
    )
    return _replaced(draft, key, [fresh])


def dismiss(draft: Draft, key: str, composed: Iterable[Composed]) -> Draft:
    """Keep an edited part's text, and stop reporting the records' current text as a change."""
    part, now = draft.part(key), {each.key: each.taken for each in composed}
    taken = tuple(now.get(each.key, Taken(each.key, "")) for each in part.taken)
    return _replaced(draft, key, [replace(part, taken=taken)])


# --- internals ------------------------------------------------------------------------------------


def _blocks(typed: str) -> list[str]:
    """Split text into paragraphs, each as stored.

    Raise `DraftError` if it is empty, and `DocumentError` if it cannot be printed.
    """
    blocks = [markup.to_source(block.text, block.bullets) for block in markup.parse(typed)]
    if not blocks:
        raise DraftError(_("Write the paragraph, or leave it out."))
    return blocks


def _as_taken(part: Part) -> str:
    return part.taken[0].text if len(part.taken) == 1 else ""


def _with(draft: Draft, changed: Portion) -> Draft:
    return replace(
        draft,
        portions=tuple(changed if each.key == changed.key else each for each in draft.portions),
    )


def _replaced(draft: Draft, key: str, by: list[Part]) -> Draft:
    portion = draft.portion_of(key)
    index = [part.key for part in portion.parts].index(key)
    parts = (*portion.parts[:index], *by, *portion.parts[index + 1 :])
    return _with(draft, replace(portion, parts=parts))


def _referring(draft: Draft, old: str, new: str) -> Draft:
    """Redirect references from one key to another."""
    return replace(
        draft,
        asks=tuple(
            replace(ask, text=ask.text.replace(f"{{{old}}}", f"{{{new}}}")) for ask in draft.asks
        ),
        portions=tuple(
            replace(
                portion,
                parts=tuple(
                    replace(part, text=part.text.replace(f"{{{old}}}", f"{{{new}}}"))
                    for part in portion.parts
                ),
            )
            for portion in draft.portions
        ),
    )


def _placed(draft: Draft, each: Composed, after: str | None) -> Draft:
    """Insert a generated part after another or, without one, first in its content's section."""
    part = Part(
        key=each.key,
        text=each.text,
        origin=Origin.GENERATED,
        taken=(each.taken,),
        sources=each.sources,
    )
    if after is not None:
        portion = draft.portion_of(after)
        index = [found.key for found in portion.parts].index(after) + 1
    else:
        home = [found for found in draft.portions if found.content == each.content]
        if not home:
            return draft
        portion, index = home[0], 0
        if portion.content == CLOSING and portion.parts:
            return draft
    parts = (*portion.parts[:index], part, *portion.parts[index:])
    return _with(draft, replace(portion, parts=parts))
