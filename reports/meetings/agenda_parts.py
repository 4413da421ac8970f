"""The agenda in a pack: each matter with the records it is about, as at the pack's moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import F, Q

from reports.document.dates import long_date
from reports.meetings.parts import Asked, DecisionLine, ItemFacts, Matter, RiskFacts
from reports.meetings.record_words import (
    answer,
    answers_of,
    asked,
    decision_line,
    line,
    milestone_dates,
    name_of,
    paragraphs,
    told,
)
from workitems.meetings.agenda import Reasons, line_on, lines_by_subject, title_now
from workitems.meetings.variation_effect import Effects
from workitems.models import Decision, Meeting, Risk, Variation
from workitems.models.item import Confidence, Stage
from workitems.models.risk import SEVERITY
from workitems.plan.asat import rows_at
from workitems.plan.attention import Line
from workitems.plan.plan_at import ItemAt, PlanAt, causes_in_words, milestones_at, with_milestones


def agenda(meeting: Meeting, at: PlanAt, lines: Iterable[Line]) -> tuple[Matter, ...]:
    """Return the matters in order, each with its answers from the attention list (`lines`). Records
    that did not exist at the moment are left out."""
    matters = list(meeting.matters.on_agenda().for_page().in_order())
    subjects = _Subjects(matters, at, lines)
    return tuple(subjects.matter(number, each) for number, each in enumerate(matters, start=1))


class _Subjects:
    """All records that the matters are about, read at once."""

    def __init__(self, matters: Iterable[Any], at: PlanAt, lines: Iterable[Line]) -> None:
        self.at = at
        self.lines = lines_by_subject(lines)
        self.why = Reasons(at.plan, at.on)
        self.effects = Effects(at)
        items = {each.subject_item.pk for each in matters if each.subject_item}
        self.items = {
            item.pk: item
            for item in with_milestones(
                (item for item in at.items if item.pk in items),
                milestones_at(at.moment, {"item_id__in": items}),
            )
        }
        whole = {each.item_id for each in matters} - {None}
        asked = {row.pk for row in at.variations if row.item in whole}
        escalated = {row.pk for row in at.risks if row.item in whole}
        self.variations = self._rows(Variation, asked | {each.variation_id for each in matters})
        self.risks = self._rows(Risk, escalated | {each.risk_id for each in matters})
        self.decisions = self._rows(Decision, {each.decision_id for each in matters})
        self.returns = {row.pk: row for row in at.returns}

    def _rows(self, model: Any, pks: set[int | None]) -> dict[int | None, Any]:
        return {row.id: row for row in rows_at(model, self.at.moment, of={"pk__in": pks - {None}})}

    def matter(self, number: int, each: Any) -> Matter:
        item = self.items.get(each.subject_item.pk) if each.subject_item else None
        variation = self.variations.get(each.variation_id)
        risk = self.risks.get(each.risk_id)
        decision = self.decisions.get(each.decision_id)
        of_return = self.returns.get(each.of_return_id)
        found = line_on(each, self.lines)
        return Matter(
            number=number,
            title=line(title_now(each)),
            reasons=tuple(map(line, self.why.on(each, found))),
            note=paragraphs(each.note),
            item=self._item(item) if item else None,
            variation=self._asked(variation)
            if variation and (item or variation.item_id is None)
            else None,
            risk=self._risk(risk) if risk else None,
            follows=self._follows(decision, each.decision.decided_on) if decision else None,
            answer=answer(of_return) if of_return else None,
            requests=tuple(
                self._asked(row)
                for row in self.variations.values()
                if row.item_id == each.item_id
                and row.state == Variation.State.RECOMMENDED
                and row.id not in self.at.out_of_session
            )
            if each.item_id
            else (),
            risks=tuple(
                self._risk(row) for row in self.risks.values() if row.item_id == each.item_id
            )
            if each.item_id
            else (),
            answers=answers_of(found) if found else None,
        )

    def _item(self, row: ItemAt) -> ItemFacts:
        return ItemFacts(
            number=row.number,
            title=line(row.title),
            lead=name_of(self.at.agencies, row.lead),
            stage=str(Stage(row.stage).label),
            confidence=str(Confidence(row.confidence).label) if row.confidence else "",
            reviewer=str(Confidence(row.reviewer_confidence).label)
            if row.reviewer_confidence
            else "",
            late=self.at.lateness_of(row).words if row.is_live and row.milestones else "",
            is_late=row.is_late,
            objective=paragraphs(row.objective),
            action=paragraphs(row.action),
            milestones=tuple(
                milestone_dates(each, row.number, self.at.on) for each in row.milestones
            ),
            causes=tuple(
                causes_in_words(
                    (delay for delay in self.at.delays if delay.item == row.pk), self.at.agencies
                )
            ),
            told=told(self.at.measures.of_item(row.pk)),
        )

    def _asked(self, row: Any) -> Asked:
        item = self.items.get(row.item_id)
        named = {each.pk: line(each.description) for each in item.milestones} if item else {}
        milestone = named.get(row.milestone_id, "")
        found = asked(row, item=item, milestone=milestone, agencies=self.at.agencies)
        if day := self.at.out_of_session.get(row.id):
            how = (
                f"where agencies answer by {long_date(day)}"
                if self.at.on <= day
                else f"where the time to answer ended on {long_date(day)}; the coordinator has to close it, give more "
                "time or end it"
            )
            return replace(found, outcome=f"Not at this meeting: out of session, {how}")
        return replace(found, effects=tuple(map(line, self.effects.of(row))))

    def _risk(self, row: Any) -> RiskFacts:
        escalated = ""
        if row.escalated_to:
            to = Risk.EscalatedTo(row.escalated_to).label
            escalated = f"{to}, on {long_date(row.escalated_on)}"
        return RiskFacts(
            reference=f"R{row.number}",
            description=paragraphs(row.description),
            owner=name_of(self.at.agencies, row.owner_agency_id),
            severity=SEVERITY[row.likelihood, row.impact].capitalize(),
            escalated=escalated,
            response=paragraphs(row.response),
        )

    def _follows(self, row: Any, held: Any) -> DecisionLine:
        return decision_line(row, held=held, on=self.at.on, agencies=self.at.agencies)


def open_decisions(meeting: Meeting, at: PlanAt) -> tuple[DecisionLine, ...]:
    """Return open earlier decisions as at the moment, soonest due first."""
    earlier = Decision.objects.of_plan(meeting.plan).decided_before(meeting.held_on)
    days = {row.pk: row.decided_on for row in earlier.select_related("meeting", "out_of_session")}
    rows = rows_at(
        Decision, at.moment, of={"pk__in": list(days)}, owner_agency__isnull=False
    ).filter(Q(done_on=None) | Q(done_on__gt=at.on))
    numbers: dict[int | None, str] = {item.pk: item.number for item in at.items}
    return tuple(
        decision_line(
            row,
            held=days[row.id],
            on=at.on,
            agencies=at.agencies,
            about=_about(numbers.get(row.item_id)),
        )
        for row in rows.order_by("due_on", "id")
    )


def decided_out_of_session(at: PlanAt, since: date | None) -> tuple[Asked, ...]:
    """Return the variations decided out of session after a day, by number. One query."""
    rows = rows_at(
        Variation, at.moment, of={"plan_id": at.plan.pk}, out_of_session__isnull=False
    ).annotate(named=F("milestone__description"))
    if since is not None:
        rows = rows.filter(out_of_session__closed_on__gt=since)
    items = {item.pk: item for item in at.items}
    return tuple(
        asked(
            row, item=items.get(row.item_id), milestone=line(row.named or ""), agencies=at.agencies
        )
        for row in rows.order_by("number")
    )


def _about(number: str | None) -> str:
    return f"Item {number}" if number else ""
