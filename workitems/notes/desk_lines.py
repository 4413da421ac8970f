"""To-dos of questions that notes ask. A source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from workitems.desk.to_dos import SHOWN_AT_MOST, Act, Line, line, not_ended, since
from workitems.models import Mention
from workitems.models.note import OF_SUBJECTS, readable
from workitems.models.plan import READING_ROLES
from workitems.rules import WRITERS

WORDS_SHOWN = 20


def lines_for(user: User, on: date) -> list[Line]:
    """Return the open questions to the user, to agencies that they write for, and to the coordinators if they are one, in
    conversations that they read. One query."""
    own = user.agencies_as(*READING_ROLES)
    if not own:
        return []
    rows = _questions(
        person=user.pk, writing=user.agencies_as(*WRITERS), own=own, coordinating=user.agencies_as(Seat.Role.COORDINATOR), on=on
    )  # fmt: skip
    return [_line(row, on) for row in rows]


def _line(row: Mention, on: date) -> Line:
    note = row.note
    asked_on = localdate(row.asked_at)
    return line(
        due=asked_on,
        on=on,
        plan=note.plan.title,
        what=_("Answer {agency}’s question on {place}").format(
            agency=note.written_for.short_name, place=note.place
        ),
        detail=Truncator(" ".join(note.text.split())).words(WORDS_SHOWN),
        url=note.get_absolute_url(),
        when=_("Asked {when}").format(when=since(asked_on, on)),
        is_late=False,
        act=Act(
            _("No answer needed"), reverse("notes:close-question", args=[note.plan.slug, row.pk])
        ),
    )


@composed
def _questions(person: Any, writing: Any, own: Any, coordinating: Any, on: Any) -> Any:
    to_them = Q(person=person) | Q(agency__among=writing)
    to_them |= Q(person=None, agency=None, note__plan__coordinating_agency__among=coordinating)
    rows = Mention.objects.open().filter(
        to_them, not_ended(on, "note__plan"), note__withdrawn_at=None
    )
    rows = rows.filter(readable(own=own, coordinating=coordinating, on=on, way="note__"))
    subjects = [f"note__{first}{name}" for first in ("", "first__") for name in OF_SUBJECTS]
    rows = rows.exclude(note__written_by=person, person=None)
    return rows.select_related("note__plan", "note__written_for", *subjects).order_by(
        "asked_at", "pk"
    )[:SHOWN_AT_MOST]
