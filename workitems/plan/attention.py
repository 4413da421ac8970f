"""The attention list: what needs the working group's attention at a moment, most urgent first.

`lateness.Rank` defines the order; docs/attention.md describes the rules. Each line says the same
four things wherever it is shown: why, when it is expected now, what is being done, what is asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.wording.translation import list_in_words
from workitems.models import Delay, Finding, Variation
from workitems.models.item import Confidence, number_key
from workitems.plan.plan_at import (
    ActionAt,
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PlanAt,
    ReturnAt,
    RiskAt,
    VariationAt,
    told_order,
)
from workitems.terms import lateness
from workitems.terms.asked_changes import later_than_asked
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Rank, Reason, settlement_in_words
from workitems.terms.sentence_ends import on_one_line, with_capital, without_capital
from workitems.terms.spans import span_in_words
from workitems.terms.stems import in_sentences

# Reasons that what is asked says as well.
SAID_BY_ASKED = (Rank.VARIATION_WAITS, Rank.RISK_ESCALATED)
# Reasons to hear from the lead agency of an item that is not late.
HEARD = frozenset(
    (
        Rank.CANNOT_BE_MET,
        Rank.MEASURE_FAILS,
        Rank.NOT_SUPPORTED,
        Rank.SLIPPED_AGAIN,
        Rank.OFF_TRACK,
        Rank.AT_RISK,
    )
)
# Words of a spreadsheet that stand in a line.
MOST_QUOTED = 6


class Point(NamedTuple):
    """One of a line's answers: the words, and a note of who, when or how much. Both may be empty.

    `is_gap` marks the absence of what should be there, such as a mitigation.
    """

    words: str = ""
    note: str = ""
    is_gap: bool = False

    @property
    def comma(self) -> str:
        """The punctuation between the words and the note, if the words end without any."""
        return "," if self.note and not self.words.endswith((".", "!", "?", "…")) else ""


class Verb(StrEnum):
    """What the working group is asked to do, in the order of a meeting."""

    DECIDE = "decide"
    DISCUSS = "discuss"
    HEAR = "hear"
    CHASE = "chase"
    BY_EMAIL = "by_email"

    @property
    def label(self) -> str:
        return str(VERBS[self])


VERBS = {
    Verb.DECIDE: gettext_lazy("Decide"),
    Verb.DISCUSS: gettext_lazy("Discuss"),
    Verb.HEAR: gettext_lazy("Hear from agencies"),
    Verb.CHASE: gettext_lazy("Follow up"),
    Verb.BY_EMAIL: gettext_lazy("By email"),
}


class Ask(NamedTuple):
    """What is asked: in words, and a note. `short` and `of` say the same beside the verb and the item's
    number: "Move “Guide published” to 2 March 2027?", V3. Nothing is asked without words."""

    words: str = ""
    note: str = ""
    short: str = ""
    of: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the list: an item, a return, a risk or a variation of the whole plan, or an action of the working group.

    `at` is the plan that the line is from; its words are made when they are shown.
    """

    at: PlanAt = field(repr=False, compare=False)
    item: ItemAt | None = None
    of_return: ReturnAt | None = None
    risk: RiskAt | None = None
    action: ActionAt | None = None
    variation: VariationAt | None = None

    @cached_property
    def reasons(self) -> Sequence[Reason]:
        if self.action:
            words = _("This was to be done by {day}; overdue by {time}.").format(
                day=KnownDate(self.action.due_on), time=self._overdue
            )
            return [Reason(Rank.ACTION_OVERDUE, words)]
        if self.item:
            return self.at.reasons(self.item.pk)
        if self.of_return:
            return self.of_return.reasons
        if self.variation:
            words = _("{reference} is waiting for a decision.").format(
                reference=self.variation.reference
            )
            return [Reason(Rank.VARIATION_WAITS, words)]
        assert self.risk is not None
        words = _("{reference} is escalated.").format(reference=self.risk.reference)
        return [Reason(Rank.RISK_ESCALATED, words)]

    @property
    def number(self) -> str:
        """The number of the item that it is about, or ""."""
        if self.item:
            return self.item.number
        about = self.at.by_pk.get(self.action.item) if self.action and self.action.item else None
        return about.number if about else ""

    @property
    def title(self) -> str:
        if self.action:
            return on_one_line(self.action.text)
        if self.item:
            return self.item.title
        if self.of_return:
            return _("Return for {round}").format(round=self.of_return.round.name)
        if self.variation:
            return self.variation.asks
        assert self.risk is not None
        return self.risk.description

    @property
    def detail(self) -> str:
        if self.action:
            return _("{agency}, decided by the working group").format(
                agency=self._name(self.action.owner)
            )
        if self.of_return:
            return self.of_return.agency.short_name
        if self.variation:
            return _("Change of the plan")
        if self.item is None:
            return _("Risk to the whole plan")
        lead = self._name(self.item.lead)
        return _("{agency}, key item").format(agency=lead) if self.item.is_key else lead

    @property
    def rank(self) -> Rank:
        return self.reasons[0].rank

    @property
    def why(self) -> str:
        return " ".join(reason.words for reason in self.reasons)

    @property
    def reason(self) -> str:
        """How late it is or else the most urgent reason, without what the answers say."""
        return self.reason_texts[0]

    @property
    def gist(self) -> str:
        """The reason in a few words, for a list that has the rest behind it."""
        if self.action:
            return _("Overdue by {time}.").format(time=self._overdue)
        if self.rank == Rank.MEASURE_FAILS and not self.is_late:
            return f"{self._measure_state}."
        if self.rank == Rank.VARIATION_WAITS and self.verb == Verb.BY_EMAIL:
            return _("Being decided by email.")
        return self.reason

    @property
    def _overdue(self) -> str:
        """How long ago the action was to be done."""
        assert self.action is not None
        return span_in_words(self.action.due_on, self.at.on)

    @property
    def _measure_state(self) -> str:
        """How the first of the item's measures stands that needs attention: "Target missed"."""
        assert self.item is not None
        rows = self.at.measures.of_item(self.item.pk)
        return next(row.state.label for row in rows if row.state.needs_attention)

    @property
    def how_late(self) -> str:
        """How late it is, within a sentence: "overdue by 12 days"; "" if it is not late."""
        return without_capital(self.reason).rstrip(".") if self.is_late else ""

    @property
    def further(self) -> str:
        """The other reasons, but for those that `asked` says."""
        return " ".join(self.reason_texts[1:])

    @property
    def reason_texts(self) -> list[str]:
        """How late it is and the other reasons, without what the answers say."""
        shown = [each for each in self.reasons if each.rank not in SAID_BY_ASKED]
        shown = sorted(shown or self.reasons[:1], key=lambda each: not each.short)
        return [each.short or each.words for each in shown]

    @property
    def is_late(self) -> bool:
        return self.item is not None and self.item.is_late

    @cached_property
    def cause(self) -> str:
        """Why it is late, or else why its agreed date can no longer be met, or what its risk is: "Consultation: More
        replies came than expected. It needs a decision."
        """
        if (delay := self._delay) is None:
            of = self.at.concerns.get(self.item.pk) if self.item else None
            if of and of.not_met:
                return " ".join(of.not_met)
            if (late := self.late_milestone) and (waits := self.at.waits.held_up_by(late.pk)):
                return waits
            return self._risks[0].description if self.item and self._risks else ""
        label = "" if delay.cause == Delay.Cause.OTHER else f"{Delay.Cause(delay.cause).label}: "
        who = delay.settler(self.at.agencies)
        settled = settlement_in_words(delay.settlement, who, delay.settling_by, self.at.on)
        text = f"{label}{on_one_line(delay.explanation)}".strip()
        text = f"{text[:1].upper()}{text[1:]}"
        stop = "" if text.endswith((".", "!", "?")) else "."
        says = [f"{text}{stop}"]
        if not delay.times_moved and delay.settling_by:
            says.append(lateness.new_date_in_words(who, delay.settling_by))
        elif settled and delay.settlement == Delay.Settlement.SETTLED:
            says.append(_("Cause solved."))
        elif settled:
            says.append(_("It {is_settled}.").format(is_settled=settled))
        return " ".join([*says, *self._other_moves(delay)])

    def _other_moves(self, told: DelayAt) -> Iterator[str]:
        """Yield how far the date of the milestone had moved before the delay that is told, or has since, and why: one
        cause is not to blame for all of it."""
        for row in self._moves_of(told.milestone):
            if row.cause == told.cause or row.due_after == told.due_after:
                continue
            says = (
                _("Before that, it had moved to {day}: {cause}.")
                if row.number < told.number
                else _("Since then, it has moved to {day}: {cause}.")
            )
            cause = Delay.Cause(row.cause).within
            if row.cause == Delay.Cause.OTHER:
                cause = _("another cause")
            yield says.format(day=row.after, cause=cause)

    @cached_property
    def expected_on(self) -> KnownDate | None:
        """When the late milestone is expected now; None if it has no date ahead, or none is late."""
        late = self.late_milestone
        return late.forecast if late and late.forecast_due >= self.at.on else None

    @cached_property
    def expected(self) -> Point:
        """When the late milestone is expected now, and its agreed date.

        Says no second length: the line has how late it is already.
        """
        if (late := self.late_milestone) is None:
            return Point()
        if self.expected_on is None:
            return Point(
                _("No new date"), _("agreed for {agreed}").format(agreed=late.agreed), is_gap=True
            )
        is_moved = late.forecast_due > late.agreed_due
        return Point(
            str(late.forecast),
            _("agreed for {agreed}").format(agreed=late.agreed) if is_moved else "",
        )

    @property
    def doer(self) -> Point:
        """Who does something about it, and by when; what they do is in `more`."""
        doing = self.doing
        if self.of_return:  # whose reason says its state
            return Point(doing.words)
        return Point(doing.note) if self.item and doing.note else doing

    @property
    def more(self) -> list[str]:
        """What stands behind the gist: the reason in full, further ones, the cause, the agreed date, since when a risk is
        escalated, and what is being done."""
        reason = "" if self.gist == self.reason else self.reason
        since = self.asked.note if self._risks and self.verb == Verb.DISCUSS else self.expected.note
        since = f"{with_capital(since)}." if since else ""
        cause = self.cause or self.unconfirmed
        if since and cause and not cause.endswith((".", "!", "?")):  # a risk's description
            cause = f"{cause}."
        why = " ".join(filter(None, (reason, self.further, cause, since)))
        done = self.doing.words if self.item and self.doing.note else ""
        return [each for each in (why, done) if each]

    @cached_property
    def doing(self) -> Point:
        """What is being done, by whom and by when."""
        if self.action:
            return Point(_("With {agency}").format(agency=self._name(self.action.owner)))
        if self.of_return:
            return Point(
                _("With {agency}").format(agency=self.of_return.agency.short_name),
                self.of_return.state_label,
            )
        if self._steps:
            return self._done_about(self._steps[0])
        for risk in self._risks:
            if risk.response:
                owner = self._name(risk.owner)
                about = _("{agency}, about risk {reference}").format(
                    agency=owner, reference=risk.reference
                )
                return Point(risk.response, about if self.is_late else owner)
        return Point(_("Nothing recorded"), is_gap=True) if self.is_late or self.risk else Point()

    @property
    def also_doing(self) -> list[Point]:
        """What else is being done, for pages with room for it: the other open mitigations."""
        return [self._done_about(step) for step in self._steps[1:] if step.done_on is None]

    @cached_property
    def _steps(self) -> list[MitigationAt]:
        """The mitigations of open delays: those that are not done yet, and of these the first due."""
        steps = [step for delay in self._delays for step in delay.mitigations]
        return sorted(steps, key=lambda each: (each.done_on is not None, _due(each), -each.number))

    def _done_about(self, step: MitigationAt) -> Point:
        by, does = self._name(step.owner), on_one_line(step.description)
        if step.done_on:
            return Point(
                does,
                _("{agency}, done {on_day}").format(agency=by, on_day=KnownDate(step.done_on).on),
            )
        does = in_sentences("mitigation", does, by, (by, self.at.agencies[step.owner].name))
        # The sentence says who will.
        is_named = does.startswith(f"{by} ")
        if not step.due_on:
            return Point(does, "" if is_named else by)
        says = (
            _("{agency}, was due on {day} and is not recorded as done")
            if step.due_on < self.at.on
            else _("{agency}, by {day}")
        )
        note = says.format(agency=by, day=KnownDate(step.due_on))
        return Point(does, with_capital(note.removeprefix(f"{by}, ")) if is_named else note)

    @cached_property
    def verb(self) -> Verb | None:
        """What the working group is asked to do about it; None once the plan has ended. Thousands of lines are counted
        by it, and few are worded."""
        if self.at.moment.is_end_of_plan:
            return None
        if self.of_return or self.action:
            return Verb.CHASE
        if self._waiting:
            return self._verb_of(self._waiting[0])
        needs_decision = Delay.Settlement.NEEDS_DECISION
        if any(delay.settlement == needs_decision for delay in self._delays):
            return Verb.DECIDE
        if self._risks:
            return Verb.DISCUSS
        if self._lacks_steps or self._lacks_date:
            return Verb.CHASE
        assert self.item is not None
        ranks = self.at.ranks.get(self.item.pk, ())
        if self.is_late or not HEARD.isdisjoint(ranks):
            return Verb.HEAR
        return Verb.DISCUSS if Rank.VIEWS_DIFFER in ranks else Verb.CHASE

    @cached_property
    def asked(self) -> Ask:
        """What `verb` asks for, in words; nothing once the plan has ended."""
        if self.verb is None:
            return Ask()
        if self.of_return:
            agency = self.of_return.agency.short_name
            return Ask(
                _("Remind {agency}").format(agency=agency),
                short=_("Return: {reason}").format(reason=without_capital(self.reason).rstrip(".")),
                of=agency,
            )
        if self.action:
            owner = self._name(self.action.owner)
            return Ask(
                _("Hear from {lead}").format(lead=owner), short=self.title.rstrip("."), of=owner
            )
        if self._waiting:
            return self._asked_of_variation(self._waiting[0])
        if self.item is None:
            return self._asked_of_risk(self._risks[0])
        late = self.late_milestone
        lead = self._name(late.responsible if late else self.item.lead)
        if self.verb == Verb.DECIDE:
            says = _("Decide how to settle the cause")
            return Ask(says, short=_("How to settle the cause?"), of=lead)
        if self._risks:
            return self._asked_of_risk(self._risks[0])
        if self._lacks_steps:
            says = _("Ask {lead} what will be done").format(lead=lead)
            return Ask(says, short=self._lacking, of=lead)
        if self._lacks_date:
            says = _("Ask {lead} for a new date").format(lead=lead)
            return Ask(says, short=_("Late, without a new date"), of=lead)
        if self.verb == Verb.DISCUSS:
            return self.ask_about(None)
        if self.verb == Verb.HEAR:
            # The agency that leads the item, with the one responsible for the late milestone.
            lead = list_in_words(list(dict.fromkeys([self._name(self.item.lead), lead])))
        says = (
            _("Hear from {lead}") if self.verb == Verb.HEAR else _("Ask {lead} for an update")
        ).format(lead=lead)
        short = self.reason.rstrip(".")
        if self.rank == Rank.MEASURE_FAILS:
            short = self._measure_state
        elif self.rank == Rank.NOT_SUPPORTED:
            short = str(Finding.Verdict.NOT_SUPPORTED.label)
        return Ask(says, short=short, of=lead)

    @property
    def further_asks(self) -> list["Further"]:
        """What else is asked of an item beside `asked`: its other variations that wait, its escalated risks, and to agree
        a rating."""
        if self.verb is None or not (self._waiting or self._risks):
            return []
        waiting, risks = list(self._waiting), list(self._risks)
        if waiting:
            first = waiting.pop(0)
            said = self._said_with(first)
            waiting = [row for row in waiting if row not in said]
        elif risks and self.verb == Verb.DISCUSS:
            risks.pop(0)
        found = [Further(self, self._verb_of(row), row) for row in waiting]
        found += [Further(self, Verb.DISCUSS, row) for row in risks]
        ranks = self.at.ranks.get(self.item.pk, ()) if self.item else ()
        if self._waiting and Rank.VIEWS_DIFFER in ranks:
            found.append(Further(self, Verb.DISCUSS, None))
        return found

    @property
    def all_asked(self) -> list[Ask]:
        return [self.asked, *(each.ask for each in self.further_asks)]

    def _verb_of(self, row: VariationAt) -> Verb:
        by = self.at.out_of_session.get(row.pk)
        if by is None:
            return Verb.CHASE if row.is_past else Verb.DECIDE
        return Verb.CHASE if by < self.at.on else Verb.BY_EMAIL

    # Thousands of lines have none of these, so they are not kept by line.

    @property
    def _waiting(self) -> Sequence[VariationAt]:
        """The pending variations: those that the meeting decides first, and of these the recommended ones."""
        if self.variation:
            return [self.variation]
        found = self.at.variations_of.get(self.item.pk, ()) if self.item else ()
        if len(found) < 2:
            return found
        return sorted(
            found,
            key=lambda row: (
                row.pk in self.at.out_of_session,
                row.is_past,
                row.state != Variation.State.RECOMMENDED,
            ),
        )

    @property
    def _lacking(self) -> str:
        """What is not recorded of a late item without actions, or what the spreadsheet says that its agency has not
        confirmed."""
        if self._delays:
            return _("Late, no action recorded")
        if not (says := self._of_spreadsheet):
            return _("Late, no cause or action recorded")
        if len(says.split()) > MOST_QUOTED:
            return _("Late; what the spreadsheet says of it is not confirmed")
        return _("Late; the spreadsheet says “{words}”").format(words=says)

    @property
    def _of_spreadsheet(self) -> str:
        """What the spreadsheet says of a late item for which its agency has recorded no delay; "" if nothing."""
        if self.item is None or not self.is_late or self._delays:
            return ""
        return self.at.words_of_spreadsheet(self.item).rstrip(".")

    @property
    def unconfirmed(self) -> str:
        """What the spreadsheet says of it, with who has not confirmed it: the agency responsible for what is late."""
        if self.item is None or not (says := self._of_spreadsheet):
            return ""
        late = self.late_milestone
        agency = self._name(late.responsible if late else self.item.lead)
        return _("Not yet confirmed by {agency}. The spreadsheet says: {words}.").format(
            agency=agency, words=says
        )

    @property
    def _lacks_steps(self) -> bool:
        """Whether it is late and nothing is recorded that is being done."""
        return self.is_late and not self._steps

    @property
    def _lacks_date(self) -> bool:
        """Whether its late milestone has no date ahead, nor a day by which one is to be known."""
        late = self.late_milestone
        if late is None or self.expected_on is not None:
            return False
        return lateness.new_date_by(self.at.delays_on(late), late.on) is None

    def _asked_of_variation(self, row: VariationAt) -> Ask:
        question = self._question(row)
        if row.pk in self.at.out_of_session:
            return self._asked_by_email(row, question)
        if row.is_past:
            return self._asks_too_late(row)
        if row.state != Variation.State.RECOMMENDED:
            says = _("{question} Not advised yet").format(question=question)
            return Ask(says, row.reference, says, row.reference)
        others = self._said_with(row)
        references = list_in_words([each.reference for each in (row, *others)])
        questions = [question, *(self._question(each) for each in others)]
        return Ask(" ".join(questions), references, question, references)

    def _question(self, row: VariationAt) -> str:
        """What a variation asks, and that its milestone is expected later than that by now."""
        question = _("{name}?").format(name=row.asks)
        rows = self.item.milestones if self.item else ()
        own = next((each for each in rows if each.pk == row.milestone), None)
        if own is None or not own.is_open or not (row.due_before and row.due_after):
            return question
        to = KnownDate(row.due_after, row.after_known_to)
        agency = self._name(own.responsible)
        return f"{question} {later_than_asked(to, own.agreed, own.forecast, agency)}".strip()

    def _said_with(self, row: VariationAt) -> list[VariationAt]:
        """The other recommended variations that the meeting decides, which the question about a recommended one names too."""
        decided = Variation.State.RECOMMENDED
        if row.state != decided or row.is_past or row.pk in self.at.out_of_session:
            return []
        return [
            each
            for each in self._waiting
            if each.pk != row.pk and each.state == decided and not each.is_past
            and each.pk not in self.at.out_of_session
        ]  # fmt: skip

    @property
    def cannot_be_met(self) -> bool:
        """Whether what one of its milestones waits for comes too late for its agreed date."""
        return self.item is not None and Rank.CANNOT_BE_MET in self.at.ranks.get(self.item.pk, ())

    def ask_about(self, row: VariationAt | RiskAt | None) -> Ask:
        """What is asked about one of its variations or risks, or None about the two ratings that differ."""
        if row is None:
            assert self.item is not None
            lead = self._name(self.item.lead)
            says = _("Agree a rating with {lead}").format(lead=lead)
            return Ask(says, short=self._ratings, of=lead)
        if isinstance(row, RiskAt):
            return self._asked_of_risk(row)
        return self._asked_of_variation(row)

    def _asked_by_email(self, row: VariationAt, question: str) -> Ask:
        by = KnownDate(self.at.out_of_session[row.pk])
        if self._verb_of(row) != Verb.CHASE:
            says = _("{question} Answers by {day}").format(
                question=question, day=f"{by.last_day:%-d %B}"
            )
            return Ask(
                _("{name}: being decided out of session").format(name=row.asks),
                _("{reference}, agencies answer by {day}").format(reference=row.reference, day=by),
                says,
                row.reference,
            )
        closer = self.at.plan.coordinating_agency.short_name
        return Ask(
            _("{agency} has to close {reference}, give more time or end it").format(
                agency=closer, reference=row.reference
            ),
            _("{name}; the time to answer ended on {day}").format(name=row.asks, day=by),
            _("{question} Time to answer ended on {day}").format(question=question, day=by),
            closer,
        )

    def _asks_too_late(self, row: VariationAt) -> Ask:
        """Return that the date which a variation asks for has passed, and who has to ask anew."""
        late = self.late_milestone
        if self.item is None:
            agency = self.at.plan.coordinating_agency.short_name
        else:
            agency = self._name(late.responsible if late else self.item.lead)
        passed = _("{name} ({reference}): that date has passed").format(
            name=row.asks, reference=row.reference
        )
        says = _("{agency} has to ask for a later date").format(agency=agency)
        return Ask(says, passed, f"{says}. {passed}", row.reference)

    @property
    def _ratings(self) -> str:
        """The two ratings that differ: "At risk, or on track?" """
        assert self.item is not None
        ours = str(Confidence(self.item.reviewer_confidence).label)
        theirs = str(Confidence(self.item.confidence).label).lower()
        return _("{reviewers}, or {agencys}?").format(reviewers=ours, agencys=theirs)

    def _asked_of_risk(self, risk: RiskAt) -> Ask:
        if risk.escalated_on:
            says = (
                _("with the Minister since {day}")
                if risk.is_with_minister
                else _("with the working group since {day}")
            ).format(day=KnownDate(risk.escalated_on))
        elif risk.is_with_minister:
            says = _("with the Minister")
        else:
            says = _("with the working group")
        words = _("Discuss risk {reference}").format(reference=risk.reference)
        return Ask(words, says, on_one_line(risk.description), risk.reference)

    def _name(self, agency: int | None) -> str:
        return self.at.agencies[agency].short_name if agency else ""

    @cached_property
    def late_milestone(self) -> MilestoneAt | None:
        """The milestone that decides how late the item is."""
        return self.item.late_milestone if self.item else None

    @property
    def waits(self) -> bool:
        """Whether the late milestone's new date depends on something, so that its length is the least."""
        late = self.late_milestone
        return late is not None and lateness.is_waiting(late, self.at.delays_on(late))

    @property
    def _delays(self) -> list[DelayAt]:
        """The item's open delays, in the order in which papers tell them."""
        if self.item is None or not (found := self.at.delays_of.get(self.item.pk)):
            return []
        steps = {row.pk: row for row in self.item.milestones}
        rows = [row for row in found if row.is_open and row.milestone in steps]
        return sorted(rows, key=lambda row: told_order(steps[row.milestone], row))

    @property
    def _delay(self) -> DelayAt | None:
        return next(iter(self._delays), None)

    def _moves_of(self, milestone: int) -> list[DelayAt]:
        """The open delays of a milestone, the first one first."""
        found = [row for row in self._delays if row.milestone == milestone]
        return sorted(found, key=attrgetter("number"))

    @property
    def main_causes(self) -> list[str]:
        """The causes of the milestone whose delay is told, as they are stored, each once, the first one first."""
        if (delay := self._delay) is None:
            return []
        return list(dict.fromkeys(row.cause for row in self._moves_of(delay.milestone)))

    @property
    def _risks(self) -> Sequence[RiskAt]:
        """The escalated risks of the item, or the risk itself."""
        if self.risk:
            return [self.risk]
        return self.at.risks_of.get(self.item.pk, []) if self.item else []

    @property
    def url(self) -> str:
        if self.item:
            return reverse("workitems:detail", args=[self.at.plan.slug, self.item.number])
        if self.of_return:
            # Link to the round, because not every reader may open a return that is not accepted.
            return reverse("returns:round", args=[self.at.plan.slug, self.of_return.round.pk])
        if self.action:
            return reverse("meetings:decision", args=[self.at.plan.slug, self.action.pk])
        if self.variation:
            return reverse("variations:detail", args=[self.at.plan.slug, self.variation.number])
        assert self.risk is not None
        return reverse("risks:detail", args=[self.at.plan.slug, self.risk.number])

    @property
    def key(self) -> str:
        """Identifies the subject at any moment, to compare two moments."""
        if self.item:
            return f"item-{self.item.pk}"
        if self.of_return:
            return f"return-{self.of_return.pk}"
        if self.action:
            return f"action-{self.action.pk}"
        if self.variation:
            return f"variation-{self.variation.pk}"
        assert self.risk is not None
        return f"risk-{self.risk.number}"


