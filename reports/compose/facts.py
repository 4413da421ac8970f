"""The records that a briefing is composed from, as at its date.

They are read in a fixed number of queries; nothing uses the database later. Items, with their
milestones and delays, and risks are rows of the plan at the end of that day.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.utils.timezone import get_current_timezone, localdate

from agencies.models import Agency, Appointment, by_short_name
from agencies.records.composed import composed
from reports.compose.finding_facts import FindingFacts, finding_facts
from reports.compose.given_reasons import reasons_of_risks, reviewers_reasons
from reports.compose.measure_sources import MeasureFacts, measure_facts
from reports.compose.slips import LateItem, late_items
from reports.compose.wait_facts import WaitFacts, wait_facts
from reports.compose.who_wrote import Written, written_by_ended
from reports.document import DocumentError, Source
from reports.document.dates import long_date, months_in
from reports.models import (
    Briefing,
    BriefingKind,
    Clearance,
    FollowUp,
    IssuedPaper,
    Response,
    ResponseChoice,
)
from workitems.measures.completion import Completions, completions_of
from workitems.models import (
    Finding,
    GlossaryEntry,
    Member,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.models.round import period_told
from workitems.plan.asat import Moment, end_of, rows_as_at, versions_in_order
from workitems.plan.plan_at import (
    ItemAt,
    PlanAt,
    RiskAt,
    grouped,
    items_at,
    items_in_full,
    milestones_at,
    risks_at,
)
from workitems.plan.plan_at.moment_reading import read_at
from workitems.terms.acronyms import Glossary
from workitems.terms.known_dates import KnownDate

Found = TypeVar("Found")


def maori_names() -> tuple[str, ...]:
    """Return the agencies' te reo names. One query."""
    return tuple(sorted(Agency.objects.exclude(name_mi="").values_list("name_mi", flat=True)))


# Fields of an update that papers use, in the order of `UpdateFacts`.
UPDATE_FIELDS = ("achieved", "planned_next", "challenges", "key_achievement", "no_change_on")


class UpdateFacts(NamedTuple):
    """An accepted update, with its return and itself as a source."""

    pk: int
    item: int
    of_return: Return
    achieved: str
    planned_next: str
    challenges: str
    key_achievement: str
    no_change_on: date | None
    written_on: date
    source: Source


class LastPaper(NamedTuple):
    """The last paper of the same kind that was issued before this one, and how many items were
    complete and late on its date, and which were late."""

    dated: date
    complete: int
    late: int
    late_items: frozenset[int] = frozenset()


class Term(NamedTuple):
    """The words of an acronym in the plan's glossary, and their source."""

    words: str
    source: Source


class GroupDecision(NamedTuple):
    """The working group's decision that an item is added or withdrawn, or a date moved, and the reason it was given."""

    reason: str
    decided_on: date
    source: Source


class GroupChange(NamedTuple):
    """What else the working group changed of the Plan: of an item, or (without one) of the Plan itself. `wording`
    names the text or the detail that changed."""

    kind: str
    item: int | None
    milestone: str
    wording: str
    before: str
    after: str
    decided_on: date
    source: Source


class Asked(NamedTuple):
    """A variation that waits for a decision: its kind, who asks, and the milestone with its new date, if that is to
    move."""

    kind: str
    agency: int
    milestone: int | None
    due: KnownDate | None
    source: Source


@dataclass(frozen=True)
class AnswerFacts:
    """The Minister's answer to an earlier paper, as at this paper's date.

    `actions` are its follow-ups by the key that they follow from, and `earlier` those of answers
    before it that were not done on that paper's date; both as history rows, in the order of entry.
    """

    response: Response
    choices: tuple[ResponseChoice, ...]
    actions: Mapping[str, Sequence[Any]]
    earlier: Sequence[Any]

    @property
    def paper(self) -> Briefing:
        return self.response.issued.briefing

    @property
    def source(self) -> Source:
        label = (
            f"The Minister’s answer of {long_date(self.response.decided_on)} to "
            f"{self.paper.tracker_number}"
        )
        return Source("reports.response", self.response.pk, None, label)


