"""What an agency holds in plans that have not ended: what it hands over when it ends.

Registered in `agencies.people.succession`. Finished rows stay with the agency that finished them.
"""

from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency, User
from agencies.people.succession import HandOver, Holding, save_row
from agencies.records import history
from agencies.wording.translation import day_words, list_in_words
from workitems.models import (
    CalendarFeed,
    Decision,
    Delay,
    HeldEntry,
    Measure,
    Member,
    Milestone,
    Mitigation,
    OutOfSessionAnswer,
    Plan,
    Risk,
    StatusProposal,
    Support,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.plan.services.refusals import locked

Rows: TypeAlias = "QuerySet[Any]"


def goes_on(on: date, plan: str = "") -> Q:
    """Filter rows whose plan (the lookup `plan`, with its underscores) has not ended, adopted or not."""
    return Q(**{f"{plan}ends_on": None}) | Q(**{f"{plan}ends_on__gte": on})


def _plans(agency: int, on: date) -> Rows:
    return Plan.objects.filter(goes_on(on), coordinating_agency=agency)


def _memberships(agency: int, on: date) -> Rows:
    return Member.objects.filter(goes_on(on, "plan__"), agency=agency)


def _led(agency: int, on: date) -> Rows:
    led = WorkItem.objects.filter(goes_on(on, "plan__"), lead_agency=agency)
    return led.exclude(stage=Stage.WITHDRAWN)


def _supported(agency: int, on: date) -> Rows:
    rows = Support.objects.filter(goes_on(on, "item__plan__"), agency=agency)
    return rows.exclude(item__stage=Stage.WITHDRAWN)


def _milestones(agency: int, on: date) -> Rows:
    open_now = Milestone.objects.open().filter(goes_on(on, "item__plan__"))
    return open_now.filter(responsible_agency=agency)


def _measures(agency: int, on: date) -> Rows:
    goes = goes_on(on, "item__plan__") & Q(of_plan=None) | goes_on(on, "of_plan__") & Q(item=None)
    return Measure.objects.filter(goes, responsible_agency=agency)


def _mitigations(agency: int, on: date) -> Rows:
    plan = "delay__milestone__item__plan__"
    return Mitigation.objects.filter(goes_on(on, plan), owner_agency=agency, done_on=None)


def _settled(agency: int, on: date) -> Rows:
    plan = "milestone__item__plan__"
    return Delay.objects.open(on).filter(goes_on(on, plan), settling_agency=agency)


def _risks(agency: int, on: date) -> Rows:
    return Risk.objects.filter(goes_on(on, "plan__"), owner_agency=agency, closed_on=None)


def _actions(agency: int, on: date) -> Rows:
    return Decision.objects.filter(owner_agency=agency, done_on=None)


def _variations(agency: int, on: date) -> Rows:
    return Variation.objects.pending().filter(goes_on(on, "plan__"), requesting_agency=agency)


def _held(agency: int, on: date) -> Rows:
    return HeldEntry.objects.waiting().filter(goes_on(on, "plan__"), agency=agency)


def _proposals(agency: int, on: date) -> Rows:
    return StatusProposal.objects.open().filter(goes_on(on, "item__plan__"), agency=agency)


def _votes(agency: int, on: date) -> Rows:
    return OutOfSessionAnswer.objects.filter(agency=agency, choice="", out_of_session__state="open")


def _feeds(agency: int, on: date) -> Rows:
    return CalendarFeed.objects.not_revoked().filter(goes_on(on, "plan__"), agency=agency)


class Memberships(Holding):
    """The working groups: the successor is a member, and the ended agency was one until its last day."""

    def move(self, act: HandOver) -> None:
        for member in self.rows(act.agency.pk, act.on):
            # One that left comes back as the member that it was.
            joined = Member._base_manager.filter(plan=member.plan_id, agency=act.to).first()
            if joined is None or joined.left_on is not None:
                joined = joined or Member(plan_id=member.plan_id, agency=act.to)
                joined.left_on = None
                history.save(joined, by=act.by, reason=act.because, at=act.at)
            member.left_on = act.last_day
            save_row(member, "left_on", act=act)


class Supports(Holding):
    """The items that it supports: its support ends where the successor leads the item or supports it."""

    def move(self, act: HandOver) -> None:
        for support in self.rows(act.agency.pk, act.on).select_related("item"):
            same = Support._base_manager.filter(item=support.item_id, agency=act.to).first()
            if support.item.lead_agency_id != act.to.pk and same is None:
                support.agency = act.to
                save_row(support, "agency", act=act)
                continue
            if support.item.lead_agency_id != act.to.pk and same is not None and same.ended_on:
                same.ended_on, same.role = None, support.role
                save_row(same, "ended_on", "role", act=act)
            support.ended_on = act.last_day
            save_row(support, "ended_on", act=act)


class Led(Holding):
    """The items that it leads. The successor no longer supports those that it now leads."""

    def move(self, act: HandOver) -> None:
        led = list(self.rows(act.agency.pk, act.on).values_list("pk", flat=True))
        super().move(act)
        for support in Support.objects.filter(item__in=led, agency=act.to):
            support.ended_on = act.last_day
            save_row(support, "ended_on", act=act)


def close_vote(
    answer: OutOfSessionAnswer, words: str, *, by: User, at: datetime, reason: str
) -> None:
    """Close the answer of an agency that is asked no longer, and let the quorum be that of the others."""
    answer.choice, answer.words, answer.is_recorded = "no_view", words, False
    answer.answered_by, answer.answered_at = by, at
    fields = ("choice", "words", "is_recorded", "answered_by", "answered_at")
    history.save_version(answer, *fields, by=by, reason=reason, at=at)
    asked = answer.out_of_session
    quorum = asked.variation.plan.quorum_of(asked.answers.asked().count())
    if quorum < asked.quorum:
        asked.quorum = quorum
        history.save_version(asked, "quorum", by=by, reason=reason, at=at)


def close_votes_of_leaver(
    plan: Plan, agency: Agency, *, by: User, on: date, at: datetime, reason: str
) -> None:
    """Close what an agency that left the working group answered, or was asked, out of session and others still
    answer. Its answer stays in the history."""
    rows = OutOfSessionAnswer.objects.filter(
        agency=agency, out_of_session__state="open", out_of_session__variation__plan=plan
    )
    words = _("{agency} left the working group on {day}.").format(agency=agency, day=day_words(on))
    for answer in rows.select_related("out_of_session__variation__plan").order_by("pk"):
        locked(answer.out_of_session)
        close_vote(answer, words, by=by, at=at, reason=reason)


def withdraw_held(ended: Variation, *, by: User, at: datetime) -> None:
    """Withdraw what waits for release of a milestone or an item that a variation has just ended: nobody can release it."""
    of = {"milestone": ended.milestone} if ended.milestone_id else {"item": ended.item}
    waiting = HeldEntry.objects.waiting().exclude(kind=HeldEntry.Kind.RISK)
    says = (
        _("{reference} cancelled this milestone.")
        if ended.milestone_id
        else _("{reference} withdrew this work item.")
    ).format(reference=ended.reference)
    for entry in waiting.filter(**of).select_for_update(of=("self",)).order_by("pk"):
        entry.state, entry.settled_by, entry.settled_at = HeldEntry.State.WITHDRAWN, by, at
        entry.note = says
        history.save(entry, by=by, reason=says)


class Votes(Holding):
    """The answers that it still owes out of session: nobody waits for it where the successor is asked too."""

    def move(self, act: HandOver) -> None:
        for answer in self.rows(act.agency.pk, act.on).select_for_update(of=("self",)):
            if not self._is_the_successors_already(answer, act.to):
                answer.agency = act.to
                save_row(answer, "agency", act=act)
                continue
            words = _("{agency} ended on {day}. {successor} answers itself.").format(
                agency=act.agency, day=day_words(act.agency.valid_to), successor=act.to
            )
            close_vote(answer, words, by=act.by, at=act.at, reason=act.because)


class Proposals(Holding):
    """Its proposed statuses: withdrawn where the successor leads the item or proposes one itself."""

    def move(self, act: HandOver) -> None:
        for proposal in self.rows(act.agency.pk, act.on).select_related("item"):
            leads = proposal.item.lead_agency_id == act.to.pk
            if leads or self.rows(act.to.pk, act.on).filter(item=proposal.item_id).exists():
                _withdraw_proposal(proposal, act)
            else:
                proposal.agency = act.to
                save_row(proposal, "agency", act=act)
        # What the successor proposed for items that it leads by now.
        own = self.rows(act.to.pk, act.on).filter(item__lead_agency=act.to)
        for proposal in own.select_for_update(of=("self",)):
            _withdraw_proposal(proposal, act)


def _withdraw_proposal(proposal: StatusProposal, act: HandOver) -> None:
    proposal.state = StatusProposal.State.WITHDRAWN
    proposal.answered_by, proposal.answered_at = act.by, act.at
    save_row(proposal, "state", "answered_by", "answered_at", act=act)


HOLDINGS = [
    Memberships(gettext_lazy("Member of the working group"), _memberships, "agency", "plan__title"),
    Holding(gettext_lazy("Coordinates"), _plans, "coordinating_agency", "title"),
    Led(gettext_lazy("Leads work items"), _led, "lead_agency", "number", "plan__title"),
    Supports(
        gettext_lazy("Supports work items"),
        _supported,
        "agency",
        "item__number",
        "item__plan__title",
    ),
    Holding(
        gettext_lazy("Open milestones"),
        _milestones,
        "responsible_agency",
        "item__number",
        "item__plan__title",
    ),
    Holding(gettext_lazy("Numbers of measures"), _measures, "responsible_agency", "as_told"),
    Holding(
        gettext_lazy("Open mitigations"),
        _mitigations,
        "owner_agency",
        "delay__milestone__item__number",
        "delay__milestone__item__plan__title",
    ),
    Holding(
        gettext_lazy("Settles the cause of a delay"),
        _settled,
        "settling_agency",
        "milestone__item__number",
        "milestone__item__plan__title",
    ),
    Holding(
        gettext_lazy("Open risks"), _risks, "owner_agency", "number", "plan__title", prefix="R"
    ),
    Holding(gettext_lazy("Actions to do"), _actions, "owner_agency", "due_on"),
    Holding(
        gettext_lazy("Variations that it asked for"),
        _variations,
        "requesting_agency",
        "number",
        "plan__title",
        prefix="V",
    ),
    Holding(gettext_lazy("Requests to release"), _held, "agency", "kind", "plan__title"),
    Proposals(
        gettext_lazy("Proposed statuses"),
        _proposals,
        "agency",
        "item__number",
        "item__plan__title",
    ),
    Votes(
        gettext_lazy("Votes out of session"),
        _votes,
        "agency",
        "out_of_session__variation__number",
        "out_of_session__variation__plan__title",
        once="out_of_session",
        prefix="V",
    ),
    Holding(gettext_lazy("Calendar addresses"), _feeds, "agency", "label", "plan__title"),
]


# --- what keeps an agency in a working group ----------------------------------------------------------


class OpenParts(NamedTuple):
    """What of a plan an agency still has: live items that it leads, supports or has an open milestone of, and
    open risks that it owns."""

    items: list[WorkItem]
    risks: list[Risk]

    def obstacles(self, agency: Agency) -> str:
        """Return why the agency cannot leave the working group, all of it; "" if nothing keeps it."""
        found = []
        if self.items:
            found.append(
                ngettext(
                    "{agency} has a part in item {numbers}. Give it to another agency first.",
                    "{agency} has a part in items {numbers}. Give them to other agencies first.",
                    len(self.items),
                ).format(agency=agency, numbers=list_in_words([row.number for row in self.items]))
            )
        if self.risks:
            found.append(
                ngettext(
                    "{agency} owns risk {references}. Give it to another agency or close it first.",
                    "{agency} owns risks {references}. Give them to other agencies or close them first.",
                    len(self.risks),
                ).format(
                    agency=agency,
                    references=list_in_words([row.reference for row in self.risks]),
                )
            )
        return " ".join(found)


def open_parts(plan: Plan, agency: Agency) -> OpenParts:
    """Return what the agency still has of the plan. Two queries."""
    its = Q(lead_agency=agency) | Q(supports__agency=agency, supports__ended_on=None)
    its |= Q(
        milestones__responsible_agency=agency,
        milestones__completed_on=None,
        milestones__withdrawn_on=None,
    )
    items = plan.items.live().filter(pk__in=plan.items.filter(its).values("pk")).in_order()
    risks = plan.risks.filter(owner_agency=agency, closed_on=None).order_by("number")
    return OpenParts(list(items), list(risks))
