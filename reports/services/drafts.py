"""Every change of a briefing's draft. Each is one transaction, and keeps a version of what it changed.

A draft changes only while its briefing is being drafted or consulted on. Text carries a version:
`Conflict`, with the row as it is now, when somebody saved other words after it. Moving, hiding and
joining need none, since they overwrite nobody's words. `seen` are the keys of the numbered
paragraphs as the person saw them, which says what a typed "{12}" refers to. An agency that had cleared
what is changed is asked again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction

from agencies import history
from agencies.models import User
from reports.document import DocumentError, Source, Verb
from reports.drafting import asks as ask_acts
from reports.drafting import draft as acts
from reports.drafting import draft_rows
from reports.drafting.draft import Composed, Draft, DraftError, drifts
from reports.models import Briefing, BriefingKind, DraftAsk, DraftParagraph, DraftSection
from reports.services import clearance
from workitems.services.refusals import Conflict, Refused, locked

# Paragraphs that one box of text may be broken into.
MOST_AT_ONCE = 20


def new_key() -> str:
    return f"p-{uuid4().hex[:12]}"


def open_briefing(briefing: Briefing) -> Briefing:
    """The briefing's row, locked. Refused once its text is settled."""
    row = locked(briefing, related=("plan", "kind"))
    if not row.is_open:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; its text no longer changes."
        )
    return row


@transaction.atomic
def begin_draft(
    *, briefing: Briefing, kind: BriefingKind, composed: Iterable[Composed], by: User | None
) -> Briefing:
    """Draft the briefing after a kind: its sections, its recommendations, the generated text.

    `composed` is what the records say as at the briefing's date. Refused where it is drafted already.
    """
    briefing = open_briefing(briefing)
    if briefing.kind_id is not None:
        raise Refused("This briefing is drafted already.")
    if kind.plan_id != briefing.plan_id:
        raise Refused("That kind of briefing belongs to another plan.", "kind")
    briefing.kind, briefing.annexes = kind, list(kind.annexes)
    briefing.version += 1
    history.save(briefing, by=by, reason=f"Drafted as {kind.name.lower()}")
    for section in kind.sections.live().in_order():
        history.save(
            DraftSection(
                briefing=briefing,
                key=section.key,
                position=section.position,
                heading=section.heading,
                content=section.content,
                standing_text=section.standing_text,
            ),
            by=by,
        )
    for position, ask in enumerate(kind.asks, start=1):
        history.save(
            DraftAsk(
                briefing=briefing,
                key=f"r-{uuid4().hex[:12]}",
                position=position,
                verb=Verb(ask["verb"]).value,
                text=ask["text"],
            ),
            by=by,
        )
    _keep(
        briefing,
        draft_rows.read(briefing),
        acts.refresh,
        composed,
        by=by,
        reason=draft_rows.DRAFTED,
    )
    return briefing


@transaction.atomic
def edit(
    *,
    briefing: Briefing,
    key: str,
    text: str,
    version: int,
    by: User,
    at: datetime | None = None,
    seen: Sequence[str] = (),
) -> DraftParagraph:
    """New words for a paragraph; a blank line starts a further one. Unchanged words write nothing.

    Words for a paragraph that was joined away, saved knowing it, make it a paragraph again.
    """
    before = draft_rows.read(open_briefing(briefing))
    words = _words(before, key, version, text, seen)
    how: dict[str, Any] = {"new_keys": _free(before, words, key), "seen": seen}
    row = before.paragraphs.get(key)
    if row and row.is_withdrawn and row.version == version:
        home = next(k for k, section in before.sections.items() if section.pk == row.section_id)
        place = (home, row.position - 1, key, text)
        return _keep(briefing, before, acts.add, *place, **how, by=by, at=at)[key]
    try:
        row = _check_version(before, key, version)
    except Conflict as conflict:
        # What is there already, from a save whose answer got lost, is nothing to choose about.
        if conflict.current.is_withdrawn or not _says(before, words):
            raise
        return before.paragraphs[key]
    if len(words) > 1 and _says(before, words):
        return row
    return _keep(briefing, before, acts.edit, key, text, **how, by=by, at=at).get(key) or row


