"""Test the Minister's answer: recording, corrections and follow-ups."""

from datetime import UTC, date, datetime

import lxml.html
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from agencies.models import Seat
from agencies.records import history
from reports.document import from_json, words
from reports.issuing.views.ratings import ratings_by_year
from reports.models import AnswerDraft, Briefing, FollowUp, IssuedPaper, Response, ResponseChoice
from reports.models.issue import sha256
from reports.responses import services as responses
from reports.responses.services import Marked
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    ResponseChoiceFactory,
    ResponseFactory,
    SeatFactory,
    UserFactory,
)
from workitems.plan.services import Conflict, Refused

pytestmark = pytest.mark.django_db

State = Briefing.State
NOW = datetime(2010, 8, 4, 3, tzinfo=UTC)
PDF = b"%PDF-1.7 scanned"
JSON = "application/json"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def by():
    return UserFactory(name="Private secretary")


@pytest.fixture
def issued(plan):
    """A paper with the Minister; its two recommendations are to note and to agree."""
    return IssuedPaperFactory(briefing__plan=plan, briefing__state=State.WITH_MINISTER)


ANSWER = {
    "decided_on": date(2010, 8, 3),
    "marked": {"r-01": Marked("noted"), "r-02": Marked("agreed", "By December.")},
    "comment": "A clear paper.",
    "ratings": {"advice": 4, "writing": 5},
}


def record(issued, by, **changes):
    return responses.record_response(issued=issued, by=by, at=NOW, **{**ANSWER, **changes})


def correct(response, by, **changes):
    answer = {**ANSWER, "reason": "The wrong box", **changes}
    return responses.correct_response(response=response, by=by, at=NOW, **answer)


def test_an_answer_is_stored_with_the_printed_options_and_returns_the_paper(issued, by):
    response = record(issued, by)
    response.refresh_from_db()
    assert (response.decided_on, response.comment) == (date(2010, 8, 3), "A clear paper.")
    assert response.ratings == [
        ("Quality of advice", 4),
        ("Writing style", 5),
        ("Quality of analysis", None),
        ("Completeness of information", None),
    ]
    assert (response.recorded_by, response.recorded_as, response.recorded_at) == (
        by,
        "Private secretary",
        NOW,
    )
    kept = response.choices.order_by("number")
    assert list(kept.values_list("number", "verb", "text", "option", "comment")) == [
        (1, "note", "the contents of this paper", "noted", ""),
        (
            2,
            "agree",
            "that the training of border staff be finished by 30 June 2011",
            "agreed",
            "By December.",
        ),
    ]
    issued.briefing.refresh_from_db()
    assert issued.briefing.state == State.RETURNED


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"decided_on": date(2010, 8, 5)}, "decided_on", "That day is in the future."),
        (
            {"decided_on": date(2010, 7, 30)},
            "decided_on",
            "That is before the paper was authorised.",
        ),
        (
            {"marked": {"r-02": Marked("perhaps")}},
            "r-02",
            "“perhaps” is not a choice of recommendation 2.",
        ),
    ],
)
def test_an_invalid_answer_is_refused_at_its_field(issued, by, changes, field, sentence):
    with pytest.raises(Refused) as refusal:
        record(issued, by, **changes)
    assert (refusal.value.field, str(refusal.value)) == (field, sentence)
    assert Response.objects.count() == 0


@pytest.mark.parametrize("state", [each for each in State if each != State.WITH_MINISTER])
def test_an_answer_can_be_recorded_only_while_the_paper_is_with_the_minister(issued, by, state):
    issued.briefing.state = state
    history.save(issued.briefing, by=None)
    with pytest.raises(Refused):
        record(issued, by)


def test_an_answer_belongs_to_the_newest_version(issued, by):
    IssuedPaperFactory(briefing=issued.briefing, number=2, note="A date")
    with pytest.raises(Refused) as refusal:
        record(issued, by)
    assert str(refusal.value) == (
        "A newer version of this paper was issued. Record the answer to that version."
    )


