"""Test the pages of risks: the register, raising, rating and escalating."""

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import MemberFactory, RiskFactory, SeatFactory, SupportFactory, WorkItemFactory
from tests.workitems.conftest import seated
from tests.workitems.record import TODAY, TOMORROW, YESTERDAY, newest
from workitems.models import Risk
from workitems.narrative import Field, Scope, Wanted, history_page, reader_of, risk_history
from workitems.risks import services as risks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

ESCALATED = {"escalated_to": "group", "escalated_on": YESTERDAY}


@pytest.fixture
def risk(plan, item, police):
    """A risk of Police to an item that it leads; likelihood medium, impact high."""
    return RiskFactory(plan=plan, item=item, owner_agency=police)


def at(name, plan, *rest):
    return reverse(f"risks:{name}", args=[plan.slug, *rest])


def errors_of(response):
    return response.context["form"].errors


def words(response):
    return " ".join(response.content.decode().split())


# --- the list ---------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_risks(
    client_of, coordinator, plan, item, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        RiskFactory(plan=plan, number=number, item=item, **ESCALATED)
    browser = client_of(coordinator)
    # Session, user, seats, plans, count, rows, agencies and items to choose from; then the
    # session's write and two savepoints.
    with django_assert_num_queries(13):
        page = browser.get(at("list", plan))
    assert len(page.context["page"]) == count


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [2, 1, 3, 4]),
        ("state=open", [2, 1, 3]),
        ("state=escalated", [3]),
        ("state=closed", [4]),
        ("state=lost", [2, 1, 3, 4]),
        ("agency=police", [2, 1]),
        ("item=1.2", [1, 4]),
        ("item=1.2&state=closed", [4]),
    ],
)
def test_the_list_can_be_filtered(
    client_of, coordinator, plan, item, police, labour, query, numbers
):
    light = {"likelihood": "low", "impact": "low"}
    RiskFactory(plan=plan, number=1, item=item, owner_agency=police, **light)
    RiskFactory(plan=plan, number=2, owner_agency=police)
    RiskFactory(plan=plan, number=3, owner_agency=labour, **light, **ESCALATED)
    RiskFactory(plan=plan, number=4, item=item, owner_agency=labour, closed_on=TODAY, **ESCALATED)
    query = query.replace("police", str(police.pk))
    page = client_of(coordinator).get(f"{at('list', plan)}?{query}")
    assert [risk.number for risk in page.context["page"]] == numbers


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        ({}, "Open"),
        (ESCALATED, "With the working group"),
        ({"escalated_to": "minister", "escalated_on": TODAY}, "With the Minister"),
        ({"closed_on": TODAY, **ESCALATED}, "Closed"),
        ({"closed_on": TOMORROW}, "Open"),
    ],
)
def test_a_row_gives_its_state_in_words(client_of, coordinator, plan, differs, says):
    RiskFactory(plan=plan, **differs)
    page = words(client_of(coordinator).get(at("list", plan)))
    cell = page.split('<td data-label="State">')[1].split("</td>")[0]
    assert cell.split("</svg>")[1].split("</span>")[0] == says


def test_an_empty_register_says_so(client_of, coordinator, plan):
    page = client_of(coordinator).get(at("list", plan))
    assert "No risk has been raised yet." in words(page)
    narrowed = client_of(coordinator).get(at("list", plan) + "?state=closed")
    assert "No risk matches." in words(narrowed)


def test_only_writers_and_the_coordinator_can_raise_a_risk(
    client_of, plan, contributor, coordinator, colleague, police
):
    observer = SeatFactory(agency=police, role=Seat.Role.OBSERVER).user
    offered = {
        user.name
        for user in (contributor, coordinator, colleague, observer)
        if client_of(user).get(at("list", plan)).context["may_raise"]
    }
    assert offered == {contributor.name, coordinator.name, colleague.name}


# --- raising ----------------------------------------------------------------------------------


SAID = {"description": "It rains.", "likelihood": "low", "impact": "high", "response": ""}


@pytest.fixture
def customs_approver(customs):
    return seated("Customs approver", customs, Seat.Role.APPROVER)


