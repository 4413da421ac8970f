"""Loads the demo on a chosen day, and finds delays that its plans leave unexplained."""

from contextlib import contextmanager
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from workitems.demo import demo_plans, four_plans
from workitems.models import Delay, Milestone
from workitems.terms.lateness import milestone_lateness

TODAY = date(2026, 6, 30)


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def load(day=TODAY):
    return demo_plans.load(noon(day))


@contextmanager
def four_loaded(django_db_blocker):
    """Load the four plans for the tests of a module, which only read, and roll them back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        four_plans.load(noon(TODAY))
        yield
        transaction.set_rollback(True)


def unexplained(plan, on):
    """Return open milestones late on the day without an open delay that has a mitigation."""
    explained = Delay.objects.open(on).filter(mitigations__isnull=False).values("milestone")
    return [
        (milestone.item.number, milestone.number)
        for milestone in Milestone.objects.open()
        .filter(item__plan=plan)
        .exclude(pk__in=explained)
        .select_related("item")
        if milestone_lateness(milestone, on).is_late
    ]
