"""Rule 56: what is adopted changes only by decision, by whatever door."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Agency, Seat
from tests.factories import AgencyFactory, MeetingFactory, MemberFactory, PlanFactory, SeatFactory
from tests.workitems.intake.conftest import files  # noqa: F401
from tests.workitems.record import ready_to_decide
from tests.workitems.workbooks import file_of, setting, small
from workitems.intake.services.plans import change_about
from workitems.intake.workbook import import_workbook, preview_import
from workitems.intake.workbook.columns import SHEETS, changes_of_adopted, described
from workitems.models import Milestone, Plan, Support, Variation, WorkItem
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files"), pytest.mark.one_database]

NOW = datetime(2010, 5, 1, 12, tzinfo=UTC)
# It is past midnight in New Zealand.
TODAY = date(2010, 5, 2)
WHY = "The Cabinet decided so."


@pytest.fixture
def plan(time_machine_of_rule):
    return import_workbook(file_of(small()), name="first.xlsx", at=NOW).plan


@pytest.fixture
def time_machine_of_rule():
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def send(client, plan):
    """Return a function that posts to the plan's import page as its coordinator."""
    seat = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR)
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("plans:import", args=[plan.slug])

    def send(**data):
        if "reason" in data:
            data.setdefault("rows", list(range(20)))
        return client.post(address, data)

    send.to = client.get
    return send


def rewritten():
    """The small plan with ten differences that only a decision makes, and one that an import takes."""
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Ends on", date(2014, 12, 31))
    sheets["Pillars"][0]["Title"] = "Stopping it"
    (item,), (step,) = sheets["Work items"], sheets["Milestones"]
    item |= {
        "Title": "Train everybody",
        "Lead agency": "Police",
        "Supporting agencies": "",
        "Timeframe": "Long",
        "Key": "No" if item.get("Key") == "Yes" else "Yes",
        "Confidence": "On track",
    }
    sheets["Measures"][0]["Measure"] = "Everybody is trained"
    step |= {
        "Description": "Everybody trained",
        "Done means": "All have come.",
        "Responsible agency": "Police" if step["Responsible agency"] != "Police" else "DoL",
    }
    return sheets


def upload(sheets):
    return SimpleUploadedFile("plan.xlsx", file_of(sheets).getvalue())


def test_ten_differences_are_offered_as_ten_variations_with_one_reason(send, plan):
    page = send(workbook=upload(rewritten()))
    outcome = page.context["outcome"]
    assert [(row.sheet, row.heading) for row in outcome.to_decide] == [
        ("Plan", "Ends on"),
        ("Pillars", "Title"),
        ("Work items", "Title"),
        ("Work items", "Lead agency"),
        ("Work items", "Key"),
        ("Work items", "Timeframe"),
        ("Milestones", "Description"),
        ("Milestones", "Done means"),
        ("Milestones", "Responsible agency"),
        ("Measures", "Measure"),
    ]
    assert [row.obstacle for row in outcome.to_decide] == [""] * 10
    assert "Propose the ticked changes" in page.text
    assert page.text.count(" checked") == 10
    with_no_reason = send(fingerprint=outcome.fingerprint, reason="", once="a")
    assert with_no_reason.status_code == 422
    assert not Variation.objects.exists()
    after = send(fingerprint=outcome.fingerprint, reason=WHY, once="b")
    made = Variation.objects.order_by("number")
    assert [(row.state, row.reason) for row in made] == [("requested", WHY)] * 10
    assert {row.requesting_agency for row in made} == {plan.coordinating_agency}
    # The same workbook still brings in what needs no decision, and offers nothing twice.
    assert after.status_code == 302
    after = send.to(after.url)
    assert after.context["outcome"].proposable == []
    references = [f"V{number}" for number in range(1, 11)]
    assert [row.asked.reference for row in after.context["outcome"].to_decide] == references
    assert (after.text.count("Proposed: V"), "Not proposed" in after.text) == (10, False)
    done = send(fingerprint=after.context["outcome"].fingerprint, once="c")
    assert done.status_code == 302
    assert WorkItem.objects.get().confidence == "on_track"