def test_an_approver_raises_a_risk_to_their_item(client_of, approver, plan, item, police):
    page = client_of(approver).get(f"{at('raise', plan)}?item=1.2")
    assert page.context["form"].initial["item"] == item
    answer = client_of(approver).post(at("raise", plan), {**SAID, "item": item.pk})
    made = Risk.objects.get()
    assert answer.url == made.get_absolute_url() == at("detail", plan, 1)
    assert (made.item, made.owner_agency, made.impact) == (item, police, "high")
    assert newest(made) == ("+", "Police approver (Police)", "")


def test_a_member_of_another_agency_raises_risks_only_to_the_plan(
    client_of, customs_approver, plan, item, customs
):
    browser = client_of(customs_approver)
    page = browser.get(f"{at('raise', plan)}?item=1.2")
    assert list(page.context["form"].fields["item"].queryset) == []
    assert page.context["form"].initial["item"] is None
    refused = browser.post(at("raise", plan), {**SAID, "item": item.pk})
    assert (refused.status_code, list(errors_of(refused))) == (422, ["item"])
    browser.post(at("raise", plan), SAID)
    made = Risk.objects.get()
    assert (made.item, made.owner_agency) == (None, customs)


def test_a_supporting_agency_raises_a_risk_to_the_item(
    client_of, customs_approver, plan, item, customs
):
    SupportFactory(item=item, agency=customs)
    client_of(customs_approver).post(at("raise", plan), {**SAID, "item": item.pk})
    assert Risk.objects.get().item == item


def test_a_risk_to_an_item_belongs_to_an_agency_that_works_on_it(
    client_of, approver, plan, item, police, customs
):
    SeatFactory(user=approver, agency=customs, role=Seat.Role.CONTRIBUTOR)
    browser = client_of(approver)
    said = {**SAID, "item": item.pk, "owner_agency": customs.pk}
    refused = browser.post(at("raise", plan), said)
    assert errors_of(refused) == {"owner_agency": ["Customs neither leads nor supports item 1.2."]}
    browser.post(at("raise", plan), {**said, "owner_agency": police.pk})
    assert Risk.objects.get().owner_agency == police


def test_the_coordinator_raises_a_risk_for_any_member(client_of, coordinator, plan, item, customs):
    MemberFactory()  # of another plan
    browser = client_of(coordinator)
    form = browser.get(at("raise", plan)).context["form"]
    names = [agency.short_name for agency in form.fields["owner_agency"].queryset]
    assert sorted(names) == ["Customs", "DoL", "Police"]
    browser.post(at("raise", plan), {**SAID, "item": item.pk, "owner_agency": customs.pk})
    assert Risk.objects.get().owner_agency == customs


def test_a_complete_or_withdrawn_item_is_not_offered(client_of, coordinator, plan):
    WorkItemFactory(plan=plan, stage="withdrawn")
    form = client_of(coordinator).get(at("raise", plan)).context["form"]
    assert list(form.fields["item"].queryset) == []


# --- rating -----------------------------------------------------------------------------------


RATED = {"version": 1, "likelihood": "high", "impact": "high", "response": "Pay.", "reason": "So."}


def test_the_owner_of_a_risk_rates_it_and_records_a_response(client_of, contributor, plan, risk):
    answer = client_of(contributor).post(at("change", plan, 1), RATED)
    assert answer.url == risk.get_absolute_url()
    risk.refresh_from_db()
    assert (risk.likelihood, risk.response, risk.version) == ("high", "Pay.", 2)


def test_the_form_starts_with_the_current_values_of_the_risk(client_of, contributor, plan, risk):
    form = client_of(contributor).get(at("change", plan, 1)).context["form"]
    assert form.initial == {"version": 1, "likelihood": "medium", "impact": "high", "response": ""}


def test_a_rating_without_a_reason_is_an_error_at_its_field(client_of, contributor, plan, risk):
    answer = client_of(contributor).post(at("change", plan, 1), {**RATED, "reason": ""})
    assert (answer.status_code, errors_of(answer)) == (
        422,
        {"reason": ["Say why the rating changes."]},
    )


