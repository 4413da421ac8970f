"""Test what a return's page shows to its agency, the coordinator and other members."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    EvidenceFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnNoteFactory,
    SeatFactory,
    SupportFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, TOMORROW, YESTERDAY, earlier_return
from workitems.models import Round, WorkItem
from workitems.plan.services import items
from workitems.returns.return_page import FIRST, WHOLE, return_page
from workitems.returns.services import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

NZ = ZoneInfo("Pacific/Auckland")


LAST = date(2009, 7, 1), date(2009, 12, 31)


@pytest.fixture
def page_of(client_of, of_return):
    """Return a function that gives the return's page of a user."""
    return lambda user: client_of(user).get(of_return.get_absolute_url())


@pytest.fixture
def answered(of_return, item):
    return UpdateFactory(of_return=of_return, item=item, achieved="Printed in Suva.")


def submitted(of_return, by):
    of_return.state, of_return.submitted_at, of_return.submitted_by = "submitted", NOW, by
    of_return.save()


def section_of(page, item):
    """Return the HTML of one item on the page."""
    start = page.index(f'id="item-{item.number}"')
    return page[start : page.index("</section>", start)]


# --- for its agency -----------------------------------------------------------------------------


def test_the_last_answer_is_shown_beside_the_new_one(page_of, of_return, item, contributor):
    earlier = earlier_return(of_return, *LAST)
    Round.objects.filter(pk=earlier.round_id).update(name="July to December 2009")
    UpdateFactory(
        of_return=earlier, item=item, achieved="The text was agreed.", planned_next="Print it."
    )
    section = section_of(page_of(contributor).text, item)
    for shown in ("July to December 2009", "The text was agreed.", "Print it."):
        assert shown in section


def test_the_last_answer_is_an_accepted_one(page_of, of_return, item, contributor):
    earlier = earlier_return(of_return, *LAST, accepted=False)
    UpdateFactory(of_return=earlier, item=item, achieved="Never accepted.")
    page = page_of(contributor).text
    assert "There was no answer in an earlier round." in page
    assert "Never accepted." not in page


def test_the_progress_bar_counts_answered_items_and_remaining_days(
    page_of, of_return, item, answered, contributor
):
    WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    page = page_of(contributor).text
    assert "<strong>Due in 43 days</strong>, 14 July 2010" in page
    assert "1 of 2 items answered" in page


def test_supported_items_come_after_those_that_the_agency_leads(
    page_of, of_return, item, customs, contributor
):
    supported = WorkItemFactory(plan=item.plan, lead_agency=customs, number="1.1")
    SupportFactory(item=supported, agency=of_return.agency)
    WorkItemFactory(plan=item.plan, lead_agency=customs, number="1.4")
    response = page_of(contributor)
    assert [entry.section.item.number for entry in response.context["led"]] == ["1.2"]
    assert response.context["supported"] == []
    assert [entry.section.item.number for entry in response.context["named"]] == ["1.1"]
    assert "0 of 1 item answered" in response.text


@pytest.mark.parametrize(
    ("dates", "completed_on", "shown"),
    [
        ({"agreed_due": YESTERDAY}, None, True),
        ({"agreed_due": DUE}, None, False),
        ({"agreed_due": DUE, "forecast_due": SLIPPED}, None, True),
        ({"agreed_due": DUE}, YESTERDAY, False),
    ],
    ids=["overdue", "due later in the period", "expected late", "done"],
)
def test_the_form_asks_about_a_late_milestone_by_name(
    page_of, of_return, item, contributor, dates, completed_on, shown
):
    MilestoneFactory(item=item, description="Brochure printed", completed_on=completed_on, **dates)
    section = section_of(page_of(contributor).text, item)
    assert "Brochure printed" in section
    assert ("due-milestone-asked" in section) == shown


def test_the_form_does_not_ask_again_about_an_explained_delay(
    page_of, of_return, delayed, contributor
):
    section = section_of(page_of(contributor).text, delayed.item)
    assert "Police will ask for money in the next budget." in section
    assert "due-milestone-asked" not in section


