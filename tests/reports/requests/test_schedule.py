"""Test scoping: papers between two days, the schedule, its decisions, and asking other agencies."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from reports.requests.models import Consultation, RequestEvent
from reports.requests.models.in_scope import found_in
from reports.requests.services import deciding, requests, schedule
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    EvidenceFactory,
    IssuedPaperFactory,
    MeetingFactory,
    MeetingPaperFactory,
    PlanFactory,
    ResponseFactory,
    SeatFactory,
    UserFactory,
)
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.factories import EarlierPaperFactory
from tests.reports.requests.test_requests import refusal_of
from workitems.plan.services import Conflict
from workitems.plan.services.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def scoped(request_, adviser):
    return requests.start_scoping(request=request_, by=adviser)


def test_papers_of_every_kind_are_found_between_two_days(scoped, plan, issued, agency, adviser):
    """The days are those on the papers; both count."""
    of_another = PlanFactory()
    IssuedPaperFactory(briefing=BriefingFactory(plan=of_another, state="with_minister"))
    meeting = MeetingFactory(plan=plan, held_on=date(2010, 6, 10))
    pack = MeetingPaperFactory(meeting=meeting)
    minutes = MeetingPaperFactory(meeting=meeting, kind="minutes")
    answer = ResponseFactory(issued=issued, decided_on=date(2010, 8, 20))
    file = EvidenceFactory(
        milestone__item__plan=plan,
        file=ContentFile(b"%PDF-1.7", name="receipt.pdf"),
        file_name="receipt.pdf",
        added_at=datetime(2010, 7, 1, tzinfo=UTC),
    )
    EvidenceFactory(milestone__item__plan=plan)  # a note alone
    earlier = EarlierPaperFactory(agency=agency, plan=plan, dated=date(2009, 12, 1))

    def found(first, last):
        return [(each.kind, each.paper, each.dated) for each in found_in(scoped, [(first, last)])]

    everything = [
        ("earlier", earlier, date(2009, 12, 1)),
        ("minutes", minutes, date(2010, 6, 10)),
        ("pack", pack, date(2010, 6, 10)),
        ("evidence", file, date(2010, 7, 1)),
        ("issued", issued, issued.briefing.dated),
        ("answer", answer, date(2010, 8, 20)),
    ]
    assert found(date(2009, 12, 1), date(2010, 8, 20)) == everything
    assert found(date(2009, 12, 2), date(2010, 8, 19)) == everything[1:-1]
    schedule.add_paper(request=scoped, paper=issued, by=adviser)
    listed = [
        each.paper for each in found_in(scoped, [(date(2010, 7, 30), TODAY)]) if each.is_listed
    ]
    assert listed == [issued]


@pytest.mark.both_databases
def test_papers_of_the_other_plans_of_the_agency_are_found_beside_those_of_the_request(
    scoped, plan, issued, agency, adviser, today
):
    """What is asked for is seldom of one plan alone; only the request's own are asked about before a signature."""
    other = PlanFactory(title="Plan for clean rivers", coordinating_agency=agency)
    minutes = MeetingPaperFactory(
        meeting=MeetingFactory(plan=other, held_on=date(2010, 6, 10)), kind="minutes"
    )
    of_no_plan = EarlierPaperFactory(agency=agency, dated=date(2010, 6, 11))
    row = requests.set_scope(
        request=scoped,
        scope_from=date(2010, 6, 1),
        scope_to=TODAY,
        scope_note="",
        version=scoped.version,
        by=adviser,
        at=NOW,
    )
    page = client_of(adviser).get(at("request-scope", row.pk))
    title = "Minutes of the meeting of 10 June 2010, Plan for clean rivers"
    assert [
        (group.plan, [each.paper for each in group.unlisted]) for group in page.context["groups"]
    ] == [(plan, [issued]), (other, [minutes]), (None, [of_no_plan])]
    assert (title in page.text, "checked" in page.text) == (True, False)
    assert (
        "Of any other paper, such as minutes, a pack or evidence, you withhold words by a copy"
        in page.text
    )
    assert [each.key for each in deciding.warnings(row)] == [f"unlisted-issued-{issued.pk}"]
    client_of(adviser).post(
        at("request-add-papers", row.pk), {"paper": [f"meeting_paper-{minutes.pk}"]}
    )
    line = row.lines.for_list().get()
    assert (line.title, line.other_plan) == (title, other)
    page = client_of(adviser).get(at("request-scope", row.pk))
    assert "The schedule lists the one paper of this plan from these days." in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_finding_papers_takes_seven_queries(scoped, plan, count, django_assert_num_queries):
    for number in range(count):
        IssuedPaperFactory(
            briefing=BriefingFactory(plan=plan, state="with_minister", tracker_number=f"x/{number}")
        )
    with django_assert_num_queries(7):
        assert len(found_in(scoped, [(date(2009, 1, 1), TODAY)])) == count