def test_a_correction_is_a_new_record_and_keeps_the_old_one(issued, by):
    first = record(issued, by, scan=SimpleUploadedFile("signed.pdf", PDF))
    second = correct(first, by, marked={"r-02": Marked("not agreed")})
    assert list(Response.objects.uncorrected()) == [second]
    assert second.corrects == first
    assert first.choices.get(number=2).option == "agreed"
    assert second.choices.get(number=2).option == "not agreed"
    # Without another scan, the first one stays.
    assert (second.scan.name, second.scan_name) == (first.scan.name, "signed.pdf")
    assert second.scan_sha256 == first.scan_sha256 == sha256(PDF)


def test_a_correction_needs_a_reason(issued, by):
    with pytest.raises(Refused) as refusal:
        correct(record(issued, by), by, reason=" ")
    assert refusal.value.field == "reason"


def test_an_answer_can_be_corrected_once_and_then_only_its_correction(issued, by):
    first = record(issued, by)
    second = correct(first, by)
    with pytest.raises(Refused):
        correct(first, by)
    assert correct(second, by).corrects == second


@pytest.mark.parametrize("table", ["reports_response", "reports_responsechoice"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_an_answer(issued, by, table, statement):
    record(issued, by)
    with (
        pytest.raises(IntegrityError, match="An answer is never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize(
    "changes",
    [
        {"advice": 0},
        {"writing": 6},
        {"reason": "A reason without a correction"},
        {"scan_name": "no file"},
        {"scan_sha256": "0" * 64},  # of no file
        {},  # a second first answer
    ],
)
def test_the_database_refuses_an_invalid_answer(issued, changes):
    if not changes:
        ResponseFactory(issued=issued)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseFactory(issued=issued, **changes)


def test_the_database_refuses_a_correction_of_another_papers_answer(issued):
    other = ResponseFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseFactory(issued=issued, corrects=other, reason="The wrong box")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("signed.pdf", b"MZ", "The file’s name ends in .pdf, but the file is of another type."),
        ("signed.jpg", PDF, "The file’s name ends in .jpg, but the file is of another type."),
        ("signed.pdf", b"", "The file is empty."),
        ("signed.txt", b"Agreed.", "You cannot add files of this type. Choose PDF, PNG or JPEG."),
        ("signed.exe", b"MZ", "You cannot add files of this type. Choose PDF, PNG or JPEG."),
        ("signed.pdf", PDF + b" " * 10 * 1024 * 1024, "The file has more than 10 MB."),
    ],
)
def test_a_file_that_is_no_scan_is_refused_and_not_stored(issued, by, name, content, line):
    with pytest.raises(Refused) as refusal:
        record(issued, by, scan=SimpleUploadedFile(name, content))
    assert (refusal.value.field, str(refusal.value)) == ("scan", line)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.JPG", b"\xff\xd8\xff"),
        ("a.jpeg", b"\xff\xd8\xff"),
    ],
)
def test_what_scanners_and_cameras_make_is_kept_with_its_digest(issued, by, name, content):
    response = record(issued, by, scan=SimpleUploadedFile(name, content))
    response.refresh_from_db()
    with response.scan.open() as kept:
        assert (kept.read(), response.scan_sha256) == (content, sha256(content))


# --- follow-ups ---------------------------------------------------------------------------


@pytest.fixture
def agreed(issued):
    """The agreed choice of an answer of 3 August 2010."""
    response = ResponseFactory(issued=issued)
    return ResponseChoiceFactory(
        response=response, number=2, key="r-02", verb="agree", option="agreed"
    )


def give(choice, agency, by, due_on=date(2010, 9, 30), text="Train everybody."):
    return responses.follow_up(
        response=choice.response,
        key=choice.key,
        text=text,
        owner_agency=agency,
        due_on=due_on,
        by=by,
    )


def test_a_follow_up_goes_to_a_member_and_is_not_due_before_the_decision(agreed, police, by):
    with pytest.raises(Refused) as refusal:
        give(agreed, AgencyFactory(short_name="Health"), by)
    assert (refusal.value.field, str(refusal.value)) == (
        "owner_agency",
        "Health takes no part in this plan.",
    )
    with pytest.raises(Refused) as refusal:
        give(agreed, police, by, due_on=date(2010, 8, 2))
    assert refusal.value.field == "due_on"


