"""Test the pages of kinds of briefing: the list, a kind with its preview, and changes."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Appointment, Seat
from reports.kinds.services import kinds
from reports.models import BriefingKind, KindSection
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    BriefingKindFactory,
    KindSectionFactory,
    PlanFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_july_2010():
    with time_machine.travel(datetime(2010, 7, 30, 0, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def plan():
    AppointmentFactory(minister="Hon Dr Jonathan Coleman")
    return PlanFactory(slug="the-plan", title="The Plan of Action")


@pytest.fixture
def kind(plan):
    """The annual report, as it comes with the product."""
    kinds.take_patterns(plan=plan, by=None)
    return BriefingKind.objects.get(plan=plan, slug="annual")


@pytest.fixture
def coordinator(plan):
    return SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def manager(client, plan):
    """A client of a user who reads drafts but may not change them."""
    seat = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.AUTHORISING_MANAGER)
    client.force_login(seat.user)
    return client


def at(name, *rest):
    return reverse(f"briefings:{name}", args=["the-plan", *rest])


def words(response):
    return " ".join(response.content.decode().split())


def errors_of(response):
    return {
        field: [str(error) for error in errors]
        for field, errors in response.context["form"].errors.items()
    }


def paper(response):
    return " ".join(response.context["shown"].get("paper", "").split())


SECTION = {"heading": "Delay", "content": "delay", "standing_text": "In short.", "version": "1"}


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_kinds(
    desk, plan, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        kind = BriefingKindFactory(plan=plan, name=f"Kind {number}", position=number)
        KindSectionFactory.create_batch(count, kind=kind)
        BriefingFactory.create_batch(count, plan=plan, kind=kind)
    # Session, user, seats, plans, kinds, sections; the session's write; two savepoints.
    with django_assert_num_queries(11):
        page = desk.get(at("kinds"))
    assert [(row.name, len(row.live), row.uses) for row in page.context["rows"]] == [
        (f"Kind {number}", count, count) for number in range(1, count + 1)
    ]


def test_a_plan_without_kinds_shows_the_products_and_can_copy_them(desk, plan):
    page = desk.get(at("kinds"))
    assert [each["name"] for each in page.context["patterns"]] == [
        "Annual report by item",
        "Annual report",
        "Interim report",
        "Risk alert",
    ]
    assert BriefingKind.objects.count() == 0
    assert desk.post(at("kinds")).url == at("kinds")
    assert [row.name for row in desk.get(at("kinds")).context["rows"]] == [
        "Annual report by item",
        "Annual report",
        "Interim report",
        "Risk alert",
    ]


def test_the_list_of_briefings_and_the_new_briefing_form_link_to_the_kinds(desk, kind):
    link = f'href="{at("kinds")}"'
    assert [words(desk.get(at(name))).count(link) for name in ("list", "create")] == [1, 1]


# --- a kind ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_kind_takes_the_same_queries_for_any_number_of_sections(
    desk, plan, count, django_assert_num_queries
):
    kind = BriefingKindFactory(plan=plan)
    KindSectionFactory.create_batch(count, kind=kind, standing_text="Kia ora.")
    KindSectionFactory(kind=kind, heading="Recommendation", content="recommendation")
    KindSectionFactory.create_batch(count, kind=kind, withdrawn_on=date(2010, 7, 1))
    # Session, user, seats, plans, kind, sections, uses; the briefing that it is tried on (5); the
    # records (17); the session's write; two savepoints.
    with django_assert_num_queries(38):
        page = desk.get(at("kind", kind.slug))
    assert len(page.context["sections"]) == count + 1
    assert len(page.context["withdrawn"]) == count


def test_a_kind_shows_its_sections_and_a_preview_of_its_paper(desk, kind):
    page = desk.get(at("kind", "annual"))
    shown = [
        (each["row"].heading, each["may_rise"], each["may_sink"])
        for each in page.context["sections"]
    ]
    assert shown == [
        ("Purpose", False, True),
        ("Background", True, True),
        ("Achievements", True, True),
        ("Delay", True, True),
        ("Mitigation", True, True),
        ("Next steps", True, False),
        ("Recommendation", False, False),
    ]
    assert "What is late and why, from which date to which" in words(page)
    assert "This is your annual report on the Plan of Action" in paper(page)
    assert page.context["annexes"] == [
        "Progress at a glance, with the milestone timeline",
        "Work items",
        "Measures",
        "Findings of the audit",
    ]


def test_a_kind_says_that_existing_briefings_do_not_change(desk, plan, kind):
    assert "No briefing is drafted as this kind yet." in words(desk.get(at("kind", "annual")))
    BriefingFactory(plan=plan, kind=kind)
    assert "1 briefing is drafted as this kind. Changing the kind never changes it:" in words(
        desk.get(at("kind", "annual"))
    )
    BriefingFactory(plan=plan, kind=kind)
    assert "2 briefings are drafted as this kind. Changing the kind never changes them:" in words(
        desk.get(at("kind", "annual"))
    )


def test_the_preview_uses_the_period_of_the_last_briefing(desk, plan, kind):
    BriefingFactory(
        plan=plan,
        period_start=date(2009, 8, 1),
        period_end=date(2010, 1, 31),
        dated=date(2010, 2, 15),
    )
    page = desk.get(at("kind", "annual"))
    assert "It covers the six months to 31 January 2010." in paper(page)
    assert "as at 15 February 2010, reporting on 1 August 2009 to 31 January 2010" in words(page)


def test_a_paper_that_cannot_be_composed_shows_the_reason(desk, kind):
    Appointment.objects.all().delete()
    for address in (at("kind", "annual"), at("kind-paper", "annual")):
        page = desk.get(address)
        assert page.status_code == 200
        assert "The paper cannot be composed" in words(page)
        assert page.context["shown"]["refusal"] == (
            "Nobody is recorded as Minister of Immigration on 30 July 2010. Enter the ministerial "
            "appointment, or correct the briefing’s date."
        )


def test_the_full_preview_has_cover_and_annexes(desk, kind):
    page = desk.get(at("kind-paper", "annual"))
    assert paper(page).count("<h1") == 1
    assert "Annex A: Progress at a glance" in paper(page)


def test_a_user_who_may_only_read_is_offered_no_changes(manager, kind):
    pages = [words(manager.get(at("kind", "annual"))), words(manager.get(at("kinds")))]
    assert [page.count('<form method="post"') for page in pages] == [1, 1]  # to sign out
    assert "Add a section" not in pages[0]


def test_a_kind_of_another_plan_is_not_found(desk, plan, kind):
    other = BriefingKindFactory(slug="theirs")
    KindSectionFactory(kind=other, key="theirs")
    assert desk.get(at("kind", "theirs")).status_code == 404
    assert desk.get(at("change-section", "annual", "theirs")).status_code == 404


# --- its sections -----------------------------------------------------------------------------------


def test_a_section_can_be_changed(desk, kind):
    answer = desk.post(at("change-section", "annual", "delay"), SECTION)
    assert answer.url == at("kind", "annual")
    row = kind.sections.get(key="delay")
    assert (row.standing_text, row.version) == ("In short.", 2)
    assert "In short." in paper(desk.get(answer.url))


def test_a_preview_shows_the_typed_text_and_saves_nothing(desk, kind):
    page = desk.post(
        at("change-section", "annual", "delay"),
        {**SECTION, "heading": "What is late", "act": "preview"},
    )
    assert page.status_code == 200
    assert "<h2>What is late</h2>" in paper(page)
    assert "In short." in paper(page)
    assert "Not saved yet." in words(page)
    assert page.context["form"]["standing_text"].value() == "In short."
    row = kind.sections.get(key="delay")
    assert (row.heading, row.version, row.history.count()) == ("Delay", 1, 1)


@pytest.mark.parametrize("act", ["save", "preview"])
def test_a_refused_text_shows_an_error_at_its_field_and_the_unchanged_paper(desk, kind, act):
    typed = {**SECTION, "standing_text": "See {12}.", "act": act}
    page = desk.post(at("change-section", "annual", "delay"), typed)
    assert page.status_code == 422
    assert errors_of(page) == {
        "standing_text": [
            "“{12}” is nothing that a briefing fills in; that is {plan}, {released}, {period} and "
            "{date}."
        ]
    }
    assert page.context["form"]["standing_text"].value() == "See {12}."
    assert "<h2>Delay</h2>" in paper(page)


def test_a_conflict_shows_both_versions_and_a_second_save_overwrites(desk, kind, coordinator):
    row = kind.sections.get(key="delay")
    kinds.change_section(
        section=row,
        version=1,
        heading="Late",
        content="delay",
        standing_text="Theirs.",
        by=coordinator,
    )
    page = desk.post(at("change-section", "annual", "delay"), SECTION)
    assert page.status_code == 422
    assert page.context["theirs"] == [
        ("Heading", "Late"),
        ("What is written into it", "What is late and why, from which date to which"),
        ("Standing text", "Theirs."),
    ]
    assert page.context["form"]["standing_text"].value() == "In short."
    again = {**SECTION, "version": page.context["form"]["version"].value()}
    desk.post(at("change-section", "annual", "delay"), again)
    row.refresh_from_db()
    assert (row.heading, row.standing_text, row.version) == ("Delay", "In short.", 3)


def test_the_help_of_a_standing_text_names_what_each_briefing_fills_in(desk, kind):
    page = desk.get(at("change-section", "annual", "delay"))
    assert page.context["form"]["standing_text"].help_text == (
        "Printed in every briefing of this kind. A blank line starts a paragraph, “- ” starts a "
        "sub-bullet and **two stars** make bold. Filled in by each briefing: {plan} for the plan’s "
        "title, {released} for the day the plan was released, {period} for what the briefing reports "
        "on, {date} for the day of the briefing."
    )


def test_the_closing_section_keeps_its_content_whatever_is_posted(desk, kind):
    typed = {
        "heading": "What we ask",
        "content": "purpose",
        "standing_text": "We ask that you:",
        "version": "1",
    }
    desk.post(at("change-section", "annual", "recommendation"), typed)
    row = kind.sections.get(key="recommendation")
    assert (row.heading, row.content) == ("What we ask", "recommendation")
    assert "We ask that you:" in paper(desk.get(at("kind", "annual")))


ADDED = {"heading": "Money", "content": "", "standing_text": "From baselines.", "after": "delay"}


def test_a_section_is_previewed_then_added(desk, kind):
    page = desk.post(at("add-section", "annual"), {**ADDED, "act": "preview"})
    assert (page.status_code, kind.sections.count()) == (200, 7)
    assert (
        paper(page).index("<h2>Delay")
        < paper(page).index("<h2>Money")
        < (paper(page).index("<h2>Mitigation"))
    )
    assert page.context["place"] != ""
    assert desk.post(at("add-section", "annual"), ADDED).url == at("kind", "annual")
    assert kind.sections.get(heading="Money").position == 5


def test_content_of_another_section_is_not_offered(desk, kind):
    offered = desk.get(at("add-section", "annual")).context["form"].fields["content"].choices
    assert [value for value, _ in offered] == [
        "",
        "figures",
        "risks",
        "talking_points",
        "questions",
    ]


def test_a_section_can_be_moved_and_the_page_says_when_it_cannot_move_further(desk, kind):
    move = at("move-section", "annual", "delay")
    answer = desk.post(move, {"way": "up"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["“Delay” is moved up."]
    assert [row.key for row in kind.sections.in_order()][2] == "delay"
    answer = desk.post(at("move-section", "annual", "purpose"), {"way": "up"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["“Purpose” is first already."]
    assert desk.post(move, {"way": "sideways"}).status_code == 400


def test_a_section_is_withdrawn_with_a_reason_and_restored(desk, kind):
    address = at("withdraw-section", "annual", "delay")
    assert errors_of(desk.post(address, {})) == {"reason": ["Say why the section is withdrawn."]}
    desk.post(address, {"reason": "Nothing is late."})
    page = desk.get(at("kind", "annual"))
    assert [row.key for row in page.context["withdrawn"]] == ["delay"]
    assert "<h2>Delay</h2>" not in paper(page)
    assert "It was withdrawn on 30 July 2010." in words(desk.get(address))
    desk.post(at("restore-section", "annual", "delay"))
    assert KindSection.objects.get(kind=kind, key="delay").withdrawn_on is None


# --- the kind itself --------------------------------------------------------------------------------

KIND = {
    "name": "Yearly report",
    "title": "The year of {plan}",
    "most_words": "900",
    "use_progress": "on",
    "place_progress": "3",
    "use_items": "on",
    "place_items": "1",
    "verb-1": "note",
    "text-1": "",
    "verb-2": "agree",
    "text-2": "to the new dates",
    "version": "1",
}


def test_the_name_annexes_and_recommendations_of_a_kind_can_be_changed(desk, kind):
    page = desk.post(at("change-kind", "annual"), {**KIND, "act": "preview"})
    assert "to the new dates" in paper(page)
    assert page.context["shown"]["briefing"].title == "The year of the Plan of Action"
    assert desk.post(at("change-kind", "annual"), KIND).url == at("kind", "annual")
    kind.refresh_from_db()
    assert (kind.name, kind.annexes) == ("Yearly report", ["items", "progress"])
    assert kind.asks == [{"verb": "agree", "text": "to the new dates"}]


def test_a_conflict_over_a_kind_shows_both_versions(desk, kind, coordinator):
    kinds.change_kind(
        kind=kind,
        version=1,
        name="Report",
        title="Report on {plan}",
        annexes=["items"],
        most_words=1_000,
        asks=kind.asks,
        by=coordinator,
    )
    page = desk.post(at("change-kind", "annual"), KIND)
    assert page.context["theirs"] == [
        ("Name", "Report"),
        ("Title of its briefings", "Report on {plan}"),
        ("Most words before the annexes", "1,000"),
        ("Annexes", "Work items"),
        ("Recommendations", "note the contents of this paper"),
    ]
    assert page.context["form"]["version"].value() == "2"


def test_copying_a_kind_makes_a_separate_kind(desk, kind):
    answer = desk.post(at("copy-kind", "annual"), {"name": "Half-year report"})
    assert answer.url == at("kind", "half-year-report")
    chosen = desk.get(at("create")).context["kind"].fields["kind"].choices
    assert [label for _, label in chosen] == [
        "Annual report by item",
        "Annual report",
        "Interim report",
        "Risk alert",
        "Half-year report",
    ]


def test_the_history_shows_authors_and_reasons(desk, kind, coordinator):
    desk.post(at("change-section", "annual", "delay"), {**SECTION, "reason": "Plainer."})
    page = words(desk.get(at("kind-history", "annual")))
    assert f"{coordinator.signature} changed the standing text of “Delay”:" in page
    assert "Because: Plainer." in page
