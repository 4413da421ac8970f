"""Rule 53: whatever stops a paper can be put right by somebody on this service, on the page that its check leads to."""

import re
from datetime import date

import lxml.html
import pytest
from django.urls import reverse

from agencies.models import Seat
from agencies.records import history
from reports import checks
from reports.checks import Gate
from reports.drafting.paper import read_drafted
from reports.models import Briefing
from reports.workshop.services import drafts
from tests.factories import (
    BriefingFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    DelayFactory,
    MilestoneFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, DATED, drafted
from tests.workitems.record import TODAY, noon
from workitems.models import Delay, Mitigation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database,
]

SOURCE = "Email from the Police contributor, 1 July 2010"
# What a page lets its reader do, apart from signing out and searching.
ACTS = (
    "//main//form[@method='post'] | //main//a[contains(@class, 'button')] | //main//*[@data-open]"
)


@pytest.fixture
def reader(client, plan):
    user = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def late(item):
    """A milestone that is late, about which nothing is recorded."""
    return MilestoneFactory(
        item=item,
        number=1,
        description="Brochure printed",
        original_due=date(2010, 3, 31),
        agreed_due=date(2010, 3, 31),
        forecast_due=date(2010, 9, 30),
    )


def blocking(briefing, on=DATED):
    return checks.blocking(read_drafted(briefing, on), Gate.AUTHORISATION)


def kinds_of(found):
    return {check.key.split("-")[0] for check in found}


def leads(check):
    return check.mend_url or check.url


@pytest.fixture
def stopped(plan, item, police, by, late):
    """A briefing with every problem that stops one which can be composed and has a recommendation."""
    half = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    ReturnFactory(round=half, agency=police)
    other = MilestoneFactory(item=item, number=2, agreed_due=date(2010, 5, 31))
    DelayFactory(milestone=other, found_on=date(2010, 6, 1))
    briefing = drafted(plan, item, by, copied_to="", tracker_number="", contact_phone="")
    row = drafts.add(briefing=briefing, section="delay", text="SENSITIVE: told by Police.", by=by)
    first = briefing.draft_paragraphs.order_by("section__position", "position").first()
    drafts.add(briefing=briefing, section="delay", text="As in {1}.", by=by)
    drafts.hide(briefing=briefing, key=first.key, by=by)
    ClearanceCommentFactory(
        clearance=ClearanceFactory(briefing=briefing, agency=police), key=row.key
    )
    return Briefing.objects.select_related("plan").get(pk=briefing.pk)


def test_every_problem_leads_the_coordinator_to_a_page_where_it_is_put_right(stopped, reader):
    found = blocking(stopped)
    assert kinds_of(found) == {"cover", "return", "late", "marking", "reference", "comment"}
    assert_can_be_acted_on(found, reader)


@pytest.mark.both_databases
def test_a_paper_without_recommendations_or_draft_leads_where_it_is_written(plan, item, by, reader):
    briefing = drafted(plan, item, by)
    briefing.draft_asks.update(is_hidden=True)
    found = blocking(briefing)
    assert kinds_of(found) == {"recommendation"}
    assert_can_be_acted_on(found, reader)


def test_a_paper_dated_ahead_or_that_cannot_be_composed_leads_to_its_cover(plan, item, by, reader):
    briefing = drafted(plan, item, by, dated=date(2030, 1, 1))
    found = blocking(briefing, BEFORE_ON)
    assert kinds_of(found) == {"dated"}
    assert_can_be_acted_on(found, reader)
    type(plan).objects.filter(pk=plan.pk).update(portfolio="Nobody’s")
    found = blocking(Briefing.objects.select_related("plan").get(pk=briefing.pk))
    assert kinds_of(found) == {"paper"}
    assert_can_be_acted_on(found, reader)


@pytest.mark.both_databases
def test_an_agency_that_was_asked_again_leads_to_its_answer(plan, item, police, by, reader):
    briefing = drafted(plan, item, by)
    row = ClearanceFactory(briefing=briefing, agency=police)
    row.answer, row.words, row.answered_as = "dissents", "The figures are old.", "Police approver"
    row.answered_at, row.answered_by = BEFORE, by
    history.save(row, by=by)
    row.answer, row.words, row.answered_as = "", "", ""
    row.answered_at, row.answered_by, row.reopened_because = None, None, "Words changed."
    history.save(row, by=None)
    found = blocking(briefing)
    assert kinds_of(found) == {"dissent"}
    assert_can_be_acted_on(found, reader)


