"""Test the page of checks, its actions, and where else checks are shown."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from agencies.models import Seat
from agencies.records import history
from reports import checks
from reports.briefings.services import states
from reports.drafting.paper import read_drafted
from reports.models import Briefing, CheckOverride
from reports.workshop.services import drafts
from reports.workshop.services import overrides as acts
from tests.factories import PASSWORD, ClearanceFactory, ReturnFactory, RoundFactory, SeatFactory
from tests.reports.drafted import BEFORE, drafted

pytestmark = pytest.mark.django_db

State = Briefing.State
Role = Seat.Role


@pytest.fixture(autouse=True)
def on_its_date():
    with time_machine.travel(datetime(2010, 7, 30, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def coordinator(plan):
    return SeatFactory(
        agency=plan.coordinating_agency, role=Role.COORDINATOR, user__name="Coordinator"
    ).user


@pytest.fixture
def manager(plan):
    return SeatFactory(agency=plan.coordinating_agency, role=Role.AUTHORISING_MANAGER).user


@pytest.fixture
def briefing(plan, item, coordinator):
    return drafted(plan, item, coordinator)


@pytest.fixture
def long(briefing, coordinator):
    """Return the key of the warning about a long paragraph."""
    row = drafts.add(briefing=briefing, section="delay", text="word " * 151, by=coordinator)
    return f"long-{row.key}"


@pytest.fixture
def missing(plan, police):
    round = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    return ReturnFactory(round=round, agency=police)


def address(briefing, name="checks"):
    return reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk])


def ask(client, user, briefing, name="checks", post=None):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    where = address(briefing, name)
    return client.get(where) if post is None else client.post(where, post)


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def change(briefing, **columns):
    for name, value in columns.items():
        setattr(briefing, name, value)
    return history.save(briefing, by=None)


def keys(lines):
    return [line.check.key for line in lines]


def group(page, name):
    """Return the lines of a group of the page."""
    found = {each.name: [*each.lines, *each.missing] for each in page.context["groups"]}
    return found.get(name, [])


def headings(page):
    return [(each.heading, each.count) for each in page.context["groups"]]


def about(briefing, key):
    return next(
        check.about for check in checks.failed_checks(read_drafted(briefing)) if check.key == key
    )


def leave(briefing, key, by, reason="It quotes the law."):
    return acts.override(
        briefing=briefing, key=key, about=about(briefing, key), reason=reason, by=by, at=BEFORE
    )


# --- the list -----------------------------------------------------------------------------


def test_a_paper_without_problems_says_so(client, briefing, coordinator):
    page = ask(client, coordinator, briefing)
    assert headings(page) == []
    assert "Nothing to fix." in page.text


def test_checks_are_grouped_by_now_when_due_and_accepted(
    client, briefing, coordinator, missing, long
):
    leave(briefing, long, coordinator)
    change(briefing, copied_to="", agencies_consulted="", contact_phone="(04) 555 0100")
    page = ask(client, coordinator, briefing)
    assert headings(page) == [
        ("Must fix before the agencies are asked", 2),
        ("When due", 1),
        ("Warnings", 1),
        ("Accepted", 1),
    ]
    assert keys(group(page, "stops")) == ["cover-copied_to", f"return-{missing.pk}"]
    assert keys(group(page, "due")) == ["cover-agencies_consulted"]
    assert keys(group(page, "warnings")) == ["phone-45550100"]
    assert keys(group(page, "overridden")) == [long]
    assert "It quotes the law." in page.text
    assert "Coordinator, 1 July 2010" in page.text


def test_each_check_links_to_the_place_to_fix(client, briefing, coordinator, missing, long):
    change(briefing, copied_to="")
    page = ask(client, coordinator, briefing)
    links = {line.check.key: line.url for line in group(page, "stops") + group(page, "warnings")}
    cover, draft = address(briefing, "change-cover"), f"{address(briefing, 'detail')}draft/"
    assert links == {
        "cover-copied_to": f"{cover}#id_copied_to",
        f"return-{missing.pk}": f"{missing.round.get_absolute_url()}#return-{missing.agency_id}",
        long: f"{draft}#{long.removeprefix('long-')}",
    }
    for link in links.values():
        where, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in client.get(where).text


def test_checks_link_a_manager_to_pages_that_a_manager_may_read(
    client, briefing, manager, missing, long
):
    change(briefing, copied_to="")
    page = ask(client, manager, briefing)
    lines = group(page, "stops") + group(page, "warnings")
    assert [client.get(line.url).status_code for line in lines] == [200, 200, 200]
    assert [line.form for line in lines] == [None] * 3
    assert '<form method="post" class' not in page.text


def test_a_problem_that_stops_only_authorisation_comes_when_due(client, briefing, coordinator):
    change(briefing, agencies_consulted="")
    page = ask(client, coordinator, briefing)
    assert headings(page) == [("When due", 1)]
    change(briefing, state=State.IN_CONSULTATION)
    page = ask(client, coordinator, briefing)
    assert headings(page) == [("Must fix before the paper is authorised", 1)]


def test_agencies_that_have_not_answered_share_a_line(
    client, briefing, coordinator, police, customs
):
    change(briefing, state=State.IN_CONSULTATION)
    for agency in (police, customs):
        ClearanceFactory(briefing=briefing, agency=agency, due_on=date(2010, 8, 3))
    page = ask(client, coordinator, briefing)
    assert headings(page) == [("When due", 2)]
    (due,) = page.context["groups"]
    assert (due.lines, due.who_waits, due.first_due) == ([], "Customs and Police", date(2010, 8, 3))
    assert "Not answered: Customs and Police, due 3 August 2010" in " ".join(page.text.split())


def test_a_line_has_the_first_sentence_and_its_place_as_a_link(client, briefing, coordinator, long):
    (line,) = group(ask(client, coordinator, briefing), "warnings")
    number = read_drafted(briefing).draft.numbers[long.removeprefix("long-")]
    assert (line.before, line.place, line.after, line.more) == (
        "",
        f"Paragraph {number}",
        " has 151 words in one sentence or bullet.",
        "More than 150 words are hard to read.",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_three_checks_as_for_one(
    client, briefing, coordinator, count, django_assert_num_queries
):
    for _ in range(count):
        row = drafts.add(briefing=briefing, section="delay", text="word " * 151, by=coordinator)
        leave(briefing, f"long-{row.key}", coordinator)
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_num_queries(QUERIES):
        page = client.get(address(briefing))
    assert len(group(page, "overridden")) == count


# Session, user, seats and plans, the briefing, two transactions' ends and the session's idle clock; 24 for
# the checks.
QUERIES = 38


# --- accepting a warning ------------------------------------------------------------------


def test_a_warning_can_be_accepted_with_a_reason(client, briefing, coordinator, long):
    post = {"act": "override", "key": long, "about": about(briefing, long)}
    response = ask(client, coordinator, briefing, post=post | {"reason": "It quotes\r\nthe law."})
    assert response.url == f"{address(briefing)}#check-{long}"
    row = CheckOverride.objects.get()
    assert (row.key, row.reason, row.by) == (long, "It quotes\nthe law.", coordinator)
    assert keys(group(client.get(address(briefing)), "overridden")) == [long]


def test_a_missing_reason_is_an_error_at_the_field_of_the_open_form(
    client, briefing, coordinator, long
):
    post = {"act": "override", "key": long, "about": about(briefing, long), "reason": " "}
    page = ask(client, coordinator, briefing, post=post)
    assert page.status_code == 422
    (line,) = group(page, "warnings")
    assert line.form.errors == {"reason": ["Say why this warning can be accepted."]}
    assert f'<a href="#{long}-reason">' in page.text
    assert f'<details id="leave-{long}" open>' in page.text


def test_accepting_a_warning_on_changed_text_asks_again_and_keeps_the_reason(
    client, briefing, coordinator, long
):
    post = {"act": "override", "key": long, "about": about(briefing, long), "reason": "The law."}
    row = briefing.draft_paragraphs.get(key=long.removeprefix("long-"))
    drafts.edit(briefing=briefing, key=row.key, text="other " * 151, version=1, by=coordinator)
    page = ask(client, coordinator, briefing, post=post)
    (line,) = group(page, "warnings")
    assert line.form.non_field_errors() == ["The text has changed since. Read the warning again."]
    assert line.form["reason"].value() == "The law."
    # The next post is about the text that is on the page now.
    again = {name: line.form[name].value() for name in ("key", "about", "reason")}
    ask(client, coordinator, briefing, post=again | {"act": "override"})
    assert CheckOverride.objects.get().about == about(briefing, long)


def test_a_reason_for_a_resolved_warning_is_shown_and_not_lost(client, briefing, coordinator, long):
    post = {"act": "override", "key": long, "about": about(briefing, long), "reason": "The law."}
    drafts.hide(briefing=briefing, key=long.removeprefix("long-"), by=coordinator)
    page = ask(client, coordinator, briefing, post=post)
    assert page.status_code == 422
    assert "What you typed is not saved" in page.text
    assert "This warning no longer exists." in page.text
    assert "<p>The law.</p>" in page.text


def test_a_reason_sent_after_the_paper_moved_on_is_shown_and_not_lost(
    client, briefing, coordinator, long
):
    post = {"act": "override", "key": long, "about": about(briefing, long), "reason": "The law."}
    change(briefing, state=State.AWAITING)
    page = ask(client, coordinator, briefing, post=post)
    assert "its text is locked." in page.text
    assert "<p>The law.</p>" in page.text


def test_an_override_that_lapsed_says_that_the_text_has_changed(
    client, briefing, coordinator, long
):
    leave(briefing, long, coordinator)
    key = long.removeprefix("long-")
    drafts.edit(briefing=briefing, key=key, text="other " * 151, version=1, by=coordinator)
    page = ask(client, coordinator, briefing)
    (line,) = group(page, "warnings")
    assert "Accepted earlier, but the text has changed since:" in page.text
    assert line.form["reason"].value() == "It quotes the law."


def test_an_override_can_be_withdrawn(client, briefing, coordinator, long):
    leave(briefing, long, coordinator)
    response = ask(client, coordinator, briefing, post={"act": "take-back", "key": long})
    assert (response.url, messages_of(response)) == (
        f"{address(briefing)}#check-{long}",
        ["The warning is reopened."],
    )
    assert keys(group(client.get(address(briefing)), "warnings")) == [long]


# --- missing returns ----------------------------------------------------------------------


def test_a_paragraph_about_missing_returns_can_be_added_to_the_paper(
    client, briefing, coordinator, missing
):
    page = ask(client, coordinator, briefing)
    assert "No accepted return: Police" in page.text
    response = ask(client, coordinator, briefing, post={"act": "tell-missing"})
    row = briefing.draft_paragraphs.get(text__contains="had not been submitted")
    (words,) = messages_of(response)
    assert words.startswith("Paragraph ") and words.endswith(" now says so.")
    assert row.sources[0]["pk"] == missing.pk
    assert group(client.get(address(briefing)), "stops") == []


def test_an_unknown_action_is_refused(client, briefing, coordinator):
    assert ask(client, coordinator, briefing, post={"act": "approve"}).status_code == 400


# --- checks on other pages ----------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "draft/"])
def test_the_number_of_checks_is_shown_on_the_briefing_and_its_draft(
    client, briefing, coordinator, missing, long, part
):
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    change(briefing, copied_to="")
    text = " ".join(client.get(f"{address(briefing, 'detail')}{part}").text.split())
    assert (
        f'To fix: <a href="{address(briefing)}#check-cover-copied_to">1 on the cover</a>, '
        f'<a href="{address(briefing)}#stops">1 in the records</a>'
    ) in text
    assert f'<a href="{address(briefing)}#warnings">1 warning</a>' in text


def test_the_count_of_a_paper_without_problems_says_so(client, briefing, coordinator):
    text = ask(client, coordinator, briefing, "detail").text
    assert f'<a href="{address(briefing)}">Nothing to fix</a>' in text


def test_a_coordinator_gets_a_link_to_what_stops_the_next_step(
    client, briefing, coordinator, manager
):
    assert ask(client, coordinator, briefing, "detail").context["step"].words == "Ask the agencies"
    change(briefing, copied_to="")
    step = ask(client, coordinator, briefing, "detail").context["step"]
    assert (step.words, step.url, step.acts) == ("Fix the problems", address(briefing), False)
    assert ask(client, manager, briefing, "detail").context["step"] is None


def test_a_step_stopped_by_checks_redirects_to_them(client, briefing, coordinator):
    change(briefing, state=State.IN_CONSULTATION, copied_to="")
    response = ask(client, coordinator, briefing, "ask", post={})
    assert response.url == address(briefing)
    assert messages_of(response) == [
        "One problem must be fixed before the paper is authorised. “Checks” says what and where."
    ]


def test_the_form_to_ask_agencies_says_that_checks_stop_it(client, briefing, coordinator, police):
    link = f'<a href="{address(briefing)}#stops">See the problems to fix</a>'
    change(briefing, agencies_consulted="")
    assert link not in ask(client, coordinator, briefing, "ask-agencies").text
    change(briefing, copied_to="")
    assert link in ask(client, coordinator, briefing, "ask-agencies").text
    post = {"agencies": [police.pk], "due_on": "30 July 2010"}
    page = ask(client, coordinator, briefing, "ask-agencies", post=post)
    assert page.context["form"].non_field_errors() == [
        "One problem must be fixed before the agencies are asked. “Checks” says what and where."
    ]
    assert link in page.text


@pytest.fixture
def awaiting(briefing, coordinator, long):
    leave(briefing, long, coordinator)
    change(briefing, contact_phone="(04) 555 0100")
    states.start_consultation(briefing=briefing, by=coordinator)
    return states.ask_for_authorisation(briefing=briefing, by=coordinator)


def test_the_manager_sees_accepted_warnings_and_reasons_beside_the_paper(
    client, awaiting, manager, long
):
    page = ask(client, manager, awaiting, "authorise")
    assert [check.key for check in page.context["overridden"]] == [long]
    assert [check.key for check in page.context["warnings"]] == [
        "phone-45550100",
    ]
    assert "It quotes the law." in page.text
    assert "Nobody has accepted this warning." in page.text
    assert "Authorise version 1</button>" in page.text


def test_a_check_that_appeared_meanwhile_stops_the_signature(client, awaiting, manager, missing):
    page = ask(client, manager, awaiting, "authorise")
    assert f"The return of {missing.agency}" in page.text
    assert "Authorise version 1</button>" not in page.text
    assert address(awaiting, "send-back") in page.text
    post = {"pdf_sha256": page.context["sha256"], "has_read": "on", "password": PASSWORD}
    refused = ask(client, manager, awaiting, "authorise", post=post)
    assert refused.context["form"].non_field_errors() == [
        "One problem must be fixed before the paper is authorised. “Checks” says what and where."
    ]


def test_an_issued_paper_has_no_checks(client, briefing, coordinator):
    change(briefing, state=State.AUTHORISED)
    assert ask(client, coordinator, briefing).url == f"{address(briefing, 'detail')}issued/"
