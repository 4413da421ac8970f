"""What an approver reads before submitting a return: only what differs from what was submitted last time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workitems.models import MilestoneAnswer, Return
from workitems.returns.answer_changes import AnswerChange, answer_changes
from workitems.returns.page_sections import Section
from workitems.returns.return_page import Page, return_page


@dataclass(frozen=True)
class ReadItem:
    """An answered item, with what its answer changes and what the return says of milestones."""

    section: Section
    changes: list[AnswerChange]
    milestone_answers: list[MilestoneAnswer]

    @property
    def as_read(self) -> str:
        """The versions of what is read here; a tick counts as long as they are the same."""
        update = self.section.update
        versions = [f"{update.version if update else 0}"]
        return " ".join(
            [*versions, *(f"{each.pk}:{each.version}" for each in self.milestone_answers)]
        )

    @property
    def is_changed(self) -> bool:
        return bool(self.changes or self.milestone_answers or self.section.mendings)


@dataclass(frozen=True)
class Reading:
    """The items of a return that say something, as its approver reads them."""

    page: Page
    items: list[ReadItem]

    def accepted(self, ticks: Mapping[str, str]) -> set[int]:
        """Return the ids of the items that have not changed since they were ticked."""
        return {
            each.section.item.pk
            for each in self.changed
            if ticks.get(str(each.section.item.pk)) == each.as_read
        }

    @property
    def changed(self) -> list[ReadItem]:
        return [item for item in self.items if item.is_changed]

    @property
    def same(self) -> list[ReadItem]:
        return [item for item in self.items if not item.is_changed]


def reading_of(
    of_return: Return,
    on: date,
    *,
    whole: bool = False,
    with_pending: bool = True,
    with_own_notes: bool = False,
) -> Reading:
    """Return what an approver reads. The number of queries does not grow with the items.

    `with_pending` adds answers on milestones that are not submitted, which only writers may read;
    others read a return that was sent back as it was submitted.
    If `whole`, with all milestones, and with the items that are not answered.
    """
    page = return_page(
        of_return,
        on,
        is_for_reading=whole,
        with_fields=False,
        as_handed_in=not with_pending,
        with_own_notes=with_own_notes,
    )
    of_item: dict[int, list[MilestoneAnswer]] = defaultdict(list)
    pending = MilestoneAnswer.objects.filter(of_return=of_return.pk).pending().in_order()
    for answer in pending.for_page() if with_pending else ():
        of_item[answer.milestone.item_id].append(answer)
    items = [
        ReadItem(
            section,
            answer_changes(
                section.signed_last, section.update, of_return.agency, section.last_agency
            )
            if section.update
            else [],
            of_item[section.item.pk],
        )
        for section in page.sections
        if section.update
        or of_item[section.item.pk]
        or (whole and section.is_led and section.is_asked)
    ]
    return Reading(page, items)
