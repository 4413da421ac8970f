"""Test the search page: what it finds and says, how it leads to a number, and its queries."""

import re
from datetime import date

import lxml.html
import pytest
from django.db import connection
from django.test import Client

from agencies.records.text_index import Words
from reports.search.paper_search import KINDS
from reports.search.passages import passage_of
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    BriefingKindFactory,
    ClearanceFactory,
    DecisionFactory,
    DelayFactory,
    DraftAskFactory,
    DraftParagraphFactory,
    DraftSectionFactory,
    FindingFactory,
    HeldEntryFactory,
    IssuedPaperFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    OfficeSeatFactory,
    PlanFactory,
    RiskFactory,
    SeatFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.requests.factories import InformationRequestFactory

pytestmark = pytest.mark.django_db

WORD = "Kōkako"
# A query each for the session, the user, the seats, the plans, two of the office; then a query for each
# kind, and one more for each that has results. On SQLite, each index is asked first how common the words are.
QUERIES, QUERIES_OF_A_KIND = (47, 10) if connection.vendor == "sqlite" else (29, 9)


@pytest.fixture
def plan():
    return PlanFactory(title="Plan of Action", slug="plan-of-action")


def client_of(agency, role):
    client = Client()
    client.force_login(
        SeatFactory(agency=agency, role=role).user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.fixture
def coordinator(plan):
    return client_of(plan.coordinating_agency, "coordinator")


def search(client, typed, **others):
    return client.get("/search/", {"q": typed, **others})


def text_of(response):
    main = lxml.html.fromstring(response.content).xpath("//main")[0]
    return " ".join(main.text_content().split())


def one_of_each(plan, word=WORD):
    """Write one record of each kind with the word in it, all of the coordinating agency."""
    agency = plan.coordinating_agency
    item = WorkItemFactory(plan=plan, number="1.1", title=f"Count the {word}", lead_agency=agency)
    milestone = MilestoneFactory(item=item, description=f"{word} counted")
    MeasureFactory(item=item, description=f"How many {word}")
    FindingFactory(audit__plan=plan, item=item, note=f"Nothing shows a {word}.")
    MitigationFactory(
        delay=DelayFactory(milestone=milestone, explanation=f"The {word} hid. It flew."),
        description=f"Look for the {word} again",
    )
    UpdateFactory(
        item=item,
        challenges=f"No {word} was seen.",
        of_return__state="accepted",
        of_return__accepted_on=date(2010, 8, 1),
    )
    RiskFactory(plan=plan, item=item, description=f"The {word} leaves.")
    VariationFactory(milestone=milestone, reason=f"The {word} moved.")
    meeting = MeetingFactory(plan=plan, notes=f"We spoke of the {word}.")
    DecisionFactory(meeting=meeting, text=f"Feed the {word}.")
    MatterFactory(meeting=meeting, title=f"The {word} now")
    drafted = BriefingFactory(
        plan=plan, kind=BriefingKindFactory(plan=plan), title=f"The {word} in danger"
    )
    section = DraftSectionFactory(briefing=drafted)
    DraftParagraphFactory(section=section, text=f"The **{word}** is rare.")
    DraftAskFactory(briefing=drafted, text=f"the state of the {word}")


def kinds_in(response):
    main = lxml.html.fromstring(response.content).xpath("//main")[0]
    return [" ".join(each.text_content().split()) for each in main.xpath(".//h2")]


def test_everything_is_found_by_kind_with_its_sentence_and_the_word_marked(plan, coordinator):
    one_of_each(plan)
    page = search(coordinator, "kokako")
    assert kinds_in(page) == [
        "Work items (1)",
        "Milestones (1)",
        "Measures (1)",
        "Findings of audits (1)",
        "Updates (1)",
        "Delays (1)",
        "Mitigations (1)",
        "Risks (1)",
        "Variations (1)",
        "Decisions (1)",
        "Meeting notes (1)",
        "Agenda matters (1)",
        "Paragraphs of drafts (1)",
        "Recommendations of drafts (1)",
        "Briefings (1)",
    ]
    html = page.content.decode()
    assert html.count(f"<mark>{WORD}</mark>") >= 15
    assert f"The <mark>{WORD}</mark> hid." in html
    assert "It flew." not in html
    assert "15 results." in text_of(page)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("meanwhile", "Until then: Count the"),
        ("needs", "It needs: Count the"),
        ("if_declined", "If it is declined: Count the"),
    ],
)
def test_a_delay_is_found_by_what_bridges_it_and_what_it_needs(plan, coordinator, field, shown):
    item = WorkItemFactory(plan=plan, lead_agency=plan.coordinating_agency)
    DelayFactory(milestone=MilestoneFactory(item=item), **{field: f"Count the {WORD}."})
    page = search(coordinator, WORD)
    assert kinds_in(page) == ["Delays (1)"]
    assert shown in text_of(page)


