"""Changes to a briefing's draft. Each is one transaction and stores history.

A draft can change only during drafting and consultation. Changes of text take a version, and raise
`Conflict` with the current row if different text was saved after it. Moving, hiding and joining
take none, because they overwrite no text. `seen` are the keys of the numbered paragraphs as the
user saw them, to resolve a typed "{12}". Agencies that cleared changed text are asked again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from agencies.wording.translation import day_words
from reports.briefings.services.gates import not_now
from reports.briefings.services.states import end_pauses
from reports.clearance import services as clearance
from reports.compose import Share
from reports.document import DocumentError, Source, Verb
from reports.document.markup import MAX_BULLETS
from reports.drafting import asks as ask_acts
from reports.drafting import draft as acts
from reports.drafting import draft_rows
from reports.drafting.cover import action_sought, still_sought
from reports.drafting.draft import Ask, Composed, Draft, DraftError, drifts
from reports.drafting.reversing import Overtaken
from reports.drafting.stories import story_of
from reports.models import (
    Briefing,
    BriefingKind,
    DraftAct,
    DraftAsk,
    DraftParagraph,
    DraftSection,
)
from workitems.plan.services.refusals import Conflict, Refused, locked

Kind = DraftAct.Kind
# Limit on the paragraphs that one text box may be split into.
MOST_AT_ONCE = 20


def new_key() -> str:
    return f"p-{uuid4().hex[:12]}"


def open_briefing(briefing: Briefing) -> Briefing:
    """Lock and return the briefing. Raise `Refused` when its text is locked."""
    row = locked(briefing, related=("plan", "kind"))
    if not row.is_open:
        raise not_now(row, _("its text is locked"))
    return row


@transaction.atomic
def begin_draft(
    *,
    briefing: Briefing,
    kind: BriefingKind,
    composed: Iterable[Composed],
    by: User | None,
    share: Share | None = None,
    asks: Sequence[Ask] = (),
) -> Briefing:
    """Begin the draft: copy the kind's sections and recommendations, and add the generated text.

    `asks` are recommendations that come before the kind's, and the action sought becomes theirs. `composed` is as at the briefing's date, with this `share` of the words. Raise `Refused` if the draft has been begun.
    """
    briefing = open_briefing(briefing)
    if briefing.kind_id is not None:
        raise Refused(_("The draft of this briefing has already begun."))
    if kind.plan_id != briefing.plan_id:
        raise Refused(_("That kind of briefing belongs to another plan."), "kind")
    briefing.kind, briefing.annexes = kind, list(kind.annexes)
    briefing.action_sought = action_sought(briefing.action_sought, asks)
    if share:
        briefing.shared_words, briefing.is_tight = share
    history.save_version(briefing, by=by, reason=f"Drafted as {kind.name.lower()}")
    sections = [
        DraftSection(briefing=briefing, position=section.position, **section.copied)
        for section in kind.sections.live().in_order()
    ]
    history.save_new(sections, by=by)
    recommended = [{"key": each.key, "verb": each.verb.value, "text": each.text} for each in asks]
    recommended += [{"key": f"r-{uuid4().hex[:12]}", **ask} for ask in kind.asks]
    rows = [
        DraftAsk(briefing=briefing, position=position, **ask)
        for position, ask in enumerate(recommended, start=1)
    ]
    history.save_new(rows, by=by)
    apply(
        briefing,
        draft_rows.read_draft(briefing),
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
    is_pause: bool = False,
) -> DraftParagraph:
    """Change a paragraph's text; each blank line starts a further paragraph. Saves only changes.

    A paragraph that was joined to another is restored if it is saved with its current version.
    """
    before = draft_rows.read_draft(open_briefing(briefing))
    words = _typed_paragraphs(before, key, version, text, seen)
    how: dict[str, Any] = {
        "new_keys": _further_keys(before, words, key),
        "seen": seen,
        # Several paragraphs are made by a button, and are undone at once.
        "is_pause": is_pause and len(words) < 2,
    }
    row = before.paragraphs.get(key)
    if row and row.is_withdrawn and row.version == version:
        home = next(k for k, section in before.sections.items() if section.pk == row.section_id)
        place = (home, row.position - 1, key, text)
        how |= {"kind": Kind.ADD, "about": key}
        return apply(briefing, before, acts.add, *place, **how, by=by, at=at)[key]
    try:
        row = _check_version(before, key, version)
    except Conflict as conflict:
        # The same text was saved before, by a request whose response was lost: no conflict.
        if conflict.current.is_withdrawn or not _has_all(before, words):
            raise
        return before.paragraphs[key]
    if len(words) > 1 and _has_all(before, words):
        return row
    how |= {"kind": Kind.EDIT, "about": key}
    return apply(briefing, before, acts.edit, key, text, **how, by=by, at=at).get(key) or row


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
    is_pause: bool = False,
) -> DraftParagraph:
    """Add a written paragraph, after `after` or at a position from 0.

    The client chooses `key`, so that a repeated request adds the paragraph once. Raise `Conflict`
    if a paragraph with this key has other text.
    """
    key = key or new_key()
    before = draft_rows.read_draft(open_briefing(briefing))
    words = _typed_paragraphs(before, key, 0, text, seen)
    if key in before.paragraphs:
        if not _has_all(before, words):
            raise Conflict(before.paragraphs[key])
        return before.paragraphs[key]
    for portion in before.draft.portions:
        places = [part.key for part in portion.parts]
        if after in places:
            section, position = portion.key, places.index(after) + 1
    changed = apply(
        briefing, before, acts.add, section, position, key, text,
        sources=sources, new_keys=_further_keys(before, words, key), seen=seen, by=by,
        kind=Kind.ADD, about=key, is_pause=is_pause and len(words) < 2,
    )  # fmt: skip
    return changed[key]


@transaction.atomic
def retitle(*, briefing: Briefing, section: str, heading: str, was: str, by: User) -> None:
    """Change a section's heading. Raise `Refused` if it is no longer `was`."""
    before = draft_rows.read_draft(open_briefing(briefing))
    row = before.sections.get(section)
    if row and row.heading != was:
        raise Refused(
            _("The heading was changed to “{heading}” meanwhile. Save again to use yours.").format(
                heading=row.heading
            ),
            "heading",
        )
    apply(
        briefing, before, acts.retitle, section, heading, by=by, reason="Renamed",
        kind=Kind.HEADING, about=section,
    )  # fmt: skip


