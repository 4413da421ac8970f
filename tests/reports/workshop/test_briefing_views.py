"""Test the pages of briefings: list, new briefing, preview, cover and PDF."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from agencies.models import Seat
from agencies.typed.asking import ENTER_A_DATE
from reports.briefings.services import change_cover
from reports.kinds.services.kinds import take_patterns
from reports.models import NO_CONTACT, Briefing
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    MemberFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from workitems.models import Update

pytestmark = pytest.mark.django_db

COVER = {
    "title": "Progress on the Plan",
    "tracker_number": "10/96252",
    "period_start": "2009-07-31",
    "period_end": "2010-07-30",
    "dated": "2010-07-30",
    "action_sought": "For your information",
    "marking": "IN CONFIDENCE",
    "contact_name": "Business Advisor",
    "manager_name": "Group Manager",
    "copied_to": "Hon A\r\nHon B",
    "version": "1",
    "kind": "annual",
}


@pytest.fixture(autouse=True)
def _in_july_2010():
    with time_machine.travel(datetime(2010, 7, 30, 0, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def plan():
    AppointmentFactory(minister="Hon Dr Jonathan Coleman")
    return PlanFactory(slug="the-plan", title="The Plan of Action")


def seated(plan, role, agency=None):
    return SeatFactory(agency=agency or plan.coordinating_agency, role=role).user


@pytest.fixture
def coordinator(plan):
    return seated(plan, Seat.Role.COORDINATOR)


@pytest.fixture
def reader(plan):
    """A contributor of another member agency."""
    agency = AgencyFactory()
    MemberFactory(plan=plan, agency=agency)
    return seated(plan, Seat.Role.CONTRIBUTOR, agency)


@pytest.fixture
def briefing(plan):
    return BriefingFactory(plan=plan, tracker_number="10/96252")


def page(client, user, name, *args, **data):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"briefings:{name}", args=args)
    return client.post(address, data) if data else client.get(address)


def test_the_form_says_which_rounds_the_period_has(client, plan, coordinator):
    text = page(client, coordinator, "create", plan.slug).text
    assert "No round of reports ends in this period." in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_three_briefings_as_for_one(
    client, plan, coordinator, count, django_assert_num_queries
):
    BriefingFactory.create_batch(count, plan=plan)
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    # Session, user, seats, plans, briefings, what is to do, ratings, the session's idle clock; two
    # transactions' ends.
    with django_assert_num_queries(13):
        response = client.get(reverse("briefings:list", args=[plan.slug]))
    assert len(response.context["rows"]) == count


def test_a_member_sees_no_draft_in_the_list_and_an_explanation(client, plan, reader, briefing):
    response = page(client, reader, "list", plan.slug)
    assert response.context["rows"] == []
    assert "No briefing has been issued yet." in response.content.decode()
    assert briefing.tracker_number not in response.content.decode()


def test_the_new_briefing_form_is_prefilled(client, plan, coordinator):
    response = page(client, coordinator, "create", plan.slug)
    form = response.context["form"]
    assert form["title"].value() == ""
    assert (form["period_start"].value(), form["period_end"].value()) == (
        "31 July 2009",
        "30 July 2010",
    )


def test_a_new_briefing_is_made_and_shown(client, plan, coordinator):
    response = page(client, coordinator, "create", plan.slug, **COVER)
    briefing = Briefing.objects.get()
    assert response.url == reverse("workshop:draft", args=[plan.slug, briefing.pk])
    assert briefing.kind.slug == "annual"
    assert (briefing.created_by, briefing.marking) == (coordinator, "IN CONFIDENCE")
    assert briefing.copied_to == "Hon A\nHon B"
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "The briefing is drafted from the plan’s records."
    ]


def test_placeholders_in_a_kinds_title_are_filled_in_from_the_cover(client, plan, coordinator):
    take_patterns(plan=plan, by=coordinator)
    plan.briefing_kinds.filter(slug="annual").update(title="{plan} in {period}")
    page(client, coordinator, "create", plan.slug, **{**COVER, "title": ""})
    assert Briefing.objects.get().title == "The Plan of Action in the 12 months to 30 July 2010"


def test_a_kinds_title_that_is_too_long_is_an_error_at_the_field(client, plan, coordinator):
    plan.title = "A plan " + "of action " * 19
    plan.save()
    take_patterns(plan=plan, by=coordinator)
    plan.briefing_kinds.filter(slug="annual").update(title="{plan}, {plan}")
    response = page(client, coordinator, "create", plan.slug, **{**COVER, "title": ""})
    (sentence,) = response.context["form"].errors["title"]
    assert sentence.endswith("characters long; the limit is 250. Type a shorter one.")
    assert Briefing.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"period_end": "2009-07-31"}, "period_end", "The period ends before it begins."),
        ({"contact_name": ""}, "contact_name", NO_CONTACT),
        ({"dated": "soon"}, "dated", ENTER_A_DATE),
    ],
)
def test_errors_are_shown_at_their_fields(client, plan, coordinator, changes, field, sentence):
    response = page(client, coordinator, "create", plan.slug, **{**COVER, **changes})
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert Briefing.objects.count() == 0


def test_the_preview_numbers_paragraphs_and_shows_their_sources(
    client, plan, coordinator, briefing
):
    item = WorkItemFactory(
        plan=plan, pillar=PillarFactory(plan=plan), number="1.1", title="Train staff"
    )
    UpdateFactory(
        item=item,
        of_return__state="accepted",
        of_return__accepted_on=date(2010, 7, 20),
        of_return__round__plan=plan,
        of_return__agency=item.lead_agency,
        key_achievement=Update.KeyAchievement.YES,
        achieved="Staff <b>were</b> trained.",
    )
    response = page(client, coordinator, "detail", plan.slug, briefing.pk)
    shown = response.content.decode()
    assert "staff &lt;b&gt;were&lt;/b&gt; trained." in shown
    origins = response.context["origins"]
    assert [origin["number"] for origin in origins] == list(range(1, len(origins) + 1))
    labels = [label for origin in origins for label in origin["labels"]]
    agency = item.lead_agency.short_name
    assert f"Update of item 1.1 by {agency}, January to June 2010" in labels
    assert shown.count("<h1") == 1


def test_the_cover_can_be_changed(client, plan, coordinator, briefing):
    changed = {**COVER, "tracker_number": "10/1"}
    response = page(client, coordinator, "change-cover", plan.slug, briefing.pk, **changed)
    assert response.url == briefing.get_absolute_url()
    briefing.refresh_from_db()
    assert (briefing.tracker_number, briefing.version) == ("10/1", 2)


def test_the_second_of_two_users_sees_both_versions_and_saves_again(
    client, plan, coordinator, briefing
):
    page(client, coordinator, "change-cover", plan.slug, briefing.pk, **COVER)
    mine = {**COVER, "title": "Mine"}
    response = page(client, coordinator, "change-cover", plan.slug, briefing.pk, **mine)
    assert response.status_code == 422
    assert response.context["theirs"] == [("Title", "Progress on the Plan")]
    again = response.context["form"]["version"].value()
    page(client, coordinator, "change-cover", plan.slug, briefing.pk, **{**mine, "version": again})
    briefing.refresh_from_db()
    assert (briefing.title, briefing.version) == ("Mine", 3)


def test_the_pdf_is_a_download_named_by_its_tracker_number(client, plan, coordinator, briefing):
    response = page(client, coordinator, "pdf", plan.slug, briefing.pk)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="briefing-10-96252.pdf"'
    assert response.content.startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("json", "application/json", b'{"document":'),
    ],
)
def test_word_workbook_and_json_are_downloads_too(
    client, plan, coordinator, briefing, name, kind, start
):
    assert (
        reverse(f"briefings:{name}", args=[plan.slug, briefing.pk])
        in page(client, coordinator, "detail", plan.slug, briefing.pk).content.decode()
    )
    response = page(client, coordinator, name, plan.slug, briefing.pk)
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f'attachment; filename="briefing-10-96252.{name}"'
    assert response.content.startswith(start)


def test_a_tracker_number_cannot_inject_a_header(client, plan, coordinator, briefing):
    hostile = {**COVER, "tracker_number": '10"; filename=x ../y'}
    page(client, coordinator, "change-cover", plan.slug, briefing.pk, **hostile)
    response = page(client, coordinator, "pdf", plan.slug, briefing.pk)
    assert response["Content-Disposition"] == 'attachment; filename="briefing-10-filenamex-y.pdf"'


@pytest.mark.parametrize("name", ["detail", "pdf", "docx", "json"])
def test_a_paper_that_cannot_be_composed_gives_a_page_with_the_reason(
    client, plan, coordinator, briefing, name
):
    plan.portfolio = "Minister of Nothing"
    plan.save()
    response = page(client, coordinator, name, plan.slug, briefing.pk)
    assert response.status_code == 422
    assert response.context["reason"] == (
        "Nobody is recorded as Minister of Nothing on 30 July 2010. "
        "Enter the ministerial appointment, or correct the briefing’s date."
    )


@pytest.mark.parametrize("name", ["pdf", "docx"])
def test_a_refused_render_gives_a_page_with_the_reason(client, plan, coordinator, briefing, name):
    changed = {**COVER, "title": "Progress in 漢字"}
    page(client, coordinator, "change-cover", plan.slug, briefing.pk, **changed)
    response = page(client, coordinator, name, plan.slug, briefing.pk)
    assert response.status_code == 422
    assert response.context["reason"].startswith("The character “字” (U+5B57) cannot be printed")


@pytest.mark.parametrize(
    ("name", "of_member", "of_manager"),
    [
        ("list", 200, 200),
        ("create", 403, 403),
        ("detail", 403, 200),
        ("change-cover", 403, 403),
        ("pdf", 403, 200),
        ("docx", 403, 200),
        ("json", 403, 200),
    ],
)
def test_a_member_cannot_read_a_draft_and_an_authorising_manager_cannot_write_it(
    client, plan, reader, briefing, name, of_member, of_manager
):
    manager = seated(plan, Seat.Role.AUTHORISING_MANAGER)
    args = [plan.slug] if name in ("list", "create") else [plan.slug, briefing.pk]
    assert page(client, reader, name, *args).status_code == of_member
    assert page(client, manager, name, *args).status_code == of_manager


def test_a_briefing_is_found_only_under_its_own_plan(client, plan, coordinator, briefing):
    other = PlanFactory(coordinating_agency=plan.coordinating_agency)
    assert page(client, coordinator, "detail", other.slug, briefing.pk).status_code == 404


def test_a_briefing_without_a_number_is_called_by_its_title(client, plan, coordinator, briefing):
    change_cover(briefing=briefing, version=1, by=coordinator, tracker_number="")
    detail = page(client, coordinator, "detail", plan.slug, briefing.pk).text
    assert "<title>Briefing Progress on the Plan" in detail
    assert detail.count("No tracker number yet") >= 2
    rows = page(client, coordinator, "list", plan.slug).text
    assert "No tracker number yet" in rows
    pdf = page(client, coordinator, "pdf", plan.slug, briefing.pk)
    assert pdf["Content-Disposition"] == 'attachment; filename="briefing-progress-on-the-plan.pdf"'
