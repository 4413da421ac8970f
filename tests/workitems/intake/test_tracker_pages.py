"""Test the pages that bring a tracker in: file, columns, plan with its doubts, import."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Seat
from tests.factories import AgencyFactory, SeatFactory
from tests.workitems import trackers
from tests.workitems.workbooks import file_of, small
from workitems.intake.tracker.doubts import ADD
from workitems.models import Plan, TrackerMapping, TrackerNote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

CHOOSE = "/plans/import/tracker/"
COLUMNS = "/plans/import/tracker/columns/"
PREVIEW = "/plans/import/tracker/preview/"


@pytest.fixture
def mbie():
    AgencyFactory(short_name="Police", name="New Zealand Police")
    AgencyFactory(
        short_name="Customs", name="New Zealand Customs Service", name_mi="Te Mana Ārai o Aotearoa"
    )
    AgencyFactory(short_name="DoL", name="Department of Labour")
    return AgencyFactory(short_name="MBIE", name="Ministry of Business, Innovation and Employment")


@pytest.fixture
def person(mbie):
    """A client of MBIE's coordinator."""
    client = Client()
    client.force_login(
        SeatFactory(agency=mbie, role=Seat.Role.COORDINATOR).user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def fields_of(response):
    """Return what the page's forms would send if nothing was changed."""
    forms = [*response.context.get("forms", []), response.context.get("plan_form")]
    forms = [form for form in [*forms, response.context.get("form")] if form is not None]
    found = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value not in (None, False):
                found[bound.html_name] = value.pk if hasattr(value, "pk") else value
    return found


def upload(person, content, name="tracker.xlsx"):
    return person.post(CHOOSE, {"tracker": SimpleUploadedFile(name, content)})


def give_columns(person, **changed):
    """Send the page of columns as it is, with what a person types."""
    data = fields_of(person.get(COLUMNS))
    data |= {
        "title": "Plan against Forced Labour",
        "released_on": "1 July 2025",
        "portfolio": "Minister of Immigration",
        "as_at": "30 June 2026",
    }
    return person.post(COLUMNS, data | changed)


def import_rows(person, rows, answers_to):
    """Import a spreadsheet with the answers to its open doubts and about days of completion, and return the plan,
    adopted in July 2025."""
    upload(person, trackers.sheet_of(rows))
    give_columns(person)
    page = person.get(PREVIEW)
    answers = {}
    for doubt in page.context["found"].doubts:
        if doubt.is_open or doubt.group == "completed":
            answers |= answers_to(doubt)
    person.post(PREVIEW, fields_of(page) | answers | {"act": "update"})
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    return Plan.objects.get()


# What is never guessed, as most tests have it.
LIKELIEST = {"rag-alone": "under_way", "moved": "forecast"}


def answer(person, act="update", **answers):
    """Send the page of the plan with answers by what the doubts say."""
    page = person.get(PREVIEW)
    data, said_otherwise = fields_of(page), {}
    for doubt in page.context["found"].doubts:
        if (said := doubt.quoted.replace(" ", "_")) in answers:
            data[doubt.name] = answers[said]
        elif doubt.is_open and (likeliest := LIKELIEST.get(doubt.key.partition(":")[0])):
            said_otherwise[doubt.name] = likeliest
        elif doubt.is_open and doubt.key.startswith("status:"):
            said_otherwise[doubt.name] = doubt.choices[0].value
    data |= said_otherwise
    if act == "import" and said_otherwise:
        person.post(PREVIEW, data | {"act": "update"})
        data = fields_of(person.get(PREVIEW))
    return person.post(PREVIEW, data | {"act": act})


@pytest.mark.parametrize(
    ("content", "name", "answers", "items", "notes"),
    [
        (trackers.plain_csv, "tracker.csv", {"Completed": "as_at"}, 40, 92),
        (trackers.merged, "tracker.xlsx", {"Complete": "as_at"}, 60, 65),
        (trackers.by_milestone, "tracker.xlsx", {"Police/Customs": "Customs"}, 100, None),
    ],
)  # fmt: skip
def test_each_tracker_becomes_a_plan_in_a_few_acts(person, content, name, answers, items, notes):
    assert upload(person, content(), name).url == COLUMNS
    assert give_columns(person).url == PREVIEW
    if answers:
        assert answer(person, **answers).url == PREVIEW
    response = answer(person, act="import")
    plan = Plan.objects.get()
    assert (response.url, plan.adopted_on, plan.items.count()) == (
        plan.get_absolute_url(),
        None,
        items,
    )
    assert notes in (None, TrackerNote.objects.filter(plan=plan).count())
    assert "tracker" in person.get(plan.get_absolute_url()).text


def test_the_second_file_of_a_shape_is_read_as_the_first_was(person):
    first = trackers.sheet_of(
        [["Nr", "What we do", "Whose", "Colour"], ["1", "Train staff", "Forests", "G"]]
    )
    upload(person, first)
    page = person.get(COLUMNS)
    assert page.context["remembered"] is None
    prefix = page.context["forms"][0].prefix
    give_columns(
        person, **{f"{prefix}-c3": "lead", f"{prefix}-c2": "title", f"{prefix}-is_read": "on"}
    )
    answer(person, Forests="Police")
    answer(person, act="import")
    assert TrackerMapping.objects.get().agency.short_name == "MBIE"
    second = trackers.sheet_of(
        [["Nr", "WHAT WE DO", "Whose", "Colour"], ["1", "Map chains", "Forests", "R"]]
    )
    upload(person, second)
    page = person.get(COLUMNS)
    assert page.context["remembered"] is not None
    assert fields_of(page)[f"{prefix}-c3"] == "lead"
    give_columns(person, title="Another plan", **{f"{prefix}-is_read": "on"})
    assert [each.key for each in person.get(PREVIEW).context["found"].open_doubts] == ["rag-alone"]
    answer(person, act="import")
    assert Plan.objects.get(title="Another plan").items.get().lead_agency.short_name == "Police"


def test_a_plan_with_open_doubts_is_not_imported(person):
    upload(person, trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "Forests"]]))
    give_columns(person)
    page = person.get(PREVIEW)
    assert [doubt.quoted for doubt in page.context["found"].open_doubts] == ["Forests"]
    assert "Choose 1 answer before the import." in page.text
    # What would be refused is not offered.
    assert "Import as a plan" not in page.text
    refused = answer(person, act="import")
    assert refused.status_code == 422
    assert refused.context["form"].errors == {
        page.context["found"].doubts[0].name: ["“Forests”: choose an answer."]
    }
    assert not Plan.objects.exists()
    answer(person, Forests=ADD)
    assert answer(person, act="import").status_code == 302
    assert Plan.objects.get().items.get().lead_agency.short_name == "Forests"