def _act(
    briefing: Briefing,
    key: str,
    act: Callable[..., Draft],
    *arguments: Any,
    by: User,
    reason: str,
    kind: Kind,
) -> None:
    """Do an act on a paragraph or recommendation as it is now, whatever its version."""
    before = draft_rows.read_draft(open_briefing(briefing))
    apply(briefing, before, act, key, *arguments, by=by, reason=reason, kind=kind, about=key)


@transaction.atomic
def step(*, briefing: Briefing, key: str, places: int, by: User) -> None:
    """Move a paragraph one place up (-1) or down (1)."""
    _act(briefing, key, acts.step, places, by=by, reason="Moved", kind=Kind.MOVE)


@transaction.atomic
def move(*, briefing: Briefing, key: str, section: str, position: int, by: User) -> None:
    _act(briefing, key, acts.move, section, position, by=by, reason="Moved", kind=Kind.MOVE)


@transaction.atomic
def step_story(*, briefing: Briefing, key: str, places: int, by: User) -> None:
    """Move a paragraph, with those of its section about the same item, one place up (-1) or down (1)."""
    _move_story(briefing, key, acts.step, places, by=by)


@transaction.atomic
def move_story(*, briefing: Briefing, key: str, section: str, position: int, by: User) -> None:
    """Move a paragraph to a section, with those of its own section about the same item."""
    _move_story(briefing, key, acts.move, section, position, by=by)


def _move_story(
    briefing: Briefing, key: str, act: Callable[..., Draft], *arguments: Any, by: User
) -> None:
    before = draft_rows.read_draft(open_briefing(briefing))
    others = story_of(before.draft, key).beside
    apply(
        briefing, before, act, key, *arguments, others, by=by, reason="Moved", kind=Kind.STORY, about=key
    )  # fmt: skip


@transaction.atomic
def split(*, briefing: Briefing, key: str, at: int, version: int, by: User) -> None:
    """Split a paragraph at a character position of its stored text."""
    before = draft_rows.read_draft(open_briefing(briefing))
    _check_version(before, key, version)
    apply(
        briefing, before, acts.split, key, at, new_key(), by=by, reason="Split", kind=Kind.SPLIT, about=key
    )  # fmt: skip


@transaction.atomic
def split_list(*, briefing: Briefing, key: str, version: int, by: User) -> None:
    """Make each bullet of a paragraph a paragraph of its own."""
    before = draft_rows.read_draft(open_briefing(briefing))
    _check_version(before, key, version)
    new_keys = [new_key() for _each in range(MAX_BULLETS)]
    apply(
        briefing, before, acts.split_list, key, new_keys, by=by, reason="Split", kind=Kind.SPLIT, about=key
    )  # fmt: skip


