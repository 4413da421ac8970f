"""Test the pages to request a change, recommend on it and record its decision."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    MeetingFactory,
    MilestoneFactory,
    SupportFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.conftest import seated
from tests.workitems.record import NOW, SLIPPED, TODAY, TOMORROW, YESTERDAY, ready_to_decide
from workitems.models import Meeting, Variation
from workitems.terms.known_dates import KnownDate
from workitems.terms.word_diff import side_by_side
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def at(name, plan, *rest):
    return reverse(f"variations:{name}", args=[plan.slug, *rest])


def errors_of(response, form="form"):
    return response.context[form].errors


# --- requesting -------------------------------------------------------------------------------


def test_an_approver_requests_another_date(client_of, approver, plan, milestone, police):
    address = at("request-date", plan, "1.2", 1)
    answer = client_of(approver).post(
        address,
        {"version": milestone.version, "due_after": "30 September 2010", "reason": "Printer."},
    )
    made = Variation.objects.get()
    assert answer.url == made.get_absolute_url() == at("detail", plan, 1)
    assert (made.kind, made.due_after, made.requesting_agency) == ("date", SLIPPED, police)
    milestone.refresh_from_db()
    assert milestone.agreed_due == date(2010, 6, 30)


def test_requesting_a_date_twice_makes_one_record(client_of, approver, plan, milestone):
    said = {"version": 1, "due_after": "30 September 2010", "reason": "Printer."}
    address = at("request-date", plan, "1.2", 1)
    client_of(approver).post(address, said)
    again = client_of(approver).post(address, said | {"once": "another page"})
    assert (again.status_code, errors_of(again)) == (
        422,
        {"__all__": ["A request to change this milestone’s date is already waiting."]},
    )
    assert Variation.objects.count() == 1


def test_the_forecast_is_offered_as_the_new_date(client_of, contributor, plan, item):
    MilestoneFactory(item=item, number=3, forecast_due=SLIPPED)
    page = client_of(contributor).get(at("request-date", plan, "1.2", 3))
    assert page.context["form"].initial["due_after"] == KnownDate(SLIPPED)


def test_requesting_wording_twice_makes_one_record(client_of, approver, plan, item):
    said = {"version": 1, "text_after": "Print two brochures.\r\nSoon.", "reason": "Demand."}
    address = at("request-wording", plan, "1.2", "action")
    client_of(approver).post(address, said)
    again = client_of(approver).post(address, said | {"once": "another page"})
    assert errors_of(again) == {"text_after": ["V1 already asks for this wording."]}
    made = Variation.objects.get()
    assert (made.wording, made.text_before, made.text_after) == (
        "action",
        "",
        "Print two brochures.\nSoon.",
    )


def test_the_form_starts_with_the_current_wording(client_of, contributor, plan, item):
    page = client_of(contributor).get(at("request-wording", plan, "1.2", "title"))
    assert page.context["form"].initial["text_after"] == "Print a brochure"


def test_only_the_three_official_texts_can_be_changed(client_of, contributor, plan, item):
    assert (
        client_of(contributor).get(at("request-wording", plan, "1.2", "stage")).status_code == 404
    )


def test_wording_changed_meanwhile_is_shown_beside_the_typed_text(
    client_of, contributor, plan, item
):
    said = {"version": item.version, "text_after": "Print two", "reason": "Demand."}
    item.title, item.version = "Print a leaflet", 2
    item.save()
    page = client_of(contributor).post(at("request-wording", plan, "1.2", "title"), said)
    assert page.status_code == 422
    assert page.context["conflict"].title == "Print a leaflet"
    assert page.context["before"] == "Print a leaflet"
    assert page.context["form"]["text_after"].value() == "Print two"
    assert page.context["form"]["version"].value() == "2"


def test_a_request_to_withdraw_an_item_needs_a_reason(client_of, approver, plan, item):
    address = at("request-withdrawal", plan, "1.2")
    refused = client_of(approver).post(address, {"version": 1, "reason": ""})
    assert errors_of(refused) == {"reason": ["Say why the change is needed."]}
    client_of(approver).post(address, {"version": 1, "reason": "Overtaken by events."})
    assert Variation.objects.get().kind == "withdrawal"
    item.refresh_from_db()
    assert item.stage == "under_way"


def test_a_user_with_two_seats_chooses_the_agency(client_of, plan, item, police, customs):
    SupportFactory(item=item, agency=customs)
    person = seated("Both", police, "contributor")
    person.seats.create(agency=customs, role="approver", from_on=date(2009, 1, 1))
    address = at("request-withdrawal", plan, "1.2")
    said = {"version": 1, "reason": "Overtaken by events."}
    assert errors_of(client_of(person).post(address, said)) == {
        "agency": ["Choose the agency that asks."]
    }
    client_of(person).post(address, {**said, "agency": customs.pk})
    assert Variation.objects.get().requesting_agency == customs


# --- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_three_variations_as_for_one(
    client_of, coordinator, plan, item, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        VariationFactory(milestone=MilestoneFactory(item=item, number=number), number=number)
    signed_in = client_of(coordinator)
    with django_assert_num_queries(11):  # session, user, seats, plans, count, rows; savepoints
        page = signed_in.get(at("list", plan))
    assert [row.number for row in page.context["page"]] == list(range(1, count + 1))


def test_pending_variations_come_first_then_the_newest(client_of, coordinator, plan, item):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    for number, state in enumerate(["declined", "requested", "taken_back", "recommended"], 1):
        VariationFactory(
            milestone=MilestoneFactory(item=item, number=number),
            number=number,
            state=state,
            **({"decided": True, "meeting": meeting} if state == "declined" else {}),
        )

    def listed(query=""):
        page = client_of(coordinator).get(at("list", plan) + query)
        return [row.reference for row in page.context["page"]]

    assert listed() == ["V2", "V4", "V3", "V1"]
    assert listed("?state=waiting") == ["V2", "V4"]
    assert listed("?state=declined") == ["V1"]
    assert listed("?state=approved") == []
    assert listed("?state=no-such-state") == ["V2", "V4", "V3", "V1"]


def test_another_plans_variation_is_not_found(client_of, coordinator, plan, item):
    VariationFactory(number=9)
    assert client_of(coordinator).get(at("detail", plan, 9)).status_code == 404


def test_pending_requests_are_shown_on_item_and_desk(client_of, coordinator, plan, milestone):
    variation = VariationFactory(milestone=milestone, number=1)
    for address in (variation.item.get_absolute_url(), reverse("home")):
        assert f'href="{at("detail", plan, 1)}"' in client_of(coordinator).get(address).text
    variations.take_back(variation=variation, by=coordinator, reason="No longer needed.")
    for address in (variation.item.get_absolute_url(), reverse("home")):
        assert f'href="{at("detail", plan, 1)}"' not in client_of(coordinator).get(address).text


def test_pending_requests_are_shown_on_the_open_round(
    client_of, coordinator, plan, milestone, of_return
):
    VariationFactory(milestone=milestone, number=1)
    page = client_of(coordinator).get(of_return.round.get_absolute_url())
    assert [each.reference for each in page.context["waiting"]] == ["V1"]


def test_changed_words_are_marked_in_both_wordings():
    was, now = side_by_side(
        "Print a brochure in ten languages.", "Print two brochures in languages."
    )
    assert "".join(piece.text for piece in was) == "Print a brochure in ten languages."
    assert "".join(piece.text for piece in now) == "Print two brochures in languages."
    assert [piece.text for piece in was if piece.is_changed] == ["a brochure ", "ten "]
    assert [piece.text for piece in now if piece.is_changed] == ["two brochures "]


def test_wording_is_escaped(client_of, coordinator, plan, item):
    VariationFactory(
        kind="wording", wording="action", milestone=None, item=item, plan=plan, number=1,
        due_before=None, due_after=None, text_before="<b>x", text_after="<script>y",
    )  # fmt: skip
    page = client_of(coordinator).get(at("detail", plan, 1)).text
    assert ("<script>y" in page, "&lt;" in page) == (False, True)


# --- deciding ---------------------------------------------------------------------------------


@pytest.fixture
def recommended(milestone):
    return VariationFactory(milestone=milestone, number=4, due_after=SLIPPED, state="recommended")


def test_the_coordinator_recommends_a_variation(client_of, coordinator, plan, milestone):
    variation = VariationFactory(milestone=milestone, number=1)
    answer = client_of(coordinator).post(
        at("recommend", plan, 1), {"recommends": "decline", "recommendation": "Too late."}
    )
    assert answer.url == at("detail", plan, 1)
    variation.refresh_from_db()
    assert (variation.state, variation.recommends, variation.recommendation) == (
        "recommended",
        "decline",
        "Too late.",
    )


def test_a_second_recommendation_is_refused(client_of, coordinator, plan, recommended):
    page = client_of(coordinator).post(
        at("recommend", plan, 4), {"recommends": "approve", "recommendation": "Yes."}
    )
    assert errors_of(page, "recommend_form") == {
        "__all__": ["V4 is with the working group; it cannot become with the working group."]
    }


def test_an_approval_moves_the_agreed_date(client_of, coordinator, plan, recommended, milestone):
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=YESTERDAY), recommended)
    client_of(coordinator).post(
        at("decide", plan, 4),
        {"decision": "approve", "meeting": meeting.pk, "text": "Agreed, and the last time."},
    )
    milestone.refresh_from_db()
    recommended.refresh_from_db()
    assert milestone.agreed_due == SLIPPED
    assert (recommended.state, recommended.meeting) == ("approved", meeting)
    assert recommended.decision.text == "Agreed, and the last time."
    assert "Agreed, and the last time." in client_of(coordinator).get(at("detail", plan, 4)).text


def test_without_a_meeting_no_decision_can_be_recorded(
    client_of, coordinator, plan, recommended, milestone
):
    page = client_of(coordinator).get(at("detail", plan, 4))
    assert "decide_form" not in page.context
    assert f'href="{at("ask-agencies", plan, 4)}"' in page.text
    page = client_of(coordinator).post(
        at("decide", plan, 4), {"decision": "approve", "meeting": "today"}
    )
    assert list(errors_of(page, "decide_form")) == ["meeting"]
    assert Meeting.objects.count() == 0


def test_only_meetings_that_were_held_with_it_on_the_agenda_are_offered(
    client_of, coordinator, plan, recommended
):
    held = ready_to_decide(MeetingFactory(plan=plan, held_on=YESTERDAY), recommended)
    coming = ready_to_decide(MeetingFactory(plan=plan, held_on=TOMORROW), recommended)
    MeetingFactory(plan=plan, held_on=TODAY)  # without it
    page = client_of(coordinator).get(at("detail", plan, 4))
    choices = [key for key, _ in page.context["decide_form"].fields["meeting"].choices]
    assert choices == [str(held.pk)]
    page = client_of(coordinator).post(
        at("decide", plan, 4), {"decision": "approve", "meeting": coming.pk}
    )
    assert list(errors_of(page, "decide_form")) == ["meeting"]


def test_the_agency_withdraws_its_request(client_of, contributor, plan, recommended):
    refused = client_of(contributor).post(at("take-back", plan, 4), {"reason": ""})
    assert errors_of(refused, "take_back_form") == {"reason": ["Say why the request is withdrawn."]}
    client_of(contributor).post(at("take-back", plan, 4), {"reason": "The printer found paper."})
    recommended.refresh_from_db()
    assert recommended.state == "taken_back"


def test_a_supporting_agency_cannot_withdraw_anothers_request(
    client_of, colleague, plan, item, customs, recommended
):
    SupportFactory(item=item, agency=customs)
    answer = client_of(colleague).post(at("take-back", plan, 4), {"reason": "Mine now."})
    assert answer.status_code == 403


def offered(page):
    names = ("decide_form", "recommend_form", "take_back_form")
    return [name for name in names if name in page.context]


def test_each_user_is_offered_only_permitted_actions(
    client_of, coordinator, contributor, colleague, plan, milestone
):
    variation = VariationFactory(milestone=milestone, number=1)
    address = at("detail", plan, 1)
    assert offered(client_of(coordinator).get(address)) == ["recommend_form"]
    assert offered(client_of(contributor).get(address)) == ["take_back_form"]
    assert offered(client_of(colleague).get(address)) == []
    variations.recommend(variation=variation, recommendation="Yes.", by=coordinator, at=NOW)
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), variation)
    assert offered(client_of(coordinator).get(address)) == ["decide_form"]
    variations.decide(variation=variation, approve=False, meeting=meeting, by=coordinator, at=NOW)
    for user in (coordinator, contributor, colleague):
        assert offered(client_of(user).get(address)) == []


def test_an_item_led_by_another_agency_offers_no_variation_request(
    client_of, colleague, contributor, plan, item
):
    own = WorkItemFactory(plan=plan, number="1.3", lead_agency=item.lead_agency)
    address = at("request-withdrawal", plan, own.number)
    assert f'href="{address}"' in client_of(contributor).get(own.get_absolute_url()).text
    assert f'href="{address}"' not in client_of(colleague).get(own.get_absolute_url()).text
