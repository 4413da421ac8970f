"""Test filing papers from before the product, and correcting, replacing and withdrawing them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.models.issue import sha256
from reports.requests.models import EarlierPaper
from reports.requests.models.in_scope import found_in
from tests.factories import AgencyFactory, PlanFactory, SeatFactory
from tests.reports.requests.factories import EarlierPaperFactory, InformationRequestFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 the second report"


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def paper(plan):
    return EarlierPaperFactory(agency=plan.coordinating_agency, plan=plan)


@pytest.fixture
def adviser(client, plan):
    user = SeatFactory(agency=plan.coordinating_agency, role="oia_adviser").user
    client.force_login(user)
    return user


def post(client, name, *args, **typed):
    return client.post(reverse(f"requests:{name}", args=args), typed)


def said_of(plan, **others):
    return {
        "agency": plan.coordinating_agency.pk,
        "plan": plan.pk,
        "title": "Second annual report",
        "number": "10/2",
        "dated": "1 December 2010",
        "kind": "Annual report",
        "file": SimpleUploadedFile("second.pdf", PDF),
        **others,
    }


def test_a_paper_is_filed_byte_for_byte(client, adviser, plan):
    assert post(client, "add-earlier-paper", **said_of(plan)).status_code == 302
    row = EarlierPaper.objects.get()
    assert (row.title, row.number, row.kind, row.plan) == (
        *("Second annual report", "10/2", "Annual report"),
        plan,
    )
    answer = client.get(reverse("requests:earlier-paper", args=[row.pk]))
    assert sha256(answer.content) == row.pdf_sha256 == sha256(PDF)
    again = post(client, "add-earlier-paper", **said_of(plan, title="Again"))
    assert "This file was already added as “Second annual report”." in again.text


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (
            {"file": SimpleUploadedFile("a.pdf", b"MZ")},
            "The file’s name ends in .pdf, but the file is of another type.",
        ),
        ({"file": ""}, "Choose a PDF."),
        ({"title": " "}, "Enter the paper’s title."),
        ({"dated": "soon"}, "Enter a date, such as"),
    ],
)
def test_a_wrong_file_or_word_is_refused_and_nothing_is_kept(
    client, adviser, plan, others, sentence
):
    page = post(client, "add-earlier-paper", **said_of(plan, **others))
    assert page.status_code == 422
    assert sentence in page.text
    assert not EarlierPaper.objects.exists()


def listed(plan):
    """Return what a search in scope finds."""
    request = InformationRequestFactory(agency=plan.coordinating_agency, plan=plan)
    return [each.title for each in found_in(request, [(date(2000, 1, 1), date(2020, 1, 1))])]


def test_a_correction_is_listed_in_its_place_once(client, adviser, plan, paper):
    assert listed(plan) == ["09/1: First annual report"]
    assert post(client, "replace-earlier-paper", paper.pk, **said_of(plan)).status_code == 302
    assert listed(plan) == ["10/2: Second annual report"]
    other = SimpleUploadedFile("third.pdf", b"%PDF-1.7 third")
    again = post(client, "replace-earlier-paper", paper.pk, **said_of(plan, file=other))
    assert "This paper is replaced by a correction. Change that one." in again.text


def test_a_withdrawn_paper_is_listed_no_longer_and_kept(client, adviser, plan, paper):
    typed = {"reason": "It is a draft.", "version": 1}
    assert post(client, "withdraw-earlier-paper", paper.pk, **typed).status_code == 302
    assert listed(plan) == []
    page = client.get(reverse("requests:earlier-papers")).text
    assert "It is a draft." in page
    assert post(client, "withdraw-earlier-paper", paper.pk, **typed).status_code == 422


def test_what_is_said_of_a_paper_is_corrected_with_both_sides_on_conflict(
    client, adviser, plan, paper
):
    typed = said_of(plan, title="The report of 2009", version=1)
    del typed["file"]
    assert post(client, "change-earlier-paper", paper.pk, **typed).status_code == 302
    assert EarlierPaper.objects.get().title == "The report of 2009"
    page = post(client, "change-earlier-paper", paper.pk, **{**typed, "title": "Mine"})
    assert page.status_code == 422
    assert "The report of 2009" in page.text
    assert "Mine" in page.text


def test_readers_of_the_plan_see_it_beside_issued_briefings(client, plan, paper):
    client.force_login(SeatFactory(agency=plan.coordinating_agency, role="observer").user)
    page = client.get(reverse("briefings:list", args=[plan.slug])).text
    assert "First annual report" in page
    assert client.get(reverse("requests:earlier-paper", args=[paper.pk])).status_code == 200
    assert client.get(reverse("requests:earlier-papers")).status_code == 404


@pytest.mark.parametrize("papers", [1, 3])
def test_the_list_takes_the_same_queries(client, adviser, plan, papers, django_assert_num_queries):
    for _ in range(papers):
        EarlierPaperFactory(agency=plan.coordinating_agency, plan=plan)
    client.get(reverse("requests:earlier-papers"))
    with django_assert_num_queries(8):
        client.get(reverse("requests:earlier-papers"))


# --- whose it is -----------------------------------------------------------------------------------


@pytest.fixture
def two_agencies(plan, adviser):
    """The adviser also works for an agency that ended, whose work the first took over."""
    now = plan.coordinating_agency
    gone = AgencyFactory(name="Department of Work", valid_to=date(2012, 6, 30), successor=now)
    SeatFactory(agency=gone, role="oia_adviser", user=adviser)
    return now, gone


def agencies_of(client, name):
    field = client.get(reverse(f"requests:{name}")).context["form"].fields["agency"]
    return field.initial, [words for _key, words in field.choices]


@pytest.mark.parametrize("name", ["add-earlier-paper", "record-request", "proactive"])
def test_the_agency_that_exists_today_is_chosen(client, two_agencies, name):
    now, _gone = two_agencies
    first, offered = agencies_of(client, name)
    assert first == str(now.pk)
    assert sorted(offered) == sorted([now.name, "Department of Work (until 30 June 2012)"])


def test_of_several_agencies_none_is_chosen(client, two_agencies, adviser):
    SeatFactory(role="oia_adviser", user=adviser)
    first, offered = agencies_of(client, "add-earlier-paper")
    assert (first, offered[0]) == ("", "Choose an agency")
    refused = post(client, "add-earlier-paper", agency="")
    assert refused.context["form"].errors["agency"] == ["Choose the agency."]


def test_the_agency_of_a_paper_is_shown_and_corrected(client, two_agencies, plan):
    now, gone = two_agencies
    row = EarlierPaperFactory(agency=gone, plan=plan)
    assert "Department of Work" in client.get(reverse("requests:earlier-papers")).text
    typed = said_of(plan, version=row.version, reason="It is ours now.")
    assert post(client, "change-earlier-paper", row.pk, **typed).status_code == 302
    row.refresh_from_db()
    assert row.agency == now


def test_a_paper_is_not_moved_to_an_agency_that_has_its_file(client, two_agencies, plan):
    now, gone = two_agencies
    EarlierPaperFactory(agency=now, plan=plan, title="First report", pdf=PDF)
    row = EarlierPaperFactory(agency=gone, plan=plan, pdf=PDF)
    answer = post(client, "change-earlier-paper", row.pk, **said_of(plan, version=row.version))
    assert answer.context["form"].errors["agency"] == [
        f"{now.name} already has this file, as “First report”."
    ]