@pytest.mark.both_databases
def test_an_import_leaves_what_was_adopted_as_it_is(plan):
    def adopted():
        models = (Plan, WorkItem, Milestone, Support)
        left_out = {"version", "confidence"}
        return [
            {name: value for name, value in row.items() if name not in left_out}
            for model in models
            for row in model.objects.order_by("pk").values()
        ]

    before = adopted()
    outcome = import_workbook(file_of(rewritten()), name="second.xlsx", at=NOW, plan=plan)
    assert (len(outcome.to_decide), adopted()) == (10, before)
    assert WorkItem.objects.get().confidence == "on_track"


def test_new_items_and_milestones_of_a_workbook_are_proposed(send, plan):
    sheets = small()
    item = {
        **sheets["Work items"][0],
        "Number": "1.9",
        "Stage": "Not started",
        "Title": "A help line",
    }
    step = {
        "Work item": "1.9",
        "Milestone": 1,
        "Description": "Line open",
        "Responsible agency": "DoL",
        "Original due": date(2011, 3, 31),
    }
    measure = {
        **sheets["Measures"][0],
        "Work item": "1.9",
        "Measure": "Calls answered at once",
        "What is counted": "the share of calls answered at once",
        "Counted as": "A share: so many of so many",
        "Responsible agency": "Police",
        "Targets": "80 by June 2012",
    }
    sheets["Work items"].append(item)
    sheets["Milestones"] += [step, {**step, "Work item": "1.1", "Milestone": 9}]
    sheets["Measures"].append(measure)
    outcome = send(workbook=upload(sheets)).context["outcome"]
    assert [(row.heading, row.now, row.obstacle) for row in outcome.to_decide] == [
        ("Number", "1.9 A help line", ""),
        ("Milestone", "Line open", ""),
    ]
    assert outcome.is_empty
    send(fingerprint=outcome.fingerprint, reason=WHY)
    made = Variation.objects.order_by("number")
    assert ([row.kind for row in made], WorkItem.objects.count()) == (["item", "milestone"], 1)
    (counted,) = made[0].addition.measures
    assert str(counted) == (
        "Calls answered at once; target 80 per cent by June 2012; baseline not known"
    )
    assert counted.responsible_agency == Agency.objects.get(short_name="Police").pk


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"What is counted": ""}, "Write what is counted"),
        ({"Targets": "180 by June 2012"}, "Enter per cent, from 0 to 100."),
        ({"Responsible agency": "Health"}, "“Health” is not an agency on the sheet Agencies."),
    ],
)
def test_a_measure_of_a_new_item_is_checked_like_any_other(send, plan, said, fault):
    sheets = small()
    sheets["Work items"].append(
        {**sheets["Work items"][0], "Number": "1.9", "Stage": "Not started"}
    )
    counted = {
        "Work item": "1.9",
        "What is counted": "the share of calls answered",
        "Counted as": "A share: so many of so many",
    }
    sheets["Measures"].append({**sheets["Measures"][0], **counted, **said})
    assert fault in send(workbook=upload(sheets)).text


@pytest.mark.both_databases
def test_only_the_ticked_changes_are_proposed(send, plan):
    outcome = send(workbook=upload(rewritten())).context["outcome"]
    nothing = send(fingerprint=outcome.fingerprint, reason=WHY, rows=[])
    assert nothing.status_code == 422
    assert "Tick at least one change." in nothing.text
    send(fingerprint=outcome.fingerprint, reason=WHY, rows=[2, 6])
    texts = Variation.objects.order_by("number").values_list("text_after", flat=True)
    assert list(texts) == ["Train everybody", "Everybody trained"]


def test_a_workbook_from_before_a_decision_does_not_undo_it_by_itself(send, plan):
    """The plan was changed by a decision after the workbook was downloaded."""
    outcome = send(workbook=upload(rewritten())).context["outcome"]
    send(fingerprint=outcome.fingerprint, reason=WHY, rows=[2, 3])
    coordinator = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    for made in Variation.objects.order_by("number"):
        variations.recommend(variation=made, recommendation="Yes.", by=coordinator, at=NOW)
        ready_to_decide(meeting, made)
        variations.decide(variation=made, approve=True, meeting=meeting, by=coordinator, at=NOW)
    page = send(workbook=upload(small()))
    rows = page.context["outcome"].to_decide
    assert [(row.heading, row.undoes and row.undoes.reference) for row in rows] == [
        ("Title", "V1"),
        ("Lead agency", "V2"),
        ("Supporting agencies", "V2"),
    ]
    assert " checked" not in page.text
    assert "The plan had this before V1 was approved on 2 May 2010." in page.text