def test_every_result_leads_to_a_page_that_the_reader_may_open_and_that_has_it(plan, coordinator):
    one_of_each(plan)
    page = lxml.html.fromstring(search(coordinator, "kokako").content)
    links = page.xpath("//ol[@class='found']//a/@href")
    assert len(links) == 15
    for link in links:
        address, _, place = link.partition("#")
        answer = coordinator.get(address, follow=True)
        if address.endswith(f"/briefings/{plan.briefings.get().pk}/"):
            assert answer.status_code == 422, "the draft has no recommendations section"
            continue
        assert answer.status_code == 200, link
        assert WORD in answer.content.decode(), link
        # The item is brief in a return, and the draft has no section for recommendations.
        if place and not place.startswith(("item-", "r-")):
            assert f'id="{place}"' in answer.content.decode(), link


def test_issued_papers_are_found_by_the_words_of_the_newest_version(plan, coordinator):
    issued = IssuedPaperFactory(briefing__plan=plan)
    found = issued.paragraphs.filter(text__contains="training").order_by("pk")
    assert found
    page = search(coordinator, "training")
    assert f"Issued briefings ({len(found)})" in kinds_in(page)
    address = lxml.html.fromstring(page.content).xpath("//ol[@class='found']//a/@href")[0]
    answer = coordinator.get(address.partition("#")[0])
    assert answer.status_code == 200
    assert f'id="{found[0].key}"' in answer.content.decode()
    IssuedPaperFactory(briefing=issued.briefing, number=2, note="A date.")
    assert f"Issued briefings ({len(found)})" in kinds_in(search(coordinator, "training"))


