"""Test the cover design of an agency: its services, its pages, and the papers printed with it."""

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Seat
from reports.compose.paper_cover import as_printed, design_of
from reports.document import from_json, to_json
from reports.document.cover_design import ROWS, USUAL_LABELS, CoverPart
from reports.drafting.paper import document_of
from reports.kinds.cover_history import history_of
from reports.kinds.services import agency_covers
from reports.models import AgencyCover, CoverMark
from reports.render.html import document_html
from tests.factories import AppointmentFactory, SeatFactory
from tests.reports.document.test_marks import file_of, picture
from tests.reports.drafted import drafted
from workitems.plan.services import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

AT = datetime(2010, 7, 30, tzinfo=UTC)


def change(agency, by, version=0, **design):
    return agency_covers.change_cover(agency=agency, version=version, by=by, **design)


def give_mark(agency, by, version=0, data=None, alt="Crest of the Department of Labour"):
    return agency_covers.change_mark(
        agency=agency, version=version, by=by, at=AT, data=data or file_of(picture()), alt=alt
    )


def labels(**words):
    return [
        {"part": part.value, "label": words.get(part.value, label), "label_mi": ""}
        for part, label in USUAL_LABELS.items()
    ]


# --- services -------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_agency_without_a_design_has_the_cover_of_2010(plan):
    assert design_of(plan.coordinating_agency) is None
    assert as_printed(agency_covers.cover_of(plan.coordinating_agency)) is None


def test_a_design_saved_as_it_was_is_not_written(labour, colleague):
    assert change(labour, colleague, ministry="").pk is None
    assert AgencyCover.objects.count() == 0


@pytest.mark.both_databases
def test_a_design_is_one_row_of_its_agency_with_its_history(labour, colleague):
    change(labour, colleague, ministry="Department of Labour")
    change(labour, colleague, version=1, ministry_mi="Te Tari Mahi", reason="Its own name")
    row = AgencyCover.objects.get()
    assert (row.agency, row.version, row.history.count()) == (labour, 2, 2)
    assert [(each.what, each.why) for each in history_of(labour)] == [
        (
            "changed the name of the ministry in te reo Māori from nothing to “Te Tari Mahi”.",
            "Its own name",
        ),
        ("changed the name of the ministry from nothing to “Department of Labour”.", ""),
    ]


def test_the_second_of_two_users_is_refused_with_the_row_of_the_first(labour, colleague):
    change(labour, colleague, ministry="Department of Labour")
    for act in (change, give_mark):
        with pytest.raises(Conflict) as refusal:
            act(labour, colleague)
        assert refusal.value.current.ministry == "Department of Labour"


@pytest.mark.parametrize(
    ("colour", "sentence"),
    [
        ("red", "Enter a colour as # and six digits"),
        ("#0B5158", "Enter a colour as # and six digits"),
        ("#767676", ""),
        ("#777777", "This colour is too light to read on white: its contrast is 4.5 to 1"),
        ("#ffff00", "This colour is too light to read on white: its contrast is 1.1 to 1"),
    ],
)
def test_a_colour_is_dark_enough_to_read_on_white(labour, colleague, colour, sentence):
    if not sentence:
        assert change(labour, colleague, ink=colour).ink == colour
        return
    with pytest.raises(Refused) as refusal:
        change(labour, colleague, ink=colour, rule=colour)
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.field == "ink"
    assert [field for _, field in refusal.value.others] == ["rule"]


def test_a_character_that_no_paper_can_print_is_refused(labour, colleague):
    for words in ("Labour\u202e", "Labour 😀"):
        with pytest.raises(Refused, match="cannot be printed"):
            change(labour, colleague, ministry=words)


def test_a_mark_is_kept_as_it_is_printed_and_described(labour, colleague):
    row = give_mark(labour, colleague)
    printed = as_printed(row).mark
    assert (printed.width, printed.height) == (201, 201)
    assert printed.data == bytes(CoverMark.objects.get().png)
    assert printed.alt == "Crest of the Department of Labour"
    again = give_mark(labour, colleague, version=1, data=file_of(picture()))
    assert (again.version, CoverMark.objects.count()) == (1, 1)


def test_a_mark_without_a_description_or_a_picture_is_refused(labour, colleague):
    with pytest.raises(Refused) as refusal:
        give_mark(labour, colleague, alt="")
    assert refusal.value.field == "alt"
    for data in (b"<svg/>", b"text"):
        with pytest.raises(Refused) as refusal:
            give_mark(labour, colleague, data=data)
        assert refusal.value.field == "picture"


