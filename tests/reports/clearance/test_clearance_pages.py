"""Test the pages of a consultation: asking, an agency's page and answer, the coordinator's table."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from agencies.models import Seat
from reports.clearance import services as clearance
from reports.drafting import draft_rows
from reports.models import Clearance, ClearanceComment
from reports.workshop.services import drafts
from tests.factories import (
    AgencyFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    SeatFactory,
    UserFactory,
)
from tests.reports.drafted import BEFORE, drafted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_the_paper")]

Role = Seat.Role


def browser(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seat(name, agency, role):
    return SeatFactory(user__name=name, agency=agency, role=role).user


@pytest.fixture
def by(labour):
    return seat("Coordinator", labour, Role.COORDINATOR)


@pytest.fixture
def coordinator(by):
    return browser(by)


@pytest.fixture
def approver(police):
    return browser(seat("Police approver", police, Role.APPROVER))


@pytest.fixture
def briefing(plan, item, by):
    return drafted(plan, item, by)


@pytest.fixture
def asked(briefing, police, by):
    """Police, by 15 July."""
    clearance.ask(
        briefing=briefing,
        agencies=[police],
        due_on=date(2010, 7, 15),
        by=by,
        on=date(2010, 7, 1),
        at=BEFORE,
    )
    return briefing.clearances.get()


def page(briefing, name="clearance", *rest):
    return reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk, *rest])


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- asking -----------------------------------------------------------------------------------


def test_the_coordinator_asks_agencies_on_the_empty_page(coordinator, briefing, police, customs):
    empty = coordinator.get(page(briefing))
    assert "No agency has been asked." in empty.text
    form = coordinator.get(page(briefing, "ask-agencies")).context["form"]
    assert form.initial["agencies"] == [customs.pk, police.pk]
    response = coordinator.post(
        page(briefing, "ask-agencies"), {"agencies": [police.pk], "due_on": "15 July 2010"}
    )
    assert response.url == page(briefing)
    assert messages_of(response) == ["The agencies are asked. We’ll email them, and remind them."]
    briefing.refresh_from_db()
    assert (briefing.state, [str(row.agency) for row in briefing.clearances.all()]) == (
        "in_consultation",
        ["Police"],
    )


def test_a_refusal_is_shown_at_its_field_and_keeps_the_input(coordinator, briefing, police):
    response = coordinator.post(
        page(briefing, "ask-agencies"), {"agencies": [police.pk], "due_on": "30 June 2010"}
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"due_on": ["Enter today or a later date."]}
    assert response.context["form"]["due_on"].value() == "30 June 2010"


def test_agencies_asked_meanwhile_by_another_user_are_shown_before_removal(
    coordinator, briefing, police, customs, labour
):
    form = coordinator.get(page(briefing, "ask-agencies")).context["form"]
    first = {"agencies": [police.pk, customs.pk], "due_on": "15 July 2010"}
    assert coordinator.post(page(briefing, "ask-agencies"), first).status_code == 302
    second = {"agencies": [police.pk], "due_on": "16 July 2010", "seen": form["seen"].value()}
    response = coordinator.post(page(briefing, "ask-agencies"), second)
    assert (response.status_code, response.context["theirs"]) == (
        422,
        [("Customs", "Asked, due on 15 July 2010"), ("Police", "Asked, due on 15 July 2010")],
    )
    assert briefing.clearances.asked().count() == 2
    again = second | {"seen": response.context["form"]["seen"].value()}
    assert coordinator.post(page(briefing, "ask-agencies"), again).status_code == 302
    assert [row.agency for row in briefing.clearances.asked()] == [police]


def test_an_impossible_agency_number_is_refused_with_a_message(coordinator, briefing):
    response = coordinator.post(
        page(briefing, "ask-agencies"), {"agencies": ["9" * 30], "due_on": "15 July 2010"}
    )
    assert response.context["form"].errors == {"agencies": ["Choose from the list."]}


# --- the agency's page --------------------------------------------------------------------------


def answer(client, asked, choice, words="", **how):
    form = client.get(asked.get_absolute_url()).context["answer"]
    sent = {
        "version": form["version"].value(),
        "read": form["read"].value(),
        "answer": choice,
        "words": words,
    } | how
    return client.post(page(asked.briefing, "give-clearance", asked.agency_id), sent)


def test_an_agency_sees_its_own_paragraphs_first(approver, asked):
    response = approver.get(asked.get_absolute_url())
    shown = response.context["page"]
    assert [place.name for place in shown.own] == ["Paragraph 2"]
    assert [place.name for place in shown.asks] == ["Recommendation 1"]
    paper = approver.get(page(asked.briefing, "consulted-paper", asked.agency_id))
    assert "This is your annual report on" in paper.text


def test_an_answer_is_recorded_and_shown(approver, asked):
    response = answer(approver, asked, "dissents", "It is not funded.")
    assert response.url == asked.get_absolute_url()
    row = Clearance.objects.get()
    assert (row.answer, row.words, row.answered_as) == (
        "dissents",
        "It is not funded.",
        "Police approver (Police)",
    )
    shown = approver.get(asked.get_absolute_url())
    assert shown.context["answer"]["answer"].value() == "dissents"


def test_an_answer_without_text_is_refused_at_the_field_and_kept(approver, asked):
    response = answer(approver, asked, "dissents")
    assert response.status_code == 422
    form = response.context["answer"]
    assert form.errors == {"words": ["Say why your agency does not concur; the reason is printed."]}
    assert form["answer"].value() == "dissents"


def test_a_colleagues_answer_is_shown_and_can_then_be_replaced(approver, asked, police):
    other = browser(seat("Second approver", police, Role.APPROVER))
    old = approver.get(asked.get_absolute_url()).context["answer"]
    answer(other, asked, "comment", "Printed in two runs.")
    response = answer(approver, asked, "concurs", version=old["version"].value())
    assert response.status_code == 422
    assert response.context["theirs"].words == "Printed in two runs."
    form = response.context["answer"]
    again = {name: form[name].value() for name in ("version", "read", "answer", "words")}
    approver.post(page(asked.briefing, "give-clearance", asked.agency_id), again)
    assert Clearance.objects.get().answer == "concurs"


def test_text_changed_while_reading_is_shown_before_the_answer_counts(approver, asked, by):
    answer(approver, asked, "concurs")
    old = approver.get(asked.get_absolute_url()).context["answer"]
    key = list(draft_rows.read_draft(asked.briefing).draft.numbers)[1]
    drafts.edit(briefing=asked.briefing, key=key, text="Other words.", version=1, by=by)
    response = answer(approver, asked, "concurs", read=old["read"].value())
    assert list(response.context["answer"].errors) == ["answer"]
    (change,) = response.context["page"].changes
    assert change.what == "Paragraph 2 was changed"
    assert "".join(s.text for s in change.strands if not s.is_removed) == "Other words."
    assert "You are asked again because what you cleared has changed" in response.text
    assert response.context["page"].earlier.answer == "concurs"
    form = response.context["answer"]
    again = {name: form[name].value() for name in ("version", "read", "answer", "words")}
    approver.post(page(asked.briefing, "give-clearance", asked.agency_id), again)
    assert Clearance.objects.get().answer == "concurs"


def change_what_it_cleared(asked, by, text, version=1):
    key = list(draft_rows.read_draft(asked.briefing).draft.numbers)[1]
    drafts.edit(briefing=asked.briefing, key=key, text=text, version=version, by=by)


def test_the_coordinator_still_reads_the_reason_of_an_agency_that_is_asked_again(
    coordinator, approver, asked, by
):
    answer(approver, asked, "dissents", "The shelter is in Napier.")
    before = coordinator.get(page(asked.briefing))
    assert "no longer printed" not in before.text
    change_what_it_cleared(asked, by, "Other words.")
    ((row, _is_overdue, earlier),) = coordinator.get(page(asked.briefing)).context["rows"]
    assert (row.answer, row.words) == ("", "")
    assert (earlier.answer, earlier.words) == ("dissents", "The shelter is in Napier.")
    text = coordinator.get(page(asked.briefing)).text
    assert "no longer printed: Does not concur, " in text
    assert "<blockquote>The shelter is in Napier.</blockquote>" in text
    answer(approver, asked, "concurs")
    again = coordinator.get(page(asked.briefing))
    assert "The shelter is in Napier." not in again.text


@pytest.mark.parametrize("count", [1, 3])
def test_earlier_reasons_take_one_query_for_any_number_of_agencies(
    coordinator, briefing, count, django_assert_num_queries
):
    for _ in range(count):
        ClearanceFactory(
            briefing=briefing, agency=AgencyFactory(), reopened_because="Paragraph 5 was changed."
        )
    with django_assert_num_queries(18):
        assert len(coordinator.get(page(briefing)).context["rows"]) == count


def test_a_contributor_can_comment_but_not_answer(asked, police):
    contributor = browser(seat("Police contributor", police, Role.CONTRIBUTOR))
    shown = contributor.get(asked.get_absolute_url())
    assert (shown.context["may_comment"], shown.context["may_answer"]) == (True, False)
    key = shown.context["page"].own[0].key
    comment = page(asked.briefing, "comment", asked.agency_id)
    contributor.post(comment, {"key": key, "text": "Say when."})
    contributor.post(comment, {"key": "whole", "text": "It is long."})
    assert [(row.key, row.text) for row in ClearanceComment.objects.order_by("pk")] == [
        (key, "Say when."),
        ("", "It is long."),
    ]
    found = contributor.get(asked.get_absolute_url()).context["page"]
    assert [thread.comment.text for thread in found.own[0].threads] == ["Say when."]
    assert [thread.place for thread in found.others] == ["The whole paper"]


@pytest.mark.parametrize("key", ["own", "other", "p-unknown"])
def test_a_refused_comment_is_shown_again_in_its_place(approver, asked, key):
    shown = approver.get(asked.get_absolute_url()).context["page"]
    keys = {"own": shown.own[0].key, "other": shown.places[1][0]}
    typed = "x" * 4001
    response = approver.post(
        page(asked.briefing, "comment", asked.agency_id), {"key": keys.get(key, key), "text": typed}
    )
    assert response.status_code == 422
    assert typed in response.text


def test_an_observer_can_read_and_has_no_form(asked, police):
    observer = browser(seat("Observer", police, Role.OBSERVER))
    shown = observer.get(asked.get_absolute_url())
    assert (shown.status_code, "Send the comment" in shown.text) == (200, False)
    assert "An approver of Police gives the answer." in shown.text


def test_the_draft_is_closed_to_an_agency_once_recalled_or_no_longer_asked(approver, asked):
    for state, code in [("awaiting", 200), ("drafting", 403), ("withdrawn", 403)]:
        asked.briefing.state = state
        asked.briefing.save()
        assert approver.get(asked.get_absolute_url()).status_code == code
    Clearance.objects.update(is_withdrawn=True)
    assert approver.get(asked.get_absolute_url()).status_code == 404


def test_the_list_of_briefings_links_an_agency_to_its_page(approver, asked, customs):
    index = reverse("briefings:list", args=[asked.briefing.plan.slug])
    (row,) = approver.get(index).context["rows"]
    assert row["url"] == asked.get_absolute_url()
    assert (row["step"].words, row["step"].url) == (
        "Give your clearance",
        f"{asked.get_absolute_url()}#answer",
    )
    other = browser(seat("Customs approver", customs, Role.APPROVER))
    assert other.get(index).context["rows"] == []


# --- the coordinator's page -----------------------------------------------------------------------


def test_the_coordinator_sees_every_answer_and_resolves_each_comment(
    coordinator, approver, asked, by
):
    answer(approver, asked, "dissents", "It is not funded.")
    comment = page(asked.briefing, "comment", asked.agency_id)
    approver.post(comment, {"key": "whole", "text": "It is long."})
    shown = coordinator.get(page(asked.briefing))
    assert "It is not funded." in shown.text
    (thread,) = shown.context["threads"]
    address = page(asked.briefing, "thread", thread.comment.pk)
    reply = coordinator.post(address, {"act": "reply", "text": "Where could it be cut?"})
    assert reply.url == f"{page(asked.briefing)}#comment-{thread.comment.pk}"
    own = approver.post(address, {"act": "reply", "text": "In the annexes."})
    assert own.url == f"{asked.get_absolute_url()}#comment-{thread.comment.pk}"
    coordinator.post(address, {"act": "resolve", "text": "The register is left out."})
    row = ClearanceComment.objects.get()
    assert (row.resolution, row.resolved_as, row.replies.count()) == (
        "The register is left out.",
        "Coordinator (DoL)",
        2,
    )


def test_resolving_without_text_is_refused_under_the_comment(coordinator, approver, asked):
    made = ClearanceCommentFactory(clearance=asked)
    address = page(asked.briefing, "thread", made.pk)
    for client in (coordinator, approver):
        response = client.post(address, {"act": "resolve", "text": ""})
        assert (response.status_code, response.context["at"]) == (
            422,
            made.pk if client is coordinator else str(made.pk),
        )
        assert "Write your reply." in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_coordinators_page_takes_the_same_queries_for_three_agencies_as_for_one(
    coordinator, briefing, count, django_assert_num_queries
):
    for _ in range(count):
        row = ClearanceFactory(briefing=briefing, agency=AgencyFactory())
        ClearanceCommentFactory.create_batch(count, clearance=row)
    with django_assert_num_queries(18):
        response = coordinator.get(page(briefing))
    assert len(response.context["rows"]) == count
    assert len(response.context["threads"]) == count * count


@pytest.mark.parametrize("count", [1, 3])
def test_the_agencys_page_takes_the_same_queries_for_three_comments_as_for_one(
    approver, asked, count, django_assert_num_queries
):
    by = UserFactory()
    own = approver.get(asked.get_absolute_url()).context["page"].own[0].key
    for _ in range(count):
        ClearanceCommentFactory(clearance=asked, made_by=by)
        ClearanceCommentFactory(clearance=asked, made_by=by, key=own)
    with django_assert_num_queries(44):
        response = approver.get(asked.get_absolute_url())
    assert len(response.context["page"].others) == count