def test_the_same_text_with_crlf_line_ends_changes_nothing(client_of, contributor, plan, risk):
    said = {**RATED, "likelihood": "medium", "reason": "", "response": "Pay.\r\nSoon."}
    client_of(contributor).post(at("change", plan, 1), said)
    client_of(contributor).post(at("change", plan, 1), {**said, "version": 2})
    risk.refresh_from_db()
    assert (risk.response, risk.version) == ("Pay.\nSoon.", 2)


def test_both_versions_are_shown_when_another_user_saved_first(
    client_of, contributor, coordinator, plan, risk
):
    risks.change_risk(
        risk=risk,
        version=1,
        likelihood="low",
        impact="low",
        response="Theirs.",
        by=coordinator,
        reason="Theirs.",
    )
    browser = client_of(contributor)
    page = browser.post(at("change", plan, 1), RATED)
    assert page.status_code == 422
    assert page.context["conflict"].response == "Theirs."
    assert page.context["form"]["response"].value() == "Pay."
    assert page.context["form"]["version"].value() == "2"
    browser.post(at("change", plan, 1), {**RATED, "version": 2})
    risk.refresh_from_db()
    assert (risk.likelihood, risk.response, risk.version) == ("high", "Pay.", 3)


# --- escalating, de-escalating, closing and reopening -----------------------------------------


@pytest.mark.parametrize(
    ("act", "said", "before", "after", "asks"),
    [
        ("escalate", {"to": "group"}, {}, ("group", TODAY, None), "Enter the reason."),
        (
            "escalate",
            {"to": "minister"},
            ESCALATED,
            ("minister", TODAY, None),
            "Enter the reason.",
        ),
        ("lower", {"to": "owner"}, ESCALATED, ("", None, None), "Enter the reason."),
        ("close", {}, ESCALATED, ("group", YESTERDAY, TODAY), "Say why the risk is over."),
        (
            "reopen",
            {},
            {"closed_on": YESTERDAY, **ESCALATED},
            ("group", YESTERDAY, None),
            "Say why the risk is reopened.",
        ),
    ],
)
def test_the_coordinator_escalates_and_closes_a_risk_with_a_reason(
    client_of, coordinator, plan, act, said, before, after, asks
):
    risk = RiskFactory(plan=plan, **before)
    browser = client_of(coordinator)
    without = browser.post(at(act, plan, 1), said)
    assert (without.status_code, errors_of(without)) == (
        422,
        {"reason": [asks]},
    )
    answer = browser.post(at(act, plan, 1), {**said, "reason": "So."})
    assert answer.url == risk.get_absolute_url()
    risk.refresh_from_db()
    assert (risk.escalated_to, risk.escalated_on, risk.closed_on) == after
    assert newest(risk) == ("~", "Coordinator (DoL)", "So.")


def test_a_single_remaining_level_is_not_asked_for(client_of, coordinator, plan):
    RiskFactory(plan=plan, **ESCALATED)
    field = client_of(coordinator).get(at("escalate", plan, 1)).context["form"]["to"]
    assert (field.is_hidden, field.value()) == (True, "minister")


def test_an_outdated_page_shows_the_current_state_of_the_risk(client_of, coordinator, plan):
    RiskFactory(plan=plan, **ESCALATED)
    answer = client_of(coordinator).post(at("escalate", plan, 1), {"to": "group", "reason": "So."})
    assert errors_of(answer) == {"to": ["R1 is already with the working group."]}


@pytest.mark.parametrize(
    ("act", "before", "says"),
    [
        ("change", {"closed_on": YESTERDAY}, "This risk was closed on 31 May 2010."),
        (
            "escalate",
            {"escalated_to": "minister", "escalated_on": TODAY},
            "It is already with the Minister.",
        ),
        ("lower", {}, "It has not been escalated."),
        ("reopen", {}, "This risk is open."),
    ],
)
def test_an_impossible_action_shows_the_reason_instead_of_its_form(
    client_of, coordinator, plan, act, before, says
):
    RiskFactory(plan=plan, **before)
    page = words(client_of(coordinator).get(at(act, plan, 1)))
    assert f"<p>{says} <a" in page
    assert '<form method="post" novalidate>' not in page


