"""Test the pages that end a delay and mark mitigations as done."""

from datetime import date

import pytest

from agencies.typed.asking import ENTER_A_DATE, ENTER_A_DAY_OR_MONTH
from tests.workitems.record import NOW, TODAY, YESTERDAY, newest, unchanged
from workitems.returns.services.rounds import submit, write_update

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def delay(delayed):
    return delayed.delays.get()


@pytest.fixture
def page(delayed):
    """The milestone's page, which offers both actions."""
    return f"{delayed.item.get_absolute_url()}milestones/{delayed.number}/"


def test_a_delay_is_ended_on_the_milestones_page_and_still_shown(writer, page, delay):
    link = f"{page}delays/1/end/"
    assert f'<a href="{link}">Mark as ended</a>' in writer.get(page).text
    response = writer.post(
        link, {"ended_on": "31/5/2010", "reason": "The money came."}, follow=True
    )
    assert response.redirect_chain == [(page, 302)]
    assert "The delay is over. Its record stays." in response.text
    delay.refresh_from_db()
    assert delay.ended_on == YESTERDAY
    assert newest(delay) == ("~", "Police contributor (Police)", "The money came.")
    assert "ended 31 May 2010." in response.text
    assert link not in response.text


@pytest.mark.parametrize(
    ("typed", "name", "sentence"),
    [
        ({"reason": "So."}, "ended_on", ENTER_A_DATE),
        (
            {"ended_on": "30 April 2010", "reason": "So."},
            "ended_on",
            "The delay was recorded on 1 May 2010 and counts as open until then. Enter that day or a later one, "
            "and say in the reason since when it has been over.",
        ),
        ({"ended_on": "1 June 2010"}, "reason", "Say why it is over."),
    ],
)
def test_a_delay_that_cannot_end_shows_the_reason_at_the_field(
    writer, page, delay, typed, name, sentence
):
    with unchanged(delay):
        response = writer.post(f"{page}delays/1/end/", typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {name: [sentence]}


def test_an_ended_delay_shows_its_last_day(writer, page, delay):
    delay.ended_on = TODAY
    delay.save()
    response = writer.get(f"{page}delays/1/end/")
    assert "This delay ended on 1 June 2010." in response.text
    assert "End the delay</button>" not in response.text


def test_a_mitigation_is_marked_as_done_on_the_milestones_page(writer, page, delay):
    link = f"{page}delays/1/steps/1/done/"
    assert link in writer.get(page).text
    response = writer.post(link, {"done_on": "28 May 2010"}, follow=True)
    assert response.redirect_chain == [(page, 302)]
    step = delay.mitigations.get()
    assert step.done_on == date(2010, 5, 28)
    assert newest(step) == ("~", "Police contributor (Police)", "")
    assert "done 28 May 2010" in response.text
    assert link not in response.text


def test_a_mitigation_cannot_be_done_in_the_future(writer, page, delay):
    with unchanged(delay.mitigations.get()):
        response = writer.post(f"{page}delays/1/steps/1/done/", {"done_on": "2 June 2010"})
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "done_on": ["2 June 2010 has not come yet. Enter the day it was done, up to today."]
    }


def test_a_milestone_that_moved_twice_says_so(writer, page, delay):
    assert "moved" not in writer.get(page).text.split(">Delays</h2>")[1].split("</ul>")[0]
    delay.times_moved = 2
    delay.save()
    assert "(three months), moved twice." in writer.get(page).text
    delay.times_moved = 3
    delay.save()
    assert "(three months), moved 3 times." in writer.get(page).text


@pytest.mark.parametrize("address", ["delays/2/end/", "delays/1/steps/2/done/"])
def test_unknown_delays_and_mitigations_are_not_found(writer, page, delay, address):
    assert writer.get(f"{page}{address}").status_code == 404


# --- whether the cause is settled -----------------------------------------------------------------


def cause(page):
    return f"{page}delays/1/cause/"


def settlement(delay):
    delay.refresh_from_db()
    agency = delay.settling_agency
    return delay.settlement, agency and agency.short_name, delay.settling_by


