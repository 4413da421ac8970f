"""At which meeting ahead the working group is asked what the attention list asks of it. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from workitems.meetings.agenda import line_on, lines_by_subject, subject_of
from workitems.models import Matter, Meeting, Plan
from workitems.plan.attention import Line

# Of the meetings ahead; later ones have no agenda yet.
AHEAD = 5


@dataclass(frozen=True)
class AskedAt:
    """`next` is the next meeting. `meeting` is the one at which all is asked that is on an agenda, or on none yet; None
    if several agendas have it, of which `days` has the day by line."""

    next: Meeting | None = None
    meeting: Meeting | None = None
    days: Mapping[tuple[str, int], date] = field(default_factory=dict)

    def day_of(self, line: Line) -> date | None:
        """The day of the meeting that has the line on its agenda, where it is not the one of the whole list."""
        return None if self.meeting else self.days.get(subject_of(line))


def asked_at(plan: Plan, lines: Iterable[Line], on: date) -> AskedAt:
    """Return at which meeting ahead these lines are asked: not at one that has dealt with its agenda. One query, and
    another one if there are several."""
    matters = Matter.objects.on_agenda().filter(meeting=OuterRef("pk"))
    rows: Any = plan.meetings.coming(on).annotate(
        has_matters=Exists(matters), has_open=Exists(matters.filter(considered_on=None))
    )
    coming = list(rows[:AHEAD])
    ahead = [each for each in coming if each.has_open or not each.has_matters]
    following = coming[0] if coming else None
    if len(ahead) < 2:
        return AskedAt(following, ahead[0] if ahead else None)
    by_subject, days = lines_by_subject(lines), dict[tuple[str, int], date]()
    found = Matter.objects.on_agenda().filter(meeting__in=ahead, considered_on=None)
    related = ("meeting", "item", "variation__item", "risk__item")
    for matter in found.select_related(*related).order_by("meeting__held_on"):
        line = line_on(matter, by_subject)
        if matter.decision_id is not None:
            line = by_subject.get(("decision", matter.decision_id))
        if line is not None:
            days.setdefault(subject_of(line), matter.meeting.held_on)
    on_agendas = set(days.values())
    having = [each for each in ahead if each.held_on in on_agendas] or ahead[:1]
    return AskedAt(following, having[0] if len(having) == 1 else None, days)