@transaction.atomic
def add(
    *,
    briefing: Briefing,
    section: str,
    text: str,
    by: User,
    position: int = 0,
    after: str = "",
    key: str = "",
    sources: tuple[Source, ...] = (),
    seen: Sequence[str] = (),
) -> DraftParagraph:
    """A paragraph in the coordinator's own words: behind `after`, else at a position from 0.

    `key` is the new paragraph's own, so that one that is sent twice is there once; `Conflict` where
    the one that is there says something else.
    """
    key = key or new_key()
    before = draft_rows.read(open_briefing(briefing))
    words = _words(before, key, 0, text, seen)
    if key in before.paragraphs:
        if not _says(before, words):
            raise Conflict(before.paragraphs[key])
        return before.paragraphs[key]
    for portion in before.draft.portions:
        places = [part.key for part in portion.parts]
        if after in places:
            section, position = portion.key, places.index(after) + 1
    changed = _keep(
        briefing, before, acts.add, section, position, key, text,
        sources=sources, new_keys=_free(before, words, key), seen=seen, by=by,
    )  # fmt: skip
    return changed[key]


@transaction.atomic
def retitle(*, briefing: Briefing, section: str, heading: str, was: str, by: User) -> None:
    """Another heading for a section. Refused where it is no longer `was`, so that both are seen."""
    before = draft_rows.read(open_briefing(briefing))
    row = before.sections.get(section)
    if row and row.heading != was:
        raise Refused(
            f"Somebody has changed the heading to “{row.heading}”. Yours, “{heading}”, is not saved.",
            "heading",
        )
    _keep(briefing, before, acts.retitle, section, heading, by=by, reason="Renamed")


@transaction.atomic
def step(*, briefing: Briefing, key: str, places: int, by: User) -> None:
    """A paragraph one place up (-1) or down (1)."""
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, acts.step, key, places, by=by, reason="Moved")


@transaction.atomic
def move(*, briefing: Briefing, key: str, section: str, position: int, by: User) -> None:
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, acts.move, key, section, position, by=by, reason="Moved")


@transaction.atomic
def split(*, briefing: Briefing, key: str, at: int, version: int, by: User) -> None:
    """A paragraph in two, at a place counted in characters of its stored text."""
    before = draft_rows.read(open_briefing(briefing))
    _check_version(before, key, version)
    _keep(briefing, before, acts.split, key, at, new_key(), by=by, reason="Split")


@transaction.atomic
def merge(*, briefing: Briefing, key: str, by: User) -> None:
    """A paragraph with the next one."""
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, acts.merge, key, by=by, reason="Joined to the next")


@transaction.atomic
def hide(*, briefing: Briefing, key: str, by: User) -> None:
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, acts.hide, key, by=by, reason="Hidden")


@transaction.atomic
def restore(*, briefing: Briefing, key: str, by: User) -> None:
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, acts.restore, key, by=by, reason="Shown again")


@transaction.atomic
def refresh(*, briefing: Briefing, composed: Iterable[Composed], by: User) -> int:
    """Take what the records say now into generated paragraphs. How many paragraphs changed."""
    before = draft_rows.read(open_briefing(briefing))
    changed = _keep(briefing, before, acts.refresh, composed, by=by, reason=draft_rows.REFRESHED)
    return len(changed)


@transaction.atomic
def accept(
    *,
    briefing: Briefing,
    key: str,
    composed: Collection[Composed],
    version: int,
    read: str,
    by: User,
) -> None:
    """The records' words in place of edited ones, which are as they were in `version`. `read` stands for the records'
    words that were read (`Drift.digest`)."""
    before = _read_drift(briefing, key, composed, version, read)
    _keep(briefing, before, acts.accept, key, composed, by=by, reason="Took the records’ words")