def test_an_import_with_other_answers_than_shown_shows_the_plan_first(person):
    upload(
        person, trackers.sheet_of([["No", "Action", "Due date"], ["1", "Train staff", "mid-2027"]])
    )
    give_columns(person)
    response = answer(person, act="import", **{"mid-2027": "2027-Q3"})
    assert (response.status_code, Plan.objects.count()) == (422, 0)
    assert "Nothing is kept until you press “Import as a plan”." in response.text
    assert "There is a problem" not in response.text
    answer(person, act="import")
    assert str(Plan.objects.get().items.get().milestones.get().original) == "July to September 2027"


def test_an_agency_that_the_register_does_not_know_is_added_with_its_names(person):
    upload(
        person,
        trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "Ministry of Forests"]]),
    )
    give_columns(person)
    page = person.get(PREVIEW)
    (doubt,) = page.context["found"].doubts
    assert doubt.new_agency == ("Ministry of Forests", "Ministry of Forests")
    data = fields_of(page) | {doubt.name: ADD, f"{doubt.name}-short": "Police", "act": "import"}
    refused = person.post(PREVIEW, data)
    assert refused.context["form"].errors == {
        f"{doubt.name}-short": [
            f"That is the short name of {Agency.objects.get(short_name='Police').name}. Choose it in the "
            "list, or enter another."
        ]
    }
    data |= {f"{doubt.name}-short": "MoF", "act": "update"}
    assert person.post(PREVIEW, data).url == PREVIEW
    assert answer(person, act="import").status_code == 302
    lead = Plan.objects.get().items.get().lead_agency
    assert (lead.short_name, lead.name) == ("MoF", "Ministry of Forests")