@transaction.atomic
def merge(*, briefing: Briefing, key: str, by: User, side: str = "after") -> None:
    """Join a paragraph with the next one or, with `side` "before", with the one before it."""
    if side == "before":
        _act(
            briefing, key, acts.merge_before, by=by, reason="Joined to the one before", kind=Kind.MERGE
        )  # fmt: skip
    else:
        _act(briefing, key, acts.merge, by=by, reason="Joined to the next", kind=Kind.JOIN)


@transaction.atomic
def merge_others(*, briefing: Briefing, key: str, others: Collection[str], by: User) -> None:
    """Join a paragraph with others of any section. Raise `Refused` if none is given or left."""
    if not others:
        raise Refused(_("Tick at least one other paragraph."))
    _act(
        briefing, key, acts.merge, others, by=by, reason="Joined with others", kind=Kind.MERGE
    )  # fmt: skip


@transaction.atomic
def put_bullet(
    *,
    briefing: Briefing,
    key: str,
    bullet: str,
    source: Source,
    terms: Sequence[Source] = (),
    place: int | None = None,
    lead: str = "",
    version: int,
    by: User,
) -> None:
    """Put a bullet into a list: after its last bullet, or in place of one, counted from 0; with `lead` above it, if any.

    `terms` are the entries of the glossary that explain its acronyms. `version` is that of the list. Raise `Conflict` if its text has changed since.
    """
    before = draft_rows.read_draft(open_briefing(briefing))
    _check_version(before, key, version)
    apply(
        briefing, before, acts.put_bullet, key, bullet, source, place, lead, terms, by=by,
        reason="Printed another result", kind=Kind.EDIT, about=key,
    )  # fmt: skip


@transaction.atomic
def hide(*, briefing: Briefing, key: str, by: User) -> None:
    _act(briefing, key, acts.hide, by=by, reason="Hidden", kind=Kind.HIDE)


@transaction.atomic
def restore(*, briefing: Briefing, key: str, by: User) -> None:
    _act(briefing, key, acts.restore, by=by, reason="Shown again", kind=Kind.RESTORE)


@transaction.atomic
def refresh(
    *,
    briefing: Briefing,
    composed: Iterable[Composed],
    by: User,
    without: Collection[str] = (),
    share: Share | None = None,
) -> int:
    """Update generated paragraphs from the records, except those with a key in `without`.

    `composed` was composed with this `share` of the words, which the draft keeps from now on. Return the number of
    paragraphs changed.
    """
    briefing = open_briefing(briefing)
    if share and share != (briefing.shared_words, briefing.is_tight):
        briefing.shared_words, briefing.is_tight = share
        fields = ["shared_words", "is_tight"]
        history.save(briefing, by=by, reason=draft_rows.REFRESHED, fields=fields)
    before = draft_rows.read_draft(briefing)
    changed = apply(
        briefing, before, acts.refresh, composed, without, by=by, reason=draft_rows.REFRESHED,
        kind=Kind.REFRESH,
    )  # fmt: skip
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
    """Replace an edited paragraph's text with the records'.

    `version` is that of the paragraph and `read` the digest of the records' text that the user read
    (`Drift.digest`). Raise `Conflict` or `Refused` if either has changed.
    """
    before = _read_drift(briefing, key, composed, version, read)
    apply(
        briefing, before, acts.accept, key, composed, by=by, reason="Took the records’ words", kind=Kind.ACCEPT, about=key
    )  # fmt: skip


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
    """Keep the edited text, and stop reporting the records' current text.

    Arguments as for `accept`.
    """
    before = _read_drift(briefing, key, composed, version, read)
    apply(
        briefing, before, acts.dismiss, key, composed, by=by, reason="Kept the edited words", kind=Kind.DISMISS, about=key
    )  # fmt: skip


def _read_drift(
    briefing: Briefing, key: str, composed: Iterable[Composed], version: int, read: str
) -> draft_rows.Stored:
    """Lock and return the draft, if neither the edited text nor the records' text has changed."""
    before = draft_rows.read_draft(open_briefing(briefing))
    _check_version(before, key, version)
    if read not in {each.digest for each in drifts(before.draft, composed) if each.key == key}:
        raise Refused(
            _(
                "The records have changed since you read what they say here. Read it again, then keep "
                "your words or take theirs."
            )
        )
    return before