@pytest.mark.both_databases
def test_a_request_of_no_plan_is_about_all_plans_of_its_agency(recorded, issued):
    assert [each.paper for each in found_in(recorded(), [(date(2010, 7, 1), TODAY)])] == [issued]


@pytest.mark.both_databases
def test_papers_of_an_agency_that_came_before_are_found(recorded, plan, agency):
    """Labour ended in 2012, and its papers went to MBIE."""
    report = EarlierPaperFactory(agency=agency, plan=plan, dated=date(2009, 12, 1))
    of_no_plan = EarlierPaperFactory(agency=agency, dated=date(2009, 12, 2), pdf=b"%PDF-1.7 other")
    successor = AgencyFactory(short_name="MBIE")
    type(agency).objects.filter(pk=agency.pk).update(
        valid_to=date(2012, 6, 30), successor=successor
    )
    EarlierPaperFactory(agency=AgencyFactory(short_name="Police"), dated=date(2009, 12, 3))

    def found(**columns):
        period = (date(2009, 1, 1), date(2010, 1, 1))
        rows = found_in(recorded(agency=successor, **columns), [period])
        return [each.paper for each in rows]

    assert found(reference="14/1", plan=plan) == [report, of_no_plan]
    assert found(reference="14/2") == [report, of_no_plan]


def test_papers_are_listed_in_order_and_once(scoped, issued, adviser, plan):
    first = schedule.add_paper(request=scoped, paper=issued, by=adviser)
    assert (first.number, first.dated) == (1, issued.briefing.dated)
    assert first.title == f"{issued.briefing.tracker_number}: {issued.briefing.title}"
    pack = MeetingPaperFactory(meeting=MeetingFactory(plan=plan, held_on=date(2010, 6, 10)))
    second = schedule.add_paper(request=scoped, paper=pack, title="The pack", by=adviser)
    assert str(second) == "2. The pack"
    assert refusal_of(schedule.add_paper, request=scoped, paper=issued, by=adviser) == (
        "The schedule already lists this paper."
    )
    of_another = IssuedPaperFactory(briefing=BriefingFactory(state="with_minister"))
    assert refusal_of(schedule.add_paper, request=scoped, paper=of_another, by=adviser) == (
        "That paper is of a plan that your agency takes no part in, or was withdrawn."
    )


def test_a_file_is_listed_with_its_digest(scoped, adviser):
    file = ContentFile(b"%PDF-1.7 other", name="../a letter.pdf")
    line = schedule.add_file(request=scoped, file=file, title="A letter", by=adviser)
    assert (line.kind, line.file_name, len(line.file_sha256)) == ("file", "a letter.pdf", 64)
    assert "letter" not in line.file.name
    assert refusal_of(
        schedule.add_file,
        request=scoped,
        file=ContentFile(b"MZ", name="x.exe"),
        title="A program",
        by=adviser,
    ).startswith("You cannot add files of this type.")


