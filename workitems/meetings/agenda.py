"""Proposals for a meeting's agenda: the attention list, variations, open decisions and risks.

Reads only. The coordinator puts them on the agenda one by one or all together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, DateField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models import (
    Decision,
    Matter,
    Meeting,
    Plan,
    Return,
    Risk,
    Variation,
    WorkItem,
)
from workitems.models.meeting import MatterQuerySet
from workitems.plan.asat import Moment, rows_at
from workitems.plan.attention import Further, Line, Verb, attention
from workitems.plan.plan_at import plan_at
from workitems.terms.lateness import Rank
from workitems.terms.spans import span_in_words

KINDS: dict[type[Any], str] = {
    WorkItem: "item",
    Variation: "variation",
    Decision: "decision",
    Risk: "risk",
    Return: "of_return",
}
VERBS = list(Verb)
VERB_OF_KIND = {"variation": Verb.DECIDE, "decision": Verb.CHASE, "risk": Verb.DISCUSS}
# Reasons of an item that are left out where its variations and risks are listed.
SAID_WITHIN = {Rank.VARIATION_WAITS, Rank.RISK_ESCALATED}


@dataclass(frozen=True)
class Proposal:
    """A proposed matter and the reasons for it. `kind` is the field of `Matter` for its subject, and
    `line` that of the attention list on the subject or its item, if there is one. An item comes with
    its variations, decisions and risks (`within`); `is_for_itself` if it has reasons besides these."""

    subject: Any
    reasons: tuple[str, ...]
    line: Line | None = None
    within: tuple[tuple[str, int], ...] = ()
    is_for_itself: bool = True

    @property
    def kind(self) -> str:
        return kind_of(self.subject)

    @property
    def verb(self) -> Verb:
        return verb_on(self.kind, self.line) or Verb.DISCUSS

    @property
    def says(self) -> str:
        """What is asked, in a few words, or else why it is proposed."""
        return (self.line and self.line.asked.short) or " ".join(self.reasons)

    @property
    def title(self) -> str:
        return title_of(self.subject)

    @property
    def key(self) -> str:
        """Identifies the subject in a form: "item-12"."""
        return f"{self.kind}-{self.subject.pk}"


def subject_of(line: Line) -> tuple[str, int]:
    """Return the kind and id of what a line of the attention list is about; of a risk to the whole plan its number."""
    if line.item:
        return "item", line.item.pk
    if line.of_return:
        return "of_return", line.of_return.pk
    if line.action:
        return "decision", line.action.pk
    if line.variation:
        return "variation", line.variation.pk
    assert line.risk is not None
    return "risk", line.risk.number


def lines_by_subject(lines: Iterable[Line]) -> dict[tuple[str, int], Line]:
    """Return the lines of the attention list by what they are about."""
    return {subject_of(line): line for line in lines}


def line_on(matter: Matter, lines: Mapping[tuple[str, int], Line]) -> Line | None:
    """Return the line on a matter's subject or its item. None of a decision to follow up: what is
    asked of it is in the decision."""
    if matter.decision_id is not None:
        return None
    if (item := matter.subject_item) is not None:
        return lines.get(("item", item.pk))
    if matter.risk is not None:
        return lines.get(("risk", matter.risk.number))
    return lines.get((matter.kind, matter.subject_pk or 0))


def verb_on(kind: str, line: Line | None) -> Verb | None:
    """Return what the group is asked to do with a matter; None if nothing is known of it. `line` is the one on it."""
    if kind in VERB_OF_KIND:
        return VERB_OF_KIND[kind]
    return line.verb if line else None


@dataclass(frozen=True)
class AgendaRow:
    """A matter on an agenda, with the line of the attention list on it and what the group is asked to do with it."""

    matter: Matter
    line: Line | None
    # What was decided on it at the meeting.
    results: Sequence[str] = ()
    # Why it is there, if no line of the attention list says it.
    reasons: Sequence[str] = ()
    # How many notes on it the reader reads.
    notes: int = 0
    # Whether no heading says its verb.
    says_verb: bool = False

    @property
    def verb(self) -> Verb | None:
        return None if self.results else verb_on(self.matter.kind, self.line)

    @property
    def further(self) -> list[Further]:
        """What else is asked of its item, but for what has a matter of its own."""
        if self.line is None or self.matter.kind != "item":
            return []
        return self.line.further_asks

    @property
    def asks(self) -> str:
        """What is asked, in a few words, beside its title: of an item that is late and to be heard of, it is only that."""
        if self.line is None or self.results or self.matter.variation_id or self.matter.risk_id:
            return ""
        asked = self.line.asked.short
        return "" if asked == self.reason else asked

    @property
    def reason(self) -> str:
        """How late it is or else the most urgent reason."""
        if self.line is None or self.line.variation:  # whose title says it
            return ""
        return self.line.reason.rstrip(".")


class Reasons:
    """Why matters are on an agenda, as at a day: nothing that has been settled since they were put there.

    What else there is to items is read when it is first asked for, in three queries.
    """

    def __init__(self, plan: Plan, day: date) -> None:
        self.plan, self.day = plan, day

    def on(self, matter: Matter, line: Line | None) -> Sequence[str]:
        """Return the reasons for one. A closed record says why it came there, with the day."""
        if matter.meeting.is_closed:
            if not matter.reasons:
                return []
            put_on = day_words(timezone.localdate(matter.put_on))
            return [_("On {day}: {reasons}").format(day=put_on, reasons=" ".join(matter.reasons))]
        if matter.kind in ("item", "of_return") and line:
            return line.reason_texts
        if matter.item_id is not None:
            return [words for _row, words in self._within.get(matter.item_id, ())]
        variation, decision, risk = matter.variation, matter.decision, matter.risk
        if variation and variation.state in (
            Variation.State.REQUESTED,
            Variation.State.RECOMMENDED,
        ):
            return [_variation_reason(variation, self.day)]
        if decision and decision.owner_agency and decision.done_on is None:
            return [_decision_reason(decision, self.day)]
        return [risk_reason(risk)] if risk and risk.escalated_to and risk.closed_on is None else []

    @cached_property
    def _within(self) -> dict[int, list[tuple[Any, str]]]:
        return _by_item(_records(self.plan, self.day, self.day))


def title_now(matter: Matter) -> str:
    """Return the title of a matter, with the agency whose return it is, or was when the record was closed: a successor
    may have it."""
    if matter.of_return is None:
        return matter.title
    known_by = f" for {matter.of_return.round.name}"
    is_made = matter.title.startswith("Return of ") and matter.title.endswith(known_by)
    return f"Return of {matter.holder}{known_by}" if is_made else matter.title


def rows_of(
    matters: Iterable[Matter],
    lines: Iterable[Line],
    day: date,
    decisions: Iterable[Decision] = (),
) -> list[AgendaRow]:
    found = lines_by_subject(lines)
    results: dict[int | None, list[str]] = defaultdict(list)
    for decision in decisions:
        results[decision.matter_id].append(decision.text)
    matters = list(matters)
    why = Reasons(matters[0].meeting.plan, day) if matters else None
    rows = []
    for matter in matters:
        line = line_on(matter, found)
        reasons = why.on(matter, line) if why and not line else ()
        rows.append(AgendaRow(matter, line, results.get(matter.pk, []), reasons))
    return rows


def runs_of(rows: Sequence[AgendaRow]) -> list[tuple[Verb | None, list[AgendaRow]]]:
    """Return the rows in their order, those together that follow each other for the same verb. One without a verb
    stays with those before it.

    They are one run without a verb where one would come twice: then each row says its own.
    """
    runs: list[tuple[Verb | None, list[AgendaRow]]] = []
    for row in rows:
        if not runs or row.verb not in (None, runs[-1][0]):
            runs.append((row.verb, []))
        runs[-1][1].append(row)
    verbs = [verb for verb, _own in runs]
    if len(verbs) == len(set(verbs)):
        return runs
    return [(None, [replace(row, says_verb=True) for row in rows])]


def kind_of(subject: Any) -> str:
    """Return the field of `Matter` for such a subject."""
    return KINDS[type(subject)]


def plan_id_of(subject: Any) -> int:
    if isinstance(subject, Decision):
        return subject.plan.pk
    if isinstance(subject, Return):
        return subject.round.plan_id
    return int(subject.plan_id)


def title_of(subject: Any) -> str:
    """Return the title of a matter about this subject."""
    if isinstance(subject, WorkItem):
        return f"{subject.number} {subject.title}"
    if isinstance(subject, Variation):
        with translation.override("en"):  # kept, and printed on papers
            return str(subject)
    if isinstance(subject, Decision):
        return f"Decision of {day_words(subject.decided_on)}: {subject.text}"
    if isinstance(subject, Risk):
        return f"Risk {subject.reference}: {subject.description}"
    return f"Return of {subject.agency.short_name} for {subject.round.name}"


def present_lines(plan: Plan, on: date) -> list[Line]:
    """Return the plan's present attention list."""
    return attention(plan_at(plan, Moment.present(plan, on)))