class Further(NamedTuple):
    """What a line asks beside its `asked`: what the group does, and with which variation or risk of the item, or None
    with the two ratings that differ."""

    line: Line
    verb: Verb
    about: VariationAt | RiskAt | None

    @property
    def ask(self) -> Ask:
        return self.line.ask_about(self.about)

    @property
    def reference(self) -> str:
        return self.about.reference if self.about else ""


def _due(step: MitigationAt) -> date:
    return step.due_on or date.max


def attention(at: PlanAt) -> list[Line]:
    """Return the list by most urgent reason, then key items first, then days late, then number of
    reasons, then the Plan's order."""
    lines = [Line(at, item) for item in at.items if item.pk in at.ranks]
    lines += [Line(at, action=row) for row in at.actions]
    lines += [Line(at, risk=risk) for risk in at.risks if risk.item is None]
    lines += [Line(at, of_return=row) for row in at.returns if row.reasons]
    lines += [Line(at, variation=row) for row in at.variations if row.item is None]
    return sorted(lines, key=_urgency)


def _urgency(line: Line) -> tuple[int, bool, int, int, str]:
    if (item := line.item) is not None:
        ranks = line.at.ranks[item.pk]
        return ranks[0], not item.is_key, -item.late.days, -len(ranks), number_key(item.number)
    days = (line.at.on - line.action.due_on).days if line.action else 0
    return line.rank, True, -days, -len(line.reasons), line.title