def test_only_the_next_upcoming_milestone_is_shown(page_of, of_return, item, contributor):
    for number, day in enumerate(["2011-06-30", "2011-03-31", "2011-09-30"], 1):
        MilestoneFactory(
            item=item,
            number=number,
            original_due=date.fromisoformat(day),
            description=f"Step {day}",
        )
    section = section_of(page_of(contributor).text, item)
    assert [
        day for day in ("2011-03-31", "2011-06-30", "2011-09-30") if f"Step {day}" in section
    ] == ["2011-03-31"]


def test_a_milestone_done_before_the_period_is_not_shown(page_of, of_return, item, contributor):
    MilestoneFactory(item=item, description="Text agreed", completed_on=date(2009, 12, 31))
    MilestoneFactory(item=item, description="Brochure printed", completed_on=date(2010, 1, 1))
    section = section_of(page_of(contributor).text, item)
    assert ("Text agreed" in section, "Brochure printed" in section) == (False, True)


def test_no_change_is_not_offered_while_a_milestone_is_overdue(
    page_of, of_return, item, contributor
):
    assert "data-no-change>" in section_of(page_of(contributor).text, item)
    MilestoneFactory(item=item, agreed_due=YESTERDAY)
    section = section_of(page_of(contributor).text, item)
    assert "data-no-change hidden>" in section
    assert "data-overdue>A milestone is overdue" in section
    UpdateFactory(of_return=of_return, item=item)
    section = section_of(page_of(contributor).text, item)
    assert "data-overdue hidden>A milestone is overdue" in section


def test_a_milestone_that_is_answered_as_done_is_no_longer_called_overdue(
    page_of, of_return, item, contributor
):
    milestone = MilestoneFactory(item=item, agreed_due=date(2010, 2, 28))
    assert "Overdue by three months" in section_of(page_of(contributor).text, item)
    MilestoneAnswerFactory(of_return=of_return, milestone=milestone, day=date(2010, 3, 31))
    section = section_of(page_of(contributor).text, item)
    assert "Overdue" not in section
    assert "Done a month late" in section


def test_no_change_is_not_offered_three_times_in_a_row(page_of, of_return, item, contributor):
    for year in (2008, 2009):
        earlier = earlier_return(of_return, date(year, 1, 1), date(year, 6, 30))
        assert "data-no-change" in section_of(page_of(contributor).text, item)
        UpdateFactory(of_return=earlier, item=item, achieved="", no_change_on=date(year, 7, 1))
    section = section_of(page_of(contributor).text, item)
    assert "data-no-change" not in section
    assert "There was “no change” twice in a row" in section


def test_each_missing_answer_links_to_its_field(page_of, of_return, item, contributor):
    late = WorkItemFactory(
        plan=item.plan, lead_agency=item.lead_agency, number="1.3", stage="under_way"
    )
    milestone = MilestoneFactory(item=late, description="Staff trained", agreed_due=YESTERDAY)
    UpdateFactory(of_return=of_return, item=late)
    page = page_of(contributor).text
    for target, says in [
        (f"id_i{item.pk}-achieved", "Item 1.2 has no answer yet."),
        (
            f"milestone-{milestone.pk}",
            "Item 1.3: is “Staff trained” done, or not yet? If not yet, record the delay and what is done about it.",
        ),
    ]:
        assert f'<a href="#{target}">{says}</a>' in page
        assert f'id="{target}"' in page


def test_an_item_off_track_links_to_its_next_milestone(page_of, of_return, item, contributor):
    MilestoneFactory(item=item, number=1, original_due=date(2012, 6, 30))
    following = MilestoneFactory(item=item, number=2, original_due=date(2011, 6, 30))
    UpdateFactory(of_return=of_return, item=item, confidence="off_track")
    page = page_of(contributor).text
    assert f'<a href="#milestone-{following.pk}">Item 1.2 is off track.' in page
    assert f'id="milestone-{following.pk}"' in page


def test_a_contributor_is_told_that_an_approver_submits(
    page_of, of_return, item, answered, contributor, approver
):
    page = page_of(contributor).text
    assert "An approver of Police submits it." in page
    assert "Submit the return" not in page
    assert "Submit the return" in page_of(approver).text


def test_an_approver_who_wrote_it_all_is_told_that_another_must_submit(
    page_of, of_return, item, approver
):
    UpdateFactory(of_return=of_return, item=item, written_by=approver)
    page = page_of(approver).text
    assert "nobody else at Police can submit it. Invite a second person, or ask" in page
    assert "Submit the return" not in page
    SeatFactory(agency=of_return.agency, role="approver")
    page = page_of(approver).text
    assert "You wrote all of this return, so another approver of Police submits it." in page


