"""How the completed milestones of a plan are shown to be done. Computed for a moment, never stored.

Auditors fault plans in which "complete" looks alike with evidence and without, and in which work that was usual before,
or was done before the plan began, counts as its result.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency
from agencies.records.composed import composed
from agencies.wording.translation import StrOrPromise
from workitems.models import Evidence, Milestone, MilestoneAnswer, Return, WorkItem
from workitems.models.item import Stage
from workitems.models.plan import IMPORTED
from workitems.plan.asat import Moment
from workitems.plan.plan_at import ItemAt, PlanAt
from workitems.plan.plan_at.moment_reading import read_at
from workitems.terms.sentence_ends import with_capital


class Completion(models.TextChoices):
    """The class of a completed milestone: the first that fits, in this order."""

    BEFORE_PLAN = "before_plan", gettext_lazy("Done before the plan")
    BUSINESS_AS_USUAL = "business_as_usual", gettext_lazy("Business as usual")
    QUESTIONED = "questioned", gettext_lazy("Questioned by the reviewer")
    WITH_EVIDENCE = "with_evidence", gettext_lazy("With evidence")
    NOTE_ONLY = "note_only", gettext_lazy("A note only")
    WITHOUT = "without", gettext_lazy("No evidence")

    @property
    def shape(self) -> str:
        """The shape beside its word (components/shape.html)."""
        return SHAPES[self]


SHAPES = {
    Completion.BEFORE_PLAN: "none",
    Completion.BUSINESS_AS_USUAL: "ongoing",
    Completion.QUESTIONED: "at_risk",
    Completion.WITH_EVIDENCE: "completed",
    Completion.NOTE_ONLY: "complete",
    Completion.WITHOUT: "not_started",
}

# From the worst. A complete item has the worst of its milestones' that are of the plan.
WORST_FIRST = (
    Completion.QUESTIONED,
    Completion.WITHOUT,
    Completion.NOTE_ONLY,
    Completion.WITH_EVIDENCE,
)


class Shown(NamedTuple):
    """What was given to show that a milestone is done: a file or a link, or a note."""

    by_file_or_link: bool = False
    by_note: bool = False


NOTHING = Shown()


class CompletedMilestone(NamedTuple):
    """A completed milestone of an item that was not withdrawn."""

    pk: int
    item: ItemAt
    number: int
    description: str
    done_means: str
    responsible: Agency
    completed_on: date
    questioned: str
    completion: Completion


def completion_of(
    *, completed_on: date, released_on: date, kind: str, questioned: str, shown: Shown
) -> Completion:
    """Return the class of a completed milestone.

    `released_on` is the day on which the plan was released, `kind` that of the item (`WorkItem.Kind`), `questioned` why
    the reviewer sees no evidence, or "".
    """
    if completed_on < released_on:
        return Completion.BEFORE_PLAN
    if kind == WorkItem.Kind.BUSINESS_AS_USUAL:
        return Completion.BUSINESS_AS_USUAL
    if questioned:
        return Completion.QUESTIONED
    if shown.by_file_or_link:
        return Completion.WITH_EVIDENCE
    return Completion.NOTE_ONLY if shown.by_note else Completion.WITHOUT


class Completions(Collection[CompletedMilestone]):
    """The completed milestones of a plan or of a part of it, the last completed first."""

    def __init__(self, rows: Iterable[CompletedMilestone]) -> None:
        self.unsorted = list(rows)

    @cached_property
    def rows(self) -> list[CompletedMilestone]:
        return sorted(self.unsorted, key=lambda row: (-row.completed_on.toordinal(), row.pk))

    def __contains__(self, row: object) -> bool:
        return row in self.unsorted

    def __len__(self) -> int:
        return len(self.unsorted)

    def __iter__(self) -> Iterator[CompletedMilestone]:
        return iter(self.rows)

    def of(self, completion: str) -> list[CompletedMilestone]:
        """Return those of a class, or all for ""."""
        return [row for row in self.rows if completion in ("", row.completion)]

    @cached_property
    def counts(self) -> Counter[Completion]:
        return Counter(row.completion for row in self.unsorted)

    @cached_property
    def by_milestone(self) -> dict[int, Completion]:
        return {row.pk: row.completion for row in self.unsorted}

    def of_item(self, pk: int) -> Completion | None:
        """Return how an item is shown to be done: the worst of its milestones. None if none is of the plan."""
        found = self._by_item.get(pk, ())
        return next((each for each in WORST_FIRST if each in found), None)

    @cached_property
    def _by_item(self) -> dict[int, set[Completion]]:
        found: dict[int, set[Completion]] = defaultdict(set)
        for row in self.rows:
            found[row.item.pk].add(row.completion)
        return found


def completions_of(at: PlanAt, item: int | None = None) -> Completions:
    """Return the completed milestones of the plan, of the part of it that `at` is, or of one item of it.

    At most four queries, one if none is completed.
    """
    of = {"plan_id": at.plan.pk} if item is None else {"pk": item}
    items = {row.pk: row for row in at.items if row.stage != Stage.WITHDRAWN}
    done = [row for row in _done(at.moment, of) if row[1] in items]
    shown = _shown_by(at.moment, of) if done else {}
    return Completions(
        CompletedMilestone(
            pk, items[item], number, description, done_means, at.agencies[responsible], completed_on,
            questioned,
            completion_of(
                completed_on=completed_on, released_on=at.plan.released_on, kind=items[item].kind,
                questioned=questioned, shown=shown.get(pk, NOTHING),
            ),
        )
        for pk, item, number, description, done_means, responsible, completed_on, questioned in done
    )  # fmt: skip


def _done(moment: Moment, of: dict[str, int]) -> list[tuple[Any, ...]]:
    columns = (
        "id", "item_id", "number", "description", "done_means", "responsible_agency_id",
        "completed_on", "no_evidence",
    )  # fmt: skip
    of_item = {f"item__{name}": value for name, value in of.items()}
    return list(read_at(Milestone, moment, columns, of_item, begun="completed_on"))


def _shown_by(moment: Moment, of: dict[str, int]) -> dict[int, Shown]:
    """Return what shows that milestones are done, by milestone. Three queries.

    That is the evidence of the milestone, that of the accepted answer with which its agency reported it done, and the words
    that were typed when it was marked as done.
    """
    ((name, value),) = of.items()
    given: dict[str, Any] = {"value": value, "on": moment.on}
    if moment.until is not None:
        given["until"] = moment.until
    files: set[int] = set()
    notes = set(_told(_versions(name, **given)))
    for pk, link, file in (*_of_milestones(name, **given), *_reported(name, **given)):
        (files if link or file else notes).add(pk)
    return {pk: Shown(pk in files, pk in notes) for pk in files | notes}


@composed
def _of_milestones(name: str, *, value: Any, on: Any, until: Any = None) -> Any:
    pieces = Evidence.objects.given_by(until)
    pieces = pieces.filter(**{f"milestone__item__{name}": value})
    return pieces.values_list("milestone_id", "link", "file")


@composed
def _reported(name: str, *, value: Any, on: Any, until: Any = None) -> Any:
    answers = "update__of_return__milestone_answers"
    pieces = Evidence.objects.given_by(until).filter(
        **{
            "update__item": F(f"{answers}__milestone__item"),
            f"{answers}__outcome": MilestoneAnswer.Outcome.DONE,
            f"{answers}__applied_at__isnull": False,
            f"update__item__{name}": value,
        },
        update__of_return__state=Return.State.ACCEPTED,
        update__of_return__accepted_on__lte=on,
    )
    return pieces.values_list(f"{answers}__milestone_id", "link", "file")


@composed
def _versions(name: str, *, value: Any, on: Any, until: Any = None) -> Any:
    """Return the versions of milestones in order, for today of completed ones."""
    # Of a milestone that was reopened since the moment, today's record does not say that it was done then.
    milestones = Milestone.objects.filter(**{f"item__{name}": value})
    if until is None:
        milestones = milestones.filter(completed_on__isnull=False)
    rows = Milestone.history.model.objects.filter(id__in=milestones.values("id"))
    if until is not None:
        rows = rows.filter(history_date__lt=until)
    columns = "id", "completed_on", "history_type", "history_change_reason"
    return rows.order_by("id", "history_date", "history_id").values_list(*columns)


def _told(versions: Iterable[tuple[int, date | None, str, str | None]]) -> list[int]:
    """Return the milestones that a person marked as done in words that say how."""
    day: dict[int, date | None] = {}
    told: dict[int, bool] = {}
    for pk, done, kind, reason in versions:
        if done != day.get(pk):
            told[pk] = bool(done and kind != "+" and reason and not reason.startswith(IMPORTED))
        day[pk] = done
    return [pk for pk, is_told in told.items() if is_told]


def in_figures(count: int, _of: Completion | None) -> str:
    return f"{count:,}"


def completed_milestones(count: int) -> str:
    return ngettext("completed milestone", "completed milestones", count)


class Writing(NamedTuple):
    """How a text writes the sentence.

    `number` writes a count of a class, or of all if the class is None: in words for a paper, as a link for a page. `noun`
    is what so many completed milestones are called, and `reviewer` who questions them.
    """

    number: Callable[[int, Completion | None], str] = in_figures
    noun: Callable[[int], str] = completed_milestones
    reviewer: StrOrPromise = gettext_lazy("the reviewer")


ON_PAGES = Writing()


def sentence(found: Completions, writing: Writing = ON_PAGES) -> str:
    """Return how the completed milestones are shown to be done, in a sentence or two; "" if none is completed."""
    if not found:
        return ""
    counts, total = found.counts, len(found)
    before, usual = counts[Completion.BEFORE_PLAN], counts[Completion.BUSINESS_AS_USUAL]
    if not (before or usual):
        return _shown(counts, total, writing, is_all=True)
    parts = []
    if usual:
        says = ngettext("{count} is business as usual", "{count} are business as usual", usual)
        parts.append(says.format(count=writing.number(usual, Completion.BUSINESS_AS_USUAL)))
    if before:
        says = ngettext(
            "{count} was done before the plan", "{count} were done before the plan", before
        )
        parts.append(says.format(count=writing.number(before, Completion.BEFORE_PLAN)))
    first = _("Of {count} {noun}, {parts}.").format(
        count=writing.number(total, None), noun=writing.noun(total), parts=_(" and ").join(parts)
    )
    others = total - usual - before
    return f"{first} {_shown(counts, others, writing, is_all=False)}" if others else first


def _shown(counts: Mapping[Completion, int], of: int, writing: Writing, *, is_all: bool) -> str:
    """Say how so many milestones are shown to be done: all that are completed, or those that are of the plan."""
    alike = next((each for each in WORST_FIRST if counts[each] == of), None)
    if is_all:
        which = ngettext("the {noun}", "the {count} {noun}", of)
    else:
        which = ngettext("the other one", "the other {count}", of)
    match alike:
        case Completion.WITH_EVIDENCE:
            says = ngettext(
                "{which} has a document or a link on file.",
                "All of {which} have a document or a link on file.",
                of,
            )
        case Completion.NOTE_ONLY:
            says = ngettext(
                "{which} has only a note on file.", "All of {which} have only a note on file.", of
            )
        case Completion.WITHOUT:
            says = _("Agencies have yet to file evidence for {which}.")
        case Completion.QUESTIONED:
            says = _("{reviewer} questions {which}.")
        case _:
            says = _("Of {which}, {parts}.")
            which = _("{count} {noun}") if is_all else which
    which = which.format(count=writing.number(of, alike), noun=writing.noun(of))
    parts = _shown_in_parts(counts, writing)
    return with_capital(says.format(which=which, reviewer=writing.reviewer, parts=parts))


def _shown_in_parts(counts: Mapping[Completion, int], writing: Writing) -> str:
    """Return "9 have a document or a link on file and 2 only a note; agencies have yet to file evidence for 12; the reviewer
    questions 1"."""
    evidence, notes, none, questioned = (
        counts[each]
        for each in (
            Completion.WITH_EVIDENCE,
            Completion.NOTE_ONLY,
            Completion.WITHOUT,
            Completion.QUESTIONED,
        )
    )
    shown = []
    if evidence:
        says = ngettext(
            "{count} has a document or a link on file",
            "{count} have a document or a link on file",
            evidence,
        )
        shown.append(says.format(count=writing.number(evidence, Completion.WITH_EVIDENCE)))
    if notes:
        says = (
            _("{count} only a note")
            if shown
            else ngettext(
                "{count} has only a note on file", "{count} have only a note on file", notes
            )
        )
        shown.append(says.format(count=writing.number(notes, Completion.NOTE_ONLY)))
    parts = [_(" and ").join(shown)] if shown else []
    if none:
        says = _("agencies have yet to file evidence for {count}")
        parts.append(says.format(count=writing.number(none, Completion.WITHOUT)))
    if questioned:
        doubt = _("{reviewer} questions {count}")
        parts.append(
            doubt.format(
                reviewer=writing.reviewer,
                count=writing.number(questioned, Completion.QUESTIONED),
            )
        )
    return "; ".join(parts)
