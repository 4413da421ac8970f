"""Rule 43: recalling a return lists what stays visible to everyone."""

import pytest

from tests.workitems.record import NOW, TODAY, YESTERDAY
from workitems.plan.asat import Moment
from workitems.plan.plan_at.returns_at import returns_at
from workitems.plan.services import items
from workitems.returns.services import handover, milestone_answers, rounds
from workitems.returns.what_stays import what_stays

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

STAYS = [
    "1.2 still says under way, off track.",
    "1.2 still says “Brochure printed” is done on 31 May 2010.",
]


@pytest.fixture
def submitted(of_return, item, milestone, contributor, approver):
    rounds.write_update(
        of_return=of_return, item=item, stage="under_way", confidence="off_track",
        achieved="Printed.", by=contributor, at=NOW,
    )  # fmt: skip
    milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=1, outcome="done", day=YESTERDAY,
        reason="The invoice.", by=contributor, on=TODAY, at=NOW,
    )  # fmt: skip
    return rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)


def test_it_is_named_item_by_item_before_one_recalls(client_of, submitted, approver):
    assert what_stays(submitted) == STAYS
    page = client_of(approver).get(submitted.get_absolute_url()).text
    for says in STAYS:
        assert f"<li>{says}</li>" in page


def test_what_was_not_changed_by_submitting_is_not_named(of_return, item, contributor, approver):
    rounds.write_update(
        of_return=of_return, item=item, stage=item.stage, confidence=item.confidence,
        achieved="Printed.", by=contributor, at=NOW,
    )  # fmt: skip
    rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    assert what_stays(of_return) == []


def test_what_changed_again_since_is_not_named(submitted, item, milestone, coordinator):
    milestone.refresh_from_db()
    items.reopen_milestone(
        milestone=milestone, version=milestone.version, reason="Not all.", by=coordinator
    )
    assert what_stays(submitted) == STAYS[:1]


def test_it_stays_after_the_recall(submitted, approver):
    recalled = handover.recall(of_return=submitted, by=approver)
    assert what_stays(recalled) == STAYS


def test_the_writers_read_it_after_the_recall_too(client_of, submitted, contributor, approver):
    handover.recall(of_return=submitted, by=approver)
    page = client_of(contributor).get(submitted.get_absolute_url()).text
    assert "Only Police sees its text until it is submitted again." in page
    for says in STAYS:
        assert f"<li>{says}</li>" in page


def why(of_return):
    """Return why the return needs attention, on the desk and the dashboard."""
    agencies = {of_return.agency_id: of_return.agency}
    (row,) = returns_at(of_return.round.plan, Moment.today(TODAY), agencies)
    return [reason.words for reason in row.reasons]


def test_a_return_that_was_sent_back_and_answered_is_said_to_be_recalled(
    client_of, submitted, approver, contributor, coordinator
):
    rounds.send_back(of_return=submitted, note="More.", by=coordinator, at=NOW)
    submitted.refresh_from_db()
    assert why(submitted) == ["Sent back and not answered yet."]
    rounds.submit(of_return=submitted, by=approver, on=TODAY, at=NOW, with_unmended=True)
    submitted.refresh_from_db()
    handover.recall(of_return=submitted, by=approver)
    assert why(submitted) == ["Recalled on 1 June 2010 and not submitted again."]
    page = client_of(contributor).get(submitted.get_absolute_url()).text
    assert ("<strong>Recalled.</strong>" in page, "<strong>Sent back.</strong>" in page) == (
        True,
        False,
    )


def test_the_rounds_table_says_to_the_coordinator_that_it_is_recalled(
    client_of, submitted, approver, coordinator, contributor
):
    table = submitted.round.get_absolute_url()
    handover.recall(of_return=submitted, by=approver)
    (row,) = (
        each
        for each in client_of(coordinator).get(table).context["rows"]
        if each["return"] == submitted
    )
    assert row["is_recalled"]
    assert "Recalled" in client_of(coordinator).get(table).text
    submitted.refresh_from_db()
    rounds.submit(of_return=submitted, by=approver, on=TODAY, at=NOW)
    assert "Recalled" not in client_of(coordinator).get(table).text


def test_the_writers_see_who_recalled_it_until_it_is_submitted_again(
    client_of, submitted, contributor, approver
):
    says = "Recalled by Police approver on 1 June 2010 at 9:30 a.m."
    address = submitted.get_absolute_url()
    assert says not in client_of(contributor).get(address).text
    handover.recall(of_return=submitted, by=approver)
    assert says in client_of(contributor).get(address).text
    desk = client_of(contributor).get("/").text
    assert "Recalled: submit it again" in desk
    assert "Nothing needs you now" not in desk
    submitted.refresh_from_db()
    rounds.submit(of_return=submitted, by=approver, on=TODAY, at=NOW)
    for page in (address, "/"):
        assert "Recalled" not in client_of(contributor).get(page).text