def test_all_notes_of_a_return_sent_back_are_shown(page_of, of_return, item, contributor):
    of_return.state = "sent_back"
    of_return.save()
    ReturnNoteFactory(of_return=of_return, body="Add figures.", by__name="Coordinator")
    ReturnNoteFactory(of_return=of_return, item=item, body="How many?", by__name="Coordinator")
    ReturnNoteFactory(
        of_return=of_return, item=item, body="In which towns?", at=datetime(2010, 7, 18, tzinfo=UTC)
    )
    page = page_of(contributor).text
    assert "Add figures." in page
    assert "Add figures." not in section_of(page, item)
    notes = [page.index(note) for note in ("In which towns?", "How many?")]
    assert notes == sorted(notes), "newest first"


def test_save_all_of_somebody_signed_out_gives_their_words_back(
    client, client_of, page_of, of_return, item, contributor, milestone
):
    """Without a script: the browser sends the whole page."""
    page = page_of(contributor).text
    item_of = f'name="i{item.pk}-of" value="Item {item.number}"'
    assert item_of in page
    sent = {
        f"i{item.pk}-of": f"Item {item.number}",
        f"i{item.pk}-version": "0",
        f"i{item.pk}-stage": "under_way",
        f"i{item.pk}-achieved": "Trained.",
        f"i{item.pk}-planned_next": "Print <b>more</b> leaflets.",
        f"m{milestone.pk}-of": "Milestone “Leaflets printed”",
        f"m{milestone.pk}-completed_on": "1/6/2010",
        "n5-reply": "In two towns.",
        "act": "save",
    }
    answer = client.post(of_return.get_absolute_url(), sent, headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert answer.context["typed"] == [
        (f"Item {item.number}: Achieved", "Trained."),
        (f"Item {item.number}: Planned next", "Print <b>more</b> leaflets."),
        ("Milestone “Leaflets printed”: Completed on", "1/6/2010"),
        ("Reply", "In two towns."),
    ]
    assert "Print &lt;b&gt;more&lt;/b&gt; leaflets." in answer.text


def test_bar_and_box_of_a_return_sent_back_say_the_same(page_of, of_return, item, contributor):
    of_return.state = "sent_back"
    of_return.save()
    ReturnNoteFactory(of_return=of_return, item=item, body="How many?", at=NOW)
    page = page_of(contributor).text
    assert "0 of 1 item answered" in page
    UpdateFactory(of_return=of_return, item=item, written_at=NOW)
    page = page_of(contributor).text
    assert page.count("0 of 1 item changed or answered") == 2
    assert "1 of 1 item answered" not in page


# --- fields shown on request --------------------------------------------------------------------


@pytest.fixture
def supported(of_return, customs):
    found = WorkItemFactory(plan=of_return.round.plan, lead_agency=customs, number="3.1")
    SupportFactory(item=found, agency=of_return.agency)
    return found


def test_a_button_saves_and_shows_the_fields_of_a_supported_item(
    client_of, of_return, item, supported, contributor
):
    client = client_of(contributor)
    address = of_return.get_absolute_url()
    assert f"i{supported.pk}-achieved" not in client.get(address).text
    data = {"act": "open:3.1", f"i{item.pk}-version": 0, f"i{item.pk}-stage": "under_way"}
    data |= {f"i{item.pk}-achieved": "Printed.", f"i{item.pk}-key_achievement": "no"}
    response = client.post(address, data)
    assert response.url == f"{address}?open=3.1#item-3.1"
    assert f"i{supported.pk}-achieved" in client.get(response.url).text
    assert of_return.updates.get().achieved == "Printed."


def test_a_button_shows_the_fields_of_a_milestone_that_is_not_due(
    client_of, of_return, item, milestone, contributor
):
    client = client_of(contributor)
    address = of_return.get_absolute_url()
    assert f"m{milestone.pk}-outcome" not in client.get(address).text
    response = client.post(address, {"act": f"open:m{milestone.pk}"})
    assert response.url == f"{address}?open=m{milestone.pk}#milestone-{milestone.pk}"
    page = client.get(response.url).text
    assert f"m{milestone.pk}-outcome" in page
    assert f'id="milestone-{milestone.pk}"' in page


def test_the_script_can_fetch_only_the_fields(
    client_of, of_return, supported, milestone, contributor
):
    client = client_of(contributor)
    items = f"{of_return.get_absolute_url()}items/"
    section = client.get(f"{items}3.1/").text
    assert section.strip().startswith('<section class="return-section return-section-supported"')
    assert f"i{supported.pk}-achieved" in section
    step = client.get(f"{items}1.2/?milestone={milestone.pk}").text
    assert f"m{milestone.pk}-outcome" in step
    assert "return-section" not in step
    for absent in (f"{items}9.9/", f"{items}1.2/?milestone=999", f"{items}1.2/?milestone=x"):
        assert client.get(absent).status_code == 404
    of_return.state = "submitted"
    of_return.save()
    assert client.get(f"{items}3.1/").status_code == 404


# --- a return of many items ---------------------------------------------------------------------


def listed(page):
    """Return how far each item is, by number, for the list of the return's items."""
    return dict(re.findall(r'data-number="([^"]+)"\s+data-is="([^"]+)"', page))


def test_the_list_of_items_says_how_far_each_is(page_of, of_return, item, supported, contributor):
    def now():
        return listed(page_of(contributor).text)

    assert now() == {item.number: "empty"}  # an item that is only supported is not listed by itself
    update = UpdateFactory(of_return=of_return, item=item, achieved="Printed in Suva.")
    assert now() == {item.number: "answered"}
    UpdateFactory(of_return=of_return, item=supported, achieved="", stage="", confidence="")
    assert now() == {item.number: "answered", supported.number: "optional"}
    update.stage = "complete"
    update.save()
    MilestoneFactory(item=item, original_due=TOMORROW)
    assert now()[item.number] == "missing"
    MilestoneFactory(item=item, original_due=YESTERDAY)
    assert now()[item.number] == "milestone"


@pytest.fixture
def many(of_return):
    """As many items as fit a page with all fields, and two more."""
    return [
        WorkItemFactory(
            plan=of_return.round.plan, lead_agency=of_return.agency, number=f"4.{n}", title=f"T{n}"
        )
        for n in range(1, WHOLE + 3)
    ]


def opened(page):
    """Return the items whose fields are on the page, by number."""
    return [
        entry.section.item.number
        for entry in page.context["led"]
        if f'name="i{entry.section.item.pk}-achieved"' in page.text
    ]


def test_a_return_of_ten_items_has_all_fields(page_of, many, contributor):
    more = [item.pk for item in many[WHOLE:]]
    with without_decisions():
        WorkItem.objects.filter(pk__in=more).update(lead_agency=AgencyFactory())
    page = page_of(contributor)
    assert len(opened(page)) == page.text.count("data-save-section") == WHOLE
    assert "data-open-section" not in page.text


def test_a_longer_one_has_the_fields_of_the_first_items_that_want_something(
    page_of, of_return, many, contributor
):
    UpdateFactory(of_return=of_return, item=many[0], achieved="Printed.", version=3)
    MilestoneFactory(item=many[1], description="Staff trained", agreed_due=YESTERDAY)
    UpdateFactory(of_return=of_return, item=many[1])
    page = page_of(contributor)
    assert opened(page) == ["4.2", "4.3", "4.4"]
    assert len(opened(page)) == FIRST
    answered, unanswered = section_of(page.text, many[0]), section_of(page.text, many[4])
    for shown in (
        "Answered",
        "Printed.",
        "Change<",
        f'<input type="hidden" name="i{many[0].pk}-version" value="3">',
    ):
        assert shown in answered
    assert "Not answered yet" in unanswered
    assert "Answer<" in unanswered
    assert "Last time" not in unanswered


def test_no_fields_are_shown_at_first_of_a_long_return_that_is_complete(
    page_of, of_return, many, contributor
):
    for item in many:
        UpdateFactory(of_return=of_return, item=item)
    assert opened(page_of(contributor)) == []


def test_what_was_sent_back_is_shown_with_its_fields(page_of, of_return, many, contributor):
    of_return.state = "sent_back"
    of_return.save()
    for item in many:
        UpdateFactory(of_return=of_return, item=item)
    ReturnNoteFactory(of_return=of_return, item=many[-1], body="In which towns?")
    assert opened(page_of(contributor)) == [many[-1].number]


def test_the_last_answer_and_the_faults_of_a_closed_item_are_shown(
    page_of, of_return, many, contributor
):
    earlier = earlier_return(of_return, *LAST)
    UpdateFactory(of_return=earlier, item=many[-1], achieved="The text was agreed.")
    update = UpdateFactory(
        of_return=of_return, item=many[-1], achieved="Printed.", key_achievement="yes"
    )
    EvidenceFactory(milestone=None, update=update, note="The printer’s bill.")
    MilestoneFactory(item=many[-1], description="Staff trained", agreed_due=YESTERDAY)
    section = section_of(page_of(contributor).text, many[-1])
    for shown in (
        *("Last time", "The text was agreed.", "Printed.", "Key achievement"),
        *("The printer’s bill.", "is “Staff trained” done, or not yet?"),
    ):
        assert shown in section
    assert "-achieved" not in section


def test_a_missing_answer_of_a_closed_item_is_a_button_that_opens_it(page_of, many, contributor):
    page = page_of(contributor).text
    last = many[-1]
    start = page.index(f'<li data-missing-of="{last.number}"')
    line = page[start : page.index("</li>", start)]
    assert f'name="act" value="open:{last.number}"' in line
    assert f'data-target="id_i{last.pk}-achieved"' in line
    assert f"Item {last.number} has no answer yet." in line


def test_a_button_saves_and_shows_the_fields_of_a_closed_item(
    client_of, of_return, many, contributor
):
    client, address, first = client_of(contributor), of_return.get_absolute_url(), many[0]
    data = {"act": f"open:{many[-1].number}", f"i{first.pk}-version": 0}
    data |= {f"i{first.pk}-stage": first.stage, f"i{first.pk}-confidence": first.confidence}
    data |= {f"i{first.pk}-achieved": "Printed.", f"i{first.pk}-key_achievement": "no"}
    response = client.post(address, data)
    assert response.url == f"{address}?open={many[-1].number}#item-{many[-1].number}"
    assert of_return.updates.get().achieved == "Printed."
    assert opened(client.get(response.url)) == ["4.2", "4.3", "4.4", many[-1].number]


def test_a_closed_item_is_opened_with_the_milestone_asked_for(
    client_of, of_return, many, contributor
):
    milestone = MilestoneFactory(item=many[-1])
    page = client_of(contributor).get(f"{of_return.get_absolute_url()}?open=m{milestone.pk}")
    assert opened(page)[-1] == many[-1].number
    assert f"m{milestone.pk}-outcome" in page.text


def test_a_page_of_many_items_stays_small(page_of, of_return, many, contributor):
    """A closed section has no field, and less than 2 KB."""
    before = page_of(contributor).text
    for n in range(40):
        WorkItemFactory(
            plan=of_return.round.plan, lead_agency=of_return.agency, number=f"5.{n}", title="T"
        )
    after = page_of(contributor).text
    assert after.count("<section") == before.count("<section") + 40
    assert len(after) - len(before) < 40 * 2_000
    assert after.count("<input") == before.count("<input")


# --- for the others -----------------------------------------------------------------------------


def test_the_page_knows_when_its_newest_answer_was_saved(page_of, answered, contributor):
    answered.written_at = NOW
    answered.save()
    assert f'data-all-saved="All saved at {NOW.astimezone(NZ):%-I:%M} ' in page_of(contributor).text
    answered.written_at = NOW - timedelta(days=1)
    answered.save()
    day = f"{NOW.astimezone(NZ) - timedelta(days=1):%-d %B %Y, %-I:%M}"
    assert f'data-all-saved="All saved on {day} ' in page_of(contributor).text


def test_coordinator_reads_a_submitted_return_with_its_milestones(
    page_of, of_return, item, answered, delayed, approver, coordinator
):
    submitted(of_return, approver)
    page = page_of(coordinator).text
    for shown in (
        "<strong>Submitted</strong> on 1 June 2010, 9:30 a.m. by Police approver",
        "Printed in Suva.",
        "Police will ask for money in the next budget.",
        "Accept the return",
        "Send it back",
    ):
        assert shown in page
    assert "data-return" not in page


def test_supported_items_without_an_answer_are_only_listed_by_number_to_the_coordinator(
    page_of, of_return, item, answered, customs, approver, coordinator
):
    supported = WorkItemFactory(plan=item.plan, lead_agency=customs, number="3.1")
    SupportFactory(item=supported, agency=of_return.agency)
    submitted(of_return, approver)
    page = page_of(coordinator).text
    assert 'id="item-3.1"' not in page
    assert "There is no answer on the items that Police supports: 3.1." in page


def test_a_coordinator_who_submitted_a_return_is_not_offered_to_accept_it(
    page_of, of_return, item, answered, coordinator
):
    submitted(of_return, coordinator)
    page = page_of(coordinator).text
    assert "another coordinator must accept it" in page
    assert "Accept the return" not in page


def test_an_accepted_return_is_readable_by_all_members_and_has_no_form(
    page_of, of_return, item, answered, contributor, colleague
):
    assert page_of(colleague).status_code == 403
    submitted(of_return, None)
    assert page_of(colleague).status_code == 403
    of_return.state, of_return.accepted_on = "accepted", TODAY
    of_return.save()
    for person in (contributor, colleague):
        page = page_of(person).text
        assert "<strong>Accepted</strong> on 1 June 2010" in page
        assert "Printed in Suva." in page
        assert "data-return" not in page


def test_the_page_has_no_form_once_the_round_is_closed(
    page_of, of_return, item, answered, contributor, coordinator
):
    MilestoneFactory(item=item, description="Brochure printed")
    rounds.close_round(round=of_return.round, by=coordinator, at=NOW)
    page = page_of(contributor).text
    assert "The round is closed." in page
    assert "data-return" not in page
    assert "Printed in Suva." in page
    assert "Brochure printed" not in page, "milestones have moved on since"


def test_an_agency_without_items_is_told_that_nothing_is_to_answer(page_of, of_return, contributor):
    assert "There is nothing to answer." in page_of(contributor).text


def test_an_observer_of_the_agency_reads_the_draft(page_of, of_return, item, answered, police):
    page = page_of(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user).text
    assert "Printed in Suva." in page
    assert "data-return" not in page


# --- accepting and sending back -----------------------------------------------------------------


@pytest.fixture
def reader(client_of, coordinator):
    return client_of(coordinator)


def test_accepting_a_return_updates_the_item(
    reader, of_return, item, answered, approver, contributor
):
    answered.written_by = contributor
    answered.confidence = "at_risk"
    answered.save()
    submitted(of_return, approver)
    response = reader.post(f"{of_return.get_absolute_url()}accept/", follow=True)
    assert "The return of Police is accepted." in response.text
    item.refresh_from_db()
    assert (item.confidence, item.heard_on) == ("at_risk", TODAY)


def test_coordinator_sends_back_with_a_note_on_one_item(
    reader, page_of, of_return, item, answered, approver, contributor
):
    submitted(of_return, approver)
    response = reader.post(
        f"{of_return.get_absolute_url()}send-back/",
        {f"i{item.pk}-note": "How many towns?"},
        follow=True,
    )
    assert "The return went back to Police." in response.text
    page = page_of(contributor).text
    assert "How many towns?" in section_of(page, item)
    assert "The coordinator asks you to change:" in page
    assert "data-return" in page


def test_a_return_cannot_be_sent_back_without_a_note(reader, of_return, item, answered, approver):
    submitted(of_return, approver)
    response = reader.post(
        f"{of_return.get_absolute_url()}send-back/", {"note": " ", f"i{item.pk}-note": ""}
    )
    assert response.status_code == 422
    assert "Write what the agency should change, here or beside an item." in response.text
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


@pytest.mark.parametrize("act", ["accept", "send-back"])
def test_a_return_of_a_closed_round_cannot_be_accepted_or_sent_back(
    reader, of_return, item, answered, approver, coordinator, act
):
    submitted(of_return, approver)
    rounds.close_round(round=of_return.round, by=coordinator, at=NOW)
    assert "Accept the return" not in reader.get(of_return.get_absolute_url()).text
    address = f"{of_return.get_absolute_url()}{act}/"
    response = reader.post(address, {"note": "How many?"}, follow=True)
    assert "This round is closed." in response.text
    assert ("How many?" in response.text) == (act == "send-back"), "no word is lost"
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


def test_accepting_does_not_lose_a_note_that_was_typed(reader, of_return, item, answered, approver):
    submitted(of_return, approver)
    note = {f"i{item.pk}-note": "How many towns?"}
    response = reader.post(f"{of_return.get_absolute_url()}accept/", note)
    assert response.status_code == 422
    assert "Send the return back, or clear your notes to accept it." in response.text
    assert "How many towns?</textarea>" in response.text
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


# --- speed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 2 * WHOLE])
def test_the_page_takes_the_same_queries_for_any_number_of_items(
    client_of, of_return, contributor, count, django_assert_num_queries
):
    for n in range(count):
        item = WorkItemFactory(
            plan=of_return.round.plan, lead_agency=of_return.agency, number=f"2.{n}"
        )
        said = {"achieved": "The CNS was tested.", "planned_next": "Test the INZ"}
        UpdateFactory(of_return=of_return, item=item, written_by=contributor, **said)
        MilestoneFactory(item=item, completed_on=TODAY)
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=item)))
        ReturnNoteFactory(of_return=of_return, item=item)
    client = client_of(contributor)
    client.get(of_return.get_absolute_url())
    with django_assert_num_queries(
        29
    ):  # among them: notes, measures, which acronyms the plan knows, who submits, who is invited
        response = client.get(of_return.get_absolute_url())
    assert len(response.context["led"]) == count


