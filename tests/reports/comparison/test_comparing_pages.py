"""Test the page that compares papers: which two, permissions, figures, and empty states."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Appointment, Seat
from agencies.records import history
from reports.document import to_json
from reports.drafting.paper import document_of
from reports.models import Briefing
from reports.models.issue import sha256
from reports.workshop.services import drafts
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    DelayFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    MitigationFactory,
    OfficeSeatFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.reports import sample
from tests.reports.drafted import drafted

pytestmark = pytest.mark.django_db

Role = Seat.Role
THEN = datetime(2010, 8, 2, tzinfo=UTC)
NOW = datetime(2010, 9, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_september_2010():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def people(plan, police):
    labour = plan.coordinating_agency
    return {
        "coordinator": SeatFactory(agency=labour, role=Role.COORDINATOR).user,
        "manager": SeatFactory(agency=labour, role=Role.AUTHORISING_MANAGER).user,
        "office": OfficeSeatFactory().user,
        "member": SeatFactory(agency=police, role=Role.CONTRIBUTOR).user,
    }


@pytest.fixture
def draft(plan, item, people):
    with time_machine.travel(THEN, tick=True):
        return drafted(plan, item, people["coordinator"])


@pytest.fixture
def last_year(plan):
    """An issued paper on the year before."""
    return issue(
        BriefingFactory(
            plan=plan,
            tracker_number="09/1",
            period_start=date(2008, 7, 31),
            period_end=date(2009, 7, 30),
            dated=date(2009, 7, 30),
            state="closed",
        ),
        sample.document(cover=replace(sample.cover(), dated=date(2009, 7, 30))),
    )


def issue(briefing, document, number=1, at=datetime(2010, 7, 31, tzinfo=UTC)):
    data = to_json(document)
    return IssuedPaperFactory(
        briefing=briefing,
        number=number,
        document=data,
        document_sha256=sha256(data),
        authorised_at=at,
        note="A date" if number > 1 else "",
    )


def ask(client, user, briefing, **query):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("briefings:compare", args=[briefing.plan.slug, briefing.pk])
    return client.get(address, query)


def sides(response):
    """Return the codes of the two sides: the earlier, then the later."""
    other = response.context["other"]
    return other and other.code, response.context["this"].code


def code(paper):
    return f"{paper.briefing_id}-v{paper.number}"


def first(draft, section="purpose"):
    return draft.draft_paragraphs.filter(section__key=section).order_by("position")[0]


# --- choosing the two papers ------------------------------------------------------------------


def test_a_draft_is_compared_with_last_years_paper(client, draft, last_year, people):
    response = ask(client, people["coordinator"], draft)
    assert response.status_code == 200
    assert sides(response) == (code(last_year), "now")
    page = response.content.decode()
    assert "From 09/1, version 1 to the draft now" in page


def test_the_newest_version_of_last_years_paper_is_compared(client, draft, last_year, people):
    second = issue(last_year.briefing, sample.document(), number=2)
    assert sides(ask(client, people["coordinator"], draft)) == (code(second), "now")


def test_a_paper_on_a_later_period_is_offered_but_not_the_default(client, plan, draft, people):
    later = issue(
        BriefingFactory(
            plan=plan,
            tracker_number="11/1",
            period_start=date(2010, 7, 31),
            period_end=date(2011, 7, 30),
            dated=date(2011, 7, 30),
            state="closed",
        ),
        sample.document(),
    )
    response = ask(client, people["coordinator"], draft)
    assert code(later) in response.content.decode()
    assert sides(response)[0] != code(later)


def test_a_draft_without_an_earlier_paper_is_compared_with_its_first_version(client, draft, people):
    row = first(draft)
    drafts.edit(
        briefing=draft, key=row.key, text="Our own words.", version=1, by=people["coordinator"]
    )
    response = ask(client, people["coordinator"], draft)
    assert response.context["other"].words == (
        "The draft on 2 August 2010 at 12:00, as it was begun"
    )
    assert [
        line.now.key
        for part in response.context["comparison"].parts
        for line in part.lines
        if line.strands
    ] == [row.key]


def test_a_correction_is_compared_with_the_version_it_corrects(client, draft, last_year, people):
    paper = issue(draft, document_of(draft))
    draft.correction_note = "A date"
    history.save(draft, by=None)
    response = ask(client, people["coordinator"], draft)
    assert sides(response) == (code(paper), "now")
    assert "There are no differences." in response.content.decode()


def test_an_issued_paper_is_compared_with_last_years_or_with_the_version_in_the_url(
    client, draft, last_year, people
):
    one = issue(draft, document_of(draft))
    two = issue(draft, sample.document(), number=2)
    draft.state = Briefing.State.RETURNED
    history.save(draft, by=None)
    assert sides(ask(client, people["member"], draft)) == (code(last_year), code(two))
    asked = ask(client, people["member"], draft, this=code(two), **{"with": code(one)})
    assert sides(asked) == (code(one), code(two))


def test_any_moment_of_the_draft_can_be_chosen(client, draft, last_year, people):
    response = ask(
        client, people["coordinator"], draft, this="2010-08-20", **{"with": "2010-08-05T09:30:00"}
    )
    assert sides(response) == ("2010-08-05T09:30:00", "2010-08-20")
    assert [text for _, text in response.context["form"].fields["this"].choices[0][1]][-2:] == [
        "The draft on 20 August 2010",
        "The draft on 5 August 2010 at 9:30",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "2010-08-01",
        "2010-09-01",
        "2011-01-01T10:00:00",
        "9999-12-31",
        "nonsense",
        "1-v9",
        "0-v0",
        "\0",
    ],
)
def test_unknown_versions_are_not_found(client, draft, last_year, people, asked):
    """At the first moment there was no draft, the second is not over, the others never existed."""
    response = ask(client, people["coordinator"], draft, this="now", **{"with": asked})
    assert response.status_code == (400 if asked == "\0" else 404)


def test_a_paper_of_another_plan_is_not_found(client, draft, people):
    elsewhere = IssuedPaperFactory()
    response = ask(client, people["coordinator"], draft, **{"with": code(elsewhere)})
    assert response.status_code == 404


# --- permissions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "unissued", "issued", "with_draft"),
    [
        ("coordinator", 200, 200, 200),
        ("manager", 200, 200, 200),
        ("member", 403, 200, 403),
        ("office", 404, 200, 403),
    ],
)
def test_each_role_compares_only_papers_that_it_may_read(
    client, draft, last_year, people, who, unissued, issued, with_draft
):
    paper = last_year.briefing
    two = issue(paper, sample.document(), number=2)
    assert ask(client, people[who], draft).status_code == unissued
    assert ask(client, people[who], paper, this=code(two)).status_code == issued
    paper.kind_id, paper.state = draft.kind_id, "drafting"
    history.save(paper, by=None)
    response = ask(client, people[who], paper, this=code(two), **{"with": "now"})
    # The sample's draft has no recommendation; users who may read it are told so.
    assert response.status_code == (422 if with_draft == 200 else with_draft)


def test_users_who_may_not_read_the_draft_are_offered_only_issued_papers(
    client, draft, last_year, people
):
    issue(draft, document_of(draft))
    groups = ask(client, people["member"], draft).context["form"].fields["this"].choices
    assert [name for name, _ in groups] == [
        "This briefing as issued",
        "Other briefings as issued",
    ]


# --- what is shown ----------------------------------------------------------------------------


def figures(response):
    return {
        group.heading: [
            (f.label, f.was, f.now, f.difference) for f in group.figures if f.was or f.now
        ]
        for group in response.context["groups"]
    }


def test_figures_are_counted_from_the_records_on_each_papers_date(
    client, plan, police, people, last_year
):
    """One item of 2009 was completed in 2010; a second one is late by 31 and 10 days."""
    with time_machine.travel(datetime(2009, 6, 1, tzinfo=UTC), tick=False):
        AppointmentFactory(portfolio=plan.portfolio)
        history.save(plan, by=None)
        done = WorkItemFactory(plan=plan, number="1.1", lead_agency=police, stage="under_way")
        history.save(done, by=None)
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC), tick=False):
        done.stage, done.completed_on = "complete", date(2010, 3, 1)
        history.save(done, by=None)
        late = WorkItemFactory(
            plan=plan, number="1.2", lead_agency=police, stage="under_way", confidence="at_risk"
        )
        milestone = MilestoneFactory(
            item=late,
            original_due=date(2010, 7, 1),
            agreed_due=date(2010, 7, 1),
            forecast_due=date(2010, 8, 1),
        )
        delay = DelayFactory(
            milestone=milestone,
            cause="funding",
            found_on=date(2010, 3, 1),
            due_before=date(2010, 7, 1),
            due_after=date(2010, 8, 1),
        )
        mitigation = MitigationFactory(delay=delay)
        for row in (late, milestone, delay, mitigation):
            history.save(row, by=None)
    draft = drafted(plan, done, people["coordinator"])
    response = ask(client, people["coordinator"], draft)
    assert figures(response) == {
        "Work items": [
            ("Late", 0, 1, "1 more"),
            ("Cannot be judged", 1, 0, "1 fewer"),
            ("Complete", 0, 1, "1 more"),
        ],
        "Confidence of agencies, of items that go on": [("At risk", 0, 1, "1 more")],
        "Days of delay, of delays that were open": [("Funding", 0, 31, "31 days more")],
    }
    assert response.context["was"].records == "as the records were on 30 July 2009"
    assert response.context["now"].records == "as the records were on 30 July 2010"
    page = response.content.decode()
    assert "at=2010-07-30&amp;since=2009-07-30" in page
    assert "its annex counts 9 work items, of which 2 are complete" in page


def test_papers_of_the_same_day_show_their_figures_once(client, draft, item, people):
    history.save(item, by=None, at=datetime(2010, 7, 1, tzinfo=UTC))
    response = ask(client, people["coordinator"], draft)
    assert response.context["headline"] == "1 work item: 0 complete, 0 late, 1 cannot be judged."
    assert "Both are counted as the records were on 30 July 2010" in response.content.decode()


def test_a_paper_with_a_future_date_is_counted_from_current_records(
    client, plan, item, people, last_year
):
    draft = drafted(plan, item, people["coordinator"], dated=date(2010, 9, 30))
    response = ask(client, people["coordinator"], draft)
    assert response.context["now"].records == "as the records are now"


def test_a_paper_authorised_before_its_date_is_counted_from_the_records_then(
    client, draft, last_year, people
):
    early = sample.document(cover=replace(sample.cover(), dated=date(2010, 12, 1)))
    paper = issue(draft, early, at=datetime(2010, 8, 20, 2, 30, tzinfo=UTC))
    response = ask(client, people["coordinator"], draft, this=code(paper))
    assert response.context["now"].records == "as the records were on 20 August 2010 at 14:30"


def test_removed_and_added_words_are_announced_to_screen_readers(client, draft, people):
    row = first(draft)
    drafts.edit(
        briefing=draft,
        key=row.key,
        text="Our own words in te reo Māori.",
        version=1,
        by=people["coordinator"],
    )
    page = ask(client, people["coordinator"], draft).content.decode()
    assert '<ins><span class="visually-hidden">[added: </span>' in page
    assert '<del><span class="visually-hidden">[removed: </span>' in page
    assert '<span lang="mi">Māori</span>' in page
    assert "1 paragraph is the same: 2" in page


def test_text_written_by_users_is_escaped(client, draft, people):
    row = first(draft)
    drafts.edit(
        briefing=draft, key=row.key, text="<b>Bold</b> & plain", version=1, by=people["coordinator"]
    )
    page = ask(client, people["coordinator"], draft).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; plain" in page


def test_the_page_says_when_there_is_nothing_to_compare(client, plan, item, people):
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(plan=plan)
    response = ask(client, people["coordinator"], briefing)
    assert response.status_code == 200
    page = response.content.decode()
    assert "There is nothing to compare with yet." in page
    assert "<select" not in page


def test_a_briefing_without_a_draft_is_compared_as_composed_from_the_records(
    client, plan, item, last_year, people
):
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(plan=plan)
    page = ask(client, people["coordinator"], briefing).content.decode()
    assert "From 09/1, version 1 to what the records say now" in page


def test_a_draft_that_cannot_be_composed_shows_the_reason(client, draft, last_year, people):
    draft.dated = date(2031, 1, 1)
    Appointment.objects.update(to_on=date(2020, 1, 1))
    history.save(draft, by=None)
    response = ask(client, people["coordinator"], draft)
    assert response.status_code == 422
    assert "The draft now makes no paper. Nobody is recorded as" in response.content.decode()


def test_a_paper_that_was_tampered_with_is_not_compared(client, draft, last_year, people):
    damaged = IssuedPaperFactory(briefing=draft, document_sha256="0" * 64)
    response = ask(client, people["coordinator"], draft, **{"with": code(damaged)})
    assert response.status_code == 500
    assert "This file cannot be downloaded" in response.content.decode()


def test_the_draft_and_the_issued_paper_link_to_the_comparison(client, draft, last_year, people):
    client.force_login(people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    for name, briefing in (
        ("workshop:draft", draft),
        ("briefings:detail", draft),
        ("briefings:issued", last_year.briefing),
    ):
        page = client.get(reverse(name, args=[briefing.plan.slug, briefing.pk])).content.decode()
        assert reverse("briefings:compare", args=[briefing.plan.slug, briefing.pk]) in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_versions_and_paragraphs(
    client, plan, draft, people, count, django_assert_num_queries
):
    for number in range(count):
        briefing = BriefingFactory(
            plan=plan,
            tracker_number=f"09/{number}",
            period_start=date(2008, 7, 31),
            period_end=date(2009, 7, 30),
            dated=date(2009, 7, 30),
            state="closed",
        )
        issue(briefing, sample.document(cover=replace(sample.cover(), dated=date(2009, 7, 30))))
        with time_machine.travel(datetime(2010, 8, 3 + number, tzinfo=UTC), tick=True):
            drafts.add(
                briefing=draft,
                section="delay",
                text=f"Words {number}.",
                by=people["coordinator"],
            )
    client.force_login(people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("briefings:compare", args=[plan.slug, draft.pk])
    with django_assert_num_queries(49):
        response = client.get(address)
    offered = [group for _, group in response.context["form"].fields["with"].choices]
    assert [len(versions) for versions in offered] == [3 + count, count]
    with django_assert_num_queries(68):
        client.get(address, {"with": "2010-08-02"})
