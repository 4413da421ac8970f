"""Test the pages of released papers that need no sign-in, and publishing them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from reports.models.issue import sha256
from reports.public.views import plan_progress
from reports.requests.models import PublicLetter, PublicPage, RequestEvent
from reports.requests.registered import released_papers
from reports.requests.services import packages, purging, releases, requests
from tests.content_policy import lacks_policy
from tests.factories import PlanFactory, PublicProgressFactory, SeatFactory
from tests.reports.requests.conftest import NOW, client_of
from tests.reports.requests.factories import (
    ReleasedPaperFactory,
    ReleaseFactory,
    RequestEventFactory,
    RequestLetterFactory,
)

pytestmark = pytest.mark.django_db

ON = date(2013, 5, 22)
SCHEDULE = [
    {
        "number": 1,
        "kind": "issued",
        "title": "10/96252: Mahi Māori",
        "dated": "2010-07-30",
        "decision": "part",
        "grounds": ["9(2)(a)"],
    }
]


def event(release, kind, **others):
    return RequestEventFactory(
        request=release.request, kind=kind, happened_on=ON, release=release, **others
    )


def released(plan, **others):
    """Release one paper of the plan, and publish it."""
    paper = ReleasedPaperFactory(
        release__request__plan=plan,
        release__request__agency=plan.coordinating_agency,
        release__schedule=SCHEDULE,
        withheld={"9(2)(a)": 3},
        **others,
    )
    event(paper.release, "published")
    return paper


@pytest.fixture
def plan():
    plan = PlanFactory(slug="plan-of-action")
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    return plan


@pytest.fixture
def decider(plan):
    return SeatFactory(agency=plan.coordinating_agency, role="oia_decision_maker").user


def get(client, name, *args, **query):
    return client.get(reverse(f"requests:{name}", args=args), query)


def test_the_page_says_what_was_released_and_withheld(client, plan):
    paper = released(plan)
    page = get(client, "released", plan.slug)
    assert page.status_code == 200
    assert lacks_policy(page) == set()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "3 × s 9(2)(a)" in page.text
    assert "30 July 2010" in page.text
    assert paper.pdf_sha256 in page.text
    assert "requester@example.org" not in page.text
    assert "<script" not in page.text


def test_a_plan_without_public_pages_is_not_listed(client):
    PlanFactory(title="A plan of nobody’s business")
    page = get(client, "published")
    assert page.status_code == 200
    assert "Nothing is published yet." in page.text
    assert "nobody’s business" not in page.text


def test_a_plan_is_listed_with_what_is_open_of_it(client, plan):
    released(plan)
    PublicProgressFactory(plan=plan, content={"plan": "As it was published", "as_at": "2013-05-22"})
    PublicProgressFactory(
        plan__slug="another", content={"plan": "Another plan", "as_at": "2013-06-30"}
    )
    page = get(client, "published")
    assert [
        (row.slug, row.title, row.releases, row.progress_as_at) for row in page.context["plans"]
    ] == [
        ("another", "Another plan", None, date(2013, 6, 30)),
        ("plan-of-action", "As it was published", 1, date(2013, 5, 22)),
    ]


@pytest.mark.parametrize("plans", [1, 3])
def test_the_list_of_plans_takes_five_queries(client, plans, django_assert_num_queries):
    for _ in range(plans):
        plan = PlanFactory()
        PublicPage.objects.create(plan=plan, is_open=True, version=1)
        released(plan)
    with django_assert_num_queries(5):  # and a transaction’s two
        assert len(get(client, "published").context["plans"]) == plans


@pytest.mark.parametrize(("is_indexed", "header"), [(True, None), (False, "noindex, nofollow")])
def test_search_engines_list_it_when_they_may_list_all_its_pages(client, plan, is_indexed, header):
    other = PlanFactory()
    PublicPage.objects.create(plan=other, is_open=True, is_indexed=True, version=1)
    PublicPage.objects.filter(plan=plan).update(is_indexed=is_indexed)
    assert get(client, "published").get("X-Robots-Tag") == header


def test_a_page_that_is_not_open_is_not_there(client, plan):
    paper = released(plan)
    PublicPage.objects.update(is_open=False)
    assert get(client, "released", plan.slug).status_code == 404
    assert get(client, "released-paper", plan.slug, paper.pk).status_code == 404


@pytest.mark.parametrize("papers", [1, 3])
def test_the_page_takes_the_same_queries(client, plan, papers, django_assert_num_queries):
    for _ in range(papers):
        released(plan)
    with django_assert_num_queries(8):  # two of them are of the transaction
        get(client, "released", plan.slug)


@pytest.mark.parametrize(("asked", "number"), [("maori", 1), ("MAHI 96252", 1), ("budget", 0)])
def test_a_search_needs_neither_macrons_nor_case(client, plan, asked, number):
    released(plan)
    page = get(client, "released", plan.slug, q=asked)
    assert page.text.count('<h2 id="release-') == number


def test_a_search_says_whether_a_paper_or_the_schedule_alone_has_the_words(client, plan):
    released(plan, title="Report of 2010")
    page = get(client, "released", plan.slug, q="mahi").text
    assert "1 release matches “mahi”." in page
    assert "No released paper has it in its title; the reference or the schedule does." in page


def test_a_file_redacted_elsewhere_says_its_grounds_on_the_page_of_progress(plan):
    paper = released(plan, grounds="9(2)(a) 9(2)(g)(i)")
    assert paper.withheld_counts == {"9(2)(a)": 3, "9(2)(g)(i)": None}
    (row,) = released_papers.on_progress(plan, ON)
    assert row["withheld"] == {"s 9(2)(a)": 3, "s 9(2)(g)(i)": None}
    page = render_to_string(
        "reports/public/progress_parts.html",
        {"content": {"released_papers": [row]}, "released": [{**row, "released": ON}]},
    )
    assert "3 × s 9(2)(a)" in page and "Parts, under s 9(2)(g)(i)" in " ".join(page.split())
    assert plan_progress._cell(row["withheld"]) == "s 9(2)(a): 3; s 9(2)(g)(i)"


def test_the_schedule_says_to_whom_a_part_was_transferred(client, plan):
    line = {**SCHEDULE[0], "decision": "transferred", "reason": "To New Zealand Police"}
    other = ReleasedPaperFactory(
        release__request__plan=plan,
        release__request__agency=plan.coordinating_agency,
        release__schedule=[line],
    )
    event(other.release, "published")
    assert "To New Zealand Police" in get(client, "released", plan.slug).text


def test_what_is_published_begins_with_the_request_without_who_asked(client, decider, plan):
    release = ReleasedPaperFactory(
        release__request__plan=plan,
        release__request__agency=plan.coordinating_agency,
        release__request__requester_name="Miriam Halloran",
        release__request__text="I am Miriam Halloran. Please send the minutes.",
    ).release
    client.force_login(decider)
    form = get(client, "publish", release.pk).context["form"]
    assert form.initial["note"] == "We were asked: I am […]. Please send the minutes."


def test_a_release_is_said_to_be_published_only_where_it_can_be_read(
    client, decider, plan, monkeypatch
):
    monkeypatch.setattr(releases, "_check_names_nobody", lambda request, release: None)
    PublicPage.objects.update(is_open=False)
    release = ReleasedPaperFactory(
        release__request__plan=plan, release__request__agency=plan.coordinating_agency
    ).release
    client.force_login(decider)
    address = reverse("requests:publish", args=[release.pk])
    answer = client.post(address, {"note": "Ours", "warning-0": "It is ours."}, follow=True)
    assert "nobody can read it until the public page of its plan is open" in answer.text


def test_a_paper_is_served_as_it_was_released_until_it_is_taken_back(client, plan):
    paper = released(plan)
    answer = get(client, "released-paper", plan.slug, paper.pk)
    assert sha256(answer.content) == paper.pdf_sha256
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    event(paper.release, "unpublished", note="It named somebody.")
    page = get(client, "released", plan.slug).text
    assert "It named somebody." in page
    assert paper.title not in page


def test_search_engines_may_list_a_page_that_says_so(client, plan):
    PublicPage.objects.update(is_indexed=True)
    page = get(client, "released", plan.slug)
    assert "X-Robots-Tag" not in page
    assert "noindex" not in page.text


def test_a_file_or_its_digest_is_verified_and_not_kept(client, plan):
    paper = released(plan)
    address = reverse("requests:released-verify")
    title = f">{paper.title}</a>"
    assert title in client.post(address, {"typed": f" {paper.pdf_sha256.upper()}"}).text
    file = SimpleUploadedFile("any.pdf", bytes(paper.pdf))
    page = client.post(address, {"file": file}).text
    assert title in page
    assert "This file was released" in page
    changed = SimpleUploadedFile("any.pdf", bytes(paper.pdf) + b" ")
    assert "No released file has this SHA-256" in client.post(address, {"file": changed}).text


def test_the_title_of_what_is_not_published_is_not_shown(client, plan):
    paper = released(plan)
    event(paper.release, "unpublished")
    page = client.post(reverse("requests:released-verify"), {"typed": paper.pdf_sha256}).text
    assert "A file with this SHA-256 was released" in page
    assert paper.title not in page


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64])
def test_what_is_no_digest_is_refused(client, typed):
    page = client.post(reverse("requests:released-verify"), {"typed": typed})
    assert page.status_code == 422
    assert "Error:" in page.text


def test_a_decision_maker_opens_and_closes_the_page(client, decider, plan):
    client.force_login(decider)
    address = reverse("requests:released-page", args=[plan.slug])
    assert client.post(address, {"version": 1}).status_code == 422, "closing needs a reason"
    client.post(address, {"version": 1, "reason": "Moved"})
    assert not PublicPage.objects.get().is_open
    assert client.post(address, {"version": 1, "is_open": "on"}).status_code == 422, "a conflict"
    client.post(address, {"version": 2, "is_open": "on", "is_indexed": "on"})
    assert PublicPage.objects.get().is_indexed


def test_a_decision_maker_publishes_and_takes_back(client, decider, plan):
    paper = released(plan)
    client.force_login(decider)
    assert (
        client.post(
            reverse("requests:unpublish", args=[paper.release.pk]),
            {"reason": "It was the wrong file."},
        ).status_code
        == 302
    )
    withdrawal = RequestEvent.objects.get(kind="unpublished")
    assert withdrawal.note == "It was the wrong file."


# --- whom to ask, what is newer, what was withdrawn -----------------------------------------------


def test_every_public_page_says_whom_to_ask_and_where_to_complain(client, plan, settings):
    settings.SUPPORT_EMAIL = "help@example.org"
    settings.OMBUDSMAN = {"website": "www.ombudsman.example"}
    released(plan)
    for name, arguments, whom in (
        ("released", [plan.slug], plan.coordinating_agency.name),
        ("published", [], "the agency that holds it"),
        ("released-verify", [], "the agency that holds it"),
    ):
        page = get(client, name, *arguments).text
        assert f"Ask {whom}." in page
        assert 'href="mailto:help@example.org"' in page
        assert 'href="https://www.ombudsman.example"' in page


def test_a_paper_that_was_released_again_leads_to_its_newer_copy(client, plan):
    old = released(plan, title="10/96252")
    new = released(plan, title="10/96252", release__released_on=date(2026, 11, 26))
    other = released(plan, title="11/1", release__kind="proactive")
    found = get(client, "released", plan.slug).context["found"]
    newer = {
        paper["row"].pk: paper["newer"] and paper["newer"].heading
        for each in found
        for paper in each.papers
    }
    assert newer == {new.pk: None, old.pk: "Released on request, 26 November 2026", other.pk: None}
    assert {each.heading for each in found} == {
        "Released on request, 26 November 2026",
        "Released on request, 22 May 2013",
        "Released proactively, 22 May 2013",
    }


def test_grounds_are_tied_to_the_act_once(client, plan):
    released(plan)
    assert get(client, "released", plan.slug).context["key"] == [
        ("s 9(2)(a)", "section 9(2)(a)", "privacy of people")
    ]
    page = get(client, "released", plan.slug).text
    assert page.count("section 9(2)(a) of the Official Information Act 1982") == 1


def test_the_address_of_a_paper_that_was_taken_back_says_when_and_why(client, plan):
    paper = released(plan)
    event(paper.release, "unpublished", note="It named somebody.")
    page = get(client, "released-paper", plan.slug, paper.pk)
    assert page.status_code == 410
    assert "withdrawn on 22 May 2013" in page.text
    assert "It named somebody." in page.text
    assert paper.title not in page.text
    PublicPage.objects.update(is_open=False)
    assert get(client, "released-paper", plan.slug, paper.pk).status_code == 404


def test_a_file_that_is_no_pdf_is_refused_as_such(client):
    file = SimpleUploadedFile("data.json", b"{}")
    page = client.post(reverse("requests:released-verify"), {"file": file})
    assert page.status_code == 422
    assert "This is not a PDF." in page.text
    assert "(optional)" not in page.text


# --- the letter ------------------------------------------------------------------------------------


@pytest.fixture
def answered(decided, decision_maker):
    """Release the paper of a request whose text names who asked."""
    papers = packages.prepared_papers(decided)
    return releases.release(request=decided, papers=papers, on=ON, by=decision_maker, at=NOW)


def test_the_letter_is_published_without_who_asked_the_contact_and_the_schedule(
    client, answered, decision_maker, today
):
    plan = answered.request.plan
    signs = client_of(decision_maker)
    address = reverse("requests:publish", args=[answered.pk])
    shown = signs.get(address).text
    assert "Our letter of 22 May 2013" in shown and "Publish our reply too" in shown
    signs.post(address, {"note": "", "with_letters": "on"})
    page = get(client, "released", plan.slug).text
    assert "Our letter of 22 May 2013" in page
    assert "Our decision on your request for official information" in page
    assert "Ombudsman" in page
    for hidden in ("The requester", "Quiet Street", "requester@example.org", "oia@example.org"):
        assert hidden not in page
    copy = answered.public_letters.get()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        PublicLetter.objects.filter(pk=copy.pk).update(content={})


def test_the_letter_stays_away_if_it_is_not_wanted(client, answered, decision_maker, today):
    client_of(decision_maker).post(reverse("requests:publish", args=[answered.pk]), {"note": ""})
    assert "Our letter" not in get(client, "released", answered.request.plan.slug).text


def test_a_letter_stays_when_the_requester_is_removed_and_is_published_once(
    client, answered, decision_maker, adviser
):
    plan = answered.request.plan
    act = {"release": answered, "on": ON, "by": decision_maker, "at": NOW}
    releases.publish(**act, with_letters=True)
    releases.unpublish(**act, reason="A mistake")
    assert "Our letter" not in get(client, "released", plan.slug).text
    releases.publish(**act, with_letters=True)
    assert answered.public_letters.count() == 1
    requests.close(request=answered.request, on=ON, by=adviser, at=NOW)
    day = date(2020, 1, 1)
    assert len(purging.purge_requesters(closed_before=day, on=day)) == 1
    assert "Our letter of 22 May 2013" in get(client, "released", plan.slug).text


def test_the_memo_of_a_proactive_release_is_not_published():
    release = ReleaseFactory(
        request__channel="own_initiative", request__requester_name="", request__requester_address=""
    )
    RequestLetterFactory(request=release.request, kind="decide", sent=True)
    assert releases.public_letters(release) == []