def test_what_was_declined_or_withdrawn_before_says_so_and_is_not_ticked(send, plan):
    outcome = send(workbook=upload(rewritten())).context["outcome"]
    send(fingerprint=outcome.fingerprint, reason=WHY, rows=[2, 3])
    coordinator = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    title, lead = Variation.objects.order_by("number")
    variations.recommend(variation=title, recommendation="No.", by=coordinator, at=NOW)
    ready_to_decide(meeting, title)
    variations.decide(variation=title, approve=False, meeting=meeting, by=coordinator, at=NOW)
    variations.take_back(variation=lead, by=coordinator, reason="Too early.")
    page = send(workbook=upload(rewritten()))
    rows = page.context["outcome"].to_decide
    refused = {row.heading: row.refused.reference for row in rows if row.refused}
    assert refused == {"Title": "V1", "Lead agency": "V2"}
    assert page.text.count(" checked") == len(rows) - 2
    assert "V1 asked for this and was declined on 2 May 2010" in page.text
    assert "V2 asked for this and was withdrawn" in page.text
    detail = send.to(lead.get_absolute_url())
    assert "Too early." in detail.text


@pytest.mark.both_databases
def test_an_agency_that_gives_its_lead_away_in_the_same_workbook_may_come_to_support_the_item(
    send, plan
):
    sheets = small()
    sheets["Work items"][0] |= {"Lead agency": "Police", "Supporting agencies": "Police; DoL"}
    page = send(workbook=upload(sheets))
    outcome = page.context["outcome"]
    assert [(row.heading, row.now, row.obstacle) for row in outcome.to_decide] == [
        ("Lead agency", "Police", ""),
        ("Supporting agencies", "also DoL", ""),
    ]
    alone = send(fingerprint=outcome.fingerprint, reason=WHY, rows=[1], once="a")
    assert alone.status_code == 422
    assert "DoL leads the item, so it does not support it." in alone.text
    assert not Variation.objects.exists()
    assert send(fingerprint=outcome.fingerprint, reason=WHY, once="b").status_code == 302
    assert list(Variation.objects.order_by("number").values_list("kind", flat=True)) == [
        "lead",
        "supporter",
    ]


def test_a_cancelled_milestone_is_proposed_and_never_reopened_by_a_workbook(send, plan):
    sheets = small()
    sheets["Milestones"][0]["Cancelled on"] = date(2010, 4, 30)
    outcome = send(workbook=upload(sheets)).context["outcome"]
    (row,) = outcome.to_decide
    assert (row.heading, row.kind, row.obstacle) == ("Cancelled on", "cancel", "")
    send(fingerprint=outcome.fingerprint, reason=WHY)
    coordinator = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    made = Variation.objects.get()
    variations.recommend(variation=made, recommendation="Yes.", by=coordinator, at=NOW)
    ready_to_decide(meeting, made)
    variations.decide(variation=made, approve=True, meeting=meeting, by=coordinator, at=NOW)
    # A workbook from before keeps it cancelled; one that empties the cell is told what to do instead.
    assert send(workbook=upload(small())).context["outcome"].to_decide == ()
    sheets["Milestones"][0]["Cancelled on"] = "(none)"
    (row,) = send(workbook=upload(sheets)).context["outcome"].to_decide
    assert row.obstacle == "The working group cancelled it. Add a milestone instead."


def test_what_was_proposed_is_shown_again_on_a_page_of_its_own(send, plan):
    """A page that answers a form directly is sent again when it is loaded again, and keeps what was typed."""
    outcome = send(workbook=upload(rewritten())).context["outcome"]
    after = send(fingerprint=outcome.fingerprint, reason=WHY)
    assert (after.status_code, after.url.endswith("?again=yes")) == (302, True)
    page = send.to(after.url)
    assert page.context["name"] == "plan.xlsx"
    assert "with the coordinator" in page.text


def test_what_never_changes_is_refused(send, plan):
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Released on", date(2009, 1, 1))
    page = send(workbook=upload(sheets))
    assert page.status_code == 422
    assert "The release of an adopted plan never moves." in page.text


