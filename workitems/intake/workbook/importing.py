"""Import a workbook, and preview an import. Only the import writes the proposal."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import User
from workitems.intake.cell_kinds import shown
from workitems.intake.services.plan_making import TAKEN_SLUGS
from workitems.intake.to_decide import ASK, Asking, ToDecide, with_obstacles
from workitems.intake.workbook import item_rows, measure_rows, plan_rows, record
from workitems.intake.workbook.faults import Fault, WorkbookRefused
from workitems.intake.workbook.past import Past
from workitems.intake.workbook.proposal import Change, Count, Missing, Proposal
from workitems.intake.workbook.read import UNREADABLE, Book, read_workbook
from workitems.intake.workbook.record import AcceptedUpdates
from workitems.intake.workbook.stored import Stored
from workitems.intake.workbook.write import write
from workitems.models import Plan, Variation
from workitems.models.plan import IMPORTED


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do.

    `differences` are sentences on what the workbook says otherwise of agencies and Ministers, which
    an import does not change; `to_decide` has what only a decision changes; `not_cleared` names items whose
    supporting agencies stay although their cell is empty; `empty_texts` on texts that say nothing, and
    `acronyms` on those that the plan does not know, which it takes; `missing` the rows that the workbook does not have.
    """

    plan: Plan
    plan_is_new: bool
    changes: tuple[Change, ...]
    counts: tuple[Count, ...]
    differences: tuple[str, ...]
    to_decide: tuple[ToDecide, ...] = ()
    empty_texts: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    not_cleared: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def proposable(self) -> list[ToDecide]:
        """What can be proposed."""
        return [row for row in self.to_decide if not row.obstacle]

    @property
    def fingerprint(self) -> str:
        """Digest of what the preview says, to check that the user confirms exactly what they saw."""
        return hashlib.sha256(
            repr(
                (
                    self.plan.slug,
                    self.changes,
                    self.differences,
                    [row.key for row in self.to_decide],
                    self.missing,
                )
            ).encode()
        ).hexdigest()

    @property
    def sentences(self) -> list[str]:
        """One sentence per sheet with changes, or one that there are no changes."""
        if self.is_empty:
            return [_("No changes: nothing in the plan would change.")]
        return [
            f"{count.sheet}: {_counted(count)}."
            for count in self.counts
            if count.new or count.changed
        ]


def _counted(count: Count) -> str:
    parts = []
    if count.new:
        parts.append(_("{count:,} new").format(count=count.new))
    if count.changed:
        parts.append(_("{count:,} changed").format(count=count.changed))
    if count.same:
        parts.append(_("{count:,} as before").format(count=count.same))
    return ", ".join(parts)


@dataclass(frozen=True)
class _Examined:
    proposal: Proposal
    accepted: AcceptedUpdates
    delays: record.Delays

    @property
    def outcome(self) -> Outcome:
        proposal = self.proposal
        return Outcome(
            proposal.plan,
            proposal.plan_is_new,
            tuple(proposal.changes),
            tuple(proposal.counts),
            tuple(proposal.differences),
            tuple(proposal.to_decide),
            tuple(proposal.empty_texts),
            tuple(proposal.unknown_acronyms),
            tuple(proposal.not_cleared),
            tuple(proposal.missing),
        )


def preview_import(
    file: BinaryIO,
    *,
    at: datetime,
    plan: Plan | None = None,
    new_for: Collection[int] | None = None,
    by: User | None = None,
) -> Outcome:
    """Return what importing the workbook at the moment `at` would do. Write nothing.

    With `plan`, the workbook must be of that plan. With `new_for`, it must be of a new plan, and
    its coordinating agency must have one of these ids. For the user `by`, say also what of `to_decide`
    cannot be proposed. Raise `WorkbookRefused` with all faults.
    """
    return preview_book(
        read_workbook(file, today=timezone.localdate(at)),
        at=at, plan=plan, new_for=new_for, by=by,
    )  # fmt: skip


def preview_book(
    book: Book,
    *,
    at: datetime,
    plan: Plan | None = None,
    new_for: Collection[int] | None = None,
    by: User | None = None,
) -> Outcome:
    """Return what importing the rows of a book would do, as `preview_import` does for a file."""
    return _outcome(_examine(book, timezone.localdate(at), plan, new_for, lock=False), by, at)


def _outcome(examined: _Examined, by: User | None, at: datetime, reason: str = "?") -> Outcome:
    """Return the outcome, for a user with what cannot be proposed."""
    outcome = examined.outcome
    if by is None or not outcome.to_decide:
        return outcome
    asking = Asking(reason, outcome.plan.coordinating_agency, by, at)
    return replace(outcome, to_decide=tuple(with_obstacles(list(outcome.to_decide), asking)))


def propose_from_workbook(
    file: BinaryIO,
    *,
    at: datetime,
    by: User,
    plan: Plan,
    reason: str,
    expected: str,
    rows: Collection[int],
) -> tuple[Outcome, list[Variation]]:
    """Request as variations, all with one reason, what of the workbook only a decision changes.

    `rows` are the places in `to_decide` of what was chosen. The coordinating agency asks. One transaction: all of it
    that can be proposed, or none. If the plan has changed
    since the preview with the fingerprint `expected`, nothing is written. Raise `WorkbookRefused` as
    `preview_import` does.
    """
    book = read_workbook(file, today=timezone.localdate(at))
    with transaction.atomic():
        examined = _examine(book, timezone.localdate(at), plan, None, lock=True)
        outcome = _outcome(examined, by, at)
        if expected != outcome.fingerprint:
            return outcome, []
        asking = Asking(reason, outcome.plan.coordinating_agency, by, at)
        chosen = [row for place, row in enumerate(outcome.to_decide) if place in rows]
        return outcome, [ASK[0](row, asking) for row in chosen if not row.obstacle]