@transaction.atomic
def go_back(*, briefing: Briefing, key: str, to: int, version: int, by: User) -> DraftParagraph:
    """Restore the text of an earlier version of a paragraph. `to` is the id of its history row."""
    briefing = open_briefing(briefing)
    before = draft_rows.read_draft(briefing)
    row = _check_version(before, key, version)
    earlier = row.history.filter(history_id=to).first()
    if earlier is None:
        raise Refused(_("That version is not one of this paragraph’s."))
    day = day_words(earlier.history_date)
    changed = apply(
        briefing, before, acts.take_back, draft_rows.part_of(earlier), by=by,
        reason=f"Back to the words of {day}", kind=Kind.BACK, about=key,
    )  # fmt: skip
    return changed.get(key) or row


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
    is_pause: bool = False,
) -> DraftAsk:
    """Save a recommendation's verb, text and printed options. Version 0 adds one with the key. A verb with which the
    text begins is taken from it, so that it is not printed twice.

    As in `add`, it is no conflict if the recommendation already has this content.
    """
    before = draft_rows.read_draft(open_briefing(briefing))
    row = before.asks.get(key)
    what = (key, *ask_acts.parted(verb, text), draft_rows.options_of(options))
    if row is None and version:
        raise Refused(_("That recommendation is not in this draft."))
    if row and row.version != version and not _has_ask(before, key, *what[1:], seen):
        raise Conflict(row)
    if row is None or row.version == version:
        is_new = row is None or row.is_withdrawn
        apply(
            briefing, before, ask_acts.add if is_new else ask_acts.edit, *what, seen=seen, by=by,
            kind=Kind.ADD if is_new else Kind.EDIT, about=key, is_pause=is_pause,
        )  # fmt: skip
    return briefing.draft_asks.get(key=key)


@transaction.atomic
def step_ask(*, briefing: Briefing, key: str, places: int, by: User) -> None:
    """A recommendation one place up (-1) or down (1)."""
    _act(briefing, key, ask_acts.step, places, by=by, reason="Moved", kind=Kind.MOVE)


@transaction.atomic
def hide_ask(*, briefing: Briefing, key: str, by: User) -> None:
    _act(briefing, key, ask_acts.hide, by=by, reason="Hidden", kind=Kind.HIDE)


@transaction.atomic
def restore_ask(*, briefing: Briefing, key: str, by: User) -> None:
    _act(briefing, key, ask_acts.restore, by=by, reason="Shown again", kind=Kind.RESTORE)