def test_the_agency_says_who_settles_the_cause_and_by_when(writer, page, delay, customs):
    assert f'<a href="{cause(page)}">' in writer.get(page).text
    typed = {
        "settlement": "being_settled",
        "settling_agency": customs.pk,
        "settling_by": "1/7/2010",
    }
    response = writer.post(cause(page), typed, follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert "The cause (funding) is being settled by Customs by 1 July 2010." in response.text
    assert settlement(delay) == ("being_settled", "Customs", date(2010, 7, 1))
    assert newest(delay) == ("~", "Police contributor (Police)", "")
    history = writer.get(f"{delay.milestone.item.get_absolute_url()}history/").text
    said = "the cause of the delay to “Staff trained” is being settled by Customs by 1 July 2010."
    assert f"recorded that {said}" in " ".join(history.split())


def test_others_than_an_agency_of_the_plan_settle_the_cause(writer, page, delay, customs):
    typed = {"settlement": "being_settled", "settling_other": "the councils"}
    with unchanged(delay):
        both = writer.post(cause(page), {**typed, "settling_agency": customs.pk})
    assert both.context["form"].errors == {
        "settling_other": ["Leave this blank, or choose no agency: one of them settles it."]
    }
    response = writer.post(cause(page), typed, follow=True)
    assert "The cause (funding) is being settled by the councils." in response.text
    form = writer.get(cause(page)).context["form"]
    assert form["settling_other"].value() == "the councils"
    later = {name: form[name].value() or "" for name in form.fields} | {"settlement": "settled"}
    writer.post(cause(page), later)
    delay.refresh_from_db()
    assert (delay.settlement, delay.settling_other) == ("settled", "")
    history = " ".join(
        writer.get(f"{delay.milestone.item.get_absolute_url()}history/").text.split()
    )
    said = "the cause of the delay to “Staff trained” is being settled by the councils."
    assert f"recorded that {said}" in history


def test_an_open_delay_gets_what_bridges_it_and_what_it_needs(writer, page, delay):
    typed = {"was": "", "meanwhile": "Police lend a trainer", "needs": "a second trainer"}
    typed |= {"money_from": "Vote Police", "if_declined": "nobody is trained this year"}
    response = writer.post(cause(page), typed, follow=True)
    assert "<strong>Until then:</strong> Police lend a trainer" in response.text
    delay.refresh_from_db()
    assert (delay.meanwhile, delay.needs) == ("Police lend a trainer", "a second trainer")
    assert (delay.money_from, delay.if_declined) == ("Vote Police", "nobody is trained this year")
    form = writer.get(cause(page)).context["form"]
    assert (form["meanwhile"].value(), form["needs"].value()) == (delay.meanwhile, delay.needs)
    refused = writer.post(cause(page), {"was": form["was"].value(), "needs": "tbc"})
    assert list(refused.context["form"].errors) == ["needs"]
    other = writer.post(cause(page), {"was": "", "needs": "A room"})
    assert "<strong>It needs:</strong> a second trainer" in other.text
    history = writer.get(f"{delay.milestone.item.get_absolute_url()}history/").text
    said = "changed the interim measure of the delay to “Staff trained”."
    assert said in " ".join(history.split())


def test_a_settled_cause_leaves_no_agency_behind(writer, page, delay, customs):
    delay.settlement, delay.settling_agency = "being_settled", customs
    delay.settling_by = date(2010, 7, 1)
    delay.save()
    form = writer.get(cause(page)).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"settlement": "settled"}
    typed["settling_by"] = "1 July 2010"
    response = writer.post(cause(page), typed, follow=True)
    assert "The cause (funding) is settled." in response.text
    assert settlement(delay) == ("settled", None, None)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"settlement": "being_settled"},
            {"settling_agency": ["Choose the agency that settles it, or name who else does."]},
        ),
        (
            {"settlement": "needs_decision", "settling_by": "1/7/2010"},
            {"settling_by": ["Enter a date only with “Being settled”."]},
        ),
        (
            {"settlement": "being_settled", "settling_by": "31/5/2010"},
            {
                "settling_agency": ["Choose the agency that settles it, or name who else does."],
                "settling_by": [
                    "That day has passed. Enter a day from today on, or choose “Settled”."
                ],
            },
        ),
        (
            {"settlement": "needs_decision", "settling_other": "Cabinet"},
            {"settling_other": ["Name somebody only with “Being settled”."]},
        ),
        ({"settlement": "settled", "settling_by": "soon"}, {"settling_by": [ENTER_A_DAY_OR_MONTH]}),
    ],
)
def test_an_agency_and_a_date_go_with_a_cause_that_is_being_settled(
    writer, page, delay, typed, errors
):
    with unchanged(delay):
        response = writer.post(cause(page), typed)
    assert (response.status_code, response.context["form"].errors) == (422, errors)


def test_both_answers_are_shown_if_another_was_saved_first(writer, page, delay):
    delay.settlement = "needs_decision"
    delay.save()
    with unchanged(delay):
        response = writer.post(cause(page), {"was": "", "settlement": "settled"})
    assert response.status_code == 422
    assert "<p>The cause (funding) needs a decision.</p>" in response.text
    form = response.context["form"]
    assert (form["settlement"].value(), form["was"].value()) == ("settled", "needs_decision")


def test_while_a_return_is_written_the_answer_is_part_of_it(
    writer, page, delay, of_return, approver, item
):
    with unchanged(delay):
        response = writer.post(cause(page), {"settlement": "settled"}, follow=True)
    said = " ".join(response.text.split())
    assert "In this return, not submitted yet" in said
    assert "The cause (funding) is settled." in said
    assert writer.get(cause(page)).context["form"]["settlement"].value() == "settled"
    update = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed."}
    write_update(of_return=of_return, item=item, by=approver, at=NOW, **update)
    submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    assert settlement(delay) == ("settled", None, None)


def test_each_part_of_a_delay_is_a_line_with_its_label(writer, page, delay):
    delay.effect = "victims wait longer"
    delay.save()
    text = " ".join(writer.get(page).text.split())
    assert (
        "<p><strong>Funding.</strong> No money was set aside.</p> "
        "<p><strong>Effect:</strong> Victims wait longer.</p>"
    ) in text
    assert "<li> Police will ask for money in the next budget." in text
