"""Test the pages of evidence: adding, downloads and permissions, and the reviewer's flag."""

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import EvidenceFactory, MilestoneFactory, UpdateFactory
from tests.workitems.record import NOW, YESTERDAY
from workitems.models import Evidence

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 receipt"


@pytest.fixture(autouse=True)
def _that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_(client):
    """Return a function that signs a user in."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def update(of_return, item):
    return UpdateFactory(of_return=of_return, item=item)


def at(name, plan, *rest):
    return reverse(f"evidence:{name}", args=[plan.slug, *rest])


def answer_of(update):
    of_return = update.of_return
    plan = of_return.round.plan
    return at("add-to-answer", plan, of_return.round_id, of_return.agency_id, update.item.number)


def errors_of(response):
    return {
        field: [str(error) for error in errors]
        for field, errors in response.context["form"].errors.items()
    }


def filed(**of):
    """Add an evidence file to a milestone or an update."""
    return EvidenceFactory(
        **{"milestone": None, **of},
        note="",
        file=ContentFile(PDF, name="x"),
        file_name="Māori receipt.pdf",
    )


# --- adding -----------------------------------------------------------------------------------


def test_a_file_is_added_to_an_answer(as_, contributor, update):
    sent = as_(contributor).post(
        answer_of(update), {"file": SimpleUploadedFile("receipt.pdf", PDF), "note": "Paid."}
    )
    assert sent.url == f"{update.of_return.get_absolute_url()}#item-1.2"
    made = Evidence.objects.get()
    assert (made.update, made.file_name, made.added_by) == (update, "receipt.pdf", contributor)


def test_evidence_added_before_an_answer_is_refused_with_an_explanation(
    as_, contributor, of_return, item, plan
):
    address = at("add-to-answer", plan, of_return.round_id, of_return.agency_id, "1.2")
    page = as_(contributor).post(address, {"note": "Paid."})
    assert (page.status_code, errors_of(page)) == (
        422,
        {"__all__": ["Answer for item 1.2 first, then add evidence."]},
    )


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({}, {"__all__": ["Add a file, a link or a note."]}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"link": "ftp://example.org/a"}, {"link": ["A link begins with https:// or http://."]}),
        ({"link": "www example"}, {"link"}),
    ],
)
def test_invalid_evidence_is_refused_at_its_field(as_, contributor, update, said, errors):
    page = as_(contributor).post(answer_of(update), said)
    found = errors_of(page)
    assert page.status_code == 422
    assert (set(found) if isinstance(errors, set) else found) == errors
    assert Evidence.objects.count() == 0


def test_an_html_file_named_pdf_is_refused(as_, contributor, update):
    page = as_(contributor).post(
        answer_of(update), {"file": SimpleUploadedFile("a.pdf", b"<html>")}
    )
    assert errors_of(page) == {
        "file": ["The file’s name ends in .pdf, but the file is of another type."]
    }


def test_a_file_over_the_limit_is_refused(as_, contributor, update):
    large = SimpleUploadedFile("a.pdf", PDF + b"x" * 10 * 1024 * 1024)
    page = as_(contributor).post(answer_of(update), {"file": large})
    assert errors_of(page) == {"file": ["The file has more than 10 MB."]}


def test_a_link_without_a_scheme_gets_https(as_, contributor, milestone, plan):
    as_(contributor).post(
        at("add-to-milestone", plan, "1.2", 1), {"link": "www.example.org/brochure"}
    )
    assert Evidence.objects.get().link == "https://www.example.org/brochure"


def test_evidence_of_a_milestone_is_shown_to_everyone_who_reads_the_plan(
    as_, contributor, colleague, milestone, plan
):
    sent = as_(contributor).post(
        at("add-to-milestone", plan, "1.2", 1), {"link": "https://example.org/a?b=1&c=2"}
    )
    assert sent.url == reverse("workitems:milestone", args=[plan.slug, "1.2", 1])
    assert "example.org" in as_(contributor).get(sent.url).text
    page = as_(colleague).get(milestone.item.get_absolute_url()).text
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">' in page


def test_notes_and_file_names_are_escaped(as_, contributor, milestone):
    EvidenceFactory(milestone=milestone, note="<script>alert(1)</script>")
    page = as_(contributor).get(milestone.item.get_absolute_url()).text
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


# --- downloads --------------------------------------------------------------------------------


def test_a_file_is_served_as_an_attachment_and_never_inline(as_, colleague, milestone, plan):
    piece = filed(milestone=milestone)
    answer = as_(colleague).get(at("download", plan, piece.pk))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''M%C4%81ori%20receipt.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = set(answer["Content-Security-Policy"].split("; "))
    assert policy == {"default-src 'none'", "sandbox"}
    assert "no-store" in answer["Cache-Control"]


def test_evidence_of_a_draft_is_shown_only_to_its_agency(
    as_, contributor, colleague, coordinator, update
):
    address = at("download", update.of_return.round.plan, filed(update=update).pk)

    def answers():
        return [as_(who).get(address).status_code for who in (contributor, coordinator, colleague)]

    assert answers() == [200, 403, 403]
    update.of_return.state, update.of_return.submitted_at = "submitted", NOW
    update.of_return.save()
    assert answers() == [200, 200, 403]
    update.of_return.state, update.of_return.accepted_on = "accepted", NOW.date()
    update.of_return.save()
    assert answers() == [200, 200, 200]


def test_a_user_outside_the_plan_cannot_download_a_file(as_, stranger, milestone, plan):
    assert as_(stranger).get(at("download", plan, filed(milestone=milestone).pk)).status_code == 404


def test_a_file_of_another_plan_is_not_found(as_, contributor, plan):
    elsewhere = filed(milestone=MilestoneFactory())
    assert as_(contributor).get(at("download", plan, elsewhere.pk)).status_code == 404


def test_downloads_of_a_note_or_a_missing_file_are_not_found(as_, contributor, milestone, plan):
    note, lost = EvidenceFactory(milestone=milestone), filed(milestone=milestone)
    default_storage.delete(lost.file.name)
    for piece in (note, lost):
        assert as_(contributor).get(at("download", plan, piece.pk)).status_code == 404


def test_a_withdrawn_file_cannot_be_downloaded(as_, contributor, milestone, plan):
    piece = filed(milestone=milestone)
    sent = as_(contributor).post(at("withdraw", plan, piece.pk), {"reason": "The wrong file."})
    assert sent.url == f"{milestone.item.get_absolute_url()}#milestones"
    assert as_(contributor).get(at("download", plan, piece.pk)).status_code == 404
    page = as_(contributor).get(milestone.item.get_absolute_url()).text
    assert "was withdrawn on 1 June 2010: The wrong file." in page
    assert at("download", plan, piece.pk) not in page


def test_files_are_not_served_as_static_or_media_files(settings, milestone):
    piece = filed(milestone=milestone)
    assert not default_storage.path(piece.file.name).startswith(str(settings.STATIC_ROOT))
    assert not settings.MEDIA_URL.strip("/")


# --- the reviewer's flag ----------------------------------------------------------------------


def test_a_reviewers_flag_on_a_closed_milestone_is_shown_to_everyone(
    as_, coordinator, colleague, item, plan
):
    closed = MilestoneFactory(item=item, number=1, completed_on=YESTERDAY)
    address = at("mark", plan, "1.2", 1)
    as_(coordinator).post(address, {"version": 1, "reason": "No receipt."})
    assert "Reviewer: No receipt." in as_(colleague).get(item.get_absolute_url()).text
    as_(coordinator).post(address, {"version": 2, "reason": "It came by post."})
    assert "Reviewer: No receipt." not in as_(colleague).get(item.get_absolute_url()).text
    closed.refresh_from_db()
    assert closed.version == 3


def test_the_second_of_two_reviewers_gets_a_conflict(as_, coordinator, item, plan):
    MilestoneFactory(item=item, number=1, completed_on=YESTERDAY, version=5)
    page = as_(coordinator).post(
        at("mark", plan, "1.2", 1), {"version": 4, "reason": "No receipt."}
    )
    assert (page.status_code, page.context["conflict"].version) == (422, 5)
    assert page.context["form"]["reason"].value() == "No receipt."


# --- completing -------------------------------------------------------------------------------


def status(item, **said):
    return {"version": item.version, "confidence": "on_track", **said}


def test_an_item_is_completed_when_every_milestone_is_closed(as_, contributor, item, milestone):
    address = reverse("workitems:change-status", args=[item.plan.slug, "1.2"])
    said = status(item, stage="complete", reason="All done.")
    assert errors_of(as_(contributor).post(address, said)) == {
        "stage": ["Item 1.2 has milestones to mark as done first: “Brochure printed”."]
    }
    as_(contributor).post(
        reverse("workitems:milestone", args=[item.plan.slug, "1.2", 1]),
        {"act": "close", "close-version": 1, "close-completed_on": "31 May 2010"},
    )
    as_(contributor).post(address, said)
    item.refresh_from_db()
    assert item.stage == "complete"


def test_a_complete_item_is_reopened_with_a_reason(as_, contributor, item):
    item.stage, item.completed_on = "complete", YESTERDAY
    item.save()
    address = reverse("workitems:change-status", args=[item.plan.slug, "1.2"])
    said = status(item, stage="under_way")
    assert errors_of(as_(contributor).post(address, said)) == {
        "reason": ["Say why a complete item is reopened."]
    }
    as_(contributor).post(address, {**said, "reason": "The printer went under."})
    item.refresh_from_db()
    assert item.stage == "under_way"


def test_the_return_lists_evidence_of_an_answer_and_links_to_adding_more(as_, contributor, update):
    piece = filed(update=update)
    page = as_(contributor).get(update.of_return.get_absolute_url()).text
    plan = update.of_return.round.plan
    assert f'href="{at("download", plan, piece.pk)}"' in page
    assert f'href="{answer_of(update)}"' in page
    as_(contributor).post(at("withdraw", plan, piece.pk), {"reason": "The wrong file."})
    page = as_(contributor).get(update.of_return.get_absolute_url()).text
    assert f'href="{at("download", plan, piece.pk)}"' not in page


def test_a_submitted_return_does_not_offer_adding_evidence(as_, contributor, update):
    update.of_return.state, update.of_return.submitted_at = "submitted", NOW
    update.of_return.save()
    page = as_(contributor).get(update.of_return.get_absolute_url()).text
    assert f'href="{answer_of(update)}"' not in page
