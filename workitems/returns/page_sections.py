"""Sections of a return: an item with its answer, its milestones and what it is compared with."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records.composed import composed
from workitems.models import (
    Evidence,
    Milestone,
    MilestoneAnswer,
    Return,
    ReturnNote,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage, answered_by
from workitems.models.round import UpdateQuerySet
from workitems.returns.answer_changes import AnswerChange
from workitems.returns.answer_questions import asks_about_answer, asks_about_plan
from workitems.returns.page_milestones import MilestoneLine
from workitems.returns.services.answers import Fault
from workitems.returns.services.handover import Mending
from workitems.terms import lateness


@dataclass(frozen=True)
class Came:
    """From which agency an item came, and on which day; `is_decided` by a decision, not because the agency ended."""

    agency: str
    on: date
    is_decided: bool = False


@dataclass(kw_only=True)
class Section:
    """One item on the page. `last` is the agency's previous accepted update, in `last_round`. An item that came
    from another agency says from which and when, and has that one's.
    `is_led` is false for an item that the agency only supports; of a return that was handed in, it is that of the
    answer, and `is_asked` is false for an item that the agency came to lead since. `is_open` if the page has its fields.
    `notes` are those on the item, newest first; `mendings` those of the latest sending back.
    `moved` is the history row of the item's status if it changed after the answer was saved."""

    item: WorkItem
    on: date
    update: Update | None
    last: Update | None = None
    last_round: str = ""
    # Whether an agency submitted it; not if a spreadsheet said it.
    is_last_signed: bool = True
    # Whose it is, if another agency's.
    last_agency: Agency | None = None
    came: Came | None = None
    is_led: bool
    has_another_lead: bool = False
    # Whether the agency has no part in it any more: it answered before another one came to lead it.
    is_former: bool = False
    is_asked: bool = True
    # The accepted answer of the agency that led it earlier in this round; then nothing is asked.
    earlier: Update | None = None
    is_open: bool = True
    milestones: list[MilestoneLine] = field(default_factory=list)
    notes: list[ReturnNote] = field(default_factory=list)
    mendings: list[Mending] = field(default_factory=list)
    missing: list[Fault] = field(default_factory=list)
    # The boxes whose text says nothing, for its writers.
    empty: list[str] = field(default_factory=list)
    # Its answer with the agency, of which another reader sees what was submitted, if anything.
    with_agency: Update | None = None
    # For a reader of a return that was sent back.
    since_sent_back: list[AnswerChange] = field(default_factory=list)
    milestones_since: list[MilestoneAnswer] = field(default_factory=list)
    is_after_no_changes: bool = False
    moved: Any = None
    # Who looks after it within the agency, for the agency's own people; `is_mine` of the reader.
    given: Any = None
    # Whom the spreadsheet of the plan names beside it, while nobody looks after it.
    named: User | None = None
    is_mine: bool = False
    # The page on which they give it to somebody, if they may.
    give_url: str = ""

    @property
    def has_next_date(self) -> bool:
        """Whether the item has an open milestone, in whose date there can be confidence."""
        return any(line.milestone.is_open for line in self.milestones)

    @property
    def asks(self) -> list[str]:
        """What to ask about the lead's answer."""
        if not self.is_led:
            return []
        # Each line has the milestones of the whole item.
        steps = self.milestones[0].steps if self.milestones else []
        asks = asks_about_answer(self.item, self.update, steps, self.on)
        if self.update is None or not self.item.is_live:
            return asks
        names = [(line.milestone.description, line.done_on) for line in self.milestones]
        return asks + asks_about_plan(
            self.update.planned_next,
            [(name, day) for name, day in names if day],
            [name for name, day in names if not day],
        )

    @property
    def answers(self) -> list[tuple[str, Update]]:
        """The previous answer and the new one, as far as there are any."""
        both = (_("Last time"), self.last), (_("This time"), self.update)
        return [(title, update) for title, update in both if update]

    @property
    def signed_last(self) -> Update | None:
        """The previous answer, if an agency submitted it."""
        return self.last if self.is_last_signed else None

    @property
    def has_last_words(self) -> bool:
        return self.last is not None and any(_words(self.last))

    @property
    def says_the_same(self) -> bool:
        """Whether the new answer has the words of the previous one."""
        if self.last is None or self.update is None:
            return False
        return any(_words(self.last)) and _words(self.last) == _words(self.update)

    @property
    def evidence(self) -> list[Evidence]:
        """The evidence on the new answer, oldest first; only on the page, not of `one_section`."""
        return getattr(self.update, "evidence_listed", [])

    @property
    def is_answered(self) -> bool:
        return self.update is not None

    @property
    def says_something(self) -> bool:
        return self.update is not None and self.update.says_something

    @property
    def counts_as_answered(self) -> bool:
        """Whether its agency has answered it, as the round counts it, whether or not this reader sees it."""
        update = self.with_agency or self.update
        return update is not None and update.says_something

    @property
    def is_not_shown(self) -> bool:
        """Whether this reader sees its answer only once the agency submits it."""
        return self.counts_as_answered and not self.says_something

    @property
    def overdue(self) -> list[Milestone]:
        """The overdue milestones that want words: of an item that the agency only supports, its own."""
        late = lateness.Late.OVERDUE
        return [
            line.milestone
            for line in self.milestones
            if line.late.state == late and not line.is_done and (self.is_led or line.is_own)
        ]

    @property
    def is_overdue(self) -> bool:
        return bool(self.overdue)

    @property
    def asks_for_words(self) -> bool:
        """Whether to say beside an empty answer why it needs words."""
        return self.is_overdue and not self.says_something

    @property
    def is_brief(self) -> bool:
        """Whether it is only named until somebody writes about it: of an item that the agency only supports."""
        return not (
            self.is_led or self.is_open or self.is_answered or self.milestones or self.missing
        )

    @property
    def progress(self) -> str:
        """How far its answer is: "milestone" to answer, "empty", something "missing", asked to "change", "answered" or
        "optional"."""
        if any(fault.milestone for fault in self.missing):
            return "milestone"
        if not self.says_something and self.earlier is None:
            return "empty" if self.is_led else "optional"
        if self.missing:
            return "missing"
        return "change" if any(each.is_open for each in self.mendings) else "answered"

    @property
    def may_say_no_change(self) -> bool:
        return not self.is_overdue and not self.is_after_no_changes