def test_the_adopting_page_and_the_documentation_say_the_same_list(client, settings):
    making = PlanFactory(adopted_on=None)
    seat = SeatFactory(agency=making.coordinating_agency, role=Seat.Role.COORDINATOR)
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    listed = changes_of_adopted()
    docs = (settings.BASE_DIR / "docs" / "workbook.md").read_text()
    assert described() in docs
    for words, name in (
        ("On an adopted plan only a decision changes it.", "decision"),
        ("On an adopted plan it never changes.", "never"),
    ):
        assert docs.count(words) == sum(len(headings) for _, headings in listed[name])
    from django.template.loader import render_to_string

    page = unescape(
        render_to_string("workitems/intake/plans/changes_afterwards.html", {"then": listed})
    )
    for parts in listed.values():
        for sheet, headings in parts:
            assert f"{sheet}: {', '.join(headings).lower()}" in page


def test_every_column_of_what_is_adopted_is_in_one_of_the_lists():
    names = {"Plan", "Pillars", "Work items", "Milestones", "Measures"}
    for sheet in SHEETS:
        for column in sheet:
            assert not (column.by_decision and column.locked), column.heading
            assert sheet.name in names or not (column.by_decision or column.locked)


def test_a_preview_without_a_user_says_what_is_left(plan):
    assert len(preview_import(file_of(rewritten()), at=NOW, plan=plan).to_decide) == 10


@pytest.mark.parametrize(
    ("cell", "offered"),
    [
        ("Customs (prints)", [("Police", "also Customs (prints)"), ("Police", "without Police")]),
        ("Police (prints)", [("Police", "Police (prints)")]),
        ("Police", []),
        ("", []),
    ],
)
def test_a_cell_without_a_supporting_agency_offers_its_end_and_says_what_is_agreed(
    send, plan, cell, offered
):
    customs = AgencyFactory(short_name="Customs")
    MemberFactory(plan=plan, agency=customs)
    sheets = small()
    sheets["Work items"][0]["Supporting agencies"] = cell
    page = send(workbook=upload(sheets))
    outcome = page.context["outcome"]
    assert [(row.was, row.now) for row in outcome.to_decide] == offered
    assert [row.obstacle for row in outcome.to_decide] == [""] * len(offered)
    assert outcome.not_cleared == (() if cell else ("Item 1.1: Police",))
    assert ("An empty cell ends no support" in page.text) == (not cell)


def test_the_end_of_a_support_is_proposed_from_the_workbook(send, plan):
    customs = AgencyFactory(short_name="Customs")
    MemberFactory(plan=plan, agency=customs)
    sheets = small()
    sheets["Work items"][0]["Supporting agencies"] = "Customs"
    outcome = send(workbook=upload(sheets)).context["outcome"]
    send(fingerprint=outcome.fingerprint, reason=WHY)
    made = Variation.objects.order_by("number")
    assert [(row.text_before, row.text_after) for row in made] == [("", "Customs"), ("Police", "")]


@pytest.mark.both_databases
def test_an_import_takes_no_agency_into_the_working_group_of_an_adopted_plan(send, plan):
    sheets = small()
    sheets["Agencies"].append({"Short name": "MPP", "Name": "Ministry for Pacific Peoples"})
    page = send(workbook=upload(sheets))
    assert page.status_code == 422
    assert (
        "“MPP” is not in the plan’s working group, and an import adds no agency to that of an adopted plan."
        in unescape(page.text)
    )
    assert sorted(plan.members.values_list("agency__short_name", flat=True)) == ["DoL", "Police"]
    assert not Agency.objects.filter(short_name="MPP").exists()


def test_an_agency_is_absent_only_from_meetings_since_it_joined(plan):
    joining = AgencyFactory(short_name="MPP", name="Ministry for Pacific Peoples")
    by = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    change_about(
        plan=plan,
        version=plan.version,
        portfolio=plan.portfolio,
        background=plan.background,
        copied_to=plan.copied_to,
        quotes_notes=plan.quotes_notes,
        joining=[joining],
        reason=WHY,
        by=by,
        on=TODAY,
    )
    days = (TODAY - timedelta(days=1), TODAY)
    names = [[each.short_name for each in plan.agencies_on(day)] for day in days]
    assert names == [["DoL", "Police"], ["DoL", "MPP", "Police"]]