def test_a_corrected_answer_can_get_no_follow_up(agreed, police, by):
    ResponseFactory(issued=agreed.response.issued, corrects=agreed.response, reason="Wrong box")
    with pytest.raises(Refused):
        give(agreed, police, by)


def test_changing_a_follow_up_needs_a_reason_and_the_current_version(agreed, police, customs, by):
    made = give(agreed, police, by)
    change = {
        "follow_up": made,
        "text": "Train all.",
        "owner_agency": customs,
        "due_on": date(2010, 10, 31),
        "by": by,
    }
    with pytest.raises(Refused):
        responses.change_follow_up(**change, reason="", version=1)
    responses.change_follow_up(**change, reason="Customs has the trainers", version=1)
    with pytest.raises(Conflict):
        responses.change_follow_up(**change, reason="Again", version=1)
    made.refresh_from_db()
    assert (made.owner_agency, made.text, made.version) == (customs, "Train all.", 2)


# --- ratings ------------------------------------------------------------------------------


def test_ratings_are_listed_by_paper_oldest_first_from_the_current_answer(plan):
    for year, advice in ((2010, 3), (2011, 4)):
        briefing = BriefingFactory(plan=plan, dated=date(year, 7, 30))
        ResponseFactory(issued=IssuedPaperFactory(briefing=briefing), advice=advice)
    last = Response.objects.get(advice=4)
    ResponseFactory(issued=last.issued, corrects=last, reason="Misread", advice=5)
    ResponseFactory(issued__briefing__plan=plan)  # not rated at all
    found = ratings_by_year(IssuedPaper.objects.filter(briefing__plan=plan))
    assert found.papers == ["2010", "2011"]
    assert found.rows[0] == ("Quality of advice", [3, 5])
    assert found.rows[1] == ("Writing style", [None, None])
    assert "Quality of advice: 3 in 2010, 5 in 2011." in found.picture


def test_there_is_no_chart_without_a_rating(plan):
    ResponseFactory(issued__briefing__plan=plan)
    assert ratings_by_year(IssuedPaper.objects.filter(briefing__plan=plan)) is None


# --- pages --------------------------------------------------------------------------------


@pytest.fixture
def office(plan):
    return OfficeSeatFactory(portfolio=plan.portfolio).user


@pytest.fixture
def coordinator(plan):
    return SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user


def ask(client, user, name, *arguments, post=None):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"briefings:{name}", args=arguments)
    with time_machine.travel(NOW, tick=False):
        return client.get(address) if post is None else client.post(address, post)


FORM = {
    "decided_on": "3 August 2010",
    "r-01": "noted",
    "r-02": "agreed",
    "r-02-comment": "By December.",
    "advice": "4",
    "comment": "A clear\r\npaper.",
}


def test_the_office_records_an_answer_and_sees_it_on_the_papers_page(client, issued, office):
    at = (issued.briefing.plan.slug, issued.briefing.pk)
    page = lxml.html.fromstring(ask(client, office, "answer", *at).content)
    # The paper as printed, with each answer within its recommendation.
    document = from_json(bytes(issued.document))
    printed = {f"{each.key}": words(each.text) for each in document.paragraphs()}
    printed_words = {key: page.get_element_by_id(key).find("p").text_content() for key in printed}
    assert printed_words == printed
    within = [each.get("name") for each in page.get_element_by_id("r-02").iter("input", "textarea")]
    assert within == ["r-02", "r-02", "r-02", "r-02-comment"]
    assert len(page.xpath("//h1")) == 1
    post = {**FORM, "scan": SimpleUploadedFile("signed.pdf", PDF)}
    assert ask(client, office, "answer", *at, post=post).url == issued.get_absolute_url()
    response = Response.objects.get()
    assert (response.comment, response.advice, response.writing) == ("A clear\npaper.", 4, None)
    shown = ask(client, office, "issued", *at).content.decode()
    signed = ("3 August 2010", "By December.", "4 of 5", "No rating", sha256(PDF))
    for line in (*signed, "Scan of the signed paper: signed.pdf"):
        assert line in shown
    assert f"Recorded from the signed paper by {office.name}" in " ".join(shown.split())
    file = ask(client, office, "scan", *at, response.pk)
    assert b"".join(file.streaming_content) == PDF
    assert file["X-Content-Type-Options"] == "nosniff"


