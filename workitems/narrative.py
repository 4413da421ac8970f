"""The history of a work item as sentences: who did what, when and why.

One query for everything: the history tables of the item and of what hangs on it are read together
as rows of text slots, because a page that shows all of them must not ask once per table.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from workitems.models import Delay, Milestone, Mitigation, Return, Update, Variation, WorkItem
from workitems.models.item import Confidence, Stage

SLOTS = 6
# Which columns of each model its sentences are made from, in the order of their slots.
TOLD: dict[str, tuple[type[Any], str, tuple[str, ...]]] = {
    "item": (
        WorkItem,
        "id",
        ("stage", "confidence", "reviewer_confidence", "title", "objective", "action"),
    ),
    "milestone": (
        Milestone,
        "item_id",
        ("description", "agreed_due", "forecast_due", "completed_on", "withdrawn_on"),
    ),
    "delay": (
        Delay,
        "milestone__item_id",
        ("cause", "explanation", "due_before", "due_after", "ended_on", "milestone_id"),
    ),
    "mitigation": (
        Mitigation,
        "delay__milestone__item_id",
        ("description", "due_on", "done_on"),
    ),
    "update": (Update, "item_id", ("stage", "no_change_on")),
    "variation": (
        Variation,
        "item_id",
        ("kind", "number", "state", "due_before", "due_after", "wording"),
    ),
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened: `at` in New Zealand time, `who` as they were named then."""

    at: datetime
    who: str
    what: str
    why: str


def _rows(item: WorkItem, drafts_of: Collection[int]) -> QuerySet[Any]:
    parts = []
    for rank, (kind, (model, path, columns)) in enumerate(TOLD.items()):
        slots = {
            f"s{index}": Cast(F(column), CharField()) for index, column in enumerate(columns)
        } | {
            f"s{index}": Value("", output_field=CharField()) for index in range(len(columns), SLOTS)
        }
        rows = model.history.filter(**{path: item.pk})
        if model is Update:
            rows = rows.filter(
                Q(of_return__state=Return.State.ACCEPTED)
                | Q(of_return__submitted_at__isnull=False)
                | Q(of_return__agency__in=drafts_of)
            )
        parts.append(
            rows.order_by()
            .annotate(rank=Value(rank, output_field=IntegerField()))
            .values_list(
                "rank",
                Value(kind, output_field=CharField()),
                "id",
                "history_id",
                "history_date",
                "history_actor",
                "history_change_reason",
                *slots.values(),
            )
        )
    first, *others = parts
    # What was written in one moment is told from the item down.
    return first.union(*others, all=True).order_by("history_date", "rank", "history_id")


def item_history(item: WorkItem, *, drafts_of: Collection[int] = ()) -> list[Entry]:
    """All that happened to an item and what hangs on it, newest first. One query.

    Updates that were never submitted are told only where `drafts_of` (ids of agencies) says so.
    """
    entries = []
    before: dict[tuple[str, int], dict[str, str]] = {}
    names: dict[str, str] = defaultdict(str)
    for _, kind, pk, _, at, actor, reason, *slots in _rows(item, drafts_of):
        columns = TOLD[kind][2]
        now = {column: value or "" for column, value in zip(columns, slots, strict=False)}
        was = before.get((kind, pk))
        before[kind, pk] = now
        if kind == "milestone":
            names[str(pk)] = now["description"]
        for what in _sentences(kind, was, now, names):
            entries.append(Entry(at, actor or "Somebody", what, reason or ""))
    return entries[::-1]


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%-d %B %Y}" if text else "no date"


def _sentences(
    kind: str, was: dict[str, str] | None, now: dict[str, str], names: dict[str, str]
) -> Iterator[str]:
    changed = [column for column in now if was is None or was[column] != now[column]]
    yield from {
        "item": _item,
        "milestone": _milestone,
        "delay": _delay,
        "mitigation": _mitigation,
        "update": _update,
        "variation": _variation,
    }[kind](was, now, changed, names)


Sentences = Iterator[str]
Was = dict[str, str] | None
Now = dict[str, str]


def _item(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    if was is None:
        yield "entered the item."
        return
    labels = dict(Confidence.choices) | {"": "not given"}
    if "stage" in changed:
        old, new = Stage(was["stage"]).label.lower(), Stage(now["stage"]).label.lower()
        yield f"moved the stage from {old} to {new}."
    if "confidence" in changed:
        yield (
            f"changed the agency’s confidence from {str(labels[was['confidence']]).lower()} "
            f"to {str(labels[now['confidence']]).lower()}."
        )
    if "reviewer_confidence" in changed:
        yield f"recorded the reviewer’s view: {str(labels[now['reviewer_confidence']]).lower()}."
    for wording in ("title", "objective", "action"):
        if wording in changed:
            yield f"changed the {wording} from “{was[wording]}” to “{now[wording]}”."


def _milestone(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield f"entered the milestone {name}, due {_day(now['agreed_due'])}."
        return
    if "agreed_due" in changed:
        yield (
            f"moved the agreed date of {name} from {_day(was['agreed_due'])} "
            f"to {_day(now['agreed_due'])}."
        )
    if "forecast_due" in changed:
        yield (
            f"moved the forecast of {name} from {_day(was['forecast_due'])} "
            f"to {_day(now['forecast_due'])}."
        )
    if "completed_on" in changed:
        if now["completed_on"]:
            yield f"closed {name} as done on {_day(now['completed_on'])}."
        else:
            yield f"opened {name} again."
    if "withdrawn_on" in changed and now["withdrawn_on"]:
        yield f"withdrew {name} on {_day(now['withdrawn_on'])}."


def _delay(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    name = f"“{names[now['milestone_id']]}”"
    cause = Delay.Cause(now["cause"]).label.lower()
    if was is None:
        yield (
            f"recorded a delay to {name} ({cause}): from {_day(now['due_before'])} "
            f"to {_day(now['due_after'])}."
        )
        return
    if "due_after" in changed:
        slipped = now["due_after"] > (was["due_after"] or "")
        how = "slipped again, to" if slipped else "comes sooner, on"
        yield f"recorded that {name} {how} {_day(now['due_after'])}."
    if "ended_on" in changed and now["ended_on"]:
        yield f"ended the delay to {name} on {_day(now['ended_on'])}."


def _mitigation(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    if was is None:
        due = f", due {_day(now['due_on'])}" if now["due_on"] else ""
        yield f"recorded a mitigation: “{now['description']}”{due}."
    elif "done_on" in changed and now["done_on"]:
        yield f"finished the mitigation “{now['description']}” on {_day(now['done_on'])}."


def _update(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    if now["no_change_on"]:
        yield "reported no change."
    else:
        yield "wrote an update." if was is None else "changed an update."


def _variation(was: Was, now: Now, changed: list[str], names: Now) -> Sentences:
    reference = f"variation V{now['number']}"
    if was is None:
        asked = {
            Variation.Kind.DATE: f"to move a date from {_day(now['due_before'])} "
            f"to {_day(now['due_after'])}",
            Variation.Kind.WORDING: f"to change the {now['wording']}",
            Variation.Kind.WITHDRAWAL: "to withdraw the item",
        }[Variation.Kind(now["kind"])]
        yield f"requested {reference}, {asked}."
    elif "state" in changed:
        verb = {
            Variation.State.RECOMMENDED: "passed on",
            Variation.State.APPROVED: "recorded the approval of",
            Variation.State.DECLINED: "recorded the declining of",
            Variation.State.TAKEN_BACK: "took back",
            Variation.State.REQUESTED: "requested",
        }[Variation.State(now["state"])]
        yield f"{verb} {reference}."