def test_a_second_file_in_another_tab_loses_nothing_in_silence(person):
    upload(person, trackers.plain_csv(3), "first.csv")
    give_columns(person)
    page = person.get(PREVIEW)
    first = fields_of(page) | {"file": page.context["state"].key, "act": "import"}
    upload(person, trackers.merged(3), "second.xlsx")
    response = person.post(PREVIEW, first, follow=True)
    assert response.redirect_chain[0][0] == CHOOSE
    assert "You have chosen another spreadsheet since, second.xlsx" in response.text
    assert not Plan.objects.exists()


def test_the_notes_of_an_item_are_linked_from_its_page_for_its_coordinator(person):
    upload(person, trackers.plain_csv(3))
    give_columns(person)
    answer(person, act="import")
    plan = Plan.objects.get()
    Plan.objects.filter(pk=plan.pk).update(adopted_on=plan.released_on)
    address = f"{reverse('plans:tracker-notes', args=[plan.slug])}?item=A1"
    item = plan.items.get(number="A1").get_absolute_url()
    assert address in person.get(item).text
    assert "Officer 0" in person.get(address).text
    reader = Client()
    seat = SeatFactory(role=Seat.Role.OBSERVER, agency=plan.coordinating_agency)
    reader.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    assert (reader.get(item).status_code, reader.get(address).status_code) == (200, 403)
    assert address not in reader.get(item).text


def test_a_date_is_typed_where_there_is_none(person):
    upload(person, trackers.sheet_of([["No", "Action", "Due date"], ["1", "Train staff", "when funded"],
                                      ["2", "Map chains", "June 2027"]]))  # fmt: skip
    give_columns(person)
    page = person.get(PREVIEW)
    (doubt,) = (each for each in page.context["found"].doubts if each.quoted == "when funded")
    data = fields_of(page) | {f"{doubt.name}-date": "soon", "act": "update"}
    response = person.post(PREVIEW, data)
    assert (response.status_code, list(response.context["form"].errors)) == (
        422,
        [f"{doubt.name}-date"],
    )
    assert person.post(PREVIEW, data | {f"{doubt.name}-date": "Q3 2027"}).status_code == 302
    item = person.get(PREVIEW).context["found"].items[0]
    assert [str(step.original) for step in item.milestones] == ["July to September 2027"]


def test_other_rows_of_headings_are_read_and_shown_again(person):
    rows = [["My own words"], ["Nr", "Doing"], ["No", "Action"], ["1", "Train staff"]]
    upload(person, trackers.sheet_of(rows))
    page = person.get(COLUMNS)
    form = page.context["forms"][0]
    response = give_columns(person, **{f"{form.prefix}-first": "2", f"{form.prefix}-last": "2"})
    assert response.url == COLUMNS
    page = person.get(COLUMNS)
    assert [column.heading for column in page.context["forms"][0].columns] == ["Nr", "Doing"]
    assert page.context["plan_form"]["title"].value() == "Plan against Forced Labour"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Enter the title of the plan."),
        ("as_at", "30 June 2999", "Check the year: it should be between 1990 and 2100."),
        ("as_at", "30 June 2099", "That day has not come yet. Enter a day up to today."),
        ("ends_on", "1 July 2024", "Enter a day after the release."),
    ],
)
def test_what_is_wrong_about_the_plan_is_said_at_its_field(person, field, value, sentence):
    upload(person, trackers.plain_csv(3))
    response = give_columns(person, **{field: value})
    assert (response.status_code, response.context["plan_form"].errors) == (
        422,
        {field: [sentence]},
    )