@pytest.mark.both_databases
def test_a_removed_mark_stays_for_the_papers_that_have_it(labour, colleague):
    give_mark(labour, colleague)
    row = agency_covers.remove_mark(agency=labour, version=1, by=colleague)
    assert (row.mark, row.mark_alt, row.version) == (None, "", 2)
    assert [each.what for each in history_of(labour)] == [
        "removed the mark.",
        "added the mark “Crest of the Department of Labour”.",
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        CoverMark.objects.get().delete()


@pytest.mark.both_databases
def test_the_database_refuses_a_mark_without_a_description(labour, colleague):
    give_mark(labour, colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyCover.objects.update(mark_alt="")


# --- the paper ------------------------------------------------------------------------------


def test_a_draft_is_printed_with_the_design_of_its_coordinating_agency(
    plan, item, coordinator, labour
):
    briefing = drafted(plan, item, coordinator, for_referral_to="N/A", copied_to="N/A")
    change(
        labour,
        coordinator,
        ministry="Department of Labour",
        ink="#1f3a5f",
        labels=labels(tracker_number="Briefing number"),
        headings=[
            {"heading": "purpose", "heading_mi": "Te take"},
            {"heading": "Annex", "heading_mi": "Āpitihanga"},
            {"heading": "Work items", "heading_mi": "Ngā mahi"},
        ],
        has_empty_rows=False,
    )
    document = document_of(briefing)
    html = document_html(document)
    assert "Department of Labour</p>" in html
    assert '<h2>Purpose / <span lang="mi">Te take</span></h2>' in html
    assert re.findall("<h2>(Annex.*)</h2>", html) == [
        'Annex A: Progress at a glance / <span lang="mi">Āpitihanga A</span>',
        'Annex B: Work items / <span lang="mi">Āpitihanga B: Ngā mahi</span>',
    ]
    assert ">Briefing number</th>" in html
    assert "/1f3a5f-0b5158.css" in html
    assert "cc N/A" not in html
    # Typed, so printed; a blank deadline is left out.
    assert html.count("N/A") == 2
    assert "Deadline" not in html
    assert from_json(to_json(document)) == document


def test_a_paper_made_before_keeps_the_design_that_it_was_made_with(
    plan, item, coordinator, labour
):
    briefing = drafted(plan, item, coordinator)
    change(labour, coordinator, ministry="Department of Labour")
    kept = to_json(document_of(briefing))
    change(labour, coordinator, version=1, ministry="Ministry of Labour")
    assert from_json(kept).cover.looks.ministry == "Department of Labour"
    assert document_of(briefing).cover.looks.ministry == "Ministry of Labour"


# --- pages ----------------------------------------------------------------------------------


@pytest.fixture
def plan(plan):
    """The plan, with a Minister to write to."""
    AppointmentFactory(portfolio=plan.portfolio)
    return plan


def at(name, plan):
    return reverse(f"briefings:{name}", args=[plan.slug])


def typed(client, plan, **changes):
    """Return what the page's form would post unchanged, with changes."""
    form = client.get(at("cover-design", plan)).context["form"]
    found = {field.name: field.value() for field in form}
    found = {
        name: value for name, value in found.items() if value is not None and value is not False
    }
    return {**found, **changes}


def test_a_coordinator_changes_the_cover_and_sees_the_paper(client, plan, coordinator):
    data = typed(client, plan, ministry="Department of Labour", place_tracker_number="1")
    response = client.post(at("cover-design", plan), {**data, "act": "save"})
    assert response.url == at("cover-design", plan)
    row = AgencyCover.objects.get()
    assert [each["part"] for each in row.labels if each["part"] in ROWS] == [
        CoverPart.TRACKER_NUMBER,
        *(part for part in ROWS if part != CoverPart.TRACKER_NUMBER),
    ]
    assert "Department of Labour</p>" in client.get(response.url).content.decode()


def test_a_form_sent_as_it_was_says_that_nothing_was_changed(client, plan, coordinator):
    response = client.post(at("cover-design", plan), typed(client, plan), follow=True)
    assert "Nothing was changed." in response.content.decode()
    assert AgencyCover.objects.count() == 0


def test_a_preview_shows_what_is_typed_and_saves_nothing(client, plan, coordinator):
    data = typed(client, plan, ministry="Ministry of Work", act="preview")
    response = client.post(at("cover-design", plan), data)
    assert response.context["tried"]
    assert "Ministry of Work</p>" in response.context["shown"]["paper"]
    assert AgencyCover.objects.count() == 0


def test_errors_are_shown_at_their_fields_and_keep_what_was_typed(client, plan, coordinator):
    data = typed(
        client, plan, ink="#eeeeee", headings="Purpose = Te take\nBackground", label_title=""
    )
    response = client.post(at("cover-design", plan), {**data, "act": "save"})
    assert response.status_code == 422
    assert {field: list(errors) for field, errors in response.context["form"].errors.items()} == {
        "headings": [
            "Line 2 is not complete. Enter each line as the heading, an equals sign, and the te reo "
            "Māori, such as Purpose = Te take."
        ],
        "label_title": ["Enter a label for “Title”."],
    }
    assert response.context["form"]["ink"].value() == "#eeeeee"


def test_a_light_colour_is_refused_at_its_field(client, plan, coordinator):
    response = client.post(at("cover-design", plan), typed(client, plan, rule="#eee000"))
    assert list(response.context["form"].errors) == ["rule"]
    assert "cannot be composed" not in response.content.decode()


def test_a_conflict_shows_both_sides_and_the_next_save_wins(client, plan, coordinator, colleague):
    data = typed(client, plan, ministry="Mine")
    change(plan.coordinating_agency, colleague, ministry="Theirs")
    response = client.post(at("cover-design", plan), data)
    assert response.status_code == 422
    assert response.context["theirs"] == [("Name of the ministry in English", "Theirs")]
    version = response.context["form"]["version"].value()
    client.post(at("cover-design", plan), {**data, "version": version})
    assert AgencyCover.objects.get().ministry == "Mine"


@pytest.mark.both_databases
def test_a_mark_is_added_described_and_removed(client, plan, coordinator):
    page = at("cover-mark", plan)
    file = SimpleUploadedFile("crest.png", file_of(picture()))
    client.post(page, {"version": 0, "picture": file, "alt": "Crest of Labour"})
    assert 'alt="Crest of Labour"' in client.get(at("cover-design", plan)).content.decode()
    client.post(page, {"version": 1, "alt": "The crest of the Department"})
    row = AgencyCover.objects.get()
    assert (row.mark_alt, row.version) == ("The crest of the Department", 2)
    client.post(at("remove-cover-mark", plan), {"version": 2})
    row.refresh_from_db()
    assert row.mark is None


def test_a_file_that_is_no_picture_is_refused_at_its_field(client, plan, coordinator):
    file = SimpleUploadedFile("crest.svg", b"<svg/>")
    response = client.post(at("cover-mark", plan), {"version": 0, "picture": file, "alt": "Crest"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["picture"]
    assert response.context["form"]["alt"].value() == "Crest"


def test_the_history_says_who_changed_what(client, plan, coordinator):
    assert "Nobody has changed the cover." in client.get(at("cover-history", plan)).content.decode()
    client.post(at("cover-design", plan), typed(client, plan, is_maori_first="on"))
    assert "put te reo Māori first." in client.get(at("cover-history", plan)).content.decode()


def test_the_colours_of_a_paper_on_screen_are_a_stylesheet(client, coordinator):
    response = client.get(reverse("covers:colours", args=["1f3a5f", "7a1f2b"]))
    assert response["Content-Type"] == "text/css"
    css = response.content.decode()
    assert ".paper .paper-kind" in css and "color: #1f3a5f;" in css
    assert client.get(reverse("covers:colours", args=["ffffff", "7a1f2b"])).status_code == 404


@pytest.mark.parametrize("role", [Seat.Role.AUTHORISING_MANAGER, Seat.Role.CONTRIBUTOR])
def test_others_of_the_agency_may_not_change_the_cover(client, plan, role):
    client.force_login(SeatFactory(agency=plan.coordinating_agency, role=role).user)
    assert client.get(at("cover-design", plan)).status_code == 403


def test_the_page_takes_one_query_more_for_a_mark(
    client, plan, coordinator, django_assert_num_queries
):
    client.get(at("cover-design", plan))
    with django_assert_num_queries(34):
        client.get(at("cover-design", plan))
    give_mark(plan.coordinating_agency, coordinator)
    with django_assert_num_queries(35):
        client.get(at("cover-design", plan))
