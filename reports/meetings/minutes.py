"""The minutes of a meeting: attendance, matters considered, and decisions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings

from agencies.models import Agency
from agencies.wording.translation import in_english
from reports.meetings.parts import Asked, Considered, DecisionLine, Minutes
from reports.meetings.record_words import asked, decision_line, line, paragraphs
from workitems.meetings.agenda import title_now
from workitems.meetings.forms.meetings import invited
from workitems.models import Decision, Matter, Meeting, Variation
from workitems.plan.asat import Moment


@in_english
def compose_minutes(meeting: Meeting, at: datetime) -> Minutes:
    """Return the minutes as recorded at `at`, which must be now. The number of queries is fixed."""
    moment = Moment.at(at)
    record = _Record(meeting, moment)
    matters = list(meeting.matters.on_agenda().for_page().in_order())
    members = list(invited(meeting))
    present = set(meeting.attendances.present().values_list("agency_id", flat=True))
    following = meeting.plan.meetings.not_cancelled().filter(held_on__gt=meeting.held_on)
    next_one = following.order_by("held_on").first()
    numbered = list(enumerate(matters, start=1))
    return Minutes(
        plan=line(meeting.plan.title),
        held=meeting.held_on,
        place=line(meeting.place),
        notes=paragraphs(meeting.notes),
        on=moment.on,
        as_at=moment.words,
        maori=tuple(sorted(each.name_mi for each in record.agencies.values() if each.name_mi)),
        present=tuple(each.short_name for each in members if each.pk in present),
        absent=tuple(each.short_name for each in members if each.pk not in present),
        considered=tuple(
            record.considered(number, each) for number, each in numbered if each.considered_on
        ),
        not_reached=tuple(
            f"{number}. {line(title_now(each))}"
            for number, each in numbered
            if not each.considered_on
        ),
        others=record.others(matters),
        variations=record.variations_beside(matters),
        next=next_one.held_on if next_one else None,
        next_place=line(next_one.place) if next_one else "",
        people=tuple(map(line, meeting.people_present)),
        starts=meeting.starts_words,
        language=settings.LANGUAGE_TAG,
        marking=settings.MARKINGS[0],
        paper_size=settings.PAPER_SIZE,
    )


class _Record:
    """The meeting's decisions and the variations decided at it, read at once."""

    def __init__(self, meeting: Meeting, moment: Moment) -> None:
        self.meeting, self.on = meeting, moment.on
        self.agencies: dict[int, Agency] = Agency.objects.in_bulk()
        self.decisions: list[Decision] = list(meeting.decisions.for_list().order_by("number"))
        self.variations: dict[int, Variation] = {
            row.pk: row
            for row in meeting.variations.select_related("item", "milestone").order_by("number")
        }
        self.of_matter: dict[int | None, list[Decision]] = defaultdict(list)
        for decision in self.decisions:
            self.of_matter[decision.matter_id].append(decision)

    def considered(self, number: int, matter: Matter) -> Considered:
        decided = self.variations.get(matter.variation_id or 0)
        within = [
            self.variations[row.variation_id]
            for row in self.of_matter[matter.pk]
            if row.variation_id and row.variation_id != matter.variation_id
        ]
        return Considered(
            number=number,
            title=line(title_now(matter)),
            note=paragraphs(matter.note),
            variation=self._asked(decided) if decided else None,
            decisions=tuple(map(self._line, self.of_matter[matter.pk])),
            discussion=paragraphs(matter.discussion),
            requests=tuple(map(self._asked, within)),
        )

    def others(self, matters: list[Matter]) -> tuple[DecisionLine, ...]:
        there = {each.pk for each in matters if each.considered_on}
        return tuple(self._line(each) for each in self.decisions if each.matter_id not in there)

    def variations_beside(self, matters: list[Matter]) -> tuple[Asked, ...]:
        """Return variations decided at the meeting that were not on its agenda."""
        considered = [each for each in matters if each.considered_on]
        there = {each.variation_id for each in considered}
        there |= {row.variation_id for each in considered for row in self.of_matter[each.pk]}
        return tuple(self._asked(row) for pk, row in self.variations.items() if pk not in there)

    def _asked(self, row: Variation) -> Asked:
        milestone = line(row.milestone.description) if row.milestone else ""
        return asked(row, item=row.item, milestone=milestone, agencies=self.agencies)

    def _line(self, row: Any) -> DecisionLine:
        about = f"Item {row.item.number}" if row.item else str(row.variation or "")
        return decision_line(
            row,
            held=self.meeting.held_on,
            on=self.on,
            agencies=self.agencies,
            about=about,
        )
