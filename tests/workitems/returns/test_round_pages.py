"""Test the pages of rounds: the list, one round, opening, closing and reopening."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from agencies.typed.asking import ENTER_A_DATE
from tests.factories import (
    AgencyFactory,
    MemberFactory,
    ReturnFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, newest
from workitems.models import Return, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def listing(plan):
    return reverse("returns:list", args=[plan.slug])


@pytest.fixture
def round(of_return):
    return of_return.round


OPENED = {
    "name": "July to December 2010",
    "period_start": "1 July 2010",
    "period_end": "31/12/2010",
    "due_on": "2011-01-14",
    "message": "A sentence or two for each item.",
}


# --- the list -----------------------------------------------------------------------------------


def test_the_list_shows_rounds_newest_first(reader, plan, round, listing):
    past = RoundFactory(
        plan=plan,
        name="July to December 2009",
        period_start=date(2009, 7, 1),
        period_end=date(2009, 12, 31),
        closed_at=datetime(2010, 2, 1, tzinfo=UTC),
    )
    ReturnFactory(round=past, accepted=True)
    page = reader.get(listing)
    assert list(page.context["rounds"]) == [round, past]
    for shown in ("Closed 1 February 2010", "1 of 1", "0 of 1"):
        assert shown in page.text
    assert "Open a round" not in page.text


def test_an_empty_list_says_what_it_will_show(manager, listing):
    page = manager.get(listing).text
    assert "No round has been opened yet." in page
    assert "Open a round" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rounds(
    reader, plan, listing, count, django_assert_num_queries
):
    for year in range(2000, 2000 + count):
        made = RoundFactory(
            plan=plan, period_start=date(year, 1, 1), period_end=date(year, 6, 30), closed_at=NOW
        )
        ReturnFactory(round=made)
    reader.get(listing)
    with django_assert_num_queries(7):
        assert len(reader.get(listing).context["rounds"]) == count


# --- one round ----------------------------------------------------------------------------------


def test_the_page_shows_the_progress_of_each_agency(manager, of_return, item, customs, round):
    WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    UpdateFactory(of_return=of_return, item=item, written_at=datetime(2010, 5, 31, 22, tzinfo=UTC))
    ReturnFactory(round=round, agency=customs, state="submitted", submitted_at=NOW)
    page = manager.get(round.get_absolute_url())
    rows = [
        (row["return"].agency.short_name, row["return"].state, row["return"].answered)
        + (row["return"].items, row["is_overdue"])
        for row in page.context["rows"]
    ]
    assert rows == [("Customs", "submitted", 0, 0, False), ("Police", "due", 1, 2, False)]
    for shown in ("1 of 2", "1 June 2010, 10:00 a.m.", "1 June 2010, 9:30 a.m."):
        assert shown in page.text


def test_a_return_past_its_due_date_is_overdue(manager, of_return, round):
    round.due_on = date(2010, 5, 31)
    round.save()
    assert "Due, overdue" in manager.get(round.get_absolute_url()).text


def test_drafts_of_other_agencies_are_listed_without_a_link(
    client_of, reader, manager, contributor, of_return, round
):
    link = f'href="{of_return.get_absolute_url()}"'
    address = round.get_absolute_url()
    assert link in client_of(contributor).get(address).text
    assert link not in reader.get(address).text
    assert link not in manager.get(address).text
    of_return.submitted_at, of_return.state = NOW, "submitted"
    of_return.save()
    assert link not in reader.get(address).text
    assert link in manager.get(address).text
    of_return.state, of_return.accepted_on = "accepted", date(2010, 6, 1)
    of_return.save()
    assert link in reader.get(address).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_returns(
    manager, plan, round, item, count, django_assert_num_queries
):
    Return.objects.all().delete()
    for _ in range(count):
        made = ReturnFactory(round=round, agency=AgencyFactory())
        UpdateFactory(of_return=made, item=item)
    manager.get(round.get_absolute_url())
    with django_assert_num_queries(16):
        assert len(manager.get(round.get_absolute_url()).context["rows"]) == count


# --- opening ------------------------------------------------------------------------------------


def test_opening_a_round_asks_each_member_that_exists_on_the_due_date(
    manager, plan, listing, police, customs, labour
):
    gone = AgencyFactory(short_name="Gone", valid_to=date(2010, 12, 31))
    MemberFactory(plan=plan, agency=gone)
    for number, agency in enumerate((police, customs, labour, gone), 1):
        WorkItemFactory(plan=plan, number=f"9.{number}", lead_agency=agency)
    response = manager.post(f"{listing}open/", OPENED, follow=True)
    made = Round.objects.get()
    assert response.redirect_chain == [(made.get_absolute_url(), 302)]
    assert (
        "The round July to December 2010 is open. Each agency that is asked has its return."
        in response.text
    )
    assert (made.period_end, made.due_on) == (date(2010, 12, 31), date(2011, 1, 14))
    asked = made.returns.values_list("agency__short_name", flat=True)
    assert set(asked) == {"DoL", "Police", "Customs"}
    assert "A sentence or two for each item." in response.text


@pytest.mark.parametrize(("message", "is_open"), [("", False), ("Ring us.", True)])
def test_what_few_need_to_open_a_round_is_folded_until_it_is_used(
    manager, listing, message, is_open
):
    page = manager.post(f"{listing}open/", {"name": "", "message": message}).text
    fold = "<details open>" if is_open else "<details>"
    before, inside = page.split(f"{fold}<summary>Add a message, or ask more agencies</summary>")
    assert ('name="message"' in before, 'name="message"' in inside) == (False, True)
    assert 'name="due_on"' in before


def test_a_new_round_is_proposed_to_follow_the_last(manager, plan, listing, round):
    round.closed_at = NOW
    round.save()
    form = manager.get(f"{listing}open/").context["form"]
    assert form.initial == {
        "name": "1 July 2010 to 31 December 2010",
        "period_start": date(2010, 7, 1),
        "period_end": date(2010, 12, 31),
        "due_on": date(2011, 1, 14),
    }


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"period_end": "30 June 2010"},
            {"period_end": ["The period ends before it begins. Enter a later day."]},
        ),
        ({"name": ""}, {"name": ["Enter the name."]}),
        (
            {"due_on": "soon"},
            {"due_on": [ENTER_A_DATE]},
        ),
    ],
)
def test_a_refused_round_shows_the_reason_and_keeps_the_input(manager, listing, typed, errors):
    response = manager.post(f"{listing}open/", OPENED | typed)
    assert response.status_code == 422
    assert response.context["form"].errors == errors
    assert "A sentence or two for each item." in response.text
    assert Round.objects.count() == 0


# --- closing and reopening ----------------------------------------------------------------------


def hidden(page) -> str:
    return page.context["form"]["seen"].value()


def test_closing_names_the_agencies_whose_returns_are_open_and_asks(
    manager, of_return, item, customs, labour, round
):
    WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    UpdateFactory(of_return=of_return, item=item)
    ReturnFactory(round=round, agency=customs, accepted=True)
    other = ReturnFactory(round=round, agency=labour, state="submitted", submitted_at=NOW)
    address = f"{round.get_absolute_url()}close/"
    assert f'href="{address}"' in manager.get(round.get_absolute_url()).text
    page = manager.get(address)
    assert [
        (label, [str(each.agency) for each in returns])
        for label, returns in page.context["open_returns"]
    ] == [
        ("Submitted, not accepted", [str(labour)]),
        ("Sent back, not submitted again", []),
        ("Not submitted", [str(of_return.agency)]),
    ]
    assert "1 return is accepted. Still open:" in page.text
    assert f"{of_return.agency.name}: 1 of 2 items answered</li>" in page.text
    assert hidden(page) == f"{other.pk}:submitted {of_return.pk}:due"
    response = manager.post(address, {"seen": hidden(page)}, follow=True)
    assert "The round is closed. Its returns can be changed only if you reopen it." in response.text
    assert "Closed on 1 June 2010 by Coordinator" in response.text
    assert newest(round) == ("~", "Coordinator (DoL)", "")


@pytest.mark.parametrize("seen", [None, "0:due"])
def test_a_round_is_not_closed_on_another_list_than_was_shown(manager, of_return, round, seen):
    address = f"{round.get_absolute_url()}close/"
    page = manager.post(address, {} if seen is None else {"seen": seen})
    assert page.status_code == 422
    assert (
        "A return has changed since this page was shown. See which are open now, then decide."
        in page.text
    )
    assert hidden(page) == f"{of_return.pk}:due"
    round.refresh_from_db()
    assert round.is_open


def test_a_round_is_closed_at_once_where_every_return_is_accepted(manager, customs, round):
    round.returns.all().delete()
    ReturnFactory(round=round, agency=customs, accepted=True)
    page = manager.get(round.get_absolute_url()).text
    says = "After closing, none of them can be changed unless you reopen the round."
    assert f"Every return is accepted. {says}" in page
    assert f'action="{round.get_absolute_url()}close/"' in page
    response = manager.post(f"{round.get_absolute_url()}close/", follow=True)
    assert "The round is closed. Its returns can be changed only if you reopen it." in response.text
    assert "New briefing" not in page
    link = f'href="/plans/{round.plan.slug}/briefings/new/"'
    assert link in response.text
    RoundFactory(plan=round.plan, period_start=date(2010, 7, 1), period_end=date(2010, 12, 31))
    assert link not in manager.get(round.get_absolute_url()).text


def test_a_closed_round_is_reopened_with_a_reason(manager, round):
    round.closed_at = NOW
    round.save()
    address = f"{round.get_absolute_url()}reopen/"
    response = manager.post(address, {"reason": " "})
    assert response.status_code == 422
    assert "Say why the round is reopened." in response.text
    response = manager.post(address, {"reason": "Customs sent its figures late."}, follow=True)
    assert "The round is reopened." in response.text
    round.refresh_from_db()
    assert round.is_open
    assert newest(round) == ("~", "Coordinator (DoL)", "Customs sent its figures late.")
