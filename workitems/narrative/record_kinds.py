"""The history tables that history pages read, and their columns.

Changes of the columns in `fields` are reported. `names` are further values for the sentences.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Expression

from agencies.records.then import then
from agencies.records.tracking import PLAN_COLUMN
from workitems.models import (
    Attendance,
    Audit,
    CalendarFeed,
    Decision,
    Delay,
    Evidence,
    Finding,
    GlossaryEntry,
    Matter,
    Measure,
    MeasureValue,
    Meeting,
    Member,
    Milestone,
    MilestoneAnswer,
    Mitigation,
    Note,
    OutOfSession,
    OutOfSessionAnswer,
    Pillar,
    Plan,
    Reminder,
    Return,
    ReturnNote,
    Risk,
    Round,
    Support,
    Target,
    Update,
    Variation,
    Wait,
    WorkItem,
)
from workitems.narrative.blocks import Field
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS


@dataclass(frozen=True)
class Scope:
    """The row whose history is shown: exactly one of item, return, plan or risk, by primary key."""

    item: int | None = None
    of_return: int | None = None
    plan: int | None = None
    risk: int | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A history table. `plan`, `item`, `of_return` and `risk` are the lookups from its rows to the
    row they belong to ("" if they cannot). `where` limits the table to rows of the kind. `made` is the
    subject of a creation."""

    model: type[Any]
    plan: str
    made: Field
    fields: dict[Field, tuple[str, ...]]
    item: str = ""
    of_return: str = ""
    risk: str = ""
    where: dict[str, bool] = field(default_factory=dict)
    names: Mapping[str, str | Expression] = field(default_factory=dict)
    # Lookups of the ids of the agencies concerned: the item's lead, the row's owner.
    agencies: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> list[str]:
        return [column for columns in self.fields.values() for column in columns]

    @cached_property
    def slots(self) -> dict[str, str | Expression]:
        """Lookups from the history row by name in a sentence, in the order of the text slots."""
        return {**{column: column for column in self.columns}, **self.names}

    def path(self, scope: Scope) -> dict[str, Any] | None:
        """Return the filter for rows of the scope, or None if it has no rows of this kind."""
        ways = ((self.plan, scope.plan), (self.item, scope.item), (self.risk, scope.risk))
        for way, pk in ways:
            if pk is not None:
                return {way: pk} | self.where if way else None
        assert scope.of_return is not None
        return {self.of_return: scope.of_return} | self.where if self.of_return else None


def _holder(of_return: str) -> Expression:
    """Return the agency whose return it was when the history row was written: a successor may hold it now."""
    now = f"{of_return}__agency__short_name"
    return then(Return, f"{of_return}_id", "agency__short_name", at="history_date", now=now)


def _of_talk(*, on: str, where: dict[str, bool], begins: bool = True, milestone: str = "") -> Kind:
    """Return the kind of notes whose conversation concerns the item `on`, there or on a `milestone` of it: those that
    begin a conversation, or the answers."""
    names = {"item": f"{on.removesuffix('_id')}__number"}
    if milestone:
        names["milestone"] = f"{milestone}__description"
    settled = ("settled_words",) if begins else ()
    return Kind(
        model=Note,
        plan="plan_id",
        item=on,
        made=Field.NOTES,
        fields={Field.NOTES: ("text", "withdrawn_at", *settled)},
        where={"first__isnull": begins, **where},
        names=names,
        agencies=("written_for_id",),
    )