def test_a_ministers_office_finds_the_papers_addressed_to_its_minister_and_nothing_else(plan):
    one_of_each(plan)
    IssuedPaperFactory(briefing__plan=plan)
    IssuedPaperFactory(briefing__plan=plan, portfolio="Minister of Police")
    client = Client()
    client.force_login(
        OfficeSeatFactory(portfolio="Minister of Police").user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert kinds_in(search(client, "kokako")) == []
    page = search(client, "progress")
    links = lxml.html.fromstring(page.content).xpath("//ol[@class='found']//a/@href")
    assert links
    for link in links:
        assert client.get(link.partition("#")[0], follow=True).status_code == 200


def test_an_agency_finds_in_a_draft_what_it_may_read_while_it_is_asked(plan):
    one_of_each(plan)
    briefing = plan.briefings.get()
    paragraph = briefing.draft_paragraphs.get()
    member = PlanFactory().coordinating_agency
    plan.members.create(agency=member)
    reader = client_of(member, "observer")
    in_drafts = "Paragraphs of drafts (1)"
    assert in_drafts not in kinds_in(search(reader, "kokako"))
    clearance = ClearanceFactory(briefing=briefing, agency=member)
    assert in_drafts not in kinds_in(search(reader, "kokako"))
    briefing.state = "in_consultation"
    briefing.save()
    page = search(reader, "kokako")
    assert in_drafts in kinds_in(page)
    assert f"/clearance/{member.pk}/paper/#{paragraph.key}" in page.content.decode()
    paragraph.is_hidden = True
    paragraph.save()
    assert in_drafts not in kinds_in(search(reader, "kokako"))
    paragraph.is_hidden = False
    paragraph.save()
    clearance.is_withdrawn = True
    clearance.save()
    assert in_drafts not in kinds_in(search(reader, "kokako"))


@pytest.mark.parametrize(
    ("role", "state", "is_found"),
    [
        ("contributor", "due", True),
        ("contributor", "sent_back", True),
        ("observer", "due", True),
        # Others than its writers read what was submitted, and not what is written meanwhile.
        ("observer", "sent_back", False),
    ],
)
def test_an_agency_finds_its_own_return_before_it_is_accepted(plan, role, state, is_found):
    agency = PlanFactory().coordinating_agency
    UpdateFactory(item__plan=plan, item__lead_agency=agency, achieved=WORD, of_return__state=state)
    reader = client_of(agency, role)
    assert kinds_in(search(reader, WORD)) == [], "it is no member of the plan"
    plan.members.create(agency=agency)
    assert kinds_in(search(reader, WORD)) == ["Updates (1)"] * is_found


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("1.1", "/plans/plan-of-action/items/1.1/"),
        ("pr-7", "/plans/plan-of-action/items/PR-7/"),
        ("V3", "/plans/plan-of-action/variations/3/"),
        ("v3", "/plans/plan-of-action/variations/3/"),
        (" R2 ", "/plans/plan-of-action/risks/2/"),
        ("26/02944", "/briefings/"),
        ("13/00077", "/requests/"),
    ],
)
def test_a_number_leads_straight_to_the_one_thing_that_has_it(plan, coordinator, typed, address):
    item = WorkItemFactory(plan=plan, number="1.1")
    WorkItemFactory(plan=plan, number="PR-7")
    VariationFactory(milestone__item=item, number=3)
    RiskFactory(plan=plan, number=2)
    BriefingFactory(plan=plan, tracker_number="26/02944")
    InformationRequestFactory(agency=plan.coordinating_agency, reference="13/00077")
    # Somebody else's have the same numbers.
    other = PlanFactory()
    VariationFactory(milestone__item__plan=other, number=3)
    RiskFactory(plan=other, number=2)
    WorkItemFactory(plan=other, number="1.1")
    answer = search(coordinator, typed)
    assert answer.status_code == 302
    assert address in answer.url


def test_a_number_that_several_things_have_lists_them_first(plan, coordinator):
    later = PlanFactory(title="Later plan", coordinating_agency=plan.coordinating_agency)
    for each in (plan, later):
        WorkItemFactory(plan=each, number="1.4", title=f"Item of {each}")
    page = search(coordinator, "1.4")
    assert page.status_code == 200
    assert kinds_in(page)[0] == "With the number 1.4"
    assert "1.4 Item of Plan of Action" in text_of(page)
    assert "1.4 Item of Later plan" in text_of(page)


@pytest.mark.parametrize("typed", ["V99999999999999999999", "R0", "9" * 100, "V3"])
def test_a_number_that_nothing_has_finds_nothing(plan, coordinator, typed):
    page = search(coordinator, typed)
    assert page.status_code == 200
    assert "There are no results." in text_of(page)


@pytest.mark.parametrize(
    "typed", ['"', "*", "NEAR(a b)", "&|!", "a AND", "';--", "()", "-", "%", "\u202e"]
)
def test_signs_find_nothing_and_break_nothing(coordinator, typed):
    page = search(coordinator, typed)
    assert page.status_code == 200
    assert "There are no results." in text_of(page)


def test_a_long_text_is_read_in_part_and_the_page_says_so(plan, coordinator):
    page = search(coordinator, "kokako " * 500)
    assert page.status_code == 200
    assert "Only the first 200 characters were used." in text_of(page)


def test_a_mistyped_ending_finds_what_begins_like_it(plan, coordinator):
    WorkItemFactory(plan=plan, title="Training of staff")
    page = search(coordinator, "trainign")
    assert "Nothing contains all the words that you typed." in text_of(page)
    assert kinds_in(page) == ["Work items (1)"]


def test_without_words_the_page_says_how_to_search(coordinator):
    assert "Type words in any order" in text_of(search(coordinator, ""))