def import_workbook(
    file: BinaryIO,
    *,
    name: str,
    at: datetime,
    by: User | None = None,
    plan: Plan | None = None,
    new_for: Collection[int] | None = None,
    expected: str = "",
) -> Outcome:
    """Create or update the plan from the workbook in one transaction, and return what it did.

    Rows are matched by their numbers and never deleted. `name` is the file name, for the reason in
    history. Without a user (`by`), history names the import as the actor. `expected` is the
    fingerprint of a preview: if the plan has changed since, nothing is written and the outcome has
    another fingerprint. Raise `WorkbookRefused` as `preview_import` does.
    """
    book = read_workbook(file, today=timezone.localdate(at))
    return import_book(book, name=name, at=at, by=by, plan=plan, new_for=new_for, expected=expected)


def import_book(
    book: Book,
    *,
    name: str,
    at: datetime,
    by: User | None = None,
    plan: Plan | None = None,
    new_for: Collection[int] | None = None,
    expected: str = "",
) -> Outcome:
    """Write the rows of a book, as `import_workbook` does for a file. A book is imported once."""
    today = timezone.localdate(at)
    try:
        with transaction.atomic():
            examined = _examine(book, today, plan, new_for, lock=True)
            outcome = _outcome(examined, by, at)
            if expected and expected != outcome.fingerprint:
                return outcome
            past = Past(
                plan=examined.proposal.plan,
                at=at,
                accepted=examined.accepted,
                slips=_slips(examined.delays),
                known_on=book.known_on,
                decided_on=book.decided_on,
                answered=book.answered,
            )
            reason = f"{IMPORTED}{name}"
            if plan is None:
                # Its history rows have the dates of the workbook, so the reason says the day of the import.
                reason += f" on {today:%-d %B %Y}"
            write(examined.proposal, past, by=by, reason=reason)
    except IntegrityError as error:
        # All rules have been checked; another user must have changed something concurrently.
        message = str(error).splitlines()[0]
        problem = _("The plan changed while the workbook was being imported ({message}).").format(
            message=message
        )
        raise WorkbookRefused([Fault(problem, _("to import it once more."))]) from error
    return outcome


def _examine(
    book: Book, today: date, plan: Plan | None, new_for: Collection[int] | None, *, lock: bool
) -> _Examined:
    """Compare the workbook with the plan. Raise `WorkbookRefused` with all faults."""
    slug, plan = _identify(book, plan, must_be_new=new_for is not None, lock=lock)
    proposal = Proposal(book, Stored(plan, lock=lock), slug=slug, today=today)
    agencies = plan_rows.agencies(proposal)
    plan_rows.plan(proposal, new_for)
    item_rows.items(proposal, plan_rows.pillars(proposal))
    item_rows.milestones(proposal)
    delays = record.delays(proposal)
    record.mitigations(proposal, delays)
    accepted = record.updates(proposal)
    record.risks(proposal)
    measure_rows.values(proposal, measure_rows.measures(proposal))
    item_rows.completions(proposal, accepted.first)
    plan_rows.members(proposal, agencies)
    proposal.faults.stop()
    item_rows.additions(proposal)
    return _Examined(proposal, accepted, delays)


def _identify(
    book: Book, plan: Plan | None, *, must_be_new: bool, lock: bool
) -> tuple[str, Plan | None]:
    """Return the slug and the plan of the workbook's title, or None for a new plan."""
    row = book.plan
    title = row["Title"]
    plans = Plan.objects.select_for_update(of=("self",)) if lock else Plan.objects.all()
    if title is UNREADABLE:
        return "", plans.get(pk=plan.pk) if plan else None
    slug = slugify(title)
    if not slug or slug in TAKEN_SLUGS:
        book.faults.add(
            row.fault(
                "Title",
                _("No address can be made of {title}.").format(title=shown(title)),
                _("a title with more letters of the Latin alphabet or digits."),
            )
        )
    named = Q(slug=slug) | Q(title=title)
    if plan is not None:
        if not Plan.objects.filter(named, pk=plan.pk).exists():
            book.faults.add(
                row.fault(
                    "Title",
                    _("This workbook is of {title}.").format(title=shown(title)),
                    _("the workbook of {plan}, the plan that you are importing into.").format(
                        plan=shown(plan.title)
                    ),
                )
            )
        return slug, plans.get(pk=plan.pk)
    found = sorted(plans.filter(named), key=lambda each: each.slug != slug)
    if found and must_be_new:
        book.faults.add(
            row.fault(
                "Title",
                _("There is already a plan {title}.").format(title=shown(title)),
                _("another title; or import the workbook on the page of that plan."),
            )
        )
    return slug, found[0] if found else None


def _slips(delays: record.Delays) -> dict[tuple[str, int], date]:
    """Return the day on which the first new delay of each milestone was found."""
    first: dict[tuple[str, int], date] = {}
    for key, series in delays.items():
        days = [draft.row.found_on for draft in series.values() if draft.is_new]
        if days:
            first[key] = min(days)
    return first