def test_a_refused_answer_keeps_all_that_was_typed(client, issued, office):
    at = (issued.briefing.plan.slug, issued.briefing.pk)
    typed = {**FORM, "decided_on": "", "r-01-comment": "Tell me more."}
    page = ask(client, office, "answer", *at, post=typed)
    form = page.context["form"]
    assert page.status_code == 422
    assert list(form.errors) == ["decided_on"]
    kept = {name: form[name].value() for name in typed}
    assert kept == typed
    assert [(key, marked) for _, key, marked in form.summary()] == [
        ("r-01", "Noted"),
        ("r-02", "Agreed"),
    ]
    assert not Response.objects.exists()


def test_a_scan_that_is_no_longer_the_one_that_was_uploaded_is_not_handed_out(
    client, issued, office
):
    at = (issued.briefing.plan.slug, issued.briefing.pk)
    ask(client, office, "answer", *at, post={**FORM, "scan": SimpleUploadedFile("s.pdf", PDF)})
    response = Response.objects.get()
    with open(response.scan.path, "wb") as kept:
        kept.write(PDF + b" changed")
    page = ask(client, office, "scan", *at, response.pk)
    assert (page.status_code, "scan of the answer" in page.text) == (500, True)


def test_the_form_of_a_correction_starts_with_the_answer(client, issued, office):
    at = (issued.briefing.plan.slug, issued.briefing.pk)
    ask(client, office, "answer", *at, post=FORM)
    page = ask(client, office, "answer", *at)
    form = page.context["form"]
    assert (form["r-02"].value(), form["advice"].value()) == ("agreed", 4)
    refused = ask(client, office, "answer", *at, post={**FORM, "reason": ""})
    assert refused.context["form"].errors == {"reason": ["Say why the answer is corrected."]}
    ask(client, office, "answer", *at, post={**FORM, "r-02": "not agreed", "reason": "Wrong box"})
    assert ResponseChoice.objects.get(
        response__in=Response.objects.uncorrected(), number=2
    ).option == ("not agreed")
    assert "Corrected because: Wrong box" in ask(client, office, "issued", *at).content.decode()


def test_the_coordinator_adds_and_finishes_a_follow_up_on_the_papers_page(
    client, issued, agreed, coordinator, police
):
    at = (issued.briefing.plan.slug, issued.briefing.pk)
    page = ask(client, coordinator, "issued", *at).content.decode()
    assert reverse("briefings:follow-up", args=[*at, agreed.pk]) in page
    post = {"text": "Train everybody.", "owner_agency": police.pk, "due_on": "30 September 2010"}
    ask(client, coordinator, "follow-up", *at, agreed.pk, post=post)
    made = FollowUp.objects.get()
    listed = ask(client, coordinator, "list", at[0])
    assert [(each, is_late) for each, is_late in listed.context["to_do"]] == [(made, False)]
    done = {"done_on": "4 August 2010", "note": "All are trained.", "version": "1"}
    ask(client, coordinator, "finish-action", *at, made.pk, post=done)
    assert ask(client, coordinator, "list", at[0]).context["to_do"] == []


def test_a_conflicting_change_of_a_follow_up_shows_both_versions(
    client, issued, coordinator, police
):
    made = FollowUpFactory(issued=issued, owner_agency=police)
    at = (issued.briefing.plan.slug, issued.briefing.pk, made.pk)
    post = {
        "text": "Mine.",
        "owner_agency": police.pk,
        "due_on": "30 September 2010",
        "reason": "Because",
        "version": "1",
    }
    made.text, made.version = "Theirs.", 2
    history.save(made, by=None)
    response = ask(client, coordinator, "change-follow-up", *at, post=post)
    assert response.status_code == 422
    assert response.context["theirs"].text == "Theirs."
    again = {**post, "version": response.context["form"]["version"].value()}
    ask(client, coordinator, "change-follow-up", *at, post=again)
    made.refresh_from_db()
    assert made.text == "Mine."


