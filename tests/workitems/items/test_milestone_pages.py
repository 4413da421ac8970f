"""Test the page of a milestone: closing, a new date with its delay, reopening."""

from datetime import date

import pytest

from agencies.typed.asking import ENTER_A_DATE
from tests.factories import DelayFactory, MilestoneFactory, WorkItemFactory
from tests.workitems.record import DUE, SLIPPED, item_history, newest, unchanged
from workitems.plan.forms.due_dates import ENTER_A_KNOWN_DATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def address(milestone):
    return f"{milestone.item.get_absolute_url()}milestones/{milestone.number}/"


def send(client, milestone, act, **data):
    typed = {f"{act}-{name}": value for name, value in {"version": 1, **data}.items()}
    return client.post(address(milestone), {"act": act, **typed})


def errors(response):
    return {name: list(said) for name, said in response.context["acted"].errors.items()}


SLIP = {
    "forecast_due": "30 September 2010",
    "reason": "The printer is late.",
    "cause": "procurement",
    "effect": "Fewer calls.",
    "meanwhile": "Police copy the old one.",
    "needs": "A second tender.",
    "mitigation": "Another printer.",
    "mitigation_due_on": "15 July 2010",
}


def test_the_page_shows_the_three_dates_and_the_definition_of_done(writer, item):
    milestone = MilestoneFactory(
        item=item,
        description="Brochure printed",
        done_means="Ten thousand are at the airports.",
        original_due=date(2010, 3, 31),
        agreed_due=DUE,
        forecast_due=SLIPPED,
    )
    page = writer.get(address(milestone)).text
    for shown in [
        "<h1>Brochure printed</h1>",
        "<dt>Original date</dt><dd>31 March 2010</dd>",
        "<dt>Agreed date</dt><dd>30 June 2010</dd>",
        "<dt>Forecast</dt><dd>30 September 2010</dd>",
        "Expected three months late",
        "Ten thousand are at the airports.",
    ]:
        assert shown in page


# --- closing --------------------------------------------------------------------------------


def test_milestone_is_closed_on_the_day_it_was_done(writer, milestone, item):
    response = send(writer, milestone, "close", completed_on="28/5/2010", reason="On the shelves.")
    assert (response.status_code, response.url) == (302, item.get_absolute_url())
    page = writer.get(response.url)
    assert "“Brochure printed” is closed." in page.text
    assert page.text.count("<p>On the shelves.</p>") == 1
    told = [entry.what for entry in item_history(item)[:1]]
    assert told == ["marked “Brochure printed” as done on 28 May 2010."]
    assert newest(milestone) == ("~", "Police contributor (Police)", "On the shelves.")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", ENTER_A_DATE),
        ("2 June 2010", "2 June 2010 has not come yet. Enter the day it was done, up to today."),
    ],
)
def test_an_invalid_day_is_refused_and_kept_in_the_form(writer, milestone, day, sentence):
    with unchanged(milestone):
        response = send(writer, milestone, "close", completed_on=day, reason="Shelves.")
    assert response.status_code == 422
    assert errors(response) == {"completed_on": [sentence]}
    form = response.context["acted"]
    assert (form["completed_on"].value(), form["reason"].value()) == (day, "Shelves.")
    assert 'href="#id_close-completed_on"' in response.text
    assert "<title>Error: Brochure printed" in response.text


def test_a_refusal_of_one_form_does_not_affect_the_others(writer, milestone):
    response = send(writer, milestone, "close", completed_on="")
    assert not response.context["forms"]["move"].is_bound


# --- a new date -----------------------------------------------------------------------------