def test_the_schedule_changes_only_while_it_is_scoped_or_prepared(request_, issued, adviser):
    assert refusal_of(schedule.add_paper, request=request_, paper=issued, by=adviser) == (
        "This request is received; its schedule changes while it is scoped or prepared."
    )


def test_preparing_begins_with_a_schedule(scoped, adviser):
    assert refusal_of(requests.start_preparing, request=scoped, by=adviser) == (
        "The schedule is empty. List a paper, or say what is not held here."
    )
    schedule.add_not_held(request=scoped, title="Reports before 2009", by=adviser)
    assert requests.start_preparing(request=scoped, by=adviser).state == "preparing"


def test_the_scope_is_a_period(scoped, adviser):
    act = {"request": scoped, "scope_note": "", "version": scoped.version, "by": adviser, "at": NOW}
    first, last = date(2009, 1, 1), date(2010, 12, 31)
    assert refusal_of(requests.set_scope, scope_from=last, scope_to=first, **act) == (
        "The period ends before it begins."
    )
    assert refusal_of(requests.set_scope, scope_from=first, scope_to=None, **act) == (
        "Enter both days, or none."
    )
    assert requests.set_scope(scope_from=first, scope_to=last, **act).scope_to == last


def test_a_request_may_name_several_periods(scoped, adviser):
    act = {"request": scoped, "scope_note": "", "version": scoped.version, "by": adviser, "at": NOW}
    early = (date(2009, 1, 1), date(2009, 6, 30))
    late = (date(2010, 7, 1), date(2010, 12, 31))
    days = {"scope_from": late[0], "scope_to": late[1]}
    with pytest.raises(Refused, match="The period ends before it begins.") as refused:
        requests.set_scope(**days, further=[early[::-1]], **act)
    assert refused.value.field == "scope_to_2"
    row = requests.set_scope(**days, further=[early, (None, None)], **act)
    assert fresh(row).periods == [early, late]
    assert row.periods_in_words == (
        "1 January 2009 to 30 June 2009 and 1 July 2010 to 31 December 2010"
    )


def test_papers_are_found_in_each_of_the_periods(scoped, agency):
    for day in (date(2009, 5, 1), date(2010, 5, 1), date(2010, 8, 1)):
        EarlierPaperFactory(agency=agency, dated=day, pdf=f"%PDF-1.7 {day}".encode())
    periods = [(date(2009, 1, 1), date(2009, 6, 30)), (date(2010, 7, 1), date(2010, 12, 31))]
    found = [each.dated for each in found_in(scoped, periods)]
    assert found == [date(2009, 5, 1), date(2010, 8, 1)]
    assert found_in(scoped, []) == []