def test_a_briefing_without_a_draft_leads_where_it_is_begun(plan, item, by, reader):
    drafted(plan, item, by)  # gives the plan its kinds
    briefing = BriefingFactory(plan=plan)
    found = blocking(briefing)
    assert kinds_of(found) == {"draft"}
    assert_can_be_acted_on(found, reader)


def assert_can_be_acted_on(found, reader):
    for check in found:
        address, _, place = leads(check).partition("#")
        page = reader.get(address)
        assert page.status_code == 200, check
        tree = lxml.html.fromstring(page.text)
        assert not place or tree.xpath("//*[@id=$place]", place=place), (check.key, place)
        assert tree.xpath(ACTS), check


# --- what an agency has not recorded -----------------------------------------------------------------


@pytest.mark.both_databases
def test_the_coordinator_records_a_delay_for_its_agency_with_the_source(
    plan, item, by, late, reader
):
    briefing = drafted(plan, item, by)
    (check,) = blocking(briefing)
    said = {
        "version": late.version,
        "forecast_due": "30 September 2010",
        "reason": "No printer could be found.",
        "cause": "procurement",
        "mitigation": "A second printer is asked.",
        "owner_agency": late.responsible_agency_id,
    }
    refused = reader.post(check.mend_url, said)
    assert list(refused.context["form"].errors) == ["source"]
    page = reader.post(check.mend_url, said | {"source": SOURCE})
    assert page.url == f"{item.get_absolute_url()}#milestone-1"
    delay = Delay.objects.get()
    words = f"Recorded for the agency. Source: {SOURCE}"
    assert delay.history.get().history_change_reason == f"No printer could be found.\n{words}"
    assert Mitigation.objects.get().history.get().history_change_reason == words
    assert blocking(Briefing.objects.select_related("plan").get(pk=briefing.pk)) == []


def test_the_coordinator_records_a_mitigation_for_its_agency_with_the_source(
    plan, item, by, late, reader
):
    DelayFactory(milestone=late, found_on=date(2010, 4, 1))
    briefing = drafted(plan, item, by)
    (check,) = blocking(briefing)
    said = {"mitigation": "A second printer is asked.", "owner_agency": item.lead_agency_id}
    assert list(reader.post(check.mend_url, said).context["form"].errors) == ["source"]
    reader.post(check.mend_url, said | {"source": SOURCE})
    assert Mitigation.objects.get().description == "A second printer is asked."
    assert blocking(Briefing.objects.select_related("plan").get(pk=briefing.pk)) == []


@pytest.fixture
def delayed(milestone):
    """A late milestone of Police whose delay has no mitigation."""
    return DelayFactory(milestone=milestone)


def place_of(delay, name="workitems:add-mitigation"):
    item = delay.milestone.item
    return reverse(name, args=[item.plan.slug, item.number, delay.milestone.number, delay.number])


@pytest.mark.both_databases
def test_a_mitigation_is_added_on_the_page_of_the_delay(client_of, contributor, delayed):
    with noon(TODAY):
        client = client_of(contributor)
        page = client.get(delayed.milestone.get_absolute_url())
        assert re.findall(r'href="([^"]*/steps/add/)"', page.text) == [place_of(delayed)]
        form = client.get(place_of(delayed)).context["form"]
        assert "source" not in form.fields
        said = {"mitigation": "Ask again.", "owner_agency": delayed.milestone.responsible_agency_id}
        client.post(place_of(delayed), said)
    assert [each.description for each in delayed.mitigations.all()] == ["Ask again."]


def test_while_its_agency_writes_a_return_a_mitigation_is_part_of_it(
    client_of, contributor, delayed, of_return
):
    with noon(TODAY):
        page = client_of(contributor).post(place_of(delayed), {"mitigation": "Ask again."})
    assert of_return.get_absolute_url() in page.text
    assert not delayed.mitigations.exists()


@pytest.mark.both_databases
def test_nothing_is_added_to_a_delay_that_has_ended(client_of, contributor, delayed):
    delayed.ended_on = TODAY
    delayed.save()
    with noon(TODAY):
        said = {"mitigation": "Ask again.", "owner_agency": delayed.milestone.responsible_agency_id}
        page = client_of(contributor).post(place_of(delayed), said)
    assert page.status_code == 422
    assert not delayed.mitigations.exists()