# --- a risk's page, and its item's ------------------------------------------------------------


def test_the_page_offers_each_user_only_permitted_actions(
    client_of, plan, risk, contributor, coordinator, colleague
):
    def offered(user):
        page = client_of(user).get(at("detail", plan, 1))
        return (page.context["may_change"], page.context["may_manage"])

    assert [offered(user) for user in (contributor, coordinator, colleague)] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="So.")
    assert [offered(user) for user in (contributor, coordinator)] == [(False, False), (False, True)]


@pytest.mark.parametrize("changes", [0, 3])
def test_the_page_takes_the_same_queries_for_any_length_of_history(
    client_of, coordinator, plan, risk, changes, django_assert_num_queries
):
    for number in range(changes):
        risk.response, risk.version = f"Try {number}.", number + 2
        risk.save()
    browser = client_of(coordinator)
    # Session, user, seats, plans, risk, history; then the session's write and two savepoints.
    with django_assert_num_queries(12):
        page = browser.get(at("detail", plan, 1))
    assert len(page.context["history"]) == 1


def test_a_risks_own_history_reads_as_sentences(plan, police, contributor, coordinator):
    risk = risks.raise_risk(
        plan=plan,
        description="It rains.",
        likelihood="low",
        impact="high",
        owner_agency=police,
        response="Wait.",
        by=contributor,
    )
    RiskFactory(plan=plan, number=2)
    risks.change_risk(
        risk=risk,
        version=1,
        likelihood="high",
        impact="high",
        response="Run.",
        reason="Clouds.",
        by=contributor,
    )
    said = {"risk": risk, "by": coordinator, "reason": "So."}
    risks.escalate_risk(to="group", on=TODAY, **said)
    risks.escalate_risk(to="minister", on=TODAY, **said)
    risks.lower_risk(to="group", on=TODAY, **said)
    risks.lower_risk(to="", on=TODAY, **said)
    risks.close_risk(on=TODAY, **said)
    risks.reopen_risk(**said)
    told = [(entry.who, entry.what) for entry in reversed(risk_history(risk))]
    assert told == [
        ("Police contributor (Police)", what)
        for what in (
            "raised the risk R1 (likelihood low, impact high): “It rains.”",
            "re-rated R1: likelihood high, impact high.",
            "changed the response of R1.",
        )
    ] + [
        ("Coordinator (DoL)", what)
        for what in (
            "escalated R1 to the working group.",
            "escalated R1 to the Minister.",
            "de-escalated R1 to the working group.",
            "de-escalated R1 to its owner.",
            "closed R1 on 1 June 2010.",
            "reopened R1.",
        )
    ]
    narrowed = history_page(
        Scope(plan=plan.pk), reader_of(contributor, plan), Wanted(field=Field.RISKS)
    )
    assert len(narrowed.entries) == len(told) + 1


def test_an_items_page_shows_its_open_risks(client_of, contributor, plan, item, risk):
    RiskFactory(plan=plan, item=item, number=2, likelihood="high")
    RiskFactory(plan=plan, item=item, number=3, closed_on=TODAY)
    RiskFactory(plan=plan, number=4)
    page = client_of(contributor).get(item.get_absolute_url())
    assert [each.number for each in page.context["risks"]] == [2, 1]
    assert f'href="{at("raise", plan)}?item=1.2"' in words(page)


def test_an_items_page_does_not_offer_to_raise_a_risk_without_permission(
    client_of, colleague, plan, item
):
    page = client_of(colleague).get(item.get_absolute_url())
    assert (page.context["may_raise"], 'id="risks"' in words(page)) == (False, False)


@pytest.mark.parametrize(("count", "more"), [(0, 0), (1, 1), (3, 1)])
def test_an_items_page_takes_one_more_query_if_there_are_risks(
    client_of, colleague, plan, item, count, more, django_assert_num_queries
):
    for number in range(1, count + 1):
        RiskFactory(plan=plan, item=item, number=number)
    browser = client_of(colleague)
    with django_assert_num_queries(17 + more):
        browser.get(item.get_absolute_url())