def _words(update: Update) -> tuple[str, str, str]:
    return update.achieved, update.planned_next, update.challenges


def items_in(of_return: Return, only: WorkItem | None) -> list[WorkItem]:
    """Return the items of the agency and those that it answered, without their long texts."""
    if only is not None:
        return [only]
    agency = of_return.agency_id
    plan, round = of_return.round.plan_id, of_return.round_id
    items = _items(of_return=of_return.pk, plan=plan, round=round, agency=agency)
    return sorted(items, key=lambda item: item.lead_agency_id != agency)


@composed
def _items(of_return: Any, plan: Any, round: Any, agency: Any) -> Any:
    answered = Update.objects.filter(of_return=of_return).values("item")
    own = answered_by(agency)
    pending = (
        MilestoneAnswer.objects.pending().filter(of_return=of_return).values("milestone__item")
    )
    led_by_decision = Variation.objects.filter(
        kind=Variation.Kind.LEAD, state=Variation.State.APPROVED, agency_after=agency
    )
    return (
        WorkItem.objects.filter(plan=plan)
        .filter(own | Q(pk__in=answered) | Q(pk__in=pending))
        .exclude(~Q(pk__in=answered), stage=Stage.WITHDRAWN)
        .select_related("lead_agency")
        .defer("objective", "action", "search_text")
        .annotate(
            may_have_come=Exists(Agency.objects.filter(successor=agency))
            | Exists(led_by_decision.filter(item=OuterRef("pk"))),
            is_own=ExpressionWrapper(own, BooleanField()),
            was_answered=Exists(
                Update.objects.of_earlier_leads(round, agency).filter(item=OuterRef("pk"))
            ),
        )
        .in_order()
    )


def answers_in(of_return: Return, only: WorkItem | None) -> UpdateQuerySet:
    # Not through `of_return.updates`, which takes long to give each update its return.
    answers = Update.objects.filter(of_return=of_return.pk)
    return answers if only is None else answers.filter(item=only)
