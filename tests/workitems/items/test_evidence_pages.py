"""Test the pages of evidence: adding, downloads and permissions, and the reviewer's flag."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import AgencyFactory, EvidenceFactory, MilestoneFactory
from tests.scenery import without_decisions
from tests.workitems.record import NOW, YESTERDAY
from workitems.models import Evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

PDF = b"%PDF-1.7 receipt"


def at(name, plan, *rest):
    return reverse(f"evidence:{name}", args=[plan.slug, *rest])


def answer_of(update):
    of_return = update.of_return
    plan = of_return.round.plan
    return at("add-to-answer", plan, of_return.round_id, of_return.agency_id, update.item.number)


def errors_of(response):
    return response.context["form"].errors


def filed(**of):
    """Add an evidence file to a milestone or an update."""
    return EvidenceFactory(
        **{"milestone": None, **of},
        note="",
        file=ContentFile(PDF, name="x"),
        file_name="Māori receipt.pdf",
    )


# --- adding -----------------------------------------------------------------------------------


def test_a_file_is_added_to_an_answer(client_of, contributor, update):
    sent = client_of(contributor).post(
        answer_of(update), {"file": SimpleUploadedFile("receipt.pdf", PDF), "note": "Paid."}
    )
    assert sent.url == f"{update.of_return.get_absolute_url()}#item-1.2"
    made = Evidence.objects.get()
    assert (made.update, made.file_name, made.added_by) == (update, "receipt.pdf", contributor)


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({}, {"__all__": ["Add a file, a link or a note."]}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"link": "ftp://example.org/a"}, {"link": ["A link begins with https:// or http://."]}),
    ],
)
def test_invalid_evidence_is_refused_at_its_field(client_of, contributor, update, said, errors):
    page = client_of(contributor).post(answer_of(update), said)
    found = errors_of(page)
    assert page.status_code == 422
    assert (set(found) if isinstance(errors, set) else found) == errors
    assert Evidence.objects.count() == 0


def test_a_file_over_the_limit_is_refused(client_of, contributor, update):
    large = SimpleUploadedFile("a.pdf", PDF + b"x" * 10 * 1024 * 1024)
    page = client_of(contributor).post(answer_of(update), {"file": large})
    assert errors_of(page) == {"file": ["The file has more than 10 MB."]}


def test_a_link_without_a_scheme_gets_https(client_of, contributor, milestone, plan):
    client_of(contributor).post(
        at("add-to-milestone", plan, "1.2", 1), {"link": "www.example.org/brochure"}
    )
    assert Evidence.objects.get().link == "https://www.example.org/brochure"


def test_evidence_of_a_milestone_is_shown_to_everyone_who_reads_the_plan(
    client_of, contributor, colleague, milestone, plan
):
    sent = client_of(contributor).post(
        at("add-to-milestone", plan, "1.2", 1), {"link": "https://example.org/a?b=1&c=2"}
    )
    assert sent.url == f"{milestone.item.get_absolute_url()}#milestones"
    assert "example.org" in client_of(contributor).get(sent.url).text
    page = client_of(colleague).get(milestone.item.get_absolute_url()).text
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">' in page


def test_whoever_may_add_evidence_but_not_update_the_milestone_comes_back_to_the_item(
    client_of, contributor, milestone, plan
):
    milestone.responsible_agency = AgencyFactory()
    with without_decisions():
        milestone.save()
    client = client_of(contributor)
    assert client.get(milestone.get_absolute_url()).status_code == 403
    page = client.get(at("add-to-milestone", plan, "1.2", 1))
    assert page.context["back"] == f"{milestone.item.get_absolute_url()}#milestones"
    sent = client.post(
        at("add-to-milestone", plan, "1.2", 1), {"note": "Seen at the printer."}, follow=True
    )
    assert (sent.status_code, sent.redirect_chain) == (200, [(page.context["back"], 302)])


def test_notes_and_file_names_are_escaped(client_of, contributor, milestone):
    EvidenceFactory(milestone=milestone, note="<script>alert(1)</script>")
    page = client_of(contributor).get(milestone.item.get_absolute_url()).text
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


# --- downloads --------------------------------------------------------------------------------


def test_a_file_is_served_as_an_attachment_and_never_inline(client_of, colleague, milestone, plan):
    piece = filed(milestone=milestone)
    answer = client_of(colleague).get(at("download", plan, piece.pk))
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
    client_of, contributor, colleague, coordinator, update
):
    address = at("download", update.of_return.round.plan, filed(update=update).pk)

    def answers():
        return [
            client_of(who).get(address).status_code for who in (contributor, coordinator, colleague)
        ]

    assert answers() == [200, 403, 403]
    update.of_return.state, update.of_return.submitted_at = "submitted", NOW
    update.of_return.save()
    assert answers() == [200, 200, 403]
    update.of_return.state, update.of_return.accepted_on = "accepted", NOW.date()
    update.of_return.save()
    assert answers() == [200, 200, 200]


def test_a_file_of_another_plan_is_not_found(client_of, contributor, plan):
    elsewhere = filed(milestone=MilestoneFactory())
    assert client_of(contributor).get(at("download", plan, elsewhere.pk)).status_code == 404


def test_downloads_of_a_note_or_a_missing_file_are_not_found(
    client_of, contributor, milestone, plan
):
    note, lost = EvidenceFactory(milestone=milestone), filed(milestone=milestone)
    default_storage.delete(lost.file.name)
    for piece in (note, lost):
        assert client_of(contributor).get(at("download", plan, piece.pk)).status_code == 404


def test_a_withdrawn_file_cannot_be_downloaded(client_of, contributor, milestone, plan):
    piece = filed(milestone=milestone)
    sent = client_of(contributor).post(
        at("withdraw", plan, piece.pk), {"reason": "The wrong file."}
    )
    assert sent.url == f"{milestone.item.get_absolute_url()}#milestones"
    assert client_of(contributor).get(at("download", plan, piece.pk)).status_code == 404
    page = client_of(contributor).get(milestone.item.get_absolute_url()).text
    assert "was withdrawn on 1 June 2010: The wrong file." in page
    assert at("download", plan, piece.pk) not in page


def test_files_are_not_served_as_static_or_media_files(settings, milestone):
    piece = filed(milestone=milestone)
    assert not default_storage.path(piece.file.name).startswith(str(settings.STATIC_ROOT))
    assert not settings.MEDIA_URL.strip("/")


# --- the reviewer's flag ----------------------------------------------------------------------


def test_a_reviewers_flag_on_a_closed_milestone_is_shown_to_everyone(
    client_of, coordinator, colleague, item, plan
):
    closed = MilestoneFactory(item=item, number=1, completed_on=YESTERDAY)
    address = at("mark", plan, "1.2", 1)
    client_of(coordinator).post(address, {"version": 1, "reason": "No receipt."})
    questioned = "Questioned by the reviewer</span>\n    No receipt."
    assert questioned in client_of(colleague).get(item.get_absolute_url()).text
    client_of(coordinator).post(address, {"version": 2, "reason": "It came by post."})
    page = client_of(colleague).get(item.get_absolute_url()).text
    assert (questioned in page, "No evidence</span>" in page) == (False, True)
    closed.refresh_from_db()
    assert closed.version == 3


def test_the_second_of_two_reviewers_gets_a_conflict(client_of, coordinator, item, plan):
    MilestoneFactory(item=item, number=1, completed_on=YESTERDAY, version=5)
    page = client_of(coordinator).post(
        at("mark", plan, "1.2", 1), {"version": 4, "reason": "No receipt."}
    )
    assert (page.status_code, page.context["conflict"].version) == (422, 5)
    assert page.context["form"]["reason"].value() == "No receipt."


# --- the return -------------------------------------------------------------------------------


def test_the_return_lists_evidence_of_an_answer_and_links_to_adding_more(
    client_of, contributor, update
):
    piece = filed(update=update)
    page = client_of(contributor).get(update.of_return.get_absolute_url()).text
    plan = update.of_return.round.plan
    assert f'href="{at("download", plan, piece.pk)}"' in page
    assert f'href="{answer_of(update)}"' in page
    client_of(contributor).post(at("withdraw", plan, piece.pk), {"reason": "The wrong file."})
    page = client_of(contributor).get(update.of_return.get_absolute_url()).text
    assert f'href="{at("download", plan, piece.pk)}"' not in page


def test_a_submitted_return_does_not_offer_adding_evidence(client_of, contributor, update):
    update.of_return.state, update.of_return.submitted_at = "submitted", NOW
    update.of_return.save()
    page = client_of(contributor).get(update.of_return.get_absolute_url()).text
    assert f'href="{answer_of(update)}"' not in page