@transaction.atomic
def dismiss(
    *,
    briefing: Briefing,
    key: str,
    composed: Collection[Composed],
    version: int,
    read: str,
    by: User,
) -> None:
    """Keep the edited words, knowing what the records say now. Takes what `accept` takes."""
    before = _read_drift(briefing, key, composed, version, read)
    _keep(briefing, before, acts.dismiss, key, composed, by=by, reason="Kept the edited words")


def _read_drift(
    briefing: Briefing, key: str, composed: Iterable[Composed], version: int, read: str
) -> draft_rows.Stored:
    """The draft, locked, if the edited words and the records' are still those that were read."""
    before = draft_rows.read(open_briefing(briefing))
    _check_version(before, key, version)
    if read not in {each.digest for each in drifts(before.draft, composed) if each.key == key}:
        raise Refused(
            "The records have changed since you read what they say here. Read it again, then keep "
            "your words or take theirs."
        )
    return before


@transaction.atomic
def go_back(*, briefing: Briefing, key: str, to: int, version: int, by: User) -> DraftParagraph:
    """A paragraph's words as one of its earlier versions had them. `to` is a history row's id."""
    briefing = open_briefing(briefing)
    before = draft_rows.read(briefing)
    row = _check_version(before, key, version)
    earlier = row.history.filter(history_id=to).first()
    if earlier is None:
        raise Refused("That version is not one of this paragraph’s.")
    row.text, row.origin = earlier.text, earlier.origin
    row.taken, row.sources = earlier.taken, earlier.sources
    row.version += 1
    day = f"{earlier.history_date:%-d %B %Y}"
    history.save(row, by=by, reason=f"Back to the words of {day}")
    clearance.reopen_changed(briefing, by=by)
    return row


@transaction.atomic
def save_ask(
    *,
    briefing: Briefing,
    key: str,
    verb: Verb,
    text: str,
    options: str,
    version: int,
    by: User,
    seen: Sequence[str] = (),
) -> DraftAsk:
    """A recommendation's verb, words and printed options; with version 0 a further one, `key` its own.

    One that says so already is no conflict, as in `add`.
    """
    before = draft_rows.read(open_briefing(briefing))
    row, what = before.asks.get(key), (key, verb, text, draft_rows.options_of(options))
    if row is None and version:
        raise Refused("That recommendation is not in this draft.")
    if row and row.version != version and not _asks_so(before, key, *what[1:], seen):
        raise Conflict(row)
    if row is None or row.version == version:
        act = ask_acts.edit if row else ask_acts.add
        _keep(briefing, before, act, *what, seen=seen, by=by)
    return briefing.draft_asks.get(key=key)


@transaction.atomic
def step_ask(*, briefing: Briefing, key: str, places: int, by: User) -> None:
    """A recommendation one place up (-1) or down (1)."""
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, ask_acts.step, key, places, by=by, reason="Moved")


@transaction.atomic
def hide_ask(*, briefing: Briefing, key: str, by: User) -> None:
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, ask_acts.hide, key, by=by, reason="Hidden")


@transaction.atomic
def restore_ask(*, briefing: Briefing, key: str, by: User) -> None:
    before = draft_rows.read(open_briefing(briefing))
    _keep(briefing, before, ask_acts.restore, key, by=by, reason="Shown again")


def _asks_so(
    before: draft_rows.Stored,
    key: str,
    verb: Verb,
    text: str,
    options: tuple[str, ...],
    seen: Sequence[str],
) -> bool:
    try:
        after = ask_acts.edit(before.draft, key, verb, text, options, seen=seen)
    except (DraftError, DocumentError):
        return False
    return after.asks == before.draft.asks


def _check_version(before: draft_rows.Stored, key: str, version: int) -> DraftParagraph:
    """The paragraph's row. A newer version with the words of `version` is nobody's loss."""
    row = before.paragraphs.get(key)
    if row is None:
        raise Refused("That paragraph is not in this draft.")
    if row.version != version:
        read = row.history.filter(version=version).order_by("-history_id").first()
        if row.is_withdrawn or read is None or read.text != row.text:
            raise Conflict(row)
    return row


