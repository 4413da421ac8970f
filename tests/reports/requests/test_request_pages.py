"""Test the pages of requests: the list, a request, its letters, decision, release and figures."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
import time_machine
from django.urls import reverse

from reports.requests import urls
from reports.requests.models import InformationRequest, RequestLetter
from reports.requests.models.request_clock import RequestClock, calendar
from reports.requests.pages.register.request_status import clock_days
from reports.requests.registered import menu
from reports.requests.registered.request_lines import lines_for
from reports.requests.services import redactions, requests, schedule
from tests.factories import AgencyFactory, MeetingPaperFactory, SeatFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh, seated
from tests.reports.requests.factories import (
    ConsultationFactory,
    InformationRequestFactory,
    ReleasedPaperFactory,
    RequestEventFactory,
    RequestLetterFactory,
)
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def another(agency, reference, received_on, **columns):
    row = InformationRequestFactory(
        agency=agency,
        reference=reference,
        dated=received_on,
        received_on=received_on,
        **columns,
    )
    RequestEventFactory(request=row)
    return row


def test_every_address_is_in_the_folders_that_are_registered():
    outside = [
        str(each.pattern)
        for each in urls.urlpatterns
        if not str(each.pattern).startswith(menu.ADDRESSES.folders)
    ]
    assert outside == []


def test_the_menu_leads_to_the_list(adviser):
    assert menu.menu_entry(adviser).url == reverse("requests:requests")


# --- the list --------------------------------------------------------------------------------------


def test_the_most_overdue_request_is_first_in_working_days(request_, agency, adviser):
    another(agency, "13/3", date(2013, 5, 20))
    another(agency, "13/1", date(2013, 4, 19))
    another(agency, "13/2", date(2013, 4, 23))
    rows = client_of(adviser).get(at("requests")).context["rows"]
    assert [(row.reference, mark.words, mark.is_late) for row, _clock, mark in rows] == [
        ("13/1", "2 working days late", True),
        ("13/02025", "1 working day late", True),
        ("13/2", "Due today", False),
        ("13/3", "Due in 18 working days", False),
    ]


@pytest.mark.parametrize("extra", [0, 2])
def test_the_list_takes_as_many_queries_with_one_request_as_with_three(
    request_, agency, adviser, extra, django_assert_num_queries
):
    for number in range(extra):
        another(agency, f"14/{number}", date(2013, 5, number + 1))
    client = client_of(adviser)
    client.get(at("requests"))
    with django_assert_num_queries(10):
        client.get(at("requests"))


def test_a_request_is_found_by_a_part_of_its_reference(request_, agency, adviser):
    another(agency, "DOIA 2324-1559", date(2013, 5, 1))
    page = client_of(adviser).get(at("requests"), {"q": "1559"})
    assert [row.reference for row, *_ in page.context["rows"]] == ["DOIA 2324-1559"]
    nothing = client_of(adviser).get(at("requests"), {"q": "77"})
    assert "No request has this reference." in nothing.text


def test_a_request_of_another_agency_does_not_exist(request_):
    stranger = SeatFactory(role="oia_adviser").user
    client = client_of(stranger)
    assert list(client.get(at("requests")).context["rows"]) == []
    assert client.get(at("request", request_.pk)).status_code == 404


# --- a request -------------------------------------------------------------------------------------


def test_a_request_shows_its_clock(request_, adviser):
    page = client_of(adviser).get(request_.get_absolute_url())
    assert [(each.name, each.on, each.state) for each in page.context["days"]] == [
        ("Day 10", date(2013, 5, 7), "Passed"),
        ("Day 20", date(2013, 5, 21), "Passed"),
    ]
    assert page.context["mark"].words == "1 working day late"
    said = "Working day 21 of 20; the decision is due on 21 May 2013. 1 working day late."
    assert page.text.count(f"<title>{said}</title>") == 2, "drawn wide and narrow"
    assert page.text.count("<desc>Received: 22 Apr 2013. Transfer by: 7 May 2013. ") == 2


def test_once_a_decision_is_sent_no_day_for_a_transfer_is_ahead(request_):
    days = calendar()
    clock = RequestClock(days, TODAY, TODAY, stopped_on=TODAY + timedelta(1))
    names = [
        [each.name for each in clock_days(at_, TODAY + timedelta(1))]
        for at_ in (replace(clock, stopped_on=None), clock)
    ]
    assert names == [["Day 10", "Day 20"], ["Day 20"]]


def test_one_next_step_leads_from_receipt_to_release(
    request_, issued, adviser, reviewer, decision_maker, decide, prepared, sign
):
    def step(user):
        found = client_of(user).get(request_.get_absolute_url()).context["next"]
        return found and found.step

    def words():
        found = [step(user) for user in (adviser, reviewer, decision_maker)]
        return [each and each.words for each in found]

    assert words() == ["Acknowledge the request", None, None]
    requests.acknowledge(request=request_, on=TODAY, by=adviser, at=NOW)
    assert words() == ["Begin with the papers", None, None]
    requests.start_scoping(request=request_, by=adviser)
    assert words() == ["Find papers in scope", None, None]
    line = schedule.add_paper(request=request_, paper=issued, by=adviser)
    assert words() == ["Decide on each paper", None, None]
    requests.start_preparing(request=request_, by=adviser)
    assert words() == ["Decide on document 1", None, None]
    decide(line, "full")
    assert words() == ["Write the letter with the decision", None, None]
    letter = prepared(request_)
    assert words() == ["Send for review", None, None]
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    assert words() == [None, "Finish the review", None]
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    assert words() == [None, None, "Read and sign the decision"]
    sign(letter)
    assert words() == [None, None, "Check the files and release"]


def test_a_correction_stands_beside_the_first_record(request_, adviser):
    event = request_.events.get()
    client = client_of(adviser)
    address = at("request-correct-event", request_.pk, event.pk)
    refused = client.post(address, {"on": "20 April 2013", "reason": "The stamp."})
    assert refused.status_code == 422
    assert "A request is received on or after the day that it is dated." in refused.text
    client.post(address, {"on": "23 April 2013", "reason": "The stamp."})
    page = client.get(request_.get_absolute_url())
    assert "Corrected to 23 April 2013" in page.text
    assert page.context["clock"].due == date(2013, 5, 22)


# --- letters ---------------------------------------------------------------------------------------

PEOPLE = {"contact_role": "OIA adviser", "contact_email": "oia@example.org", "signatory_role": "A"}


def write(client, request, kind, **fields):
    address = at("request-write-letter", request.pk, kind)
    answer = client.post(address, {"version": 0, "dated": "23 April 2013", **PEOPLE, **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    return RequestLetter.objects.latest("pk")


def send(client, letter, on):
    address = at("request-send-letter", letter.request_id, letter.pk)
    return client.post(address, {"version": letter.version, "sent_on": on})


def test_a_letter_is_sent_on_its_day_with_its_files_and_its_event(request_, adviser):
    client = client_of(adviser)
    letter = write(client, request_, "acknowledge")
    draft = client.get(at("letter-pdf", request_.pk, letter.pk))
    assert draft.content.startswith(b"%PDF-")
    assert send(client, letter, "24 April 2013").status_code == 302
    sent = fresh(letter)
    event = request_.events.get(kind="acknowledged")
    assert (sent.sent_on, sent.content["dated"]) == (date(2013, 4, 24), "2013-04-24")
    assert (event.happened_on, event.letter) == (date(2013, 4, 24), sent)
    for form, digest in (("pdf", sent.pdf_sha256), ("docx", sent.docx_sha256)):
        file = client.get(at(f"letter-{form}", request_.pk, letter.pk))
        assert sha256(file.content).hexdigest() == digest
    again = send(client, sent, "25 April 2013")
    assert again.status_code == 422
    assert request_.events.filter(kind="acknowledged").count() == 1


def test_an_extension_after_the_first_twenty_days_is_refused_at_its_day(request_, adviser):
    client = client_of(adviser)
    letter = write(
        client,
        request_,
        "extend",
        until="14 June 2013",
        extension_reason="15A(1)(a)",
        explanation="",
    )
    assert (
        "The letter cannot be sent yet"
        not in client.get(at("request-letter", request_.pk, letter.pk)).text
    )
    refused = send(client, letter, "22 May 2013")
    assert refused.status_code == 422
    assert "Those ended on 21 May 2013." in refused.text
    assert not fresh(letter).is_sent
    assert send(client, fresh(letter), "20 May 2013").status_code == 302
    page = client.get(request_.get_absolute_url())
    assert page.context["clock"].due == date(2013, 6, 14)


@pytest.mark.parametrize(("kind", "day"), [("extend", "21 May 2013"), ("transfer", "7 May 2013")])
def test_a_letter_whose_time_is_over_says_so_before_it_is_written(request_, adviser, kind, day):
    page = client_of(adviser).get(at("request-write-letter", request_.pk, kind))
    assert f"Its last day was {day}." in page.text


def test_the_letter_with_the_decision_leads_to_one_that_releases_too(request_, adviser):
    client = client_of(adviser)
    both = at("request-write-letter", request_.pk, "decide_and_release")
    page = client.get(at("request-write-letter", request_.pk, "decide"))
    assert f'href="{both}"' in page.text
    assert (client.get(both).status_code, both in client.get(both).text) == (200, False)


def test_a_letter_that_was_changed_elsewhere_shows_both_sides(request_, adviser):
    client = client_of(adviser)
    letter = write(client, request_, "acknowledge")
    address = at("request-letter", request_.pk, letter.pk)
    sent = {"version": letter.version, "dated": "23 April 2013", **PEOPLE}
    assert client.post(address, {**sent, "own_words": "First."}).status_code == 302
    conflict = client.post(address, {**sent, "own_words": "Second."})
    assert conflict.status_code == 422
    assert ("First." in conflict.text, "Second." in conflict.text) == (True, True)


# --- decision and release --------------------------------------------------------------------------


def test_what_blocks_a_decision_leads_to_where_it_is_mended(request_, line, adviser):
    page = client_of(adviser).get(at("request-decision", request_.pk))
    assert page.context["obstacles"] == [
        (
            f"Document 1, “{line.title}”, has no decision.",
            at("request-line", request_.pk, 1),
        ),
        (
            "The letter with the decision is not prepared.",
            at("request-write-letter", request_.pk, "decide"),
        ),
    ]


def test_a_letter_that_is_out_of_date_is_sent_back_from_the_page_of_the_decision(
    request_, ready, adviser, decision_maker
):
    ready()
    requests.acknowledge(request=request_, on=TODAY, by=adviser, at=NOW)
    page = client_of(decision_maker).get(at("request-decision", request_.pk))
    assert [url for _sentence, url in page.context["obstacles"]] == [
        at("request-send-back", request_.pk)
    ]


def test_what_a_request_was_sent_back_for_is_answered_and_both_stay(
    request_, ready, adviser, reviewer, decision_maker, today
):
    ready()
    requests.send_back(request=request_, reason="A date is wrong", by=decision_maker, at=NOW)
    address = request_.get_absolute_url()
    page = client_of(adviser).get(address)
    sent_back = page.context["sent_back"]
    assert (sent_back.sent.note, sent_back.answered) == ("A date is wrong", None)
    assert page.context["next"].step.words == "Answer, and send for review"
    (line,) = lines_for(adviser, TODAY)
    assert line.detail == "Sent back: A date is wrong"
    send = at("request-send", request_.pk)
    refused = client_of(adviser).post(send, {"answer": ""})
    assert (refused.status_code, fresh(request_).state) == (422, "preparing")
    client_of(adviser).post(send, {"answer": "It is the day of receipt"})
    for who in (reviewer, adviser):
        for name in ("request", "request-review"):
            sent_back = client_of(who).get(at(name, request_.pk)).context["sent_back"]
            assert (sent_back.sent.note, sent_back.answered.note) == (
                "A date is wrong",
                "It is the day of receipt",
            )
    (line,) = lines_for(reviewer, TODAY)
    assert line.detail == "Sent back, and answered: It is the day of receipt"
    happened = [
        (each.kind, each.note, each.recorded_by, each.may_be_corrected)
        for each in request_.events.in_order()
    ]
    assert happened[1:] == [
        ("sent_for_review", "", adviser, False),
        ("reviewed", "", reviewer, False),
        ("sent_back", "A date is wrong", decision_maker, False),
        ("sent_for_review", "It is the day of receipt", adviser, False),
    ]
    event = request_.events.in_order().last()
    assert refusal_of(
        requests.correct_event, event=event, on=TODAY, reason="Wrong", by=adviser, at=NOW
    ) == ("This was recorded when it happened. It cannot be corrected.")


def test_a_decided_request_stays_on_a_desk_until_it_is_closed(
    decided, adviser, reviewer, decision_maker
):
    def desks():
        return [
            [line.what for line in lines_for(user, TODAY)]
            for user in (adviser, reviewer, decision_maker)
        ]

    assert desks() == [[], [], ["Release the papers of request 13/02025"]]
    paper = ReleasedPaperFactory(release__request=decided, line=decided.lines.get())
    RequestEventFactory(request=decided, kind="released", release=paper.release)
    assert desks() == [["Send the papers of request 13/02025 with a letter"], [], []]
    RequestLetterFactory(request=decided, kind="release", sent=True)
    assert desks() == [["Close request 13/02025"], [], []]
    requests.close(request=decided, on=TODAY, by=adviser, at=NOW)
    assert desks() == [[], [], []]


def test_the_reviewer_sees_what_is_not_given_and_finishes_on_the_same_page(
    request_, line, decide, prepared, adviser, reviewer
):
    other = schedule.add_not_held(request=request_, title="Cabinet papers", by=adviser)
    decide(other, "refused", grounds=["18(g)"], reason="Never held here")
    decide(line, "full")
    prepared(request_)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    page = client_of(reviewer).get(at("request-review", request_.pk))
    assert list(page.context["others"]) == [other]
    assert "Never held here" in page.text
    client_of(reviewer).post(at("request-finish", request_.pk))
    assert fresh(request_).state == "ready"


def test_a_decision_is_signed_as_dated_on_the_day_of_the_signature(
    request_, line, decide, prepared, adviser, reviewer, decision_maker
):
    decide(line, "full")
    letter = prepared(request_, on=date(2013, 5, 20))
    assert "apologise" not in str(letter.content)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    client = client_of(decision_maker)
    address = at("request-decision", request_.pk)
    page = client.get(address, {"on": "22 May 2013"})
    assert "It is one working day late. We apologise" in page.text
    answer = client.post(
        address, {"version": letter.version, "on": "22 May 2013", "has_read": "on"}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    signed = fresh(letter)
    assert signed.content["dated"] == "2013-05-22"
    assert "apologise" in str(signed.content)
    assert request_.events.get(kind="decision_notified").happened_on == TODAY


def test_whoever_prepared_a_decision_sees_that_another_signs_it(request_, ready, adviser, agency):
    ready()
    SeatFactory(agency=agency, role="oia_decision_maker", user=adviser)
    client = client_of(adviser)
    page = client.get(at("request-decision", request_.pk))
    assert "You prepared this decision. Another decision-maker must sign it." in page.text
    assert "Sign the decision" not in page.text


def test_the_package_has_the_letter_the_schedule_the_papers_and_their_digests(
    decided, decision_maker
):
    client = client_of(decision_maker)
    address = at("request-release", decided.pk)
    checked = client.post(address, {"released_on": "22 May 2013", "act": "check"})
    assert [each.report.passes for each, *_others in checked.context["checked"]] == [True]
    assert fresh(decided).release is None
    client.post(address, {"released_on": "22 May 2013", "act": "release"})
    package = client.get(at("request-package", decided.pk)).content
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        names = files.namelist()
        sums = dict(
            line.split("  ")[::-1] for line in files.read("SHA256SUMS").decode().splitlines()
        )
        assert sums == {
            name: sha256(files.read(name)).hexdigest() for name in names if name != "SHA256SUMS"
        }
    paper = fresh(decided).release.papers.get()
    assert names == ["decide-letter-13-02025.pdf", "schedule.csv", paper.file_name, "SHA256SUMS"]
    assert sums[paper.file_name] == paper.pdf_sha256


# --- consulted agencies, the desk, figures ---------------------------------------------------------


def test_a_consulted_agency_never_sees_who_asked_or_what_for(request_, line):
    asked = ConsultationFactory(line=line)
    approver = SeatFactory(agency=asked.agency, role="approver").user
    client = client_of(approver)
    for page in (client.get(at("request-consultation", asked.pk)), client.get(reverse("home"))):
        assert asked.question in page.text
        for secret in (*request_.requester, request_.reference, request_.text):
            assert secret not in page.text
    address = at("request-consultation", asked.pk)
    client.post(address, {"version": asked.version, "answer": "Paragraph 4 is not ours."})
    assert fresh(asked).answer == "Paragraph 4 is not ours."


def test_the_desk_names_the_request_to_whoever_has_the_next_step(
    request_, adviser, reviewer, decision_maker
):
    lines = [lines_for(user, TODAY) for user in (adviser, reviewer, decision_maker)]
    assert [[(each.what, each.when, each.is_late) for each in found] for found in lines] == [
        [("Acknowledge request 13/02025", "1 working day late", True)],
        [],
        [],
    ]


def test_the_figures_count_each_half_year(decided, adviser):
    client = client_of(adviser)
    (row,) = client.get(at("request-figures")).context["rows"]
    assert (row.name, row.cells) == (
        "January to June 2013",
        [1, 0, "21.0", 0, 0, 0, 0, 0],
    )
    RequestEventFactory(
        request=decided, kind="transferred_in_part", whom="Police", happened_on=TODAY
    )
    (row,) = client.get(at("request-figures")).context["rows"]
    assert row.cells == [1, 0, "21.0", 0, 0, 1, 0, 0]
    csv = client.get(at("request-figures-csv")).content.decode("utf-8-sig").splitlines()
    assert csv[1] == "Labour,2013-01-01,2013-06-30,1,0,21.0,0,0,1,0,0"


@pytest.mark.parametrize("extra", [0, 2])
def test_the_figures_take_as_many_queries_with_one_request_as_with_three(
    request_, agency, adviser, extra, django_assert_num_queries
):
    for number in range(extra):
        another(agency, f"14/{number}", date(2013, 5, number + 1))
    client = client_of(adviser)
    client.get(at("request-figures"))
    with django_assert_num_queries(8):
        client.get(at("request-figures"))


def test_a_file_without_its_bytes_as_released_is_not_handed_out(agency, adviser):
    paper = ReleasedPaperFactory(release__request__agency=agency, pdf_sha256="0" * 64)
    address = at("request-released-paper", paper.release.request_id, paper.number)
    assert client_of(adviser).get(address).status_code == 404


def test_papers_that_are_ticked_are_listed_once(request_, issued, adviser):
    requests.start_scoping(request=request_, by=adviser)
    client = client_of(adviser)
    address = at("request-add-papers", request_.pk)
    client.post(address, {"paper": [f"issued-{issued.pk}"]})
    client.post(address, {"paper": [f"issued-{issued.pk}"]})
    assert request_.lines.count() == 1
    assert client.post(address, {"paper": ["issued-9999999"]}).status_code == 404
    assert client.post(address, {"paper": ["nothing"]}).status_code == 404


def test_a_line_decided_elsewhere_meanwhile_shows_both_sides(request_, line, decide, adviser):
    decide(line, "refused", grounds=["18(d)"], reason="On our website.")
    client = client_of(adviser)
    address = at("request-line", request_.pk, line.number)
    answer = client.post(address, {"version": line.version, "decision": "full"})
    assert answer.status_code == 422
    assert "On our website." in answer.text
    assert fresh(line).decision == "refused"


# --- who asked -------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(agency):
    return SeatFactory(agency=agency, role="coordinator").user


def test_a_coordinator_reads_a_request_without_who_asked(recorded, plan, coordinator, adviser):
    row = recorded(
        plan=plan,
        requester_name="Ana Rewi",
        requester_address="ana@example.org\n12 Quiet Street",
        text="Please send the reports to 12  Quiet\nStreet.\n\nAna",
    )
    RequestEventFactory(request=row, kind="clarification_sought", note="ana@example.org was asked")
    page = client_of(coordinator).get(row.get_absolute_url())
    for word in ("Ana", "Rewi", "ana@example.org", "Quiet"):
        assert word not in page.text
        assert word in client_of(adviser).get(row.get_absolute_url()).text
    assert "Please send the reports to [who asked]." in page.text
    assert "Only the OIA adviser, reviewer and decision-maker can see this" in " ".join(
        page.text.split()
    )
    assert fresh(row).requester_name == "Ana Rewi"


def test_only_who_may_read_redactions_is_led_to_them(line, coordinator, adviser):
    address = at("request-line", line.request_id, line.number)
    link = at("request-redact", line.request_id, line.number)
    assert client_of(coordinator).get(link).status_code == 403
    assert link not in client_of(coordinator).get(address).text
    assert link in client_of(adviser).get(address).text


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_coordinator_reads_letters_without_who_asked(
    request_, ready, sign, coordinator, reviewer, is_sent
):
    letter = ready()
    if is_sent:
        sign(letter)
    for name, extra in (("request-letter", [letter.pk]), ("request-decision", [])):
        address = at(name, request_.pk, *extra)
        assert "requester@example.org" in client_of(reviewer).get(address).text
        page = client_of(coordinator).get(address).text
        assert "requester@example.org" not in page
        assert "12 Quiet Street" not in page
        assert at("letter-pdf", request_.pk, letter.pk) not in page


def test_the_package_of_a_coordinator_has_no_letter(coordinator, adviser, agency):
    made = ReleasedPaperFactory(release__request__agency=agency).release
    row = made.request
    letter = RequestLetterFactory(request=row, kind="decide", sent=True)
    names = {}
    for who in (coordinator, adviser):
        data = client_of(who).get(at("request-package", row.pk)).content
        names[who.pk] = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    assert names[adviser.pk] - names[coordinator.pk] == {
        f"{letter.kind}-letter-{row.reference.replace('/', '-')}.pdf"
    }


# --- who does it, and another agency's answer ------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["proactive", "add-earlier-paper", "record-request", "request-scope"]
)
def test_a_coordinator_sees_who_does_it(request_, coordinator, adviser, name):
    page = client_of(coordinator).get(at(name, *([request_.pk] if name == "request-scope" else [])))
    assert page.status_code == 403
    assert "The OIA adviser of Labour does this: OIA adviser." in page.text
    assert "The coordinator of your plan" not in page.text


@pytest.mark.parametrize("has_any", [True, False])
def test_a_coordinator_reads_in_the_list_who_records_a_request(
    request, agency, coordinator, has_any
):
    if has_any:
        request.getfixturevalue("request_")
    seated(agency, "oia_adviser", "Ada Adviser")
    page = " ".join(client_of(coordinator).get(at("requests")).text.split())
    assert "You cannot record a request. The OIA adviser of Labour does this: " in page
    assert "Ada Adviser" in page


def test_how_a_request_is_read_is_asked_before_it_is_acknowledged(agency, adviser, today):
    client = client_of(adviser)
    client.post(
        at("record-request"),
        {
            "agency": agency.pk,
            "reference": "13/7",
            "channel": "email",
            "requester_name": "Jo",
            "dated": "21 May 2013",
            "received_on": "21 May 2013",
            "text": "All the papers.",
            "scope_note": "The briefing of July 2010",
        },
    )
    row = InformationRequest.objects.get(reference="13/7")
    letter = write(client, row, "acknowledge")
    page = client.get(at("request-letter", row.pk, letter.pk)).text
    assert "We have taken your request to mean:" in page
    assert "The briefing of July 2010" in page


def test_each_reason_that_a_signature_needs_is_asked_for_before_the_review(
    request_, line, propose, decide, prepared, adviser, today
):
    place = "cover.contacts.0.direct_dial"
    propose(place, end=len(redactions.texts_of(redactions.document_of(line))[place]))
    decide(line, "part")
    prepared(request_)
    client = client_of(adviser)
    page = client.get(at("request-send", request_.pk))
    boxes = [name for name in page.context["form"].fields if name.startswith("warning")]
    assert ("(optional)" in page.text, len(boxes) > 0) == (False, True)
    refused = client.post(at("request-send", request_.pk))
    assert (refused.status_code, fresh(request_).state) == (422, "preparing")
    client.post(at("request-send", request_.pk), dict.fromkeys(boxes, "It is public."))
    assert fresh(request_).state == "in_review"


def test_an_adviser_reads_that_a_decision_is_signed_before_it_is_sent(request_, line, adviser):
    client = client_of(adviser)
    letter = write(client, request_, "decide", apologise="on")
    answer = client.get(at("request-letter", request_.pk, letter.pk))
    assert "Read it before you send it for review; the decision-maker signs it." in answer.text


def test_papers_in_scope_that_are_not_listed_need_one_reason(
    request_, line, plan, decide, prepared, adviser
):
    requests.set_scope(
        request=request_,
        scope_from=date(2010, 1, 1),
        scope_to=TODAY,
        scope_note="",
        version=fresh(request_).version,
        by=adviser,
        at=NOW,
    )
    papers = [
        MeetingPaperFactory(meeting__plan=plan, meeting__held_on=date(2010, month, 10))
        for month in (3, 4, 5)
    ]
    decide(line, "full")
    prepared(request_)
    client = client_of(adviser)
    page = client.get(at("request-send", request_.pk))
    assert "Why are these 3 papers of days in scope not in the schedule?" in page.text
    assert "“Pack of the meeting of 10 March 2010” of 10 March 2010; “Pack of" in page.text
    client.post(at("request-send", request_.pk), {"warning-0": "Only the briefing is asked for."})
    assert fresh(request_).warnings_left == {
        f"unlisted-meeting_paper-{each.pk}": "Only the briefing is asked for." for each in papers
    }


def test_a_seat_that_nobody_has_is_said(request_, adviser):
    page = client_of(adviser).post(at("request-decision", request_.pk))
    assert page.status_code == 403
    assert "The OIA decision-maker of Labour does this, and nobody has that role yet." in page.text


@pytest.mark.parametrize("name", ["earlier-papers", "releases"])
def test_lists_say_who_may_and_have_no_empty_column(coordinator, decided, name):
    ReleasedPaperFactory(release__request=decided, line__number=2)
    page = client_of(coordinator).get(at(name)).text
    assert "OIA advisers" in page
    assert ">Action</th>" not in page


@pytest.fixture
def police():
    return SeatFactory(role="approver", agency__name="New Zealand Police").agency


def test_only_agencies_of_today_are_offered_and_nobody_is_not_asked(line, adviser, agency, police):
    AgencyFactory(name="An agency that ended", valid_to=date(2012, 6, 30))
    empty = AgencyFactory(name="Ministry of Nobody")
    client, address = client_of(adviser), at("request-ask-agency", line.request_id, line.number)
    form = client.get(address).context["form"]
    assert [label for value, label in form.fields["agency"].choices if value] == [
        "Ministry of Nobody (has no users)",
        "New Zealand Police",
    ]
    assert form.initial["answer_by"] == date(2013, 5, 23)  # the decision was due the day before
    typed = {"question": "May it go out?", "answer_by": "24 May 2013"}
    refused = client.post(address, {**typed, "agency": empty.pk})
    assert refused.status_code == 422
    assert (
        "Ministry of Nobody has no contributor or approver who could see the question here"
        in refused.text
    )
    assert client.post(address, {**typed, "agency": police.pk}).status_code == 302
    asked = line.consultations.get()
    assert (asked.agency, asked.answer_by) == (police, date(2013, 5, 24))


def test_a_consulted_agency_reads_who_asks_and_by_when(line, police, adviser, request_):
    row = ConsultationFactory(
        line=line, agency=police, asked_by=adviser, answer_by=date(2013, 5, 24)
    )
    approver = police.seats.get().user
    page = client_of(approver).get(at("request-consultation", row.pk)).text
    assert "Department of Labour will answer the request and decide." in page
    assert f'href="mailto:{adviser.email}"' in page
    assert "24 May 2013" in page
    assert "requester" not in page
    assert request_.reference not in page
    (entry,) = lines_for(approver, TODAY)
    assert entry.when == "Answer by 24 May 2013. Asked three weeks ago"


def test_an_answer_is_on_the_advisers_desk_until_the_paper_is_decided(
    line, police, adviser, reviewer, decide
):
    row = ConsultationFactory(line=line, agency=police)
    schedule.answer_consultation(
        consultation=row, answer="Paragraph 4 should not.", version=1, by=adviser, at=NOW
    )
    notice = f"Read what {police.short_name} answered about “{line.title}”"
    assert notice in [entry.what for entry in lines_for(adviser, TODAY)]
    assert notice not in [entry.what for entry in lines_for(reviewer, TODAY)]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        schedule.decide_line(
            line=fresh(line),
            decision="full",
            version=line.version,
            by=adviser,
            at=NOW + timedelta(hours=1),
        )
    assert notice not in [entry.what for entry in lines_for(adviser, TODAY)]


def test_a_new_date_that_is_no_working_day_is_refused_when_the_letter_is_written(adviser, request_):
    refused = client_of(adviser).post(
        at("request-write-letter", request_.pk, "extend"),
        {
            "dated": "2013-05-20",
            "until": "2013-06-08",
            "extension_reason": "15A(1)(b)",
            "contact_role": "OIA adviser",
            "signatory_role": "OIA decision-maker",
            "version": 0,
        },
    )
    assert refused.context["form"].errors == {
        "until": ["Saturday 8 June 2013 is not a working day. Change “New date”."]
    }


def test_all_faults_of_a_request_are_said_at_once(adviser):
    page = client_of(adviser).post(at("record-request"), {"channel": "email"})
    assert page.context["form"].errors["requester_name"] == ["Say who asked."]
    assert "reference" in page.context["form"].errors


def test_an_apology_is_asked_about_in_a_late_letter_alone(adviser, request_):
    def fields(day):
        with time_machine.travel(day):
            page = client_of(adviser).get(at("request-write-letter", request_.pk, "decide"))
        return page.context["form"].fields

    assert "apologise" in fields(NOW)
    assert "apologise" not in fields(NOW - timedelta(days=1))


def test_steps_that_need_something_open_are_offered_only_then(adviser, request_):
    page = client_of(adviser).get(at("request", request_.pk))
    offered = {step.words for step in page.context["others"]}
    assert "Record a complaint to the Ombudsman" in offered
    assert offered.isdisjoint({"Record the requester’s answer", "Record how a complaint ended"})
    RequestEventFactory(request=request_, kind="complaint_received", happened_on=TODAY)
    page = client_of(adviser).get(at("request", request_.pk))
    assert "Record how a complaint ended" in {step.words for step in page.context["others"]}


def test_papers_that_are_found_can_be_read_and_blank_days_find_none(adviser, request_, issued):
    client = client_of(adviser)
    scope = at("request-scope", request_.pk)
    client.post(at("request-begin", request_.pk))
    typed = {"scope_note": "All of it", "version": fresh(request_).version}
    page = client.post(scope, typed, follow=True)
    assert "The scope is saved. Enter both days to find papers." in page.text
    day = issued.briefing.dated.isoformat()
    typed = {"scope_from": day, "scope_to": day, "version": fresh(request_).version}
    page = client.post(scope, typed, follow=True)
    address = at("request-found-file", request_.pk, f"issued-{issued.pk}")
    assert address in page.text
    assert client.get(address).content == bytes(issued.pdf)


def test_the_example_of_a_day_that_must_be_past_is_past(adviser, today):
    """The example, and the error that repeats it, were refused as days in the future."""
    client = client_of(adviser)
    page = client.post(at("record-request"), {"received_on": "soon"}).text
    assert "Enter a date, such as 16 May 2013." in page
    assert "28 May 2013" not in page


@pytest.mark.usefixtures("today")
def test_a_new_request_begins_with_the_next_free_reference_of_the_agency(adviser, recorded):
    def offered():
        return client_of(adviser).get(at("record-request")).context["form"]["reference"].value()

    assert offered() == ""
    recorded(reference="13/02026")
    recorded(reference="13/02025")
    assert offered() == "13/02027"
    recorded(reference="Mr Smith’s letter")
    assert offered() == ""


@pytest.mark.usefixtures("today")
def test_a_request_without_a_date_is_of_the_day_on_which_it_was_received(adviser, agency):
    client_of(adviser).post(
        at("record-request"),
        {
            "agency": agency.pk,
            "reference": "13/02025",
            "channel": "email",
            "requester_name": "A requester",
            "received_on": "22 April 2013",
            "text": "Please send me the reports.",
        },
    )
    row = InformationRequest.objects.get()
    assert (row.dated, row.received_on) == (date(2013, 4, 22), date(2013, 4, 22))


@pytest.mark.usefixtures("today")
def test_the_decision_page_gives_the_whole_answer_of_a_consulted_agency(
    request_, line, police, adviser
):
    row, answer = ConsultationFactory(line=line, agency=police), "Paragraph 4 should not. " * 12
    schedule.answer_consultation(consultation=row, answer=answer, version=1, by=adviser, at=NOW)
    assert answer.strip() in client_of(adviser).get(at("request-decision", request_.pk)).text
