"""Every change of a briefing's draft. Each is one transaction, and keeps a version of what it changed.

A draft changes only while its briefing is being drafted or consulted on. Text carries a version:
`Conflict`, with the row as it is now, when somebody saved after it. Moving, hiding and joining need
none, since they overwrite nobody's words.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from agencies import history
from agencies.models import User
from reports.document import DocumentError, Verb
from reports.models import Briefing, BriefingKind, DraftAsk, DraftParagraph, DraftSection
from reports.workshop import draft as acts
from reports.workshop import stored
from reports.workshop.draft import Composed, Draft, DraftError
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
    for section in kind.sections.filter(withdrawn_on=None).order_by("position", "pk"):
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
    _keep(briefing, stored.read(briefing), acts.refresh, composed, by=by, reason="Drafted")
    return briefing


@transaction.atomic
def edit(
    *, briefing: Briefing, key: str, text: str, version: int, by: User, at: datetime | None = None
) -> DraftParagraph:
    """New words for a paragraph; a blank line starts a further one. Unchanged words write nothing."""
    before = stored.read(open_briefing(briefing))
    _check_version(before, key, version)
    keys = [new_key() for _ in range(MOST_AT_ONCE)]
    changed = _keep(briefing, before, acts.edit, key, text, new_keys=keys, by=by, at=at)
    return changed.get(key) or before.paragraphs[key]


@transaction.atomic
def add(*, briefing: Briefing, section: str, position: int, text: str, by: User) -> DraftParagraph:
    """A paragraph in the coordinator's own words, at a position from 0."""
    key = new_key()
    before = stored.read(open_briefing(briefing))
    return _keep(briefing, before, acts.add, section, position, key, text, by=by)[key]


@transaction.atomic
def move(*, briefing: Briefing, key: str, section: str, position: int, by: User) -> None:
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.move, key, section, position, by=by, reason="Moved")


@transaction.atomic
def split(*, briefing: Briefing, key: str, at: int, version: int, by: User) -> None:
    """A paragraph in two, at a place counted in characters of its stored text."""
    before = stored.read(open_briefing(briefing))
    _check_version(before, key, version)
    _keep(briefing, before, acts.split, key, at, new_key(), by=by, reason="Split")


@transaction.atomic
def merge(*, briefing: Briefing, key: str, by: User) -> None:
    """A paragraph with the next one."""
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.merge, key, by=by, reason="Joined to the next")


@transaction.atomic
def hide(*, briefing: Briefing, key: str, by: User) -> None:
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.hide, key, by=by, reason="Hidden")


@transaction.atomic
def restore(*, briefing: Briefing, key: str, by: User) -> None:
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.restore, key, by=by, reason="Shown again")


@transaction.atomic
def refresh(*, briefing: Briefing, composed: Iterable[Composed], by: User) -> int:
    """Take what the records say now into generated paragraphs. How many paragraphs changed."""
    before = stored.read(open_briefing(briefing))
    changed = _keep(briefing, before, acts.refresh, composed, by=by, reason="Refreshed")
    return len(changed)


@transaction.atomic
def accept(*, briefing: Briefing, key: str, composed: Iterable[Composed], by: User) -> None:
    """The records' words in place of edited ones."""
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.accept, key, composed, by=by, reason="Took the records’ words")


@transaction.atomic
def dismiss(*, briefing: Briefing, key: str, composed: Iterable[Composed], by: User) -> None:
    """Keep the edited words, knowing what the records say now."""
    before = stored.read(open_briefing(briefing))
    _keep(briefing, before, acts.dismiss, key, composed, by=by, reason="Kept the edited words")


@transaction.atomic
def go_back(*, briefing: Briefing, key: str, to: int, version: int, by: User) -> DraftParagraph:
    """A paragraph's words as one of its earlier versions had them. `to` is a history row's id."""
    briefing = open_briefing(briefing)
    before = stored.read(briefing)
    row = _check_version(before, key, version)
    earlier = row.history.filter(history_id=to).first()
    if earlier is None:
        raise Refused("That version is not one of this paragraph’s.")
    row.text, row.origin = earlier.text, earlier.origin
    row.taken, row.sources = earlier.taken, earlier.sources
    row.version += 1
    day = f"{earlier.history_date:%-d %B %Y}"
    return history.save(row, by=by, reason=f"Back to the words of {day}")


def _check_version(before: stored.Stored, key: str, version: int) -> DraftParagraph:
    row = before.paragraphs.get(key)
    if row is None:
        raise Refused("That paragraph is not in this draft.")
    if row.version != version:
        raise Conflict(row)
    return row


def _keep(
    briefing: Briefing,
    before: stored.Stored,
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
    for portion in after.portions:
        section = before.sections[portion.key]
        for position, part in enumerate(portion.parts, start=1):
            kept.add(part.key)
            row = before.paragraphs.get(part.key) or DraftParagraph(
                briefing=briefing, key=part.key, version=0
            )
            columns = stored.columns_of(part) | {"section_id": section.pk, "position": position}
            _save(row, columns, changed, by=by, reason=reason, at=at)
    for key, row in before.paragraphs.items():
        if key not in kept and not row.is_withdrawn:
            _save(row, {"is_withdrawn": True}, changed, by=by, reason=reason, at=at)
    return changed


def _save(
    row: DraftParagraph,
    columns: dict[str, object],
    changed: dict[str, DraftParagraph],
    *,
    by: User | None,
    reason: str,
    at: datetime | None,
) -> None:
    """Write the row where a column differs. Its place alone is no new version of its words."""
    differs = {name for name, value in columns.items() if getattr(row, name) != value}
    if not differs:
        return
    for name, value in columns.items():
        setattr(row, name, value)
    if differs - {"position", "section_id"} or row.pk is None:
        row.version += 1
    history.save(row, by=by, reason=reason, at=at)
    changed[row.key] = row