def lines_of(meeting: Meeting, on: date) -> list[Line]:
    """Return the attention list that a meeting looks at: the present one, or that of its own day once it is over."""
    return attention(plan_at(meeting.plan, moment_of(meeting, on)))


def moment_of(meeting: Meeting, on: date) -> Moment:
    """Return the moment that a meeting looks at: the present, or the end of its own day."""
    is_over = meeting.held_on < on and not meeting.plan.has_ended(meeting.held_on)
    return Moment.end_of(meeting.held_on) if is_over else Moment.present(meeting.plan, on)


def proposals(plan: Plan, on: date, lines: Sequence[Line] | None = None) -> list[Proposal]:
    """Return all proposals for a meeting on the day `on`, most urgent first. `lines` is the attention
    list of the day, if it has been read.

    These are the attention list, variations with the working group on which agencies are not
    answering out of session, open earlier decisions, and escalated risks. There is one proposal for
    an item, with all that there is to say of it; what is of no item is proposed by itself. They come in the order of
    the meeting: to decide, to discuss, to hear, to chase; in each, what has an overdue action of the group comes first.
    """
    lines = present_lines(plan, on) if lines is None else lines
    of_risk = {line.risk.number: line for line in lines if line.risk}
    found = _records(plan, on, plan.present_day(on))
    alone: list[Proposal] = []
    of_plan = {line.variation.pk for line in lines if line.variation}
    for row, reason, _named in found:
        if row.item_id is None and not (isinstance(row, Variation) and row.pk in of_plan):
            line = of_risk.get(row.number) if isinstance(row, Risk) else None
            alone.append(Proposal(row, (reason,), line))
    overdue = {("decision", line.action.pk) for line in lines if line.action}

    def order(each: Proposal) -> tuple[int, bool]:
        is_later = overdue.isdisjoint([(each.kind, each.subject.pk), *each.within])
        return VERBS.index(each.verb), is_later

    return sorted([*_attention(plan, lines, _by_item(found)), *alone], key=order)


