"""Test the answer "No new date yet" on a milestone whose expected date has passed."""

from datetime import date

import pytest

from tests.factories import DelayFactory, MilestoneFactory
from tests.workitems.record import NOW, SLIPPED, TODAY, YESTERDAY
from tests.workitems.returns.posting import asked, save
from workitems.plan.services import items
from workitems.returns.services import rounds
from workitems.returns.services.answers import answers_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

UNKNOWN = {
    "outcome": "no_date",
    "reason": "Cabinet has not decided on the fees.",
    "cause": "cabinet",
    "settling_other": "Cabinet",
    "settling_by": "15 July 2010",
    "mitigation": "A paper for Cabinet.",
}
CHOICE = 'value="no_date"'


@pytest.fixture
def overdue(item):
    return MilestoneFactory(
        item=item, number=3, description="Fees set",
        original_due=YESTERDAY, agreed_due=YESTERDAY, forecast_due=YESTERDAY,
    )  # fmt: skip


def record(client, of_return, milestone, **said):
    data = asked(milestone, **said)
    return save(client, of_return, milestone.item, milestone=milestone.pk, **data)


def test_it_is_offered_only_once_the_expected_date_has_passed(
    writer, of_return, overdue, milestone
):
    for row, is_offered in ((overdue, True), (milestone, False)):
        status, told = record(writer, of_return, row, reason="Rain.")
        assert (status, CHOICE in told["milestone"]) == (422, is_offered)


def test_the_date_stays_and_who_settles_the_cause_is_kept(
    writer, of_return, item, overdue, approver
):
    status, told = record(writer, of_return, overdue, **UNKNOWN)
    assert status == 200
    said = " ".join(told["milestone"].split())
    assert "No new date yet." in said
    assert "A new date is to be known by 15 July 2010 (Cabinet)." in said
    rounds.write_update(
        of_return=of_return, item=item, stage="under_way", achieved="Drafted.", by=approver, at=NOW
    )
    assert answers_of(of_return, TODAY).missing == []
    rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    overdue.refresh_from_db()
    delay = overdue.delays.get()
    assert overdue.forecast_due == delay.due_after == YESTERDAY
    assert (delay.settling_other, delay.settling_by) == ("Cabinet", date(2010, 7, 15))
    assert (delay.times_moved, delay.moved) == (0, "no new date yet")
    page = writer.get(overdue.item.get_absolute_url()).text
    assert "No new date yet" in page
    assert answers_of(of_return, TODAY).missing == []


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("reason", "Say why it is late."),
        ("cause", "Choose the cause of the delay."),
        ("settling_other", "Choose the agency that settles it, or name who else does."),
        ("settling_by", "Enter by when the new date is known."),
        ("mitigation", "Say what is being done about the delay."),
    ],
)
def test_what_is_left_out_is_asked_for_and_never_a_date(
    writer, of_return, overdue, left_out, sentence
):
    status, told = record(writer, of_return, overdue, **(UNKNOWN | {left_out: ""}))
    assert status == 422
    assert told["milestone"].count(sentence) == 1
    assert "Enter when it is now expected." not in told["milestone"]


def test_a_day_to_know_it_by_that_has_passed_is_asked_about_again(writer, of_return, overdue):
    record(writer, of_return, overdue, **UNKNOWN)
    says = (
        f"Item {overdue.item.number}: the day by which a new date of “Fees set” was to be known has passed. "
        "Answer it again."
    )
    assert says in [str(each.says) for each in answers_of(of_return, date(2010, 7, 16)).missing]


def test_a_date_that_is_said_again_is_no_date_that_is_not_known(item, approver, police):
    """A second cause of a delay, with the date that the milestone has."""
    late = MilestoneFactory(item=item, number=4, original_due=YESTERDAY, forecast_due=SLIPPED)
    DelayFactory(milestone=late, cause="funding", due_before=YESTERDAY, due_after=SLIPPED)
    items.move_forecast(
        milestone=late, version=late.version, forecast_due=SLIPPED, by=approver, on=TODAY, reason="The paper is late.",
        cause="staffing", mitigation="Hire two.", settlement="being_settled", settling_agency=police, settling_by=SLIPPED,
    )  # fmt: skip
    said = late.delays.get(cause="staffing")
    assert (said.due_before, said.due_after, said.times_moved) == (SLIPPED, SLIPPED, 1)
    assert said.settled.startswith("The cause (")


def move(client, milestone, **said):
    """Post the form of the forecast on the milestone's page."""
    said = {
        "forecast_due": "",
        **{name: text for name, text in UNKNOWN.items() if name != "outcome"},
    } | said
    data = {"act": "move", "move-version": str(milestone.version), "move-answer_version": "0"}
    return client.post(
        milestone.get_absolute_url(),
        data | {f"move-{name}": text for name, text in said.items()},
    )


@pytest.mark.parametrize("is_asked", [True, False])
def test_the_milestones_page_takes_it_in_a_return_and_between_rounds(
    client_of, approver, item, overdue, is_asked, request
):
    of_return = request.getfixturevalue("of_return") if is_asked else None
    page = client_of(approver).get(overdue.get_absolute_url()).text
    assert "This day has passed, and there is no new date yet." in page
    response = move(client_of(approver), overdue, owner_agency=str(overdue.responsible_agency_id))
    assert response.status_code == 302
    if of_return:
        (answer,) = of_return.milestone_answers.all()
        assert (answer.outcome, answer.when) == ("no_date", None)
        again = client_of(approver).get(overdue.get_absolute_url()).text
        assert UNKNOWN["reason"] in again.split('id="move"')[1]
    else:
        delay = overdue.delays.get()
        assert (delay.settling_other, delay.moved) == ("Cabinet", "no new date yet")


def test_the_milestones_page_asks_who_settles_it_if_there_is_no_date(
    client_of, approver, item, overdue, milestone
):
    response = move(client_of(approver), overdue, settling_other="", settling_by="")
    assert response.context["forms"]["move"].errors.keys() == {"settling_agency", "settling_by"}
    # Whose date has not passed must have one.
    response = move(client_of(approver), milestone)
    assert "forecast_due" in response.context["forms"]["move"].errors