class Follows(NamedTuple):
    """The plan that this plan follows, and the items here that carry on one of it."""

    title: str
    items: tuple[ItemAt, ...]


@dataclass(frozen=True)
class Facts:
    """Everything a paper is composed from.

    `agencies` has all agencies by id, `members` the working group on the paper's date, `late` the items
    that slipped in the period, and `all_risks` the risks that were open at any time since it began.
    """

    briefing: Briefing
    # The words that the paper may have before its annexes.
    most_words: int
    plan: Plan
    plan_source: Source
    minister: str
    # Since when the Minister has held the portfolio.
    minister_since: date
    agencies: dict[int, Agency]
    members: tuple[Agency, ...]
    pillars: tuple[Pillar, ...]
    items: tuple[ItemAt, ...]
    late: Sequence[LateItem]
    all_risks: tuple[RiskAt, ...]
    last_paper: LastPaper | None
    # The decisions of the period by which items were added, and withdrawn, by the item's id.
    additions: Mapping[int, GroupDecision]
    withdrawals: Mapping[int, GroupDecision]
    # By item: updates accepted by the paper's date from rounds that end in its period, oldest round
    # first; the last day on which one was submitted that is not accepted yet; and supporting
    # agencies by name, each with its role.
    updates: Mapping[int, Sequence[UpdateFacts]]
    answered_since: Mapping[int, date]
    supports: Mapping[int, Sequence[tuple[Agency, str]]]
    answer: AnswerFacts | None
    # The agencies' clearances of this paper, by short name.
    clearances: tuple[Clearance, ...]
    # The day on which the paper is composed, if that may be before its date.
    today: date | None = None
    # Only in the plan's first year.
    follows: Follows | None = None
    # By item: what an agency has asked of the working group that is not decided yet.
    requests: Mapping[int, Sequence[Asked]] = field(default_factory=dict)
    # What else the working group changed of the Plan in the period, and which of its agencies ended in it.
    changes: Sequence[GroupChange] = ()
    ended: Sequence[Agency] = ()
    # By ended agency: how many items it led on its last day, and how many of those its successor leads.
    taken_over: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    # The agencies that ended and wrote texts that their successors have now.
    writers: Mapping[Written, int] = field(default_factory=dict)
    # The completed milestones, by how they are shown to be done.
    completions: Completions = field(default_factory=lambda: Completions(()))
    measures: MeasureFacts = field(default_factory=MeasureFacts)
    findings: FindingFacts = field(default_factory=FindingFacts)
    waits: WaitFacts = field(default_factory=WaitFacts)
    # By item that its reviewer rates at risk or off track: the reason that was given with the rating.
    reviewers_reasons: Mapping[int, str] = field(default_factory=dict)
    # By grave risk: why it was last rated otherwise than before.
    risk_reasons: Mapping[int, str] = field(default_factory=dict)
    # The last day of the period's last round in which agencies were asked.
    last_round: date | None = None
    # By agency: the day by which it is to answer the period's last round, while it still may.
    awaited: Mapping[int, date] = field(default_factory=dict)
    # By milestone: the latest decision by which the working group moved its date.
    moves: Mapping[int, GroupDecision] = field(default_factory=dict)
    # The plan's glossary as it is now, by acronym in small letters; without words, readers know it.
    terms: Mapping[str, Term] = field(default_factory=dict)
    _found: dict[Callable[["Facts"], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, find: Callable[["Facts"], Found]) -> Found:
        """Return what a function finds in these facts. It is called once, though a paper is composed several times
        until it has its length."""
        if find not in self._found:
            self._found[find] = find(self)
        found: Found = self._found[find]
        return found

    @property
    def as_at(self) -> date:
        """The day at whose end the records are read."""
        return day_of(self.briefing, self.today)

    @property
    def is_dated_ahead(self) -> bool:
        return self.as_at < self.briefing.dated

    @property
    def coordinator(self) -> Agency:
        return self.agencies[self.plan.coordinating_agency_id]

    @property
    def tells_late(self) -> bool:
        """Whether an item has become late since the last paper, so that the Minister was not told at once."""
        last = self.last_paper
        return last is not None and any(
            item.is_late and item.pk not in last.late_items for item in self.items
        )

    @property
    def is_year(self) -> bool:
        """Whether the paper is on a whole year."""
        return months_in(self.briefing.period_start, self.briefing.period_end) == 12

    @property
    def risks(self) -> tuple[RiskAt, ...]:
        """Open risks escalated to the Minister by the paper's date, by number."""
        return tuple(row for row in self.all_risks if row.is_with_minister)

    @property
    def grave_risks(self) -> tuple[RiskAt, ...]:
        """Other open risks, high in likelihood and impact, by number."""
        return tuple(filter(_is_grave, self.all_risks))

    @cached_property
    def unsupported(self) -> frozenset[int]:
        """The items of which an audit's evidence does not support what was reported."""
        verdict = Finding.Verdict.NOT_SUPPORTED
        return frozenset(
            row.item_id for row in self.findings.rows if row.item_id and row.verdict == verdict
        )

    def lead_of(self, item: ItemAt) -> Agency:
        return self.agencies[item.lead]

    def writer_of(self, kind: str, pk: int, text: str, agency: int) -> Agency:
        """Return the agency that wrote a record's text: `agency`, which has the record, or one that ended before."""
        return self.agencies[self.writers.get((kind, pk, text), agency)]

    def updates_of(self, item: ItemAt) -> Sequence[UpdateFacts]:
        return self.updates.get(item.pk, ())

    def supports_of(self, item: ItemAt) -> Sequence[tuple[Agency, str]]:
        return self.supports.get(item.pk, ())

    @cached_property
    def kept(self) -> list[ItemAt]:
        """The items that are not withdrawn. What is counted "of the Plan's items" is counted of these."""
        return [item for item in self.items if item.stage != Stage.WITHDRAWN]

    @cached_property
    def glossary(self) -> Glossary:
        return {acronym: term.words for acronym, term in self.terms.items()}

    @cached_property
    def maori(self) -> tuple[str, ...]:
        """The agencies' te reo names, to be marked up in all text."""
        return tuple(sorted(agency.name_mi for agency in self.agencies.values() if agency.name_mi))


def day_of(briefing: Briefing, today: date | None) -> date:
    """Return the day as at which a paper is composed: its date but, given `today`, none that is to come."""
    return min(briefing.dated, today or briefing.dated)


def _is_grave(risk: RiskAt) -> bool:
    """Whether it is open, high in likelihood and impact, and not before the Minister."""
    is_high = risk.likelihood == risk.impact == Risk.Level.HIGH
    return risk.closed_on is None and is_high and not risk.is_with_minister


def read_facts(briefing: Briefing, today: date | None = None) -> Facts:
    """Read everything that the paper is composed from, as at its date or, if that is ahead, as at today.

    The number of queries is fixed, but for one more if the Minister has answered another paper, two
    more if a paper was issued before, one more if a reviewer doubts an item, one if a risk is grave, and one more if
    the briefing's kind has not been read.
    Raise `DocumentError` if nobody holds the portfolio then.
    """
    plan, dated, as_at = briefing.plan, briefing.dated, day_of(briefing, today)
    appointment = Appointment.objects.holding(plan.portfolio, dated)
    if appointment is None:
        raise DocumentError(
            f"Nobody is recorded as {plan.portfolio} on {long_date(dated)}. "
            "Enter the ministerial appointment, or correct the briefing’s date."
        )
    agencies = {agency.pk: agency for agency in _agencies()}
    members, ended, ever = _members(plan, agencies, briefing.period_start, as_at)
    pillars = tuple(_pillars(plan=plan.pk))
    moment = Moment.end_of(as_at)
    place = {pillar.pk: index for index, pillar in enumerate(pillars)}
    items = sorted(items_in_full(plan, moment), key=lambda item: place[item.pillar])
    additions, withdrawals, requests, changes, moves = _variations_of(briefing, items)
    last_paper, follows = _last_paper(briefing), _follows(briefing, items)
    accepted, answered_since, last_round, awaited = _updates(briefing, items)
    at = PlanAt(plan, moment, items=items, agencies=agencies)
    all_risks = tuple(
        row
        for row in risks_at(moment, {"plan_id": plan.pk})
        if row.closed_on is None or row.closed_on >= briefing.period_start
    )
    return Facts(
        briefing=briefing,
        most_words=briefing.kind.most_words if briefing.kind else BriefingKind.USUAL_WORDS,
        plan=plan,
        plan_source=Source(
            "workitems.plan",
            plan.pk,
            dict(_versions_of_plan(plan=plan.pk)).get(plan.pk),
            f"The plan, {plan.title}",
        ),
        minister=appointment.minister,
        minister_since=appointment.from_on,
        agencies=agencies,
        members=members,
        ended=ended,
        writers=written_by_ended(plan, agencies, ever),
        taken_over={agency.pk: _taken_over(plan, agency, items) for agency in ended},
        pillars=pillars,
        items=tuple(items),
        late=late_items(items, briefing.period_start),
        all_risks=all_risks,
        last_paper=last_paper,
        additions=additions,
        withdrawals=withdrawals,
        changes=changes,
        updates=grouped(accepted, "item"),
        answered_since=answered_since,
        last_round=last_round,
        awaited=awaited,
        supports=_supports(plan, moment, agencies),
        answer=_last_answer(briefing),
        follows=follows,
        clearances=tuple(_clearances(briefing=briefing.pk or 0)),
        terms=_terms(plan),
        today=today,
        requests=requests,
        moves=moves,
        completions=completions_of(at),
        measures=measure_facts(briefing, at.measures),
        findings=finding_facts(at.findings),
        waits=wait_facts(at.waits),
        reviewers_reasons=reviewers_reasons(items, end_of(as_at)),
        risk_reasons=reasons_of_risks(filter(_is_grave, all_risks), end_of(as_at)),
    )


# The composed querysets of `read_facts`.


@composed
def _agencies() -> Any:
    # A mark is read for the agency whose paper it is.
    return Agency.objects.select_related("cover__mark").defer("cover__mark__png")


@composed
def _pillars(plan: Any) -> Any:
    return Pillar.objects.filter(plan=plan).order_by("number")


@composed
def _versions_of_plan(plan: Any) -> Any:
    return versions_in_order(Plan, id=plan)


@composed
def _memberships(plan: Any) -> Any:
    return Member._base_manager.filter(plan=plan).values_list("agency", "left_on")


def _taken_over(plan: Plan, ended: Agency, items: Iterable[ItemAt]) -> tuple[int, int]:
    """Return how many live items an ended agency led on its last day, and how many its successor leads. One query."""
    assert ended.valid_to is not None
    rows = rows_as_at(WorkItem, end_of(ended.valid_to), of={"plan_id": plan.pk})
    led = {row.id for row in rows if row.lead_agency_id == ended.pk}
    live = [item for item in items if item.pk in led and item.stage != Stage.WITHDRAWN]
    return len(live), sum(item.lead == ended.successor_id for item in live)


def _members(
    plan: Plan, agencies: Mapping[int, Agency], start: date, on: date
) -> tuple[tuple[Agency, ...], tuple[Agency, ...], set[int]]:
    """Return the working group on a day, and those of it that ended since the period's start, by name; and all that it
    ever had. One query."""
    members, ended, ever = [], [], set()
    for pk, left_on in _memberships(plan=plan.pk):
        agency = agencies[pk]
        ever.add(pk)
        last = agency.valid_to or on
        if agency.exists_on(on) and (left_on or on) >= on:
            members.append(agency)
        elif start <= last < on and (left_on or last) >= last:
            ended.append(agency)

    def by_name(agency: Agency) -> str:
        return agency.short_name.casefold()

    return tuple(sorted(members, key=by_name)), tuple(sorted(ended, key=by_name)), ever


@composed
def _returns(plan: Any, start: Any, month_in: Any, end: Any) -> Any:
    rounds = Round.objects.filter(plan=plan).told_of(start=start, month_in=month_in, end=end)
    rows = Return.objects.filter(round__in=rounds)
    return rows.select_related("round", "agency")


@composed
def _updates_of(returns: Any) -> Any:
    found = Update.objects.filter(of_return__among=returns)
    # What came with a plan was known before anybody was asked, whatever day the spreadsheet ends on.
    was_asked = ExpressionWrapper(
        Q(of_return__round__opened_by__isnull=False), output_field=BooleanField()
    )
    return found.order_by(
        was_asked, "of_return__round__period_end", by_short_name("of_return__agency__"), "pk"
    ).values_list("pk", "item", "of_return", "written_at", *UPDATE_FIELDS)


@composed
def _update_versions(updates: Any) -> Any:
    return versions_in_order(Update, id__among=updates)


@composed
def _clearances(briefing: Any) -> Any:
    found = Clearance.objects.asked().filter(briefing=briefing)
    return found.select_related("agency").order_by(by_short_name())


@composed
def _versions_of_terms(plan: Any) -> Any:
    history: Any = GlossaryEntry.history.model
    rows = history.objects.filter(plan=plan).order_by("history_date", "history_id")
    return rows.values_list("id", "history_id", "acronym", "words")


def _terms(plan: Plan) -> dict[str, Term]:
    """Return the plan's glossary as it is now, whatever the paper's date: it is no record of a day. One query."""
    return {
        acronym.casefold(): Term(
            words, Source("workitems.glossaryentry", pk, version, f"Glossary, {acronym}: {words}")
        )
        for pk, version, acronym, words in _versions_of_terms(plan=plan.pk)
    }


def _updates(
    briefing: Briefing, items: Iterable[ItemAt]
) -> tuple[list[UpdateFacts], dict[int, date], date | None, dict[int, date]]:
    """Return the items' updates accepted by the paper's date, those that came with the plan first, then those of the oldest round; by item the last day on which another
    one was submitted, as that makes earlier plans old; the last day of the period's last round; and by agency the day by which it is to answer that, if
    it has not and the day is not past. Three queries.
    """
    dated, until = briefing.dated, end_of(briefing.dated)
    period = period_told(briefing.period_start, briefing.period_end)
    found: list[Return] = _returns(plan=briefing.plan_id, **period)
    was_accepted = {row.pk for row in found if row.accepted_on and row.accepted_on <= dated}
    returns = {
        row.pk: row
        for row in found
        if row.pk in was_accepted or (row.submitted_at and row.submitted_at < until)
    }
    rows = _updates_of(returns=list(returns))
    versions = dict(
        _update_versions(updates=[pk for pk, _, of_return, *_ in rows if of_return in was_accepted])
    )
    zone = get_current_timezone()
    numbers = {item.pk: item.number for item in items}
    origins = {pk: f"by {row.agency}, {row.round}" for pk, row in returns.items()}
    accepted: list[UpdateFacts] = []
    waiting: dict[int, date] = {}
    for pk, item, of_return_pk, written_at, *values in rows:
        of_return = returns[of_return_pk]
        if item not in numbers:
            continue
        if of_return_pk not in was_accepted:
            day = localdate(of_return.submitted_at)
            waiting[item] = max(day, waiting.get(item, day))
            continue
        label = f"Update of item {numbers[item]} {origins[of_return_pk]}"
        source = Source("workitems.update", pk, versions.get(pk), label)
        written_on = written_at.astimezone(zone).date()
        accepted.append(UpdateFacts._make((pk, item, of_return, *values, written_on, source)))
    asked = [row.round for row in found if row.round.opened_by_id] or [row.round for row in found]
    last_round = max((each.period_end for each in asked), default=None)
    awaited = {
        row.agency_id: row.due_on
        for row in found
        if row.pk not in returns and row.round.period_end == last_round and row.due_on >= dated
    }
    return accepted, waiting, last_round, awaited


def _follows(briefing: Briefing, items: Sequence[ItemAt]) -> Follows | None:
    """Return what the plan follows, for a paper on its first year. Two queries if it follows one."""
    plan = briefing.plan
    if plan.successor_of is None or (briefing.period_start - plan.released_on).days >= 365:
        return None
    carried = set(plan.items.filter(carried_from__isnull=False).values_list("pk", flat=True))
    return Follows(plan.successor_of.title, tuple(item for item in items if item.pk in carried))


def _last_paper(briefing: Briefing) -> LastPaper | None:
    """Return the last paper of the briefing's kind (of any kind, if it has none yet). One query, and two
    more if there is one."""
    issued = IssuedPaper.objects.filter(
        briefing__plan=briefing.plan,
        briefing__dated__lt=briefing.dated,
        authorised_at__lt=end_of(briefing.dated),
    ).exclude(briefing=briefing.pk or 0)
    if briefing.kind_id:
        issued = issued.filter(briefing__kind=briefing.kind_id)
    dated = issued.order_by("-briefing__dated").values_list("briefing__dated", flat=True).first()
    if dated is None:
        return None
    moment = Moment.end_of(dated)
    of = {"item__plan_id": briefing.plan_id}
    milestones = milestones_at(moment, of, only_open=True, texts=False)
    items = items_at(moment, {"plan_id": briefing.plan_id}, milestones, texts=False)
    return LastPaper(
        dated,
        complete=sum(item.stage == Stage.COMPLETE for item in items),
        late=sum(item.is_late for item in items),
        late_items=frozenset(item.pk for item in items if item.is_late),
    )


# What a paper tells of a request that waits for a decision.
ASKED_KINDS = (Variation.Kind.DATE, Variation.Kind.WORDING, Variation.Kind.WITHDRAWAL)
# What a paper tells of changes that were decided, besides items added and withdrawn and dates moved.
CHANGES = (
    Variation.Kind.LEAD, Variation.Kind.RESPONSIBLE, Variation.Kind.SUPPORTER, Variation.Kind.CANCEL,
    Variation.Kind.WORDING, Variation.Kind.DETAIL, Variation.Kind.MEMBER, Variation.Kind.END,
)  # fmt: skip


@composed
def _variations(plan: Any, until: Any) -> Any:
    decided = Q(
        kind__in=[Variation.Kind.ITEM, Variation.Kind.WITHDRAWAL, Variation.Kind.DATE, *CHANGES],
        state=Variation.State.APPROVED,
        decided_at__lt=until,
    )
    waiting = Q(kind__in=ASKED_KINDS, requested_at__lt=until)
    waiting &= Q(state__in=Variation.PENDING) | Q(decided_at__gte=until)
    versions = Variation.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    rows = Variation.objects.filter(decided | waiting, plan=plan)
    rows = rows.select_related("milestone").order_by("number")
    return rows.annotate(version=Subquery(versions.values("history_id")[:1]))


def _variations_of(
    briefing: Briefing, items: Iterable[ItemAt]
) -> tuple[
    dict[int, GroupDecision],
    dict[int, GroupDecision],
    dict[int, list[Asked]],
    list[GroupChange],
    dict[int, GroupDecision],
]:
    """Return by item the decisions of the period to add it, and to withdraw it if it is withdrawn; what agencies
    have asked about it that waits for a decision; what else the group changed in the period; and by milestone the last
    decision that moved it. One query."""
    withdrawn = {item.pk for item in items if item.stage == Stage.WITHDRAWN}
    until = end_of(briefing.dated)
    added, gone = {}, {}
    moves: dict[int, GroupDecision] = {}
    changed: list[GroupChange] = []
    requests: dict[int, list[Asked]] = defaultdict(list)
    for row in _variations(plan=briefing.plan_id, until=until):
        source = Source("workitems.variation", row.pk, row.version, f"Variation V{row.number}")
        if row.decided_at is None or row.decided_at >= until:
            due = KnownDate(row.due_after, row.after_known_to) if row.due_after else None
            asked = Asked(row.kind, row.requesting_agency_id, row.milestone_id, due, source)
            requests[row.item_id].append(asked)
            continue
        decided_on = localdate(row.decided_at)
        if row.kind == Variation.Kind.DATE:
            moved = GroupDecision(row.reason, decided_on, source)
            before = moves.get(row.milestone_id, moved)
            moves[row.milestone_id] = max(before, moved, key=lambda each: each.decided_on)
            continue
        if decided_on < briefing.period_start:
            continue
        if row.kind in CHANGES:
            changed.append(change_of(row, decided_on, source))
            continue
        decision = GroupDecision(row.reason, decided_on, source)
        if row.kind == Variation.Kind.ITEM:
            added[row.item_id] = decision
        elif row.item_id in withdrawn:
            gone[row.item_id] = decision
    return added, gone, requests, changed, moves


def change_of(row: Variation, decided_on: date, source: Source) -> GroupChange:
    wording = str(Variation.Wording(row.wording).label).lower() if row.wording else ""
    milestone = row.milestone.description if row.milestone else ""
    texts = row.text_before, row.text_after
    return GroupChange(row.kind, row.item_id, milestone, wording, *texts, decided_on, source)


@composed
def _choices_of_last_answer(plan: Any, briefing: Any, dated: Any, until: Any) -> Any:
    answers = (
        Response.objects.filter(
            issued__briefing__plan=plan, decided_on__lt=dated, recorded_at__lt=until
        )
        .exclude(issued__briefing=briefing)
        .exclude(corrected_by__recorded_at__lt=until)
        .order_by("-decided_on", "-recorded_at", "-pk")
    )
    return (
        ResponseChoice.objects.filter(response=Subquery(answers.values("pk")[:1]))
        .select_related("response__issued__briefing")
        .defer("response__issued__document", "response__issued__pdf")
        .order_by("number")
    )


def _last_answer(briefing: Briefing) -> AnswerFacts | None:
    """Return the last answer to another paper of the plan before this paper's date.

    One query, and one more if there is an answer.
    """
    until = end_of(briefing.dated)
    choices = tuple(
        _choices_of_last_answer(
            plan=briefing.plan_id, briefing=briefing.pk or 0, dated=briefing.dated, until=until
        )
    )
    if not choices:
        return None
    response = choices[0].response
    last = response.issued
    rows = list(
        rows_as_at(FollowUp, until, of={"issued__briefing__plan_id": briefing.plan_id})
        .annotate(
            tracker_number=F("issued__briefing__tracker_number"),
            briefing_id=F("issued__briefing"),
        )
        .order_by("id")
    )
    return AnswerFacts(
        response,
        choices,
        grouped([row for row in rows if row.issued_id == last.pk], "key"),
        [
            row
            for row in rows
            if row.issued_id != last.pk
            and row.briefing_id != briefing.pk
            and (row.done_on is None or row.done_on > last.briefing.dated)
        ],
    )


def _supports(
    plan: Plan, moment: Moment, agencies: Mapping[int, Agency]
) -> dict[int, list[tuple[Agency, str]]]:
    rows = read_at(
        Support, moment, ("item_id", "agency_id", "role"), {"item__plan_id": plan.pk}, ended_on=None
    )
    found: dict[int, list[tuple[Agency, str]]] = defaultdict(list)
    for item, agency, role in rows:
        found[item].append((agencies[agency], role))
    for pairs in found.values():
        pairs.sort(key=lambda pair: pair[0].short_name.casefold())
    return found
