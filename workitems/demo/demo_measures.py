"""Measures of the current plan: set up at its release, with the numbers of two past rounds and of the open one."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from agencies.records import history
from workitems.demo.plan_text import moved_by
from workitems.demo.story import Story
from workitems.measures.services import set_up, values
from workitems.measures.services.values import Answer
from workitems.models import Measure, MeasureValue, Return
from workitems.returns.services import measure_answers
from workitems.terms.additions import Aimed
from workitems.terms.known_dates import KnownDate, KnownTo

MEASURES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "measures.toml").read_text(encoding="utf-8")
)["measures"]
SET_UP = ("kind", "as_told", "unit", "better", "asked", "source", "baseline_unknown")
ANSWERED_DAYS_AGO = 7


class Numbers:
    """Gives the plan's measures their set-up and numbers."""

    def __init__(self, story: Story) -> None:
        self.story, self.plan = story, story.plan
        self.later_by = moved_by(story.today)
        self.rounds = list(self.plan.rounds.order_by("period_end"))

    def fill(self) -> None:
        for row in MEASURES:
            measure = self._set_up(row)
            for place, said in enumerate(row["values"]):
                if "on" in said:
                    self._between(measure, row, said)
                elif said:
                    self._in_round(measure, row, said, place)

    def answer_now(self, returns: Mapping[str, Return]) -> None:
        """Answer in the returns of the open round."""
        at = self.story.at(-ANSWERED_DAYS_AGO, 11)
        for row in MEASURES:
            if "now" not in row:
                continue
            on = self.story.day(-ANSWERED_DAYS_AGO)
            with history.written_at(at):
                measure_answers.answer_measure(
                    of_return=returns[row["agency"]],
                    measure=self._measure(row),
                    answer=self._answer(row["now"], on),
                    by=self.story.writers[row["agency"]],
                    on=on,
                    at=at,
                )

    def _measure(self, row: dict[str, Any]) -> Measure:
        rows = Measure.objects.of(self.plan).select_related(*set_up.RELATED)
        if "outcome" in row:
            return rows.get(description=row["outcome"])
        return rows.get(item__number=row["item"])

    def _set_up(self, row: dict[str, Any]) -> Measure:
        on = self.plan.released_on + timedelta(days=3)
        by, reason = self.story.coordinator, "Agreed with the agencies when the plan began."
        with history.written_at(at_nine(on)):
            if "outcome" in row:
                given = {"responsible_agency": self.story.agencies[row["agency"]]}
                set_up.add_outcome(
                    plan=self.plan, description=row["outcome"], values=given, reason=reason, by=by
                )
            measure = self._measure(row)
            return set_up.set_up(
                measure=measure,
                version=measure.version,
                values={
                    **{name: row[name] for name in SET_UP if name in row},
                    "baseline": Decimal(row["baseline"]) if "baseline" in row else None,
                    "baseline_on": self._day(row["baseline_on"]) if "baseline" in row else None,
                },
                targets=[
                    Aimed(Decimal(each["number"]), self._month(each["by"]), each.get("months"))
                    for each in row["targets"]
                ],
                reason=reason,
                by=by,
                on=on,
            )

    def _in_round(
        self, measure: Measure, row: dict[str, Any], said: dict[str, Any], place: int
    ) -> None:
        round = self.rounds[place]
        of_return = round.returns.get(agency=self.story.agencies[row["agency"]])
        accepted_on = of_return.accepted_on
        assert accepted_on is not None
        with history.written_at(at_nine(accepted_on)):
            value = self._give(
                measure, row, self._answer(said, round.period_end), accepted_on, of_return
            )
            values.accept_all(of_return, by=self.story.coordinator, on=accepted_on)
        if "corrected" in said:
            value.refresh_from_db()
            on = self._day(said["corrected_on"])
            answer = Answer(
                day=value.day, number=Decimal(said["corrected"]), correction_reason=said["reason"]
            )
            self._accept(self._give(measure, row, answer, on, corrects=value), on)

    def _between(self, measure: Measure, row: dict[str, Any], said: dict[str, Any]) -> None:
        on = self._day(said["accepted_on"])
        self._accept(self._give(measure, row, self._answer(said, self._day(said["on"])), on), on)

    def _give(
        self,
        measure: Measure,
        row: dict[str, Any],
        answer: Answer,
        on: date,
        of_return: Return | None = None,
        corrects: MeasureValue | None = None,
    ) -> MeasureValue:
        people = self.story.writers if of_return else self.story.approvers
        # Nobody of DIA has a seat: what it mailed was entered by a colleague of the coordinator.
        by = people.get(row["agency"]) or self.story.approvers["MBIE"]
        is_own = row["agency"] in people
        with history.written_at(at_nine(on)), history.written_for("" if is_own else row["agency"]):
            return values.give(
                measure=measure,
                agency=self.story.agencies[row["agency"]],
                answer=answer,
                of_return=of_return,
                corrects=corrects,
                by=by,
                on=on,
                at=at_nine(on),
            )

    def _accept(self, value: MeasureValue, on: date) -> None:
        with history.written_at(at_nine(on)):
            values.accept(value=value, by=self.story.coordinator, on=on)

    def _answer(self, said: dict[str, Any], day: date) -> Answer:
        return Answer(
            day=day,
            number=Decimal(said["number"]) if "number" in said else None,
            of=Decimal(said["of"]) if "of" in said else None,
            starts_on=self._day(said["from"]) if "from" in said else None,
            note=said.get("note", ""),
            not_comparable=said.get("counted_differently", False),
            because=said.get("because", ""),
            expected_by=self._month(said["expected_by"]) if "because" in said else None,
        )

    def _day(self, day: date) -> date:
        return day + self.later_by

    def _month(self, day: date) -> KnownDate:
        return KnownDate.holding(self._day(day), KnownTo.MONTH)


def at_nine(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
