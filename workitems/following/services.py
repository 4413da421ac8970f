"""Choose what to follow and what to be emailed about. Only the person does, and only they see it: no history."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from agencies.models import Agency, User
from workitems.models import EmailChoice, Follow, Plan, WorkItem


@transaction.atomic
def follow_item(*, item: WorkItem, choice: bool | None, by: User, at: datetime) -> None:
    """Follow an item or not, whatever follows from the person's seats; None leaves it to these."""
    rows = Follow.objects.filter(person=by, item=item)
    if choice is None:
        rows.delete()
    else:
        Follow.objects.update_or_create(
            person=by,
            plan=item.plan,
            item=item,
            agency=None,
            defaults={"is_on": choice, "chosen_at": at},
        )


@transaction.atomic
def follow_plan(
    *, plan: Plan, whole: bool, agencies: Collection[Agency], by: User, at: datetime
) -> None:
    """Follow all items of a plan, or those that these agencies lead, besides what follows from the person's seats."""
    Follow.objects.filter(person=by, plan=plan, item=None).delete()
    chosen: list[Agency | None] = [*agencies, *([None] if whole else [])]
    Follow.objects.bulk_create(
        Follow(person=by, plan=plan, agency=agency, is_on=True, chosen_at=at) for agency in chosen
    )


def choose_emails(*, wants: str, by: User, at: datetime) -> None:
    """Choose whether to be emailed about more than what the person has to do."""
    EmailChoice.objects.update_or_create(
        person=by, defaults={"wants": EmailChoice.Wants(wants), "chosen_at": at}
    )
