"""Write a proposal: rows and their history (past.py), in bulk.

Saving thousands of rows one by one would be too slow, so this is one of the few modules that do
not use `history.save`. Only `import_workbook` calls it, inside a transaction.
"""

from datetime import datetime

from django.db.models import Model

from agencies.models import Agency, Appointment, User
from agencies.records import history
from workitems.intake.workbook.past import Past
from workitems.intake.workbook.proposal import Draft, Proposal
from workitems.models import (
    Delay,
    Measure,
    MeasureValue,
    Member,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Support,
    Target,
    Update,
    WorkItem,
)
from workitems.models.tracker import SPREADSHEET, STAGE_ANSWERED
from workitems.terms.item_texts import TEXTS, not_official
from workitems.terms.known_dates import Known

ACTOR = "Spreadsheet import"
NO_DAY = "The spreadsheet gives no day for this, so it is shown at the plan’s release."
MOVED = "The spreadsheet says that the date was moved; when is not known, so this is shown no later than the first date."
LAST_UPDATE = (
    "The spreadsheet gives no day for this, so it is shown on the day of the row’s last update."
)
# Models before those that refer to them.
ORDER: tuple[type[Model], ...] = (
    Agency,
    Appointment,
    Plan,
    Member,
    Pillar,
    WorkItem,
    Support,
    Measure,
    Target,
    MeasureValue,
    Milestone,
    Delay,
    Mitigation,
    Round,
    Return,
    Update,
    Risk,
)
# Records that all plans share.
SHARED = (Agency, Appointment)
BATCH = 1_000


def write(proposal: Proposal, past: Past, *, by: User | None, reason: str) -> None:
    """Write the proposal's rows. Of what all plans share, only new rows."""
    for model in ORDER:
        drafts = [draft for draft in proposal.drafts[model] if draft.is_needed]
        new = [draft for draft in drafts if draft.is_new]
        changed = [draft for draft in drafts if not draft.is_new]
        if model in SHARED:
            assert not changed, f"An import does not change {model._meta.verbose_name_plural}."
        _update(model, changed)
        if model is Agency:
            _create_agencies([draft.row for draft in new])
        else:
            _create(model, [draft.row for draft in new])
        is_told = bool(past.known_on) and model not in SHARED
        for group, created in ((new, True), (changed, False)):
            for start in range(0, len(group), BATCH):
                batch = group[start : start + BATCH]
                history.write_past(
                    (
                        (row, when, _reason(past, row, when, reason) if is_told else reason)
                        for row, when in past.states(batch)
                    ),
                    by=by,
                    actor=SPREADSHEET if is_told else "" if by else ACTOR,
                    created=created,
                )


def _reason(past: Past, row: Model, when: datetime, reason: str) -> str:
    """Return the reason, and why a change that the spreadsheet gives no day for has this one."""
    if when == past.released:
        return f"{reason}. {NO_DAY}"
    if past.is_of_unknown_move(row, when):
        return f"{reason}. {MOVED}"
    says = [
        *([LAST_UPDATE] if past.is_of_last_update(row, when) else ()),
        *([STAGE_ANSWERED] if past.has_answered_stage(row) else ()),
    ]
    return ". ".join(filter(None, (reason, " ".join(says))))


def _create(model: type[Model], rows: list[Model]) -> None:
    for row in rows:
        if isinstance(row, WorkItem):
            row.derive()
    while rows:
        # A correction is written after the number that it corrects.
        ready = [row for row in rows if not _waits(row)]
        model._default_manager.bulk_create(ready, batch_size=BATCH)
        rows = [row for row in rows if row.pk is None]


def _waits(row: Model) -> bool:
    return isinstance(row, MeasureValue) and row.corrects is not None and row.corrects.pk is None


def _create_agencies(rows: list[Agency]) -> None:
    """Create agencies and then set their successors, which may be among them."""
    successors = [row.successor for row in rows]
    for row in rows:
        row.successor = None
    Agency.objects.bulk_create(rows)
    for row, successor in zip(rows, successors, strict=True):
        row.successor = successor
    Agency.objects.bulk_update([row for row in rows if row.successor], ["successor"])


def _columns(model: type[Model], name: str) -> tuple[str, ...]:
    """Return the columns of a field, or of an attribute that joins two."""
    joined = getattr(model, name)
    return joined.columns if isinstance(joined, Known) else (name,)


def _update(model: type[Model], drafts: list[Draft]) -> None:
    if not drafts:
        return
    names = {name for draft in drafts for name in draft.was}
    fields = {column for name in names for column in _columns(model, name)}
    if hasattr(model, "version"):
        fields.add("version")
        without_version = set(not_official(TEXTS.get(model.__name__, {})))
        for draft in drafts:
            # Pages that users have open are outdated now; saving them raises `Conflict`. Nothing else
            # depends on texts that are not official.
            draft.row.version += not without_version.issuperset(draft.was)
    if model is WorkItem:
        fields.add("search_text")
        for draft in drafts:
            draft.row.derive()
    model._default_manager.bulk_update(
        [draft.row for draft in drafts], sorted(fields), batch_size=200
    )