def test_a_slip_is_recorded_as_a_delay_with_its_mitigation(writer, milestone, customs):
    response = send(writer, milestone, "move", **SLIP, owner_agency=customs.pk)
    assert response.status_code == 302
    milestone.refresh_from_db()
    assert (milestone.agreed_due, milestone.forecast_due) == (DUE, SLIPPED)
    delay = milestone.delays.get()
    assert (delay.cause, delay.explanation, delay.effect) == (
        "procurement",
        "The printer is late.",
        "Fewer calls.",
    )
    mitigation = delay.mitigations.get()
    assert (mitigation.description, mitigation.owner_agency, mitigation.due_on) == (
        "Another printer.",
        customs,
        date(2010, 7, 15),
    )
    page = writer.get(milestone.item.get_absolute_url()).text
    assert "<strong>Until then:</strong> Police copy the old one." in page
    assert "<strong>It needs:</strong> A second tender." in page
    assert "From 30 June 2010 to 30 September 2010 (three months)." in page
    assert "Late: expected three months late" in page


@pytest.mark.parametrize(
    ("differs", "field", "sentence"),
    [
        ({"forecast_due": ""}, "forecast_due", ENTER_A_KNOWN_DATE),
        ({"reason": ""}, "reason", "Say why the date moves."),
        (
            {"cause": "laziness"},
            "cause",
            "That is no longer in the list. Choose from the list.",
        ),
    ],
)
def test_a_slip_without_cause_and_mitigation_is_refused_and_kept_in_the_form(
    writer, milestone, police, differs, field, sentence
):
    typed = SLIP | {"owner_agency": str(police.pk)} | differs
    with unchanged(milestone):
        response = send(writer, milestone, "move", **typed)
    assert (response.status_code, errors(response)) == (422, {field: [sentence]})
    form = response.context["acted"]
    assert {name: form[name].value() for name in typed} == typed


def test_an_agency_outside_the_working_group_cannot_own_a_mitigation(writer, milestone):
    elsewhere = WorkItemFactory().lead_agency
    response = send(writer, milestone, "move", **SLIP, owner_agency=elsewhere.pk)
    assert [*errors(response)] == ["owner_agency"]
    assert elsewhere.name not in response.text


def test_a_slip_says_whether_its_cause_is_settled(writer, milestone, customs):
    said = {"settlement": "being_settled", "settling_agency": customs.pk}
    send(writer, milestone, "move", **SLIP, **said, settling_by="15 July 2010")
    delay = milestone.delays.get()
    assert (delay.settlement, delay.settling_agency, delay.settling_by) == (
        "being_settled",
        customs,
        date(2010, 7, 15),
    )


@pytest.mark.parametrize(
    ("said", "settlement"), [({}, "needs_decision"), ({"settlement": "settled"}, "settled")]
)
def test_a_second_slip_changes_only_what_it_says_of_the_cause(writer, delayed, said, settlement):
    delayed.delays.update(settlement="needs_decision")
    send(writer, delayed, "move", forecast_due="31 December 2010", reason="No money.", **said)
    assert delayed.delays.get().settlement == settlement


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"settlement": "being_settled"}, "settling_agency", "Choose the agency that settles it, or name who else does."),
        (
            {"forecast_due": "30 June 2010", "cause": "", "mitigation": "", "effect": "",
             "settlement": "settled"},
            "settlement",
            "The new date is not after the agreed date, so there is no delay. Leave this blank.",
        ),
    ],
)  # fmt: skip
def test_words_on_the_cause_that_have_no_place_are_refused_at_their_field(
    writer, delayed, said, field, sentence
):
    with unchanged(delayed):
        response = send(
            writer, delayed, "move", **SLIP | {"forecast_due": "31 December 2010"} | said
        )
    assert (response.status_code, errors(response).get(field)) == (422, [sentence])


def test_second_slip_needs_no_new_cause(writer, delayed):
    page = writer.get(address(delayed)).text
    assert "A new date counts as another move of that delay" in page
    send(writer, delayed, "move", forecast_due="31 December 2010", reason="Still no money.")
    assert delayed.delays.get().times_moved == 2


# --- reopening ------------------------------------------------------------------------------


@pytest.fixture
def closed(item):
    return MilestoneFactory(item=item, description="Staff met", completed_on=date(2010, 5, 3))