def _records(plan: Plan, on: date, present: date) -> list[tuple[Any, str, str]]:
    """Return what is open besides the attention list, each with why and with its name among others of an item:
    variations to decide, decisions to follow up and escalated risks. Sentences are as at the day `present`."""
    variations = (
        plan.variations.filter(state=Variation.State.RECOMMENDED)
        .for_meetings()
        .for_list()
        .order_by("number")
    )
    decisions = (
        Decision.objects.of_plan(plan)
        .open(on)
        .decided_before(on)
        .for_list()
        .order_by("due_on", "pk")
    )
    risks = (
        plan.risks.open(on)
        .escalated()
        .select_related("item", "owner_agency")
        .order_by("escalated_on", "number")
    )
    return [
        *((row, _variation_reason(row, present), "") for row in variations),
        *(
            (
                row,
                _decision_reason(row, present),
                f"Decision of {day_words(row.decided_on)}: {row.text} ",
            )
            for row in decisions
        ),
        *(
            (
                row,
                risk_reason(row),
                f"{row.reference}: {row.description} ",
            )
            for row in risks
        ),
    ]


def _by_item(found: Iterable[tuple[Any, str, str]]) -> dict[int, list[tuple[Any, str]]]:
    """Return by item what `_records` found of it, each with its name and why."""
    within: dict[int, list[tuple[Any, str]]] = defaultdict(list)
    for row, reason, named in found:
        if row.item_id is not None:
            within[row.item_id].append((row, f"{named}{reason}"))
    return within


def _attention(
    plan: Plan, attention_lines: Iterable[Line], within: dict[int, list[tuple[Any, str]]]
) -> Iterable[Proposal]:
    """Yield the proposals of the attention list. Those of an item say also its variations, decisions and
    risks (`within`). After them come the items with such records that are not on the list."""
    lines = [line for line in attention_lines if not _is_decided_elsewhere(line)]
    listed = {line.item.pk for line in lines if line.item}
    items = plan.items.in_bulk([*listed, *within])
    returns = (
        Return.objects.select_related("agency", "round")
        .filter(round__plan=plan)
        .in_bulk([line.of_return.pk for line in lines if line.of_return])
    )
    variations = plan.variations.for_list().in_bulk(
        [line.variation.pk for line in lines if line.variation]
    )
    for line in lines:
        if line.variation and line.variation.pk not in line.at.out_of_session:
            row = variations[line.variation.pk]
            yield Proposal(row, (_variation_reason(row, line.at.on),), line)
        if line.item:
            own = within.get(line.item.pk, [])
            reasons = [
                reason.words for reason in line.reasons if not (own and reason.rank in SAID_WITHIN)
            ]
            yield _of_item(items[line.item.pk], reasons, own, line)
        elif line.of_return:
            words = tuple(reason.words for reason in line.reasons)
            yield Proposal(returns[line.of_return.pk], words, line)
    for pk, own in within.items():
        if pk not in listed:
            yield _of_item(items[pk], [], own, None)