# What else an item has of the plan, besides its texts and its lead.
ITEM_DETAILS = ("pillar_id", "kind", "is_key", "timeframe", "months", "starts_on")
# Entries of the same instant are shown in this order, from the plan downwards.
KINDS: dict[str, Kind] = {
    "plan": Kind(
        model=Plan,
        plan="id",
        made=Field.WORDING,
        fields={
            Field.WORDING: ("title", "short_title", "background", "portfolio", "copied_to"),
            Field.DATES: ("released_on", "ends_on", "adopted_on"),
            Field.MEETINGS: ("quorum",),
            Field.AGENCIES: ("coordinating_agency_id",),
            Field.NOTES: ("quotes_notes",),
        },
        names={"coordinating": "coordinating_agency__short_name"},
    ),
    "member": Kind(
        model=Member,
        plan="plan_id",
        made=Field.AGENCIES,
        fields={Field.AGENCIES: ("left_on",)},
        names={"agency": "agency__short_name"},
        agencies=("agency_id",),
    ),
    "pillar": Kind(
        model=Pillar,
        plan="plan_id",
        made=Field.WORDING,
        fields={Field.WORDING: ("title", "description")},
        names={"number": "number"},
    ),
    "glossary entry": Kind(
        model=GlossaryEntry,
        plan="plan_id",
        made=Field.WORDING,
        fields={Field.WORDING: ("words",)},
        names={"acronym": "acronym"},
    ),
    "item": Kind(
        model=WorkItem,
        plan="plan_id",
        item="id",
        made=Field.WORDING,
        fields={
            Field.STAGE: ("stage",),
            Field.CONFIDENCE: ("confidence", "reviewer_confidence"),
            Field.WORDING: (*ITEM_TEXTS, *ITEM_DETAILS),
            Field.AGENCIES: ("lead_agency_id",),
        },
        names={
            "lead": "lead_agency__short_name",
            "pillar": "pillar__title",
            "item": "number",
            "completed_on": "completed_on",
            "heard_on": "heard_on",
        },
        agencies=("lead_agency_id",),
    ),
    "support": Kind(
        model=Support,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.AGENCIES,
        fields={Field.AGENCIES: ("role", "agency_id", "ended_on")},
        names={"agency": "agency__short_name", "item": "item__number"},
        agencies=("agency_id", "item__lead_agency_id"),
    ),
    "measure": Kind(
        model=Measure,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.WORDING,
        fields={
            Field.WORDING: ("description",),
            Field.MEASURES: (
                *("kind", "as_told", "unit", "better", "asked", "source", "baseline"),
                *("baseline_on", "baseline_unknown", "responsible_agency_id"),
            ),
        },
        names={"item": "item__number"},
        agencies=("item__lead_agency_id",),
    ),
    "target": Kind(
        model=Target,
        plan=PLAN_COLUMN,
        item="measure__item_id",
        made=Field.MEASURES,
        fields={},
        names={
            **{name: name for name in ("number", "due", "due_known_to", "replaces_id")},
            "item": "measure__item__number",
            "measure": "measure__as_told",
        },
        agencies=("measure__item__lead_agency_id", "measure__responsible_agency_id"),
    ),
    "measurevalue": Kind(
        model=MeasureValue,
        plan=PLAN_COLUMN,
        item="measure__item_id",
        of_return="of_return_id",
        made=Field.MEASURES,
        fields={
            Field.MEASURES: (
                *("number", "of", "day", "starts_on", "because", "expected", "not_comparable"),
                *("note", "correction_reason", "accepted_on"),
            )
        },
        names={
            "item": "measure__item__number",
            "measure": "measure__as_told",
            "corrects_id": "corrects_id",
            "agency": "agency__short_name",
            "author": "written_by__name",
        },
        agencies=("agency_id",),
    ),
    "milestone": Kind(
        model=Milestone,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.DATES,
        fields={
            Field.DATES: (
                *Milestone.agreed.columns,
                *Milestone.forecast.columns,
                "completed_on",
                "withdrawn_on",
            ),
            Field.WORDING: tuple(MILESTONE_TEXTS),
            Field.EVIDENCE: ("no_evidence",),
            Field.AGENCIES: ("responsible_agency_id",),
        },
        names={"item": "item__number", "responsible": "responsible_agency__short_name"},
        agencies=("responsible_agency_id", "item__lead_agency_id"),
    ),
    "delay": Kind(
        model=Delay,
        plan=PLAN_COLUMN,
        item="milestone__item_id",
        made=Field.DELAYS,
        fields={
            Field.DELAYS: (
                "cause",
                "explanation",
                "effect",
                "meanwhile",
                "needs",
                "money_from",
                "if_declined",
                "settlement",
                "settling_agency_id",
                "settling_other",
                "settling_by",
                *Delay.before.columns,
                *Delay.after.columns,
                "ended_on",
            )
        },
        names={
            "milestone": "milestone__description",
            "item": "milestone__item__number",
            "settler": "settling_agency__short_name",
            "times_moved": "times_moved",
        },
        agencies=("milestone__responsible_agency_id", "milestone__item__lead_agency_id"),
    ),
    "mitigation": Kind(
        model=Mitigation,
        plan=PLAN_COLUMN,
        item="delay__milestone__item_id",
        made=Field.DELAYS,
        fields={Field.DELAYS: ("description", "due_on", "done_on", "owner_agency_id")},
        names={"item": "delay__milestone__item__number", "owner": "owner_agency__short_name"},
        agencies=("owner_agency_id", "delay__milestone__item__lead_agency_id"),
    ),
    "wait": Kind(
        model=Wait,
        plan=PLAN_COLUMN,
        item="milestone__item_id",
        made=Field.DATES,
        fields={Field.DATES: ("why", "answer", "answer_words", "ended_on")},
        names={
            "item": "milestone__item__number",
            "step": "milestone__number",
            "plan": "milestone__item__plan__title",
            "other_plan": "waits_for__item__plan__title",
            "other_item": "waits_for__item__number",
            "other_step": "waits_for__number",
            "agency": "waits_for__responsible_agency__short_name",
        },
        agencies=("milestone__responsible_agency_id", "waits_for__responsible_agency_id"),
    ),
    "round": Kind(
        model=Round,
        plan="plan_id",
        made=Field.RETURNS,
        fields={Field.RETURNS: ("name", "due_on", "message", "closed_at")},
    ),
    "reminder": Kind(
        model=Reminder,
        plan=PLAN_COLUMN,
        made=Field.RETURNS,
        fields={Field.RETURNS: ("body",)},
        names={"round": "round__name"},
    ),
    "return": Kind(
        model=Return,
        plan=PLAN_COLUMN,
        of_return="id",
        made=Field.RETURNS,
        fields={
            Field.RETURNS: (
                *("state", "agency_id", "extended_to", "ready_at", "first_read_at", "entered_at"),
                *("alone_reason", "is_by_one_person"),
            )
        },
        names={
            "agency": "agency__short_name",
            "round": "round__name",
            "submitted_at": "submitted_at",
        },
        agencies=("agency_id",),
    ),
    "note": Kind(
        model=ReturnNote,
        plan=PLAN_COLUMN,
        item="item_id",
        of_return="of_return_id",
        made=Field.RETURNS,
        fields={Field.RETURNS: ("body", "reply")},
        names={
            "item": "item__number",
            "agency": _holder("of_return"),
            "of_return_id": "of_return_id",
            "author": "by__name",
        },
        agencies=("of_return__agency_id",),
    ),
    "update": Kind(
        model=Update,
        plan=PLAN_COLUMN,
        item="item_id",
        of_return="of_return_id",
        made=Field.UPDATES,
        fields={
            Field.UPDATES: (
                "stage",
                "confidence",
                "achieved",
                "planned_next",
                "challenges",
                "key_achievement",
                "no_change_on",
            )
        },
        names={
            "item": "item__number",
            "agency": _holder("of_return"),
            "of_return_id": "of_return_id",
            "author": "written_by__name",
            "written_at": "written_at",
        },
        agencies=("of_return__agency_id", "item__lead_agency_id"),
    ),
    # Only in the history of its return: the plan and the item have what came of it.
    "milestone answer": Kind(
        model=MilestoneAnswer,
        plan="",
        of_return="of_return_id",
        made=Field.DATES,
        fields={
            Field.DATES: (
                *("outcome", "day", "day_known_to", "reason", "cause", "effect", "meanwhile"),
                *("needs", "new_mitigation", "applied_at", "removed_at"),
            )
        },
        names={
            "item": "milestone__item__number",
            "milestone": "milestone__description",
            "action": "mitigation__description",
            "author": "written_by__name",
        },
    ),
    "evidence of an update": Kind(
        model=Evidence,
        plan=PLAN_COLUMN,
        where={"update__isnull": False},
        item="update__item_id",
        of_return="update__of_return_id",
        made=Field.EVIDENCE,
        fields={Field.EVIDENCE: ("file_name", "link", "withdrawn_at")},
        names={"item": "update__item__number"},
        agencies=("update__of_return__agency_id", "update__item__lead_agency_id"),
    ),
    "evidence of a milestone": Kind(
        model=Evidence,
        plan=PLAN_COLUMN,
        where={"milestone__isnull": False},
        item="milestone__item_id",
        made=Field.EVIDENCE,
        fields={Field.EVIDENCE: ("file_name", "link", "withdrawn_at")},
        names={"item": "milestone__item__number", "milestone": "milestone__description"},
        agencies=("milestone__responsible_agency_id", "milestone__item__lead_agency_id"),
    ),
    "evidence of a return": Kind(
        model=Evidence,
        plan=PLAN_COLUMN,
        where={"of_return__isnull": False},
        of_return="of_return_id",
        made=Field.EVIDENCE,
        fields={Field.EVIDENCE: ("file_name", "link", "withdrawn_at")},
        names={"agency": _holder("of_return")},
        agencies=("of_return__agency_id",),
    ),
    "evidence of an answer": Kind(
        model=Evidence,
        plan=PLAN_COLUMN,
        where={"answer__isnull": False},
        item="answer__out_of_session__variation__item_id",
        made=Field.EVIDENCE,
        fields={Field.EVIDENCE: ("file_name", "link", "withdrawn_at")},
        names={"answered": "answer__agency__short_name"},
        agencies=("answer__agency_id",),
    ),
    "meeting": Kind(
        model=Meeting,
        plan="plan_id",
        made=Field.MEETINGS,
        fields={
            Field.MEETINGS: (
                *("held_on", "starts_at", "place", "link", "notes", "people", "closed_at"),
            )
        },
    ),
    "attendance": Kind(
        model=Attendance,
        plan=PLAN_COLUMN,
        made=Field.MEETINGS,
        fields={Field.MEETINGS: ("withdrawn_on",)},
        names={"agency": "agency__short_name", "held_on": "meeting__held_on"},
        agencies=("agency_id",),
    ),
    "matter": Kind(
        model=Matter,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.MEETINGS,
        fields={Field.MEETINGS: ("title", "note", "discussion", "considered_on", "withdrawn_on")},
        names={"item": "item__number", "held_on": "meeting__held_on"},
        agencies=("item__lead_agency_id",),
    ),
    "decision": Kind(
        model=Decision,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.MEETINGS,
        fields={
            Field.MEETINGS: (
                "text",
                "owner_agency_id",
                "due_on",
                "done_on",
                "awaits_confirmation",
            )
        },
        names={
            "about": "about",
            "item": "item__number",
            "held_on": "meeting__held_on",
            "closed_on": "out_of_session__closed_on",
            "owner": "owner_agency__short_name",
        },
        agencies=("owner_agency_id", "item__lead_agency_id"),
    ),
    "variation": Kind(
        model=Variation,
        plan="plan_id",
        item="item_id",
        made=Field.VARIATIONS,
        fields={Field.VARIATIONS: ("state",)},
        names={
            "kind": "kind",
            "number": "number",
            "due_before": "due_before",
            "before_known_to": "before_known_to",
            "due_after": "due_after",
            "after_known_to": "after_known_to",
            "wording": "wording",
            "text_before": "text_before",
            "text_after": "text_after",
            "adds": "adds",
            "item": "item__number",
            "milestone": "milestone__description",
        },
        agencies=("requesting_agency_id", "item__lead_agency_id"),
    ),
    "out of session": Kind(
        model=OutOfSession,
        plan=PLAN_COLUMN,
        item="variation__item_id",
        made=Field.VARIATIONS,
        fields={Field.VARIATIONS: ("due_on", "state")},
        names={"number": "variation__number", "item": "variation__item__number"},
        agencies=("variation__requesting_agency_id", "variation__item__lead_agency_id"),
    ),
    "answer": Kind(
        model=OutOfSessionAnswer,
        plan=PLAN_COLUMN,
        item="out_of_session__variation__item_id",
        made=Field.VARIATIONS,
        fields={Field.VARIATIONS: ("choice", "words")},
        names={
            "number": "out_of_session__variation__number",
            "item": "out_of_session__variation__item__number",
            "agency": "agency__short_name",
            "is_recorded": "is_recorded",
            "ended_on": "agency__valid_to",
            "at": "answered_at",
        },
        agencies=("agency_id",),
    ),
    "risk": Kind(
        model=Risk,
        plan="plan_id",
        item="item_id",
        risk="id",
        made=Field.RISKS,
        fields={
            Field.RISKS: (
                "description",
                "likelihood",
                "impact",
                "response",
                "escalated_to",
                "closed_on",
                "owner_agency_id",
            )
        },
        names={"number": "number", "item": "item__number", "owner": "owner_agency__short_name"},
        agencies=("owner_agency_id", "item__lead_agency_id"),
    ),
    "audit": Kind(
        model=Audit,
        plan="plan_id",
        made=Field.AUDITS,
        fields={Field.AUDITS: ("to_on",)},
        names={"agency": "agency__name", "from_on": "from_on"},
        agencies=("agency_id",),
    ),
    # Neither what was found nor the reply: a finding is shown later than it is given.
    "finding": Kind(
        model=Finding,
        plan=PLAN_COLUMN,
        item="item_id",
        made=Field.AUDITS,
        fields={Field.AUDITS: ("replied_on",)},
        names={"number": "number", "item": "item__number", "agency": "replied_for__short_name"},
        agencies=("item__lead_agency_id",),
    ),
    # Shown to whoever reads the conversation, with the words of withdrawn notes.
    "talk": _of_talk(on="item_id", where={"milestone__isnull": True}),
    "answer in a talk": _of_talk(
        on="first__item_id", where={"first__milestone__isnull": True}, begins=False
    ),
    "talk on a milestone": _of_talk(
        on="milestone__item_id", where={"milestone__isnull": False}, milestone="milestone"
    ),
    "answer on a milestone": _of_talk(
        on="first__milestone__item_id",
        where={"first__milestone__isnull": False},
        begins=False,
        milestone="first__milestone",
    ),
    "feed": Kind(
        model=CalendarFeed,
        plan="plan_id",
        made=Field.AGENCIES,
        fields={Field.AGENCIES: ("label", "revoked_at")},
        names={"agency": "agency__short_name"},
        agencies=("agency_id",),
    ),
}
SLOTS = max(len(kind.slots) for kind in KINDS.values())


def kinds_of(scope: Scope) -> Iterator[tuple[int, str, Kind, dict[str, Any]]]:
    """Yield rank, name, kind and filter of each history table that can have rows of the scope."""
    for rank, (name, kind) in enumerate(KINDS.items()):
        path = kind.path(scope)
        if path is not None:
            yield rank, name, kind, path


def fields_of(scope: Scope) -> list[Field]:
    """Return the subjects that the scope's history can have, in the order of `Field`."""
    found = {field for _, _, kind, _ in kinds_of(scope) for field in (kind.made, *kind.fields)}
    return [field for field in Field if field in found]
