"""Fixtures of a plan with its agencies, and of its drafted briefing, for the tests of this folder."""

from datetime import date
from itertools import count
from types import ModuleType
from uuid import NAMESPACE_OID, uuid5

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from agencies.models import Seat
from reports.kinds.services import kinds
from reports.word_copies import services as word_copies
from reports.workshop.services import drafts
from tests import factories
from tests.factories import (
    PillarFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UserFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, drafted
from tests.reports.meeting_papers import at, before_a_meeting
from tests.reports.word_edits import Edited

FACTORIES = [each for each in vars(factories).values() if hasattr(each, "reset_sequence")]
FIRST = 1000  # above what a test or a service numbers itself
KEEPS_ROWS = pytest.StashKey[ModuleType | None]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Let rows count from one number, so that a test prints the same papers in every suite.

    The tests of a module that keeps rows for all of them count on.
    """
    fixtures = [made for found in item._fixtureinfo.name2fixturedefs.values() for made in found]
    if any(made.scope == "module" and "django_db_blocker" in made.argnames for made in fixtures):
        item.config.stash[KEEPS_ROWS] = item.module
    if item.module is item.config.stash.get(KEEPS_ROWS, None):
        return
    for each in FACTORIES:
        each.reset_sequence(FIRST, force=True)


@pytest.fixture(autouse=True)
def _keys_are_counted(request, monkeypatch):
    """Sections, paragraphs and recommendations get keys that are the same in each run of a test.

    A demo that an earlier test has loaded has keys of that test.
    """
    of = request.node.nodeid if "load_demo" in request.fixturenames else ""
    numbers = count()
    for module in (drafts, kinds):
        monkeypatch.setattr(module, "uuid4", lambda: uuid5(NAMESPACE_OID, f"{of} {next(numbers)}"))


@pytest.fixture
def accepted(plan, police):
    """A return of Police that was accepted before the paper."""
    of_round = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    return ReturnFactory(
        round=of_round,
        agency=police,
        state="accepted",
        submitted_at=BEFORE,
        accepted_on=BEFORE_ON,
    )


@pytest.fixture
def coordinator(plan, client):
    """The plan's coordinator, signed in with `client`."""
    user = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def by():
    """Somebody who writes, not signed in."""
    return UserFactory(name="Coordinator")


@pytest.fixture
def before_the_paper():
    """Date the records that a test makes before the paper's date."""
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def colleague():
    return UserFactory(name="Other coordinator")


@pytest.fixture
def briefing(plan, item, coordinator):
    """A briefing that the coordinator has drafted."""
    return drafted(plan, item, coordinator)


@pytest.fixture
def parts(briefing, coordinator):
    """Three written paragraphs under “Delay”, by key."""
    keys, after = [], ""
    for text in (
        "Brochures are late by two months.",
        "Training begins in June 2011.",
        "No money was set aside.",
    ):
        after = drafts.add(
            briefing=briefing, section="delay", after=after, text=text, by=coordinator
        ).key
        keys.append(after)
    return keys


@pytest.fixture
def sent(client, briefing, parts):
    """Return the file of the draft, as downloaded, to edit."""
    address = reverse("briefings:docx", args=[briefing.plan.slug, briefing.pk])
    return lambda: Edited(client.get(address).content)


@pytest.fixture
def upload(briefing, coordinator):
    return lambda edited, name="edited.docx": word_copies.upload(
        briefing=briefing, data=edited.data(), name=name, by=coordinator, at=timezone.now()
    )


@pytest.fixture
def pillar(plan):
    return PillarFactory(plan=plan, number=1, title="Prevention")


@pytest.fixture
def made():
    with time_machine.travel(at(1), tick=False):
        return before_a_meeting()
