"""Test the list of work items and the pages of one: content, permissions and queries."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from agencies.records import history
from agencies.typed.asking import ENTER_A_DATE
from tests.factories import (
    AgencyFactory,
    DecisionFactory,
    DelayFactory,
    EvidenceFactory,
    FindingFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PillarFactory,
    ReturnNoteFactory,
    RiskFactory,
    SupportFactory,
    TargetFactory,
    UpdateFactory,
    VariationFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, SLIPPED, YESTERDAY, item_history, newest, unchanged
from workitems.narrative.record_kinds import KINDS
from workitems.terms.known_dates import KnownDate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def reader(client_of, contributor):
    return client_of(contributor)


def listed(client, plan, **query):
    response = client.get(f"/plans/{plan.slug}/items/", query)
    assert response.status_code == 200
    return [row["item"].number for row in response.context["rows"]]


# --- the list -------------------------------------------------------------------------------


@pytest.fixture
def many(plan, police, customs):
    """Five items that differ in everything the list can be filtered by."""
    prevention, protection = (
        PillarFactory(plan=plan, number=1, title="Prevention"),
        PillarFactory(plan=plan, number=2, title="Protection"),
    )
    common = {"plan": plan, "lead_agency": police, "pillar": prevention}
    made = [
        WorkItemFactory(**common, number="1.1", title="Zeal", stage="ongoing"),
        WorkItemFactory(
            **common,
            number="1.2",
            title="Ākonga and whānau",
            stage="under_way",
            confidence="at_risk",
        ),
        WorkItemFactory(**common | {"lead_agency": customs}, number="1.10", title="apple"),
        WorkItemFactory(
            **common | {"pillar": protection}, number="2.1", title="Banana", confidence="off_track"
        ),
        WorkItemFactory(
            **common, number="2.2", title="Cherry", stage="complete", completed_on=date(2010, 5, 1)
        ),
    ]
    SupportFactory(item=made[0], agency=customs)
    MilestoneFactory(item=made[1], original_due=date(2010, 5, 31))
    MilestoneFactory(item=made[3], original_due=date(2010, 6, 30), forecast_due=SLIPPED)
    # Late, but done by now.
    MilestoneFactory(item=made[4], original_due=date(2010, 4, 1), completed_on=date(2010, 5, 1))
    return made


def test_items_are_ordered_by_number(reader, plan, many):
    assert listed(reader, plan) == ["1.1", "1.2", "1.10", "2.1", "2.2"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"stage": "ongoing"}, ["1.1"]),
        ({"stage": "not_started"}, ["1.10", "2.1"]),
        ({"confidence": "at_risk"}, ["1.2"]),
        ({"late": "overdue"}, ["1.2"]),
        ({"late": "late"}, ["1.2", "2.1"]),
        ({"standing": "late"}, ["1.2", "2.1"]),
        ({"attention": "yes"}, ["1.2", "2.1"]),
        ({"stage": "not_started", "late": "late"}, ["2.1"]),
        ({"q": "cherry"}, ["2.2"]),
        ({"q": "1.10"}, ["1.10"]),
        ({"stage": "nonsense"}, ["1.1", "1.2", "1.10", "2.1", "2.2"]),
    ],
)
def test_the_list_can_be_filtered(reader, plan, many, query, numbers):
    assert listed(reader, plan, **query) == numbers


def test_the_list_can_be_filtered_by_pillar_and_agency(reader, plan, many, customs, labour):
    assert listed(reader, plan, pillar=many[3].pillar_id) == ["2.1"]
    # Led or supported.
    assert listed(reader, plan, agency=customs.pk) == ["1.1", "1.10"]
    assert listed(reader, plan, agency=labour.pk) == []
    assert listed(reader, plan, lead=customs.pk) == ["1.10"]


def test_a_pillar_of_another_plan_is_ignored_as_a_filter_and_not_named(reader, plan, many):
    elsewhere = PillarFactory(title="Secret pillar")
    response = reader.get(f"/plans/{plan.slug}/items/", {"pillar": elsewhere.pk})
    assert len(response.context["rows"]) == 5
    assert "Secret pillar" not in response.text


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("number", ["1.1", "1.2", "1.10", "2.1", "2.2"]),
        ("-number", ["2.2", "2.1", "1.10", "1.2", "1.1"]),
        # Without case and macrons: Ākonga, apple, Banana, Cherry, Zeal.
        ("title", ["1.2", "1.10", "2.1", "2.2", "1.1"]),
        ("-title", ["1.1", "2.2", "2.1", "1.10", "1.2"]),
        ("lead", ["1.10", "1.1", "1.2", "2.1", "2.2"]),
        ("stage", ["1.10", "2.1", "1.2", "2.2", "1.1"]),
        # The worst first, and no rating last.
        ("confidence", ["2.1", "1.2", "1.1", "1.10", "2.2"]),
        ("due", ["1.2", "2.1", "1.1", "1.10", "2.2"]),
        # No date comes last in this order too.
        ("-due", ["2.1", "1.2", "1.1", "1.10", "2.2"]),
        ("nonsense", ["1.1", "1.2", "1.10", "2.1", "2.2"]),
    ],
)
def test_the_list_can_be_sorted(reader, plan, many, sort, numbers):
    assert listed(reader, plan, sort=sort) == numbers


def test_sorting_and_paging_keep_the_filters(reader, plan, police, monkeypatch):
    monkeypatch.setattr("workitems.items.views.items.ROWS_WITH_WORDS", 2)
    WorkItemFactory.create_batch(5, plan=plan, lead_agency=police, title="A brochure")
    WorkItemFactory(plan=plan, title="Other")
    response = reader.get(f"/plans/{plan.slug}/items/", {"q": "brochure", "page": "2"})
    assert len(response.context["rows"]) == 2
    assert "3–4 of 5 work items" in response.text
    assert 'href="?q=brochure&amp;page=3"' in response.text
    assert 'href="?q=brochure&amp;sort=title"' in response.text


@pytest.mark.parametrize(
    ("page", "count"), [("1", 2), ("3", 1), ("99", 1), ("0", 1), ("-1", 1), ("x", 2), ("", 2)]
)
def test_a_page_number_out_of_range_shows_the_nearest_page(
    reader, plan, police, monkeypatch, page, count
):
    monkeypatch.setattr("workitems.items.views.items.ROWS_ON_A_PAGE", 2)
    WorkItemFactory.create_batch(5, plan=plan, lead_agency=police)
    assert len(listed(reader, plan, page=page)) == count


def test_a_row_says_when_it_is_late_and_since_when(reader, plan, many):
    found = {
        row["item"].number: (row["item"].dates.words, row["item"].due)
        for row in reader.get(f"/plans/{plan.slug}/items/").context["rows"]
    }
    assert found == {
        "1.1": ("No date", None),
        "1.2": ("Overdue by one day", KnownDate(date(2010, 5, 31))),
        "1.10": ("No date", None),
        "2.1": ("Expected three months late", KnownDate(date(2010, 6, 30))),
        "2.2": ("Done a month late", None),
    }


def test_a_withdrawn_item_is_neither_late_nor_done_nor_on_track(reader, plan, police):
    item = WorkItemFactory(
        plan=plan, lead_agency=police, stage="withdrawn", confidence="on_track", number="3.1"
    )
    MilestoneFactory(item=item, original_due=date(2010, 3, 31), completed_on=date(2010, 3, 31))
    page = reader.get(f"/plans/{plan.slug}/items/")
    (row,) = page.context["rows"]
    assert row["item"].dates.words == "Withdrawn"
    assert '<td data-label="Confidence">–</td>' in page.text
    assert reader.get(item.get_absolute_url()).context["at"].status == "withdrawn"


@pytest.mark.parametrize(
    ("confidence", "due", "word"),
    [
        ("at_risk", SLIPPED, "In doubt"),
        ("off_track", SLIPPED, "In doubt"),
        ("on_track", SLIPPED, "On time"),
        ("off_track", YESTERDAY, "Overdue by one day"),
        ("on_track", None, "Cannot be judged"),
        ("at_risk", None, "In doubt"),
    ],
)
def test_the_list_gives_an_item_the_dashboards_status(reader, plan, police, confidence, due, word):
    item = WorkItemFactory(plan=plan, lead_agency=police, stage="under_way", confidence=confidence)
    if due:
        MilestoneFactory(item=item, agreed_due=due, forecast_due=due)
    page = reader.get(f"/plans/{plan.slug}/items/").text
    cell = page.split('<td data-label="Status">')[1].split("</td>")[0]
    assert strip_tags(cell).split() == word.split()
    status = {"Overdue by one day": "Late"}.get(word, word)
    dashboard = reader.get(f"/plans/{plan.slug}/dashboard/").context["page"]
    assert [each.label for each in dashboard.figures if each.count] == [status]


def test_an_empty_list_says_why(reader, plan):
    assert "No work items yet." in reader.get(f"/plans/{plan.slug}/items/").text
    found = reader.get(f"/plans/{plan.slug}/items/", {"q": "nothing like it"}).text
    assert "No work item matches." in found
    assert f'href="/plans/{plan.slug}/items/">Show all work items</a>' in found


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    reader, plan, police, count, django_assert_num_queries
):
    for item in WorkItemFactory.create_batch(count, plan=plan, lead_agency=police):
        MilestoneFactory.create_batch(count, item=item)
    reader.get("/plans/")  # the first page of a session writes when it began
    # Savepoint and release; session, person, seats, plans; pillars and agencies to filter by; which
    # items have the words, these items and their open milestones; the page's milestones.
    with django_assert_num_queries(12):
        assert len(listed(reader, plan, sort="due", q="work item")) == count
    # Where no date decides what is on the page, the open milestones of all items are not read.
    with django_assert_num_queries(11):
        assert len(listed(reader, plan, q="work item")) == count


# --- one item -------------------------------------------------------------------------------


def test_the_item_page_shows_all_its_records(reader, item, customs, milestone, delayed):
    item.action, item.objective = "Print it in ten languages.", "Victims know whom to call."
    item.is_key, item.months = True, 1
    history.save(item, by=None)
    SupportFactory(item=item, agency=customs, role="Airports")
    MeasureFactory(item=item, description="Brochures handed out.")
    page = reader.get(item.get_absolute_url()).text
    for shown in [
        '<h1><span class="h1-number">1.2</span> Print a brochure</h1>',
        "<blockquote><p>Print it in ten languages.</p></blockquote>",
        "Victims know whom to call.",
        "Brochures handed out.",
        "New Zealand Police",
        "Customs (Airports)",
        "Action item, key item",
        "Medium, 1 month",
        "Brochure printed",
        "Staff trained",
        "No money was set aside.",
        "From 30 June 2010 to 30 September 2010 (three months). Found 1 May 2010.",
        "Ask for money in the next budget.",
        "No accepted update yet",
        "No update has been accepted yet. Agencies write them in their",
    ]:
        assert shown in page


def test_the_item_page_shows_only_accepted_updates_newest_first(reader, item):
    told = [
        ("accepted", 2009, "Old news."),
        ("accepted", 2010, "News."),
        ("submitted", 2008, "Soon."),
    ]
    for state, year, achieved in told:
        UpdateFactory(
            item=item,
            achieved=achieved,
            of_return__state=state,
            of_return__accepted_on=date(2010, 5, 20) if state == "accepted" else None,
            of_return__round__period_start=date(year, 1, 1),
            of_return__round__period_end=date(year, 5, 31),
            of_return__round__closed_at=timezone.now(),
        )
    page = reader.get(item.get_absolute_url())
    shown = [update.achieved for update, _ in page.context["updates"]]
    assert shown == ["News.", "Old news."]
    assert page.text.index("News.") < page.text.index("Old news.")


def test_typed_text_is_escaped(reader, item):
    item.action = "<script>alert(1)</script>"
    history.save(item, by=None, reason="<b>bold</b>")
    page = reader.get(item.get_absolute_url()).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    page = reader.get(f"{item.get_absolute_url()}history/").text
    assert "Because: &lt;b&gt;bold&lt;/b&gt;" in page


def test_a_draft_of_another_agency_is_not_in_the_history(
    client_of, item, contributor, colleague, coordinator
):
    UpdateFactory(item=item, achieved="Half of it.")

    def told(user):
        page = client_of(user).get(f"{item.get_absolute_url()}history/")
        entries = [entry for block in page.context["blocks"] for entry in block.entries]
        return [entry.what for entry in entries if "update" in entry.what]

    assert told(contributor) == [
        "wrote an update for Police: stage under way, confidence on track."
    ]
    assert told(colleague) == []
    assert told(coordinator) == []


def test_each_user_is_offered_only_permitted_actions(
    client_of, item, milestone, contributor, colleague, coordinator
):
    def offered(user):
        page = client_of(user).get(item.get_absolute_url()).text
        ways = ["status/", "review/", "milestones/1/"]
        return [way for way in ways if f'href="{item.get_absolute_url()}{way}"' in page]

    assert offered(contributor) == ["status/", "milestones/1/"]
    assert offered(colleague) == []
    assert offered(coordinator) == ["review/"]


def test_an_agency_responsible_for_one_milestone_gets_a_link_to_it(
    client_of, item, milestone, customs, colleague
):
    step = MilestoneFactory(item=item, number=7, responsible_agency=customs)
    client = client_of(colleague)
    page = client.get(item.get_absolute_url()).text
    assert f'href="{item.get_absolute_url()}milestones/7/"' in page
    assert f'href="{item.get_absolute_url()}milestones/1/"' not in page
    assert client.get(f"{item.get_absolute_url()}milestones/{step.number}/").status_code == 200


def test_a_withdrawn_item_offers_no_changes(reader, plan, police):
    withdrawn = WorkItemFactory(plan=plan, lead_agency=police, stage="withdrawn")
    page = reader.get(withdrawn.get_absolute_url()).text
    assert "Change the status" not in page


def test_the_number_of_another_plans_item_is_not_found(reader, plan):
    elsewhere = WorkItemFactory(number="9.9")
    assert reader.get(f"/plans/{plan.slug}/items/{elsewhere.number}/").status_code == 404
    assert reader.get(elsewhere.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_item_page_takes_the_same_queries_for_any_number_of_records(
    reader, item, count, django_assert_num_queries
):
    item.action = "Print a brochure."
    history.save(item, by=None)
    for number in range(count):
        SupportFactory(item=item, agency=AgencyFactory())
        MeasureFactory(item=item, number=number + 1)
        milestone = MilestoneFactory(item=item)
        VariationFactory(milestone=milestone)
        MitigationFactory(delay=DelayFactory(milestone=milestone))
    UpdateFactory(item=item, of_return__accepted=True)
    reader.get("/plans/")
    # Savepoint and release; session, person, seats, plans; item, supports, measures; milestones,
    # delays, mitigations; updates; who said the confidence; variations that wait; the agency's open return.
    with django_assert_num_queries(18):
        reader.get(item.get_absolute_url())


def test_the_page_says_what_the_agencys_own_return_says_of_its_milestones(
    client_of, contributor, colleague, item, police
):
    MilestoneAnswerFactory(milestone=MilestoneFactory(item=item, responsible_agency=police))
    said = "In this return, not submitted yet"
    pages = [
        client_of(person).get(item.get_absolute_url()).text for person in (contributor, colleague)
    ]
    assert [said in page for page in pages] == [True, False]


# --- changing the status --------------------------------------------------------------------


def status(client, item, **data):
    return client.post(f"{item.get_absolute_url()}status/", data)


def test_the_status_form_starts_with_the_current_values(reader, item):
    form = reader.get(f"{item.get_absolute_url()}status/").context["form"]
    assert (form["stage"].value(), form["confidence"].value()) == ("under_way", "on_track")
    assert [value for value, _ in form.fields["stage"].choices] == [
        "not_started",
        "under_way",
        "complete",
        "ongoing",
    ]


def test_saved_status_is_shown_on_the_items_page(reader, item):
    response = status(
        reader, item, version=1, stage="complete", completed_on="30 May 2010", reason="Printed."
    )
    assert (response.status_code, response.url) == (302, item.get_absolute_url())
    page = reader.get(response.url).text
    assert '<div class="message message-success" role="status"><p>Item 1.2 is saved.</p>' in page
    assert "Complete since 30 May 2010" in " ".join(page.split())
    assert newest(item) == ("~", "Police contributor (Police)", "Printed.")


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"stage": "ongoing"}, "reason", "Say why the stage changes."),
        (
            {"stage": "ongoing", "completed_on": "1 May 2010", "reason": "x"},
            "completed_on",
            "Enter a completion date only with the stage Complete.",
        ),
        (
            {"stage": "complete", "completed_on": "soon", "reason": "x"},
            "completed_on",
            ENTER_A_DATE,
        ),
        ({"reason": "x"}, "stage", "Choose the stage."),
        (
            {"stage": "ongoing", "reason": "x" * 2001},
            "reason",
            "Reason is 1 character too long. The limit is 2,000 characters.",
        ),
    ],
)
def test_a_refusal_is_shown_at_its_field_and_keeps_the_input(reader, item, data, field, sentence):
    with unchanged(item):
        response = status(reader, item, version=1, **data)
    assert response.status_code == 422
    form = response.context["form"]
    assert dict(form.errors) == {field: [sentence]}
    assert {name: form[name].value() for name in data} == data
    assert "<title>Error: " in response.text


def test_the_second_of_two_users_sees_both_versions_and_saves_again(
    client_of, item, contributor, approver
):
    client = client_of(contributor)
    mine = {"version": 1, "stage": "ongoing", "confidence": "off_track", "reason": "My reason."}
    theirs = {"stage": "not_started", "confidence": "at_risk", "reason": "Theirs."}
    status(client_of(approver), item, version=1, **theirs)
    response = status(client, item, **mine)
    assert response.status_code == 422
    conflict = response.context["conflict"]
    assert (conflict.stage, conflict.confidence) == ("not_started", "at_risk")
    form = response.context["form"]
    assert [form[name].value() for name in ("stage", "confidence", "reason")] == [
        "ongoing",
        "off_track",
        "My reason.",
    ]
    assert "This was changed elsewhere while you had this page open." in response.text
    again = status(client, item, **mine | {"version": form["version"].value()})
    assert again.status_code == 302
    item.refresh_from_db()
    assert (item.stage, item.confidence, item.version) == ("ongoing", "off_track", 3)


def test_a_conflict_keeps_a_choice_that_is_no_longer_allowed(client_of, item, contributor):
    """Under way may go back to not started; ongoing may not."""
    client = client_of(contributor)
    status(client, item, version=1, stage="ongoing", reason="It never ends.")
    late = status(client, item, version=1, stage="not_started", reason="We never began.")
    assert late.context["conflict"].stage == "ongoing"
    form = late.context["form"]
    assert (form["stage"].value(), form["reason"].value()) == ("not_started", "We never began.")
    again = status(client, item, version=2, stage="not_started", reason="We never began.")
    assert again.context["form"].errors["stage"] == [
        "Item 1.2 is ongoing; it cannot become not started."
    ]


# --- the reviewer's rating ------------------------------------------------------------------


def test_the_reviewers_rating_is_shown_beside_the_agencys(client_of, item, coordinator):
    client = client_of(coordinator)
    address = f"{item.get_absolute_url()}review/"
    assert "On track" in client.get(address).text
    response = client.post(
        address, {"version": 1, "confidence": "off_track", "reason": "No quote."}
    )
    assert (response.status_code, response.url) == (302, item.get_absolute_url())
    page = client.get(item.get_absolute_url())
    assert page.context["item"].reviewer_confidence == "off_track"
    assert item_history(item)[0].what == "recorded the reviewer’s rating: off track."


def test_a_reviewers_rating_without_a_reason_is_refused_and_kept_in_the_form(
    client_of, item, coordinator
):
    response = client_of(coordinator).post(
        f"{item.get_absolute_url()}review/", {"version": 1, "confidence": "off_track"}
    )
    assert response.status_code == 422
    form = response.context["form"]
    assert dict(form.errors) == {"reason": ["Enter the reason for your rating."]}
    assert form["confidence"].value() == "off_track"


def test_a_reviewers_rating_of_a_changed_item_is_a_conflict(
    client_of, item, contributor, coordinator
):
    status(client_of(contributor), item, version=1, stage="under_way", confidence="at_risk")
    response = client_of(coordinator).post(
        f"{item.get_absolute_url()}review/",
        {"version": 1, "confidence": "off_track", "reason": "No quote."},
    )
    assert response.context["conflict"].confidence == "at_risk"
    assert response.context["form"]["reason"].value() == "No quote."


# --- reading less ---------------------------------------------------------------------------


def add_note_on_milestone(item):
    return NoteFactory(plan=item.plan, item=None, milestone=MilestoneFactory(item=item))


def add_records(item, kind):
    """Add a record of the kind to the item, and one that it hangs on if it needs one."""
    of_item = {"milestone__item": item}
    match kind:
        case "support":
            SupportFactory(item=item)
        case "measure":
            MeasureFactory(item=item)
        case "target":
            TargetFactory(measure__item=item)
        case "measurevalue":
            MeasureValueFactory(measure__item=item)
        case "delay":
            DelayFactory(**of_item)
        case "mitigation":
            MitigationFactory(delay__milestone__item=item)
        case "variation":
            VariationFactory(milestone=MilestoneFactory(item=item), state="taken_back")
        case "evidence of a milestone":
            EvidenceFactory(milestone=MilestoneFactory(item=item), update=None)
        case "evidence of an update":
            EvidenceFactory(milestone=None, update=UpdateFactory(item=item))
        case "out of session":
            OutOfSessionFactory(variation__milestone=MilestoneFactory(item=item))
        case "answer":
            asked = OutOfSessionFactory(variation__milestone=MilestoneFactory(item=item))
            row = OutOfSessionAnswerFactory(out_of_session=asked)
            row.choice, row.answered_by, row.answered_at = "agree", asked.asked_by, NOW
            row.save()
        case "evidence of an answer":
            asked = OutOfSessionFactory(variation__milestone=MilestoneFactory(item=item))
            answer = OutOfSessionAnswerFactory(out_of_session=asked)
            EvidenceFactory(milestone=None, answer=answer)
        case "note":
            ReturnNoteFactory(item=item, of_return__agency=item.lead_agency)
        case "talk":
            NoteFactory(item=item)
        case "answer in a talk":
            NoteFactory(first=NoteFactory(item=item))
        case "talk on a milestone":
            add_note_on_milestone(item)
        case "answer on a milestone":
            NoteFactory(first=add_note_on_milestone(item))
        case "matter":
            MatterFactory(item=item, meeting__plan=item.plan, considered_on=None)
        case "decision":
            DecisionFactory(item=item, meeting__plan=item.plan)
        case "finding":
            FindingFactory(audit__plan=item.plan, item=item)
        case "wait":
            WaitFactory(milestone__item=item)
        case "risk":
            RiskFactory(plan=item.plan, item=item, owner_agency=item.lead_agency)


@pytest.mark.parametrize(
    "kind",
    [
        name
        for name, kind in KINDS.items()
        if kind.item and name not in ("item", "update", "milestone")
    ],
)
def test_the_page_tells_the_history_of_each_kind_of_record(reader, contributor, item, kind):
    def told():
        blocks = reader.get(f"{item.get_absolute_url()}history/").context["blocks"]
        return entries_of(blocks)

    before = told()
    add_records(item, kind)
    assert len(told()) > len(before)


def entries_of(blocks):
    return [entry for block in blocks for entry in block.entries]


@pytest.mark.parametrize("others", [0, 12])
def test_a_save_takes_the_same_statements_beside_any_number_of_records(
    reader, plan, police, item, others, django_assert_num_queries
):
    for each in WorkItemFactory.create_batch(others, plan=plan, lead_agency=police):
        MilestoneFactory(item=each)
    MilestoneFactory.create_batch(others, item=item)
    data = {"version": 1, "stage": "under_way", "confidence": "at_risk", "reason": "A reason"}
    reader.get("/plans/")
    # Savepoints and their release, twice; session, person, seats, plans; item, and locked; the
    # agency's open return; row and history row.
    with django_assert_num_queries(13):
        assert status(reader, item, **data).status_code == 302


# --- an update that waits for acceptance ------------------------------------------------------


@pytest.fixture
def submitted(item, of_return, approver):
    """The item's answer in a return that is submitted, with a later date for a milestone."""
    UpdateFactory(
        item=item, achieved="Printed in Suva.", of_return__accepted=True, written_by=approver,
        of_return__round__closed_at=NOW, of_return__round__period_start=date(2009, 7, 1),
        of_return__round__period_end=date(2009, 12, 31),
    )  # fmt: skip
    update = UpdateFactory(
        item=item,
        of_return=of_return,
        stage="under_way",
        planned_next="agree the list",
        written_by=approver,
    )
    MilestoneAnswerFactory(
        milestone=MilestoneFactory(item=item), of_return=of_return, outcome="not_yet",
        day=SLIPPED, reason="we lost a trainer", applied_at=NOW,
    )  # fmt: skip
    of_return.state, of_return.submitted_at, of_return.submitted_by = "submitted", NOW, approver
    of_return.save()
    return update