# --- what is typed and not recorded yet -----------------------------------------------------------


def keep(issued, by, version=0, corrects=None, **typed):
    return responses.keep_draft(
        issued=issued, corrects=corrects, typed=typed, version=version, by=by, at=NOW
    )


def test_what_is_typed_is_kept_until_the_answer_is_recorded(issued, by):
    assert keep(issued, by, comment="A clear").version == 1
    row = keep(issued, by, version=1, comment="A clear paper.")
    assert (row.version, row.typed, AnswerDraft.objects.count()) == (
        2,
        {"comment": "A clear paper."},
        1,
    )
    colleagues = keep(issued, UserFactory(), comment="Not clear.")
    record(issued, by)
    assert list(AnswerDraft.objects.all()) == [colleagues]


def test_the_same_words_are_kept_once_and_other_words_of_another_window_are_not_lost(issued, by):
    keep(issued, by, comment="Here")
    assert keep(issued, by, comment="Here").version == 1
    with pytest.raises(Conflict) as conflict:
        keep(issued, by, comment="There")
    assert conflict.value.current.typed == {"comment": "Here"}


@pytest.mark.parametrize("state", [each for each in State if each != State.WITH_MINISTER])
def test_nothing_is_kept_for_a_paper_that_is_not_with_the_minister(issued, by, state):
    issued.briefing.state = state
    history.save(issued.briefing, by=None)
    with pytest.raises(Refused):
        keep(issued, by, comment="Early")


def test_words_for_the_first_answer_do_not_become_a_correction(client, issued, by, office, plan):
    address = reverse("briefings:answer", args=[plan.slug, issued.briefing_id])
    client.force_login(office, backend=BACKEND)
    keep(issued, office, comment="A clear paper.", **{"r-01": "noted"})
    assert "A clear paper." in client.get(address).context["form"]["comment"].value()
    recorded = record(issued, by, comment="")
    with pytest.raises(Refused):
        keep(issued, office, version=1, comment="A clear paper!")
    page = client.get(address).context
    assert page["form"]["comment"].value() == ""
    assert page["earlier"] == [
        ("Answer to recommendation 1", "noted"),
        ("Comment on the paper", "A clear paper."),
    ]
    keep(issued, office, version=1, corrects=recorded, comment="Corrected.")
    assert client.get(address).context["form"]["comment"].value() == "Corrected."


def test_what_is_typed_is_kept_cleared_and_compared_by_the_buttons(client, issued, office, plan):
    client.force_login(office, backend=BACKEND)
    kept = reverse("briefings:keep-answer", args=[plan.slug, issued.briefing_id])
    page = client.post(kept, {"comment": "Here", "draft": "0"}, follow=True)
    assert page.context["form"]["comment"].value() == "Here"
    assert "Your answer is not recorded yet" in page.text
    other = client.post(kept, {"comment": "There", "r-01": "noted", "draft": "0"})
    assert (other.status_code, other.context["form"]["comment"].value()) == (200, "There")
    assert other.context["theirs"] == [("Comment on the paper", "Here")]
    printed_words = client.post(kept, {"comment": "There", "draft": "0"}, headers={"Accept": JSON})
    assert (printed_words.status_code, printed_words.json()["draft"]) == (409, 1)
    printed_words = client.post(kept, {"comment": "There", "draft": "1"}, headers={"Accept": JSON})
    assert (printed_words.status_code, printed_words.json()["draft"]) == (200, 2)
    assert "Nothing was recorded." in client.post(kept, {"act": "clear"}, follow=True).text
    assert (AnswerDraft.objects.count(), Response.objects.count()) == (0, 0)
