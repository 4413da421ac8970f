"""Many people at one return at once: on PostgreSQL no save is lost, and one submission counts."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import MeasureFactory, UpdateFactory
from tests.workitems.plan.test_concurrency import kinds, simultaneously
from tests.workitems.record import NOW, TODAY, entries
from workitems.measures.services import values
from workitems.measures.services.values import Answer
from workitems.models import MeasureValue, Update
from workitems.plan.services import Conflict
from workitems.returns.services import rounds

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SAVERS, SUBMITTERS = 50, 200


def test_none_of_fifty_simultaneous_saves_is_lost(of_return, item, contributor):
    """Whoever comes second reads what is there and writes after it, as a person would."""

    def save(number: int) -> int:
        version = 0
        while True:
            try:
                saved = rounds.write_update(
                    of_return=of_return,
                    item=item,
                    stage="under_way",
                    achieved=f"Answer {number}",
                    version=version,
                    by=contributor,
                    at=NOW,
                )
            except Conflict as conflict:
                version = conflict.current.version
            else:
                return saved.version

    versions = simultaneously(SAVERS, save)
    assert sorted(versions) == list(range(1, SAVERS + 1))
    update = Update.objects.get()
    assert update.version == SAVERS
    history = update.history.order_by("version")
    assert [entry.version for entry in history] == list(range(1, SAVERS + 1))
    assert {entry.achieved for entry in history} == {f"Answer {n}" for n in range(SAVERS)}
    # Each text stands in the version that its saver was given.
    assert [entry.achieved for entry in history] == [
        f"Answer {versions.index(version)}" for version in range(1, SAVERS + 1)
    ]


def test_one_of_fifty_simultaneous_requests_saves_and_the_others_get_a_conflict(
    of_return, item, contributor
):
    """Through the page's own address: no request fails, and nothing is written over."""
    plan, round, agency = of_return.round.plan.slug, of_return.round_id, of_return.agency_id
    address = reverse("returns:save", args=[plan, round, agency, item.number])
    client = Client(raise_request_exception=False)
    client.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    client.get(of_return.get_absolute_url())

    def save(number: int) -> tuple[int, Any]:
        own = Client(raise_request_exception=False)
        own.cookies = client.cookies
        said = {"version": 0, "stage": "under_way", "confidence": "", "key_achievement": "no"}
        said |= {"achieved": f"Answer {number}", "planned_next": "", "challenges": ""}
        response = own.post(address, {f"i{item.pk}-{name}": value for name, value in said.items()})
        return response.status_code, response.json()

    outcomes = simultaneously(SAVERS, save)
    statuses = [status for status, _ in outcomes]
    assert (statuses.count(200), statuses.count(409)) == (1, SAVERS - 1)
    update = Update.objects.get()
    assert update.achieved == f"Answer {statuses.index(200)}"
    assert update.history.count() == 1
    seen = {told["answer"][f"i{item.pk}-achieved"] for _, told in outcomes}
    assert seen == {update.achieved}


def test_thirty_simultaneous_posts_of_a_number_give_one(of_return, item, contributor):
    """In a return through its page's own address, and between rounds through the service, of one day."""
    measure = MeasureFactory(item=item, kind="level", as_told="the number of staff trained")
    plan, round, agency = of_return.round.plan.slug, of_return.round_id, of_return.agency_id
    address = reverse("returns:measure", args=[plan, round, agency, measure.pk])
    client = Client(raise_request_exception=False)
    client.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    client.get(of_return.get_absolute_url())

    def post(number: int) -> int:
        own = Client(raise_request_exception=False)
        own.cookies = client.cookies
        names = ("number", "day", "note", "because", "expected_by", "correction_reason")
        said = dict.fromkeys(names, "") | {"version": 0, "number": number + 1}
        said |= {f"initial-{name}": "" for name in names}
        prefix = f"v{measure.pk}"
        data = {
            f"initial-{prefix}-{name[8:]}"
            if name.startswith("initial-")
            else f"{prefix}-{name}": value
            for name, value in said.items()
        }
        return own.post(address, data).status_code

    statuses = simultaneously(30, post)
    assert (statuses.count(200), statuses.count(409)) == (1, 29)
    value = MeasureValue.objects.get()
    assert (value.number, value.history.count()) == (statuses.index(200) + 1, 1)

    other = MeasureFactory(item=item, number=2, kind="level", as_told="the number of visits")

    def give(number: int) -> MeasureValue:
        answer = Answer(day=TODAY, number=Decimal(number))
        agency = of_return.agency
        return values.give(
            measure=other, agency=agency, answer=answer, by=contributor, on=TODAY, at=NOW
        )

    outcomes = simultaneously(30, give)
    assert kinds(outcomes) == {"MeasureValue": 1, "Refused": 29}
    assert MeasureValue.objects.filter(measure=other).count() == 1


def test_only_one_of_two_hundred_simultaneous_submissions_succeeds(of_return, item, approver):
    UpdateFactory(of_return=of_return, item=item)
    outcomes = simultaneously(
        SUBMITTERS, lambda number: rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    )
    assert kinds(outcomes) == {"Return": 1, "Refused": SUBMITTERS - 1}
    refusals = {str(outcome) for outcome in outcomes if isinstance(outcome, Exception)}
    assert refusals == {"This return is submitted; it cannot become submitted."}
    assert [who for _, who, _ in entries(of_return)] == ["", "Police approver (Police)"]