def _words(
    before: draft_rows.Stored, key: str, version: int, typed: str, seen: Sequence[str]
) -> dict[str, str]:
    """What was typed, by the key of each paragraph that it makes; empty where it cannot be kept.

    The keys of the further ones follow from what is sent, so that what is sent twice is there once.
    """
    try:
        first, *others = acts.paragraphs_of(before.draft, typed, seen)
    except (DraftError, DocumentError):
        return {}
    words = {key: first}
    for place, text in enumerate(others):
        sent = f"{key} {version} {place} {text}"
        words[f"p-{sha256(sent.encode()).hexdigest()[:12]}"] = text
    return words


def _free(before: draft_rows.Stored, words: Mapping[str, str], key: str) -> list[str]:
    """Keys for the further paragraphs, no more than one box of text may make."""
    used = {part.key for part in before.draft.parts()}
    further = [new_key() if each in used else each for each in words if each != key]
    return further[:MOST_AT_ONCE]


def _says(before: draft_rows.Stored, words: Mapping[str, str]) -> bool:
    """Whether the draft says already what was typed, every paragraph of it."""
    texts = {part.key: part.text for part in before.draft.parts()}
    return bool(words) and all(texts.get(key) == text for key, text in words.items())


def _keep(
    briefing: Briefing,
    before: draft_rows.Stored,
    act: Callable[..., Draft],
    *arguments: object,
    by: User | None,
    reason: str = "",
    at: datetime | None = None,
    **options: object,
) -> dict[str, DraftParagraph]:
    """Do the act and save what it changed: the changed rows by key."""
    try:
        after = act(before.draft, *arguments, **options)
    except (DraftError, DocumentError) as refusal:
        raise Refused(str(refusal), "text") from refusal
    changed: dict[str, DraftParagraph] = {}
    kept = set()
    _save_asks(briefing, before, after, by=by, reason=reason)
    for portion in after.portions:
        section = before.sections[portion.key]
        if section.heading != portion.heading:
            section.heading = portion.heading
            history.save(section, by=by, reason=reason, at=at)
        for position, part in enumerate(portion.parts, start=1):
            kept.add(part.key)
            row = before.paragraphs.get(part.key) or DraftParagraph(
                briefing=briefing, key=part.key, version=0
            )
            columns = draft_rows.columns_of(part) | {"section_id": section.pk, "position": position}
            if _save(row, columns, by=by, reason=reason, at=at):
                changed[part.key] = row
    for key, row in before.paragraphs.items():
        if key not in kept and not row.is_withdrawn:
            _save(row, {"is_withdrawn": True}, by=by, reason=reason, at=at)
            changed[key] = row
    clearance.reopen_changed(briefing, by=by)
    return changed


def _save(
    row: DraftParagraph | DraftAsk,
    columns: Mapping[str, object],
    *,
    by: User | None,
    reason: str,
    at: datetime | None,
) -> bool:
    """Write the row where a column differs, and say whether one does. Its place alone is no new
    version of its words."""
    differs = {name for name, value in columns.items() if getattr(row, name) != value}
    if not differs:
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    if differs - {"position", "section_id"} or row.pk is None:
        row.version += 1
    history.save(row, by=by, reason=reason, at=at)
    return True


def _save_asks(
    briefing: Briefing, before: draft_rows.Stored, after: Draft, *, by: User | None, reason: str
) -> None:
    for position, ask in enumerate(after.asks, start=1):
        row = before.asks.get(ask.key) or DraftAsk(briefing=briefing, key=ask.key, version=0)
        columns = {
            "verb": ask.verb.value,
            "text": ask.text,
            "options": " / ".join(ask.options),
            "is_hidden": ask.is_hidden,
            "position": position,
        }
        _save(row, columns, by=by, reason=reason, at=None)