def test_many_results_are_counted_and_listed_on_a_page_of_their_kind(plan, coordinator):
    for n in range(30):
        RiskFactory(plan=plan, number=n + 1, description=f"{WORD} {n}.")
    page = search(coordinator, WORD)
    assert kinds_in(page) == ["Risks (30)"]
    link = next(
        each
        for each in lxml.html.fromstring(page.content).xpath("//a/@href")
        if "kind=risks" in each
    )
    whole = coordinator.get(f"/search/{link[link.index('?') :]}" if link.startswith("?") else link)
    assert "1–25 of 30 results" in text_of(whole)
    last = search(coordinator, WORD, kind="risks", page=2)
    assert "26–30 of 30 results" in text_of(last)
    assert "There are no results." in text_of(search(coordinator, "absent", kind="risks"))


def test_more_than_are_counted_are_shown_as_more(plan, coordinator, monkeypatch):
    monkeypatch.setattr("workitems.plan.record_search.MOST_COUNTED", 5)
    monkeypatch.setattr("reports.search.views.MOST_COUNTED", 5)
    for n in range(8):
        RiskFactory(plan=plan, number=n + 1, description=f"{WORD} {n}.")
    page = search(coordinator, WORD)
    assert kinds_in(page) == ["Risks (more than 5)"]
    assert "More than 5 results." in text_of(page)
    assert "Only the first 5 are listed." in text_of(search(coordinator, WORD, kind="risks"))


@pytest.mark.parametrize("own", [2, 7])
def test_common_words_of_others_are_not_counted(plan, coordinator, monkeypatch, own):
    monkeypatch.setattr("workitems.plan.record_search.MOST_COUNTED", 5)
    monkeypatch.setattr("reports.search.views.MOST_COUNTED", 5)
    other = PlanFactory()
    for n in range(7):
        WorkItemFactory(plan=other, title=f"{WORD} {n}")
        RiskFactory(plan=other, number=n + 1, description=f"{WORD} {n}.")
    for n in range(own):
        WorkItemFactory(plan=plan, title=f"{WORD if n else 'Kea'} {n}", number=f"1.{n + 1}")
        RiskFactory(plan=plan, number=n + 1, description=f"{WORD if n < 4 else 'Kea'} {n}.")
    page = search(coordinator, WORD)
    items, risks = (1, 2) if own == 2 else ("more than 5", 4)
    assert kinds_in(page) == [f"Work items ({items})", f"Risks ({risks})"]


def test_the_requester_is_found_and_named_only_by_those_who_may_read_who_asked(plan, coordinator):
    agency = plan.coordinating_agency
    InformationRequestFactory(
        agency=agency, requester_name="Ana Kererū", text="I, Ana Kererū, ask for kōkako papers."
    )
    adviser = client_of(agency, "oia_adviser")
    assert kinds_in(search(adviser, "kereru")) == ["Requests for official information (1)"]
    alone = "this searches requests for official information alone"
    assert (
        alone in text_of(search(adviser, "kea")),
        alone in text_of(search(coordinator, "kea")),
    ) == (
        True,
        False,
    )
    assert kinds_in(search(coordinator, "kereru")) == []
    page = search(coordinator, "kokako")
    assert kinds_in(page) == ["Requests for official information (1)"]
    assert "Ana" not in text_of(page)
    assert "Kererū" not in text_of(page)


def test_what_waits_for_release_is_found_in_its_agency_alone(plan, coordinator):
    member = PlanFactory().coordinating_agency
    plan.members.create(agency=member)
    HeldEntryFactory(plan=plan, agency=member, text=WORD)
    assert kinds_in(search(client_of(member, "contributor"), WORD)) == [
        "Waiting for release in your agency (1)"
    ]
    assert kinds_in(search(client_of(member, "observer"), WORD)) == []
    assert kinds_in(search(coordinator, WORD)) == []