def shown_words(client, item):
    return " ".join(strip_tags(client.get(item.get_absolute_url()).text).split())


def test_the_agency_sees_what_it_submitted_above_the_accepted_update(reader, item, submitted):
    words = shown_words(reader, item)
    order = [
        "A newer update waits for acceptance",
        "Submitted update In the return of Police submitted 1 June 2010, waiting for acceptance.",
        "Next: Police will agree the list.",
        "Why the date moves: Police lost a trainer. Kept in the history; no new cause is recorded.",
        "Latest accepted update",
        "Police printed in Suva.",
    ]
    places = [words.index(each) for each in order]
    assert places == sorted(places)


def test_the_coordinator_sees_what_is_submitted_and_other_agencies_do_not(
    client_of, coordinator, colleague, item, submitted
):
    assert "Police will agree the list." in shown_words(client_of(coordinator), item)
    words = shown_words(client_of(colleague), item)
    assert "agree the list" not in words
    assert "acceptance" not in words
    assert "we lost a trainer" not in words


def test_a_submitted_number_waits_on_the_pages_of_item_and_measure_for_those_who_may_read_it(
    client_of, contributor, coordinator, colleague, item, of_return, submitted
):
    measure = MeasureFactory(item=item, kind="level", as_told="the number of staff trained")
    MeasureValueFactory(measure=measure, of_return=of_return, agency=of_return.agency, number=84)
    page = reverse("measures:detail", args=[item.plan.slug, measure.pk])
    for user, reads in ((contributor, True), (coordinator, True), (colleague, False)):
        of_item, of_measure = (
            " ".join(client_of(user).get(address).text.split())
            for address in (item.get_absolute_url(), page)
        )
        assert ("<strong>The number of staff trained</strong>: 84" in of_item) == reads
        assert ("<strong>84</strong>" in of_measure) == reads
    of_return.state, of_return.accepted_on = "accepted", NOW.date()
    of_return.save()
    assert "<strong>84</strong>" not in client_of(coordinator).get(page).text


def test_what_is_not_submitted_does_not_wait_for_acceptance(reader, item, of_return, submitted):
    of_return.state = "sent_back"
    of_return.save()
    assert "Submitted update" not in shown_words(reader, item)


def test_what_is_submitted_takes_four_more_queries(
    reader, item, submitted, django_assert_num_queries
):
    reader.get("/plans/")
    # The measures of the item; what is submitted, its evidence, and what its return said of milestones and numbers.
    with django_assert_num_queries(19):
        reader.get(item.get_absolute_url())
    submitted.of_return.state = "accepted"
    submitted.of_return.accepted_on = date(2010, 6, 1)
    submitted.of_return.save()
    with django_assert_num_queries(15):
        reader.get(item.get_absolute_url())