# --- decisions on lines --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "others", "sentence"),
    [
        ("withheld", {}, "Choose the ground on which this is withheld or refused."),
        ("refused", {}, "Choose the ground on which this is withheld or refused."),
        (
            "withheld",
            {"grounds": ["18(d)"]},
            "s 18(d) is a reason to refuse a request, and does not withhold words or a paper. "
            "Choose a ground of section 6, 7 or 9.",
        ),
        (
            "refused",
            {"grounds": ["6(a)"]},
            "s 6(a) withholds a paper. Choose “Withheld” as the decision, or refuse it under section "
            "10 or 18.",
        ),
        (
            "full",
            {"grounds": ["6(a)"]},
            "Choose a ground only for a paper that is withheld or refused.",
        ),
        ("out_of_scope", {}, "Say why it is out of scope."),
        ("transferred", {}, "Say where it was transferred to."),
        (
            "withheld",
            {"grounds": ["9(2)(j)"]},
            "s 9(2)(j) can be outweighed by the public interest. Say why release would be in the public "
            "interest, and why that does not outweigh the ground.",
        ),
        (
            "withheld",
            {"grounds": ["In Confidence"]},
            "“In Confidence” is a security marking, and a marking is never a ground. Choose the "
            "section of the Act that protects these words.",
        ),
        (
            "withheld",
            {"grounds": ["out of scope"]},
            "“out of scope” is no ground: words of a paper in scope are released or withheld under "
            "the Act. A whole paper can be decided as out of scope.",
        ),
        (
            "withheld",
            {"grounds": ["9(9)"]},
            "“9(9)” is not a ground for withholding in the Official Information Act 1982.",
        ),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(line, decide, decision, others, sentence):
    assert refusal_of(decide, line=line, decision=decision, **others) == sentence
    assert fresh(line).decision == ""


@pytest.mark.both_databases
def test_a_decision_says_who_made_it_and_can_be_taken_back(line, decide, adviser):
    row = decide(line, "withheld", grounds=["9(2)(j)", "6(a)"], public_interest="Little")
    assert (row.ground_codes, row.decided_by) == (("6(a)", "9(2)(j)"), adviser)
    row = decide(line, "")
    assert (row.decision, row.grounds, row.decided_by) == ("", "", None)
    assert [each.decision for each in row.history.order_by("history_id")] == ["", "withheld", ""]


def test_two_people_do_not_decide_on_a_line_at_once(line, adviser):
    act = {"line": line, "decision": "full", "version": line.version, "by": adviser, "at": NOW}
    schedule.decide_line(**act)
    with pytest.raises(Conflict):
        schedule.decide_line(**act)


def test_what_is_not_held_is_not_released(line, request_, decide, adviser):
    missing = schedule.add_not_held(request=request_, title="Reports before 2009", by=adviser)
    assert refusal_of(decide, line=missing, decision="full") == (
        "What is not held here cannot be released or withheld."
    )
    assert refusal_of(decide, line=missing, decision="refused", grounds=["18(d)"]) == (
        "s 18(d) is about information that is held. Refuse what is not held here under s 18(e) or "
        "s 18(g)."
    )
    assert decide(missing, "refused", grounds=["18(e)"]).grounds == "18(e)"


def test_a_paper_with_words_withheld_is_not_released_in_full(line, decide, title_withheld):
    title_withheld(line)
    assert refusal_of(decide, line=line, decision="full") == (
        "Words of this paper are withheld. Release it in part, or withdraw them."
    )


def test_a_line_undecided_keeps_a_request_from_its_review(line, request_, adviser):
    assert refusal_of(
        requests.send_for_review,
        request=request_,
        ombudsman=OMBUDSMAN,
        by=adviser,
        at=NOW,
    ) == (f"Nothing is decided yet on “{line.title}” (line 1).")


# --- other agencies ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_undecided_papers_are_released_in_full_at_once_as_the_page_showed_them(
    line, request_, adviser, plan, agency
):
    """Not among them: what is decided, what is not held, and a paper about which an agency is asked."""
    days = [date(2010, 6, day) for day in range(1, 5)]
    meetings = [MeetingFactory(plan=plan, held_on=day) for day in days]
    papers = [MeetingPaperFactory(meeting=each, kind="minutes") for each in meetings]
    one, two, asked, decided = [
        schedule.add_paper(request=request_, paper=each, by=adviser) for each in papers
    ]
    schedule.add_not_held(request=request_, title="Emails", by=adviser)
    police = AgencyFactory(short_name="Police")
    SeatFactory(agency=police, role="contributor")
    schedule.ask_agency(
        line=asked, agency=police, question="?", on=TODAY, answer_by=date(2013, 5, 27), by=adviser, at=NOW
    )  # fmt: skip
    schedule.decide_line(
        line=decided, decision="out_of_scope", reason="Of 2012.", version=1, by=adviser, at=NOW
    )
    client = client_of(adviser)
    page = client.get(at("request", request_.pk))
    assert [each.number for each in page.context["rest"]] == [1, 2, 3]
    assert "Release the 3 undecided papers in full" in page.text
    shown = {"paper": [f"{each.number}-{each.version}" for each in page.context["rest"]]}

    decide = {"decision": "withheld", "grounds": ["9(2)(a)"], "public_interest": "None."}
    schedule.decide_line(line=two, version=two.version, by=adviser, at=NOW, **decide)
    page = client.post(at("request-release-rest", request_.pk), shown, follow=True)
    assert "was changed" in page.text
    assert set(request_.lines.undecided()) == {line, one, asked, request_.lines.get(title="Emails")}

    shown["paper"].remove(f"{two.number}-{two.version}")
    page = client.post(at("request-release-rest", request_.pk), shown, follow=True)
    assert "2 papers are decided: release in full." in page.text
    decisions = dict(request_.lines.values_list("number", "decision"))
    assert decisions == {1: "full", 2: "full", 3: "withheld", 4: "", 5: "out_of_scope", 6: ""}