def test_the_title_and_the_day_are_guessed_from_the_rows_above(person):
    upload(person, trackers.merged(3))
    form = person.get(COLUMNS).context["plan_form"]
    assert form["title"].value() == "Plan of Action against Forced Labour"
    assert re.sub("<.*?>", "", str(form["as_at"].value())) in ("2026-06-30", "30 June 2026")


def test_a_foolish_file_is_refused_on_the_page(person):
    response = upload(person, b"%PDF-1.7")
    assert response.status_code == 422
    assert "The file is a PDF." in response.text


def test_the_registers_own_workbook_is_led_to_its_own_page(person):
    response = upload(person, file_of(small()).getvalue())
    assert response.status_code == 422
    assert (
        response.context["faults"][0].problem == "This is a workbook in the register’s own format."
    )


def test_headings_alone_make_no_plan(person):
    upload(person, b"No,Action,Lead\n", "tracker.csv")
    give_columns(person)
    page = person.get(PREVIEW)
    assert [fault.problem for fault in page.context["faults"]] == [
        "No row of the spreadsheet becomes a work item."
    ]
    assert answer(person, act="import").status_code == 422
    assert not Plan.objects.exists()


def test_a_marking_is_not_taken_for_the_title(person):
    upload(
        person, b"UNCLASSIFIED\nPlan of Action on Forests\nNo,Action,Lead\n1,Plant,MBIE\n", "a.csv"
    )
    assert person.get(COLUMNS).context["plan_form"]["title"].value() == "Plan of Action on Forests"


def test_without_a_file_the_pages_lead_to_choosing_one(person):
    for address in (COLUMNS, PREVIEW):
        assert person.get(address).url == CHOOSE
        assert person.post(address, {}).url == CHOOSE
    upload(person, trackers.plain_csv(3))
    assert person.get(PREVIEW).url == COLUMNS


def test_a_title_that_a_plan_has_is_refused(person):
    for expected in (302, 422):
        upload(person, trackers.plain_csv(3))
        response = give_columns(person)
        assert response.status_code == expected
        if expected == 302:
            answer(person, act="import")
    assert response.context["plan_form"].errors == {
        "title": [
            "There is already a plan with this title, and a tracker can only start a new one. Enter another "
            "title. To bring rows into that plan, export it as a workbook, add them there, and import it "
            "again on the plan’s page."
        ]
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_notes_take_a_fixed_number_of_queries(person, django_assert_num_queries, count):
    upload(person, trackers.plain_csv(count))
    give_columns(person)
    answer(person, act="import")
    plan = Plan.objects.get()
    address = reverse("plans:tracker-notes", args=[plan.slug])
    with django_assert_num_queries(9):
        page = person.get(address)
    assert len(page.context["page"].object_list) == TrackerNote.objects.count() >= count
    number = plan.items.get(number="A1").number
    assert "Officer 0" in person.get(f"{address}?item={number}").text


def test_notes_of_a_plan_that_is_not_adopted_are_for_its_coordinators(person):
    upload(person, trackers.plain_csv(3))
    give_columns(person)
    answer(person, act="import")
    other = Client()
    other.force_login(
        SeatFactory(role=Seat.Role.COORDINATOR).user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    address = reverse("plans:tracker-notes", args=[Plan.objects.get().slug])
    assert (other.get(address).status_code, person.get(address).status_code) == (404, 200)


def test_a_plan_is_deleted_with_its_notes(person):
    upload(person, trackers.plain_csv(3))
    give_columns(person)
    answer(person, act="import")
    plan = Plan.objects.get()
    page = person.get(reverse("plans:delete", args=[plan.slug]))
    person.post(reverse("plans:delete", args=[plan.slug]), fields_of(page))
    assert (Plan.objects.count(), TrackerNote.objects.count()) == (0, 0)


def test_what_is_answered_is_folded(person):
    lines = [["No", "Action", "Lead", "RAG"], ["1", "Map", "Rivers", "Green"]]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    asked = person.get(PREVIEW).context["form"]
    assert [doubt.quoted for doubt, *_ in asked.agencies] == ["Rivers"]
    assert [group for group, *_ in asked.to_answer] == ["status"]
    answer(person, Rivers=ADD)
    page = person.get(PREVIEW)
    form = page.context["form"]
    counts = (form.guessed_count, form.confirmed_count)
    assert (form.agencies, form.to_answer, counts) == ([], [], (0, 1))
    assert [doubt.quoted for doubt, *_ in form.new_agencies] == ["Rivers"]
    assert "Nothing is kept until you press “Import as a plan”." in page.text


def test_the_full_name_of_an_agency_is_asked_for_where_only_its_initials_are_known(person):
    upload(person, trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "DIA"]]))
    give_columns(person)
    page = person.get(PREVIEW)
    ((doubt, _, (name, _short)),) = page.context["form"].agencies
    assert (doubt.quoted, doubt.is_open) == ("DIA", False)
    assert "Only its initials are known. Enter its full name, as papers print it." in page.text
    person.post(
        PREVIEW,
        fields_of(page) | {name.html_name: "Department of Internal Affairs", "act": "update"},
    )
    assert person.get(PREVIEW).context["form"].agencies == []
    answer(person, act="import")
    assert Agency.objects.get(short_name="DIA").name == "Department of Internal Affairs"