def test_the_page_is_the_same_on_the_next_day(of_return, item, answered):
    """The day is an argument: nothing below the view reads the clock."""
    MilestoneFactory(item=item, agreed_due=TODAY)
    states = [return_page(of_return, on).sections[0].is_overdue for on in (TODAY, TOMORROW)]
    assert states == [False, True]


def test_the_form_says_where_to_write_whose_decision_is_needed(client_of, contributor, of_return):
    item = WorkItemFactory(plan=of_return.round.plan, lead_agency=of_return.agency)
    MilestoneFactory(item=item, agreed_due=YESTERDAY, responsible_agency=of_return.agency, pk=77)
    page = client_of(contributor).get(of_return.get_absolute_url()).text
    assert (
        'id="id_m77-settlement_helptext">If it needs a decision, say whose under “What it needs”.'
        in page
    )
    assert "for example “a decision by Cabinet on the fees”." in page
    assert ", or a month for its last day</span>" in page
    assert ">An agency of the plan, or name who else settles it in the next box.</div>" in page
    assert "for example “Cabinet” or “the councils”.</div>" in page
    assert (
        "If there are several causes, choose the main one. After the return is submitted," in page
    )


def test_confidence_in_the_next_date_is_asked_only_of_an_item_with_one(writer, of_return, item):
    milestone = MilestoneFactory(item=item, responsible_agency=of_return.agency)
    url, legend = of_return.get_absolute_url(), "Confidence in the next date"
    assert legend in writer.get(url).text
    milestone.completed_on = DUE
    milestone.save()
    page = writer.get(url).text
    assert legend not in page
    assert f'type="hidden" name="i{item.pk}-confidence"' in page


@pytest.mark.parametrize(
    ("expected", "is_outdated"), [(date(2010, 9, 30), False), (date(2010, 10, 1), True)]
)
def test_a_milestone_says_which_request_to_move_its_date_waits(
    page_of, of_return, item, contributor, expected, is_outdated
):
    row = MilestoneFactory(item=item, original_due=YESTERDAY, forecast_due=expected)
    VariationFactory(
        plan=item.plan, item=item, milestone=row, number=3, due_after=date(2010, 9, 30)
    )
    section = " ".join(section_of(page_of(contributor).text, item).split())
    assert "asks to move the agreed date to 30 September 2010, and waits for a decision." in section
    assert ("It is now expected later than that" in section) == is_outdated


def test_a_submitted_return_shows_what_was_written_when_a_milestone_was_marked_as_done(
    page_of, of_return, item, answered, approver, coordinator
):
    milestone = MilestoneFactory(item=item)
    items.close_milestone(
        milestone=milestone, version=1, completed_on=TODAY, by=approver, on=TODAY, reason="on it"
    )
    submitted(of_return, approver)
    for reader in (approver, coordinator):
        assert "<p>On it</p>" in section_of(page_of(reader).text, item)