def test_a_closed_milestone_offers_only_reopening(writer, closed):
    page = writer.get(address(closed)).text
    assert "Recorded as done on 3 May 2010." in page
    assert [act for act in ("close", "move", "reopen") if f'value="{act}"' in page] == ["reopen"]


def test_a_milestone_is_reopened_with_a_reason(writer, closed):
    assert errors(send(writer, closed, "reopen")) == {"reason": ["Say why it is reopened."]}
    assert send(writer, closed, "reopen", reason="It was another.").status_code == 302
    closed.refresh_from_db()
    assert closed.completed_on is None
    assert newest(closed) == ("~", "Police contributor (Police)", "It was another.")


def test_a_note_of_completion_is_not_shown_once_the_milestone_is_open_again(writer, milestone):
    send(writer, milestone, "close", completed_on="28/5/2010", reason="On the shelves.")
    send(writer, milestone, "reopen", version=2, reason="It was another.")
    page = writer.get(milestone.item.get_absolute_url()).text
    assert "On the shelves." not in page
    send(writer, milestone, "close", version=3, completed_on="29/5/2010", reason="Now they are.")
    page = writer.get(milestone.item.get_absolute_url()).text
    assert [note in page for note in ("On the shelves.", "Now they are.")] == [False, True]


def test_a_withdrawn_milestone_accepts_no_changes(writer, item):
    withdrawn = MilestoneFactory(item=item, withdrawn_on=date(2010, 5, 3))
    page = writer.get(address(withdrawn)).text
    assert "This milestone was withdrawn on 3 May 2010." in page
    assert 'name="act"' not in page


# --- conflicts ------------------------------------------------------------------------------


def test_the_second_of_two_users_sees_both_dates_and_saves_again(
    client_of, contributor, approver, milestone
):
    send(client_of(approver), milestone, "move", **SLIP | {"forecast_due": "31 August 2010"})
    mine = client_of(contributor)
    late = send(mine, milestone, "move", **SLIP)
    assert late.status_code == 422
    assert late.context["conflict"].forecast_due == date(2010, 8, 31)
    assert "<dt>Forecast</dt><dd>31 August 2010</dd>" in late.text
    form = late.context["acted"]
    assert form["forecast_due"].value() == "30 September 2010"
    assert "What you entered is in the form below." in late.text
    send(mine, milestone, "move", **SLIP | {"version": form["version"].value()})
    milestone.refresh_from_db()
    assert milestone.forecast_due == SLIPPED


def test_typed_text_is_shown_when_the_milestone_can_no_longer_take_it(
    client_of, contributor, approver, milestone
):
    send(client_of(approver), milestone, "close", completed_on="28 May 2010")
    late = send(client_of(contributor), milestone, "move", **SLIP)
    assert late.status_code == 422
    assert "done on 28 May 2010" in late.text
    assert "What you typed does not fit any more. You typed:" in late.text
    assert "<dt>Why the date moves</dt><dd>The printer is late.</dd>" in late.text
    # The page shows the current milestone.
    assert 'value="reopen"' in late.text
    milestone.refresh_from_db()
    assert milestone.forecast_due == DUE


# --- unknown URLs and actions ---------------------------------------------------------------


@pytest.mark.parametrize("act", ["", "destroy", "__class__"])
def test_an_unknown_action_changes_nothing(writer, milestone, act):
    with unchanged(milestone):
        assert writer.post(address(milestone), {"act": act}).status_code == 422


def test_a_milestone_of_another_item_is_not_found(writer, item, milestone):
    other = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency)
    assert writer.get(f"{other.get_absolute_url()}milestones/1/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_delays(
    writer, milestone, count, django_assert_num_queries
):
    for number in range(count):
        DelayFactory(milestone=milestone, number=number + 1)
    writer.get("/plans/")
    # Savepoint and release; session, person, seats, plans; item, milestone; delays,
    # mitigations, their owners; agencies to choose from; the agency's open return; what waits
    # for release; the conversation.
    with django_assert_num_queries(17):
        writer.get(address(milestone))