def test_initials_alone_do_not_stop_the_import(person):
    upload(person, trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "DIA"]]))
    give_columns(person)
    assert answer(person, act="import").status_code == 302
    assert Agency.objects.get(short_name="DIA").name == "DIA"


def test_what_is_guessed_is_shown_until_a_person_confirms_it(person):
    lines = [
        ["No", "Action", "Lead", "RAG", "By when"],
        ["1", "Map", "Police", "Green", "mid 2099"],
        ["2", "Train", "Police", "Red", "Mar 2099 (was Dec 2098)"],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    page = person.get(PREVIEW)
    form = page.context["form"]
    told = [
        [(group, [doubt.in_short for doubt, *_ in rows]) for group, _, rows in groups]
        for groups in (form.to_answer, form.guessed)
    ]
    assert told == [
        [("status", ["These items have a RAG and no stage"]), ("dates", ["Mar 2099 (was Dec 2098)"])],
        [("dates", ["mid 2099"])],
    ]  # fmt: skip
    says = "1 answer is guessed and becomes part of the plan. Change it if it is wrong."
    assert (says in page.text, "<h2>Answers</h2>" in page.text) == (True, False)
    assert page.context["import_words"] == "Import as a plan, with 1 guess"
    answer(person)
    page = person.get(PREVIEW)
    folded = page.text.partition("<h2>Answers</h2>")[2]
    assert (says in page.text, "3 answers are chosen: change what is wrong" in folded) == (
        False,
        True,
    )
    assert page.context["import_words"] == "Import as a plan"


def test_milestones_without_a_date_are_named_and_counted(person):
    lines = [
        ["No", "Action", "Lead", "Milestone", "Due"],
        ["1", "Map", "Police", "Map printed", "May 2099"],
        ["", "", "", "Map agreed", "TBC"],
        ["", "", "", "Map used", ""],
        # Its date must still be answered.
        ["", "", "", "Map kept", "2099"],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    says = (
        "2 milestones have no date and would not be in the plan, but in the notes of their items: "
        "1 Map agreed; 1 Map used."
    )
    assert says in " ".join(person.get(PREVIEW).text.split())


def test_a_summer_is_asked_for_with_the_months_of_both_hemispheres(person):
    lines = [["No", "Action", "Lead", "Due"], ["1", "Map", "Police", "summer 2099"]]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    (doubt,) = [
        each for each in person.get(PREVIEW).context["found"].doubts if each.group == "dates"
    ]
    assert doubt.is_open
    assert [choice.label for choice in doubt.choices][:3] == [
        "August 2099",
        "February 2100",
        "February 2099",
    ]