def test_a_finding_that_waits_for_a_reply_is_found_by_those_who_may_read_it(plan, coordinator):
    lead, other = AgencyFactory(), AgencyFactory()
    plan.members.create(agency=lead)
    plan.members.create(agency=other)
    item = WorkItemFactory(plan=plan, number="1.2", title="Train staff", lead_agency=lead)
    finding = FindingFactory(audit__plan=plan, item=item, note=f"Nothing shows a {WORD}.")
    auditor = client_of(finding.audit.agency, "auditor")
    for client in (coordinator, client_of(lead, "contributor"), auditor):
        assert kinds_in(search(client, WORD)) == ["Findings of audits (1)"]
    assert kinds_in(search(client_of(other, "contributor"), WORD)) == []
    found = text_of(search(coordinator, WORD))
    assert f"{finding.reference}: Not supported Finding: Nothing shows a {WORD}." in found


@pytest.mark.parametrize("rows", [1, 3])
def test_a_measure_is_found_with_what_it_says_today(
    plan, coordinator, rows, django_assert_num_queries
):
    for n in range(rows):
        measure = MeasureFactory(
            item=WorkItemFactory(plan=plan), kind="level", as_told=f"the number of {WORD} in {n}"
        )
        MeasureValueFactory(
            measure=measure, day=date(2010, 6, 30), accepted=True, accepted_on=date(2010, 7, 1)
        )
        MeasureValueFactory(measure=measure, number=99, day=date(2010, 7, 15))  # not accepted
    page = search(coordinator, WORD, kind="measures")
    for n in range(rows):
        assert f"The number of {WORD} in {n} was 83 in June 2010." in text_of(page)
    assert " was 99 " not in text_of(page)
    with django_assert_num_queries(QUERIES_OF_A_KIND + 1):
        search(coordinator, WORD, kind="measures")


def test_a_plan_that_is_not_adopted_is_not_searched(plan, coordinator):
    making = PlanFactory(adopted_on=None, coordinating_agency=plan.coordinating_agency)
    WorkItemFactory(plan=making, title=WORD)
    assert kinds_in(search(coordinator, WORD)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_do_not_grow_with_the_results(
    plan, coordinator, rows, django_assert_num_queries
):
    for n in range(rows):
        item = WorkItemFactory(plan=plan)
        RiskFactory(plan=plan, item=item, number=n + 1, description=f"{WORD} {n}.")
        DelayFactory(milestone__item__plan=plan, explanation=f"{WORD} {n}.")
    search(coordinator, WORD)
    with django_assert_num_queries(QUERIES):
        page = search(coordinator, WORD)
    assert kinds_in(page) == [f"Delays ({rows})", f"Risks ({rows})"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_of_one_kind_do_not_grow_either(
    plan, coordinator, rows, django_assert_num_queries
):
    for n in range(rows):
        DraftParagraphFactory(
            section=DraftSectionFactory(
                briefing=BriefingFactory(plan=plan, kind=BriefingKindFactory(plan=plan))
            ),
            text=f"{WORD} {n}.",
        )
    search(coordinator, WORD, kind="drafts")
    with django_assert_num_queries(QUERIES_OF_A_KIND):
        search(coordinator, WORD, kind="drafts")


def test_the_header_leads_to_the_search(plan, coordinator):
    page = lxml.html.fromstring(coordinator.get("/plans/plan-of-action/items/").content)
    [link] = page.xpath("//header//a[.='Find']")
    assert link.get("href") == "/search/"


def test_every_kind_has_an_address_of_its_own():
    keys = [kind.key for kind in KINDS]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z]+", key) for key in keys)


def test_a_passage_is_the_sentence_with_most_of_the_words():
    texts = [("A", "Kea sing. The kea and the tūī sing."), ("B", "A tui.")]
    passage = passage_of(texts, Words.of("tui kea"))
    assert passage.label == "A"
    assert passage.pieces == [
        ("The ", False),
        ("kea", True),
        (" and the ", False),
        ("tūī", True),
        (" sing.", False),
    ]


def test_a_long_sentence_is_cut_around_the_word():
    text = f"{'before ' * 200}kea {'after ' * 200}"
    passage = passage_of([("", text)], Words.of("kea"))
    whole = "".join(piece for piece, _ in passage.pieces)
    assert len(whole) < 260
    assert whole.startswith("… before")
    assert whole.endswith("after …")
    assert ("kea", True) in passage.pieces
