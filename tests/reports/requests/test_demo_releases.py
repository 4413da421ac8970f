"""Test the demo's requests: the real one of 2013 with what was released, and the one that is open."""

import subprocess
from datetime import date
from io import BytesIO
from shutil import which

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import User
from agencies.records import guards
from reports.models import PublicProgress
from reports.models.issue import sha256
from reports.requests.letters import letter_from, lines_of
from reports.requests.models import (
    EarlierPaper,
    InformationRequest,
    PublicPage,
    Release,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.in_scope import found_in
from reports.requests.redaction.withheld_words import Searched, sought
from reports.requests.services import packages, requests
from reports.requests.services.redactions import withheld_strings
from tests.reports.paper_reading import opened, pages
from tests.reports.validators import quick_faults
from tests.reports.verifying import verify

STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"
WITHHELD = {"Desk Officer", "(04) 555 0110", "(021) 555 0101"}
COMMANDS = ("load_demo_plan", "load_demo_briefing", "load_demo_papers", "load_demo_requests")


@pytest.fixture
def demo(load_demo):
    load_demo(*COMMANDS)


@pytest.fixture
def of_2013(demo):
    return InformationRequest.objects.get(reference="13/02025")


@pytest.fixture
def released(demo):
    return bytes(ReleasedPaper.objects.get().pdf)


@pytest.mark.sqlite  # truth/test_14_demo_and_history.py loads the demo on both
def test_the_request_of_2013_was_answered_a_day_late_with_an_apology(of_2013):
    assert (of_2013.dated, of_2013.received_on, of_2013.closed_on) == (
        date(2013, 4, 21),
        date(2013, 4, 22),
        date(2013, 5, 22),
    )
    assert (of_2013.agency.short_name, of_2013.state) == ("MBIE", "closed")
    clock = requests.clock(of_2013)
    assert (clock.first_due, clock.days.late_by(clock.first_due, date(2013, 5, 22))) == (
        date(2013, 5, 21),
        1,
    )
    letter = RequestLetter.objects.get(request=of_2013, kind="decide_and_release")
    assert letter.sent_on == date(2013, 5, 22)
    letter_text = "\n".join(lines_of(letter_from(letter.content)))
    assert "21 May 2013. It is one working day late. We apologise for the delay." in letter_text
    assert set(letter.warnings_left) == {"unlike-1-name", "unlike-1-direct_dial"} | {
        key for key in letter.warnings_left if key.startswith("unlisted-response-")
    }


@pytest.mark.sqlite  # the services that made the records have tests on both
def test_each_event_of_2013_is_recorded_on_its_day_by_who_may(of_2013):
    events = RequestEvent.objects.filter(request=of_2013).in_order()
    assert [(each.kind, each.happened_on) for each in events] == [
        ("received", date(2013, 4, 22)),
        ("acknowledged", date(2013, 4, 24)),
        ("sent_for_review", date(2013, 5, 20)),
        ("reviewed", date(2013, 5, 21)),
        ("decision_notified", date(2013, 5, 22)),
        ("released", date(2013, 5, 22)),
        ("decision_sent", date(2013, 5, 22)),
        ("published", date(2013, 5, 27)),
    ]
    assert [localdate(each.recorded_at) for each in events] == [each.happened_on for each in events]
    states = InformationRequest.history.filter(id=of_2013.pk).order_by("history_date", "pk")
    assert {localdate(row.history_date).year for row in states} == {2013}
    (line,) = ScheduleLine.objects.filter(request=of_2013)
    people = {
        "prepare_request": {line.decided_by, *(row.proposed_by for row in line.redactions.all())},
        "agree_redactions": {row.agreed_by for row in line.redactions.all()},
        "sign_decision": {RequestLetter.objects.get(request=of_2013, kind__contains="and").sent_by},
    }
    assert {
        name: [user.has_perm(f"requests.{name}", of_2013) for user in users]
        for name, users in people.items()
    } == dict.fromkeys(people, [True])


@pytest.mark.sqlite
def test_the_released_briefing_says_nothing_of_what_is_withheld(of_2013, released, tmp_path):
    paper = Release.objects.published().get().papers.get()
    assert set(withheld_strings(paper.line)) == WITHHELD
    assert (paper.withheld, paper.is_intact) == ({"9(2)(a)": 3}, True)
    assert (paper.gate_report["passes"], paper.gate_report["sha256"]) == (True, paper.pdf_sha256)
    with opened(released) as pdf:
        unpacked = BytesIO()
        pdf.save(unpacked, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        entries = [str(value) for value in pdf.docinfo.values()]
    file = tmp_path / paper.file_name
    file.write_bytes(released)
    haystacks = {
        "poppler": "\n".join(pages(released)),
        "bytes": released.decode("latin-1"),
        "unpacked": unpacked.getvalue().decode("latin-1"),
        "unpacked, UTF-16": unpacked.getvalue().decode("utf-16-be", "ignore"),
        "information": "\n".join(entries),
        "name": paper.file_name,
    }
    for command in (
        ["strings", "-a", file],
        ["strings", "-a", "-el", file],
        ["qpdf", "--qdf", "--object-streams=disable", file, "-"],
    ):
        if which(command[0]):
            done = subprocess.run(command, capture_output=True, check=True)
            haystacks[" ".join(map(str, command[:3]))] = done.stdout.decode("latin-1")
    words = [*WITHHELD, "Desk", "Officer"]
    assert [
        (name, word) for name, text in haystacks.items() for word in words if word in text
    ] == []
    # Numbers are digits of other things in the bytes, so they are sought in what is read.
    for name in ("poppler", "information", "name"):
        assert Searched(haystacks[name]).found(sought(WITHHELD)) == []


@pytest.mark.sqlite
def test_labels_stand_where_the_real_copy_has_them(released):
    cover = pages(released, "-layout")[0]
    rows = [" ".join(line.split()) for line in cover.splitlines()]
    assert [row for row in rows if "9(2)(a)" in row] == [
        "Contact information [s 9(2)(a)], Business Advisor DDI: [s 9(2)(a)]",
        "Border Security MB: [s 9(2)(a)]",
    ]
    assert "Authorising manager Group Manager DDI: (04) 555 0100" in rows
    assert sum(page.count("[s ") for page in pages(released)) == 3


@pytest.mark.sqlite
def test_each_page_of_the_released_briefing_is_stamped_and_the_file_is_valid(released):
    found = pages(released)
    assert [page.count(STAMP) for page in found] == [1] * len(found)
    assert len(found) == ReleasedPaper.objects.get().pages
    assert quick_faults(released) == []


@pytest.mark.sqlite
def test_what_was_issued_and_released_verifies(demo):
    assert verify() == [
        "2 issued papers are sound, by their SHA-256.",
        "1 released paper is sound, by SHA-256 and the gate’s reports.",
    ]


@pytest.mark.sqlite
def test_a_released_file_that_was_tampered_with_is_found(released):
    guards.lift("default")
    ReleasedPaper.objects.update(pdf=released.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert verify() == [
        "13/02025, document 1: the PDF is not the one that was released: its SHA-256 differs.",
        "1 of 1 released papers are not sound.",
    ]


@pytest.mark.sqlite
def test_faults_of_a_stored_release_are_distinguished(demo):
    paper = ReleasedPaper.objects.select_related("release__request", "line__issued").get()
    assert packages.faults(paper, again=True) == []
    paper.gate_report = {**paper.gate_report, "sha256": "0" * 64}
    assert packages.faults(paper) == ["the gate’s report is on another file"]
    paper.gate_report = {**paper.gate_report, "sha256": paper.pdf_sha256, "passes": False}
    assert packages.faults(paper) == ["the gate’s report does not pass it"]
    # The paper as it was issued, with a report that says it passed.
    paper.pdf = bytes(paper.line.issued.pdf)
    paper.pdf_sha256 = paper.gate_sha256 = sha256(paper.pdf)
    paper.gate_report = {**paper.gate_report, "sha256": paper.pdf_sha256, "passes": True}
    assert packages.faults(paper) == []
    entries = packages.faults(paper, again=True)
    assert "Page 1 does not have the stamp (pikepdf)" in entries
    assert [word for word in WITHHELD if not any(word in each for each in entries)] == []


@pytest.mark.sqlite
def test_what_was_released_in_2013_has_a_public_page(of_2013):
    assert Release.objects.on_public_pages().get().request == of_2013
    page = PublicPage.objects.get()
    assert (page.is_open, page.is_indexed) == (True, False)
    assert page.plan == of_2013.plan


@pytest.mark.sqlite
def test_one_request_is_open_and_due_in_a_few_working_days(demo):
    row = InformationRequest.objects.exclude(reference="13/02025").get()
    clock, today = requests.clock(row), localdate()
    assert row.state == "preparing"
    assert 3 <= clock.days.between(today, clock.first_due) <= 6
    lines = ScheduleLine.objects.filter(request=row).in_order()
    assert [(line.kind, line.decision) for line in lines] == [
        ("issued", ""),
        ("answer", ""),
        ("earlier", "full"),
        ("not_held", "refused"),
    ]
    assert [each.state for line in lines for each in line.redactions.all()] == ["proposed"]
    found = found_in(row, [(row.scope_from, row.scope_to)])
    assert [each.kind for each in found if each.is_listed] == ["earlier", "issued", "answer"]


@pytest.mark.sqlite
def test_the_earlier_paper_says_that_it_is_an_example(demo):
    paper = EarlierPaper.objects.get()
    assert paper.title.startswith("Example of an earlier paper")
    text = " ".join(" ".join(pages(bytes(paper.pdf))).split())
    assert "This is an example, made for the demonstration." in text
    assert quick_faults(bytes(paper.pdf)) == []
    adviser = User.objects.get(email="oia.adviser@example.org")
    assert adviser.has_perm("requests.manage_earlier_papers", paper.agency)


@pytest.mark.sqlite
def test_the_demos_requests_are_loaded_once(demo, settings, capsys):
    settings.DEBUG = True
    call_command("load_demo_requests")
    assert capsys.readouterr().out.count("nothing was changed") == 2
    assert InformationRequest.objects.count() == 2


@pytest.mark.django_db
def test_the_demos_requests_need_its_briefings(settings):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="Load the demo briefings first"):
        call_command("load_demo_requests")


def test_the_demos_requests_cannot_be_loaded_with_debug_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=yes"):
        call_command("load_demo_requests")


@pytest.mark.sqlite
def test_the_progress_of_the_plan_is_public_without_achievements(demo, client):
    (page,) = PublicProgress.objects.up()
    assert [row["title"] for row in page.content["released_papers"]] == [
        ReleasedPaper.objects.get().title
    ]
    assert "achievements" not in page.content
    address = reverse("reports:progress", args=[page.plan.slug])
    assert "Progress as at 27 May 2013" in client.get(address).text