def _has_ask(
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
    """Return the paragraph's row.

    Raise `Conflict` if its text has changed since `version`; the same text is accepted.
    """
    row = before.paragraphs.get(key)
    if row is None:
        raise Refused(_("That paragraph is not in this draft."))
    if row.version != version:
        read = row.history.filter(version=version).order_by("-history_id").first()
        if row.is_withdrawn or read is None or read.text != row.text:
            raise Conflict(row)
    return row


def _typed_paragraphs(
    before: draft_rows.Stored, key: str, version: int, typed: str, seen: Sequence[str]
) -> dict[str, str]:
    """Return the typed paragraphs by key, or {} if the text cannot be saved.

    Keys of further paragraphs come from the request, so that repeating it adds nothing.
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


def _further_keys(before: draft_rows.Stored, words: Mapping[str, str], key: str) -> list[str]:
    """Return keys for the further paragraphs, up to the limit for one text box."""
    used = {part.key for part in before.draft.parts()}
    further = [new_key() if each in used else each for each in words if each != key]
    return further[:MOST_AT_ONCE]


def _has_all(before: draft_rows.Stored, words: Mapping[str, str]) -> bool:
    """Whether the draft already has all the typed paragraphs."""
    texts = {part.key: part.text for part in before.draft.parts()}
    return bool(words) and all(texts.get(key) == text for key, text in words.items())


def apply(
    briefing: Briefing,
    before: draft_rows.Stored,
    act: Callable[..., Draft],
    *arguments: object,
    by: User | None,
    reason: str = "",
    at: datetime | None = None,
    is_pause: bool = False,
    kind: str = "",
    about: str = "",
    reverses: DraftAct | None = None,
    **options: object,
) -> dict[str, DraftParagraph]:
    """Apply a change to the draft of a locked briefing and save it. Return the changed rows by key.

    `kind` (`DraftAct.Kind`) and `about`, the key of what was changed, are kept to undo it;
    `reverses` is the act that it undoes or redoes. Anything but a pause ends the pauses before it:
    the draft as it was then can be compared. A pause ends those of the same person elsewhere.
    """
    try:
        after = act(before.draft, *arguments, **options)
    except Overtaken:
        raise
    except (DraftError, DocumentError) as refusal:
        raise Refused(str(refusal), "text") from refusal
    state = draft_rows.state_of(briefing)
    changed: dict[str, DraftParagraph] = {}
    shifted: dict[int, list[DraftParagraph]] = defaultdict(list)
    kept, untouched = set(), {id(part) for part in before.draft.parts()}
    if is_pause:
        for model in (DraftParagraph, DraftAsk):
            history.end_pauses(model, ~Q(key=about), briefing=briefing.pk, typed_by=by)
    else:
        end_pauses(briefing)
    _save_asks(briefing, before, after, by=by, reason=reason, is_pause=is_pause)
    comes_back = reverses or kind == Kind.RESTORE
    sought_of = action_sought if _asks_again(before.draft, after) and comes_back else still_sought
    sought = sought_of(briefing.action_sought, after.shown_asks.values())
    if sought != briefing.action_sought:
        reason_of_cover = (
            "A recommendation asks for a decision again"
            if sought_of is action_sought
            else "No recommendation asks for a decision"
        )
        briefing.action_sought = sought
        history.save_version(briefing, by=by, reason=reason_of_cover)
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
            columns: dict[str, Any] = {"section_id": section.pk, "position": position}
            if id(part) not in untouched:
                columns |= draft_rows.columns_of(part)
            elif (row.section_id, row.position) == (section.pk, position):
                continue
            if row.pk and _differing(row, columns) == {"position"}:
                shifted[position - row.position].append(row)
                changed[part.key] = row
            elif _save(row, columns, by=by, reason=reason, at=at, is_pause=is_pause):
                changed[part.key] = row
    for places, rows in shifted.items():
        history.save_many(
            DraftParagraph.objects.filter(pk__in=[row.pk for row in rows]),
            by=by, reason=reason, at=at, position=F("position") + places,
        )  # fmt: skip
        for row in rows:
            row.position += places
    for key, row in before.paragraphs.items():
        if key not in kept and not row.is_withdrawn:
            _save(row, {"is_withdrawn": True}, by=by, reason=reason, at=at)
            changed[key] = row
    _record(briefing, state, by=by, at=at, kind=kind, about=about, reverses=reverses)
    clearance.reopen_changed(briefing, by=by)
    return changed


def _asks_again(before: Draft, after: Draft) -> bool:
    """Whether a recommendation asks for a decision after a change, and none did before it."""
    was, now = (
        any(ask.verb == Verb.AGREE for ask in each.shown_asks.values()) for each in (before, after)
    )
    return now and not was


def _record(
    briefing: Briefing,
    before: str,
    *,
    by: User | None,
    at: datetime | None,
    kind: str,
    about: str,
    reverses: DraftAct | None,
) -> None:
    """Keep the act, unless it went into the history row of the one before or changed nothing."""
    after = draft_rows.state_of(briefing)
    if by is None or not kind or (after == before and not reverses):
        return
    step = DraftAct.Step.DONE
    if reverses:
        step = DraftAct.Step.REDONE if reverses.is_undoing else DraftAct.Step.UNDONE
    DraftAct.objects.create(
        briefing=briefing,
        by=by,
        at=history.moment_of_writing(at),
        kind=kind,
        step=step,
        key=about,
        before=before,
        after=after,
        reverses=reverses,
    )


def _save(
    row: DraftParagraph | DraftAsk,
    columns: Mapping[str, object],
    *,
    by: User | None,
    reason: str,
    at: datetime | None,
    is_pause: bool = False,
) -> bool:
    """Save the row if a column differs, and return whether one does.

    A new position alone does not change the version.
    """
    differs = _differing(row, columns)
    if not differs:
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    is_new_version = differs - {"position", "section_id"} or row.pk is None
    save = history.save_version if is_new_version else history.save
    save(row, by=by, reason=reason, at=at, is_pause=is_pause)
    return True


def _differing(row: DraftParagraph | DraftAsk, columns: Mapping[str, object]) -> set[str]:
    return {name for name, value in columns.items() if getattr(row, name) != value}


def _save_asks(
    briefing: Briefing,
    before: draft_rows.Stored,
    after: Draft,
    *,
    by: User | None,
    reason: str,
    is_pause: bool = False,
) -> None:
    for position, ask in enumerate(after.asks, start=1):
        row = before.asks.get(ask.key) or DraftAsk(briefing=briefing, key=ask.key, version=0)
        columns = {
            "verb": ask.verb.value,
            "text": ask.text,
            "options": " / ".join(ask.options),
            "is_hidden": ask.is_hidden,
            "is_withdrawn": False,
            "position": position,
        }
        _save(row, columns, by=by, reason=reason, at=None, is_pause=is_pause)
    kept = {ask.key for ask in after.asks}
    for key, row in before.asks.items():
        if key not in kept and not row.is_withdrawn:
            _save(row, {"is_withdrawn": True}, by=by, reason=reason, at=None)