@pytest.mark.both_databases
def test_an_agency_is_asked_about_one_paper_and_never_learns_who_asked(line, adviser, agency):
    police = AgencyFactory(short_name="Police")
    act = {"line": line, "on": TODAY, "by": adviser, "at": NOW}
    assert (
        refusal_of(
            schedule.ask_agency, agency=police, question="THE  requester asks for this.", **act
        )
        == "The question names who asked. A consulted agency is not told."
    )
    assert refusal_of(schedule.ask_agency, agency=agency, question="May it go out?", **act) == (
        "This agency answers the request. Choose another one."
    )
    asked = schedule.ask_agency(agency=police, question="May it go out?", **act)
    assert refusal_of(schedule.ask_agency, agency=police, question="May it?", **act) == (
        "Police was already asked about this paper."
    )
    event = RequestEvent.objects.get(kind="consulted")
    assert (event.agency, event.happened_on) == (police, TODAY)
    answerer = UserFactory()
    schedule.answer_consultation(
        consultation=asked, answer="Yes", version=asked.version, by=answerer, at=NOW
    )
    assert Consultation.objects.get().answered_by == answerer


@pytest.mark.both_databases
def test_an_answer_by_email_is_recorded_with_who_answered_and_when(request_, line, adviser):
    police = AgencyFactory(short_name="Police")
    asked = Consultation.objects.create(
        line=line, agency=police, question="May it?", asked_on=date(2013, 5, 2), asked_by=adviser
    )
    act = {
        "consultation": asked, "answer": "Yes", "from_whom": "Legal adviser", "by": adviser,
        "received_on": date(2013, 5, 3), "version": 1, "at": NOW,
    }  # fmt: skip
    assert refusal_of(schedule.record_answer, **{**act, "received_on": date(2013, 5, 1)}) == (
        "The agency was asked on 2 May 2013, after that day."
    )
    assert refusal_of(schedule.record_answer, **{**act, "received_on": date(2013, 5, 23)}) == (
        "That day is in the future."
    )
    row = schedule.record_answer(**act)
    assert row.answered_as == (
        "Legal adviser, Police, by email or phone, recorded by OIA adviser (Labour)"
    )
    assert (row.answer, timezone.localdate(row.answered_at)) == ("Yes", date(2013, 5, 3))
    own = schedule.answer_consultation(
        consultation=row, answer="No", version=row.version, by=UserFactory(), at=NOW
    )
    assert refusal_of(schedule.record_answer, **{**act, "version": own.version}) == (
        "Police has given its own answer here. Ask it to change that."
    )


def test_an_agency_says_nothing_more_after_the_decision(decided, adviser):
    asked = Consultation.objects.create(
        line=decided.lines.get(),
        agency=AgencyFactory(),
        question="May it?",
        asked_on=TODAY,
        asked_by=adviser,
    )
    assert (
        refusal_of(
            schedule.answer_consultation,
            consultation=asked,
            answer="No",
            version=1,
            by=adviser,
            at=NOW,
        )
        == "This has been decided, so you can no longer answer."
    )
