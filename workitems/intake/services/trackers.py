"""Keep what an imported tracker says beyond the plan, and remember how its shape was read.

Neither has a history: notes never change, and a mapping is a suggestion for the next import.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from agencies.models import Agency, User
from workitems.models import Plan, TrackerMapping, TrackerNote, WorkItem

BATCH = 1_000


@dataclass(frozen=True)
class KeptText:
    """A text to keep. `number` is that of its item, or "" for the plan's."""

    number: str
    sheet: str
    address: str
    heading: str
    text: str


def keep_notes(*, plan: Plan, file_name: str, texts: Iterable[KeptText]) -> None:
    """Keep texts of a tracker with a plan. They never change, so they have no history."""
    items = dict(plan.items.values_list("number", "pk"))
    TrackerNote.objects.bulk_create(
        [
            TrackerNote(
                plan=plan,
                item_id=items.get(each.number),
                position=position,
                file_name=file_name[:100],
                sheet=each.sheet[:100],
                address=each.address,
                heading=each.heading[:200],
                text=each.text,
            )
            for position, each in enumerate(texts, start=1)
        ],
        batch_size=BATCH,
    )


def named_beside(item: WorkItem, people: Iterable[User]) -> User | None:
    """Return the first of these people whose email address the plan's tracker has beside the item. Two queries."""
    return named_beside_each([item.pk], people).get(item.pk)


def named_beside_each(items: Collection[int], people: Iterable[User]) -> dict[int, User]:
    """Return the first of these people whom the plan's tracker names beside each of these items. Two queries."""
    said: dict[int, str] = defaultdict(str)
    notes = TrackerNote.objects.filter(item__in=items, text__contains="@").order_by("position")
    for item, text in notes.values_list("item", "text"):
        said[item] += f"{text}\n"
    known = list(people) if said else []
    return {
        item: person
        for item, text in said.items()
        if (person := next((each for each in known if _has(text, each.email)), None))
    }


def _has(text: str, email: str) -> bool:
    return bool(re.search(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", text, re.IGNORECASE))


def mappings_of(agency_ids: Collection[int], shapes: Iterable[str]) -> dict[str, TrackerMapping]:
    """Return the newest remembered mapping of each of these shapes in the agencies."""
    found = TrackerMapping.objects.filter(agency__in=agency_ids, shape__in=list(shapes))
    return {each.shape: each for each in found.order_by("saved_on", "pk")}


@transaction.atomic
def remember_mapping(
    *, agency: Agency, shape: str, fields: list[str], answers: dict[str, str], on: date
) -> None:
    """Remember how a shape was read, in place of an earlier reading. Earlier answers stay."""
    known = TrackerMapping.objects.filter(agency=agency, shape=shape).first()
    TrackerMapping.objects.update_or_create(
        agency=agency,
        shape=shape,
        defaults={
            "fields": fields,
            "answers": (known.answers if known else {}) | answers,
            "saved_on": on,
        },
    )