def _is_decided_elsewhere(line: Line) -> bool:
    """Whether all that a line on an item is for are variations that agencies are deciding out of session."""
    return line.item is not None and (
        [reason.rank for reason in line.reasons] == [Rank.VARIATION_WAITS]
        and all(
            row.pk in line.at.out_of_session
            for row in line.at.variations
            if row.item == line.item.pk
        )
    )


def _of_item(
    item: WorkItem, reasons: list[str], own: list[tuple[Any, str]], line: Line | None
) -> Proposal:
    return Proposal(
        item,
        (*reasons, *(words for _, words in own)),
        line,
        within=tuple((kind_of(row), row.pk) for row, _ in own),
        is_for_itself=bool(reasons),
    )


def _variation_reason(variation: Variation, on: date) -> str:
    # The title of one that is of no item is its name.
    where = (
        _("With the working group")
        if variation.state == Variation.State.RECOMMENDED
        else _("Not advised yet")
    )
    says = f"{where}: {variation.asks}." if variation.item else f"{where}."
    due = variation.after if variation.kind == Variation.Kind.DATE else None
    if due is None or due.last_day >= on:
        return says
    who = variation.requesting_agency.short_name
    past = _("That date has passed: {who} has to ask for a later one.").format(who=who)
    return f"{says} {past}"


def _decision_reason(decision: Decision, on: date) -> str:
    assert decision.due_on is not None and decision.owner_agency is not None
    names = {"agency": decision.owner_agency.short_name, "day": day_words(decision.due_on)}
    if decision.due_on >= on:
        return _("With {agency}, to be done by {day}.").format(**names)
    late = span_in_words(decision.due_on, on)
    says = _("With {agency}, to be done by {day}; overdue by {time}.")
    return says.format(**names, time=late)


def risk_reason(risk: Risk) -> str:
    label = Risk.EscalatedTo(risk.escalated_to).label
    return _("Escalated to {holder} on {day}.").format(
        holder=f"{label[0].lower()}{label[1:]}", day=day_words(risk.escalated_on)
    )


def not_on(found: Iterable[Proposal], matters: Sequence[Matter]) -> list[Proposal]:
    """Return the proposals whose subject, or all that they are for, is not on the agenda."""
    there = {(matter.kind, matter.subject_pk) for matter in matters}
    return [
        each
        for each in found
        if (each.kind, each.subject.pk) not in there
        and (each.is_for_itself or not there.issuperset(each.within))
    ]


@dataclass
class Considered:
    """A meeting that considered an item, and its decisions on the item.

    `meeting_pk` is None for decisions out of session, by day. `overdue` says how long ago the first was due that is not
    done: "five days".
    """

    held_on: date
    meeting_pk: int | None
    decisions: list[str]
    overdue: str = ""


def considered_of(item: WorkItem, moment: Moment) -> list[Considered]:
    """Return the meetings that had considered the item or decided on it, and decisions on it out of
    session, newest first. One query."""
    about = Q(item=item.pk) | Q(variation__item=item.pk) | Q(risk__item=item.pk)
    of_plan = {"meeting__plan": item.plan_id}
    matters = rows_at(Matter, moment, of=of_plan, considered_on__isnull=False)
    matters = matters.filter(about).order_by()
    decisions_of_plan = Decision.objects.of_plan(item.plan_id).values("pk")
    decided = rows_at(Decision, moment, of={"pk__in": decisions_of_plan}).filter(
        Q(item=item.pk, matter=None) | Q(matter__in=matters.values("id"))
    )
    never = Value(None, output_field=DateField())
    without_words = matters.values_list(
        "meeting__held_on", "meeting_id", Value(0), Value(""), never
    )
    day = Coalesce("meeting__held_on", "out_of_session__closed_on")
    is_late = Q(due_on__lt=moment.on) & (Q(done_on=None) | Q(done_on__gt=moment.on))
    found: dict[tuple[int | None, date], Considered] = {}
    for held_on, meeting, _number, text, late_since in (
        decided.order_by()
        .annotate(day=day, late_since=Case(When(is_late, then="due_on"), default=never))
        .values_list("day", "meeting_id", "number", "text", "late_since")
        .union(without_words)
        .order_by("-day", "number")
    ):
        row = found.setdefault((meeting, held_on), Considered(held_on, meeting, []))
        if text:
            row.decisions.append(text)
        if late_since and not row.overdue:
            row.overdue = span_in_words(late_since, moment.on)
    return list(found.values())


def matters_of(item: Any) -> MatterQuerySet:
    """Return matters about the item, its variations or its risks, considered or not."""
    about = Q(item=item) | Q(variation__item=item) | Q(risk__item=item)
    return Matter.objects.filter(about)
