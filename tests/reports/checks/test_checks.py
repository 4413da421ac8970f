"""Test each check of a briefing alone, and that a good paper passes."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from agencies.records import history
from reports import checks
from reports.checks import Gate
from reports.checks.paper_dates import called_future
from reports.clearance.services import resolve
from reports.document import Source, Verb
from reports.drafting.page import page_of
from reports.drafting.paper import composed, read_drafted
from reports.models import Briefing, Clearance
from reports.workshop.services import drafts
from tests.factories import (
    AgencyFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    DelayFactory,
    EvidenceFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, DATED, drafted

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database(reason="checks read a composed paper"),
]


@pytest.fixture
def begin(plan, item, by):
    """Draft a briefing with a complete cover from the records so far."""

    return partial(drafted, plan, item, by)


def blocking(briefing, before=Gate.AUTHORISATION):
    return checks.blocking(read_drafted(briefing), before)


def keys(found):
    return [check.key for check in found]


def shown(briefing):
    return list(briefing.draft_paragraphs.order_by("section__position", "position"))


def set_cover(briefing, **cover):
    for name, value in cover.items():
        setattr(briefing, name, value)
    history.save(briefing, by=None)
    return Briefing.objects.select_related("plan").get(pk=briefing.pk)


def test_a_good_draft_passes_every_check(begin):
    assert checks.failed_checks(read_drafted(begin())) == []


@pytest.mark.parametrize("break_it", [False, True], ids=["good", "without its Minister"])
def test_checks_are_the_same_on_a_draft_that_was_already_read(begin, by, item, update, break_it):
    briefing = begin(contact_phone="(04) 555 0100", copied_to="")
    drafts.add(briefing=briefing, section="delay", text="SENSITIVE " * 151, by=by)
    item.title = "Warn the public (IN CONFIDENCE)"
    history.save(item, by=None)
    if break_it:
        type(briefing.plan).objects.filter(pk=briefing.plan_id).update(portfolio="Nobody’s")
        briefing.plan.refresh_from_db()
    found = checks.failed_checks(read_drafted(briefing))
    assert len(found) == (3 if break_it else 7)
    assert checks.failed_checks(page_of(briefing).drafted) == found


def test_milestones_completed_in_the_period_without_evidence_are_a_warning_until_one_is_given(
    begin, item
):
    early, done = (
        MilestoneFactory(item=item, completed_on=day) for day in (date(2009, 7, 1), DATED)
    )
    found_in = begin()
    (found,) = checks.failed_checks(read_drafted(found_in))
    assert (found.key, found.words) == (
        "not-shown",
        "One milestone was completed in the period without evidence, as an annex says. (Item 1.2.)",
    )
    EvidenceFactory(milestone=done)
    # Achievements said so too.
    assert [check.key for check in checks.failed_checks(read_drafted(found_in))] == ["stale"]
    assert early.completed_on < DATED


def test_a_briefing_without_a_draft_is_stopped_without_warnings(begin, update):
    briefing = begin(contact_phone="(04) 555 0100")
    briefing.kind = None
    assert (
        keys(blocking(briefing)) == keys(checks.failed_checks(read_drafted(briefing))) == ["draft"]
    )


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        ({"copied_to": ""}, ["cover-copied_to"]),
        ({"copied_to": "N/A"}, []),
        ({"tracker_number": ""}, ["cover-tracker_number"]),
        ({"agencies_consulted": " "}, ["cover-agencies_consulted"]),
        ({"contact_phone": ""}, ["cover-contact_phone"]),
        ({"contact_phone": "", "contact_mobile": "021 555 0110"}, []),
        ({"manager_phone": ""}, ["cover-manager_phone"]),
        ({"second_contact_name": "Advisor"}, ["cover-second_contact_phone"]),
        ({"deadline": None, "for_referral_to": ""}, []),
    ],
)
def test_missing_cover_fields_stop_the_paper(begin, cover, expected):
    found = blocking(begin(**cover))
    assert keys(found) == expected
    assert all(f"cover/#id_{check.key.removeprefix('cover-')}" in check.mend_url for check in found)


def test_what_is_filled_in_on_one_page_is_one_problem_for_each_step(begin):
    briefing = begin(contact_phone="", manager_phone="", tracker_number="", agencies_consulted="")
    assert [(check.words, check.stops) for check in blocking(briefing)] == [
        (
            "Fill in the cover: the number of the first contact and the number of the authorising manager. Where there "
            "is none, write N/A.",
            Gate.CONSULTATION,
        ),
        (
            "Fill in the cover: the tracker number and which agencies were consulted. Where there is none, write N/A.",
            Gate.AUTHORISATION,
        ),
    ]


def test_agencies_consulted_are_not_required_before_the_consultation(begin):
    briefing = begin(agencies_consulted="", copied_to="")
    assert keys(blocking(briefing, Gate.CONSULTATION)) == ["cover-copied_to"]
    assert keys(blocking(briefing)) == ["cover-copied_to", "cover-agencies_consulted"]
    found = checks.count(checks.failed_checks(read_drafted(briefing)))
    assert (found.before(Gate.CONSULTATION), found.before(Gate.AUTHORISATION)) == (1, 2)
    assert [check.is_late_stop for check in blocking(briefing)] == [False, True]


def test_a_paper_that_cannot_be_composed_is_stopped(begin):
    briefing = set_cover(begin(), dated=date(2030, 1, 1))
    type(briefing.plan).objects.filter(pk=briefing.plan_id).update(portfolio="Nobody’s")
    briefing.plan.refresh_from_db()
    found = checks.failed_checks(read_drafted(briefing))
    assert keys(found) == ["paper"]
    assert found[0].words.startswith("Nobody is recorded as Nobody’s")


def test_a_return_of_the_period_not_accepted_by_the_papers_date_stops_it(begin, plan, police):
    round = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    row = ReturnFactory(round=round, agency=police)
    briefing = begin()
    (check,) = blocking(briefing)
    assert check.key == f"return-{row.pk}"
    # Only its agency reads a return before it is submitted; the link leads to the round.
    assert (check.url, check.mend_url) == (
        f"/plans/{plan.slug}/returns/{round.pk}/#return-{police.pk}",
        "",
    )
    row.state, row.submitted_at = "submitted", BEFORE
    row.save()
    assert blocking(briefing)[0].mend_url == row.get_absolute_url()
    row.state, row.accepted_on = "accepted", date(2010, 7, 31)
    row.save()
    assert keys(blocking(briefing)) == [f"return-{row.pk}"]
    row.accepted_on = DATED
    row.save()
    assert blocking(briefing) == []


def test_accepted_returns_of_a_round_that_ends_after_the_period_are_warned_of(begin, plan, police):
    later = RoundFactory(
        plan=plan, name="July", period_start=date(2010, 7, 1), period_end=date(2010, 7, 31)
    )
    ReturnFactory(round=later, agency=AgencyFactory(), state="due")
    briefing = begin()
    assert f"later-{later.pk}" not in keys(checks.failed_checks(read_drafted(briefing)))
    ReturnFactory(
        round=later, agency=police, state="accepted", submitted_at=datetime(2010, 7, 1, tzinfo=UTC),
        accepted_on=date(2010, 7, 1),
    )  # fmt: skip
    found = {check.key: check.words for check in checks.failed_checks(read_drafted(briefing))}
    assert found[f"later-{later.pk}"] == (
        "1 accepted return of “July” is left out, because that round ends after the period."
    )


def test_a_return_of_another_period_is_ignored(begin, plan, police):
    round = RoundFactory(plan=plan, period_start=date(2009, 1, 1), period_end=date(2009, 6, 30))
    ReturnFactory(round=round, agency=police)
    assert blocking(begin()) == []


def test_a_late_milestone_needs_a_cause_and_a_mitigation(begin, item):
    step = MilestoneFactory(
        item=item,
        number=1,
        description="Brochure printed",
        original_due=date(2010, 3, 31),
        agreed_due=date(2010, 3, 31),
        forecast_due=date(2010, 9, 30),
    )
    briefing = begin()
    (check,) = blocking(briefing)
    assert check.words == (
        "“Brochure printed” (item 1.2) is late on 30 July 2010 without a cause recorded by that day."
    )
    assert check.url == f"/plans/{item.plan.slug}/items/1.2/#milestone-1"
    assert check.remedy == (
        "Ask Police to record it, or record what it told you. What is recorded after that day counts once the "
        "briefing is dated later."
    )
    delay = DelayFactory(milestone=step, found_on=date(2010, 4, 1))
    assert "without a mitigation" in blocking(briefing)[0].words
    MitigationFactory(delay=delay)
    assert blocking(briefing) == []


@pytest.mark.parametrize(
    ("typed", "marking", "is_stopped"),
    [
        ("Told by Police (IN CONFIDENCE).", "UNCLASSIFIED", True),
        ("Told by Police (IN-CONFIDENCE).", "IN CONFIDENCE", False),
        ("[SENSITIVE] Told by Police.", "IN CONFIDENCE", True),
        ("SECRET: told by Police.", "SENSITIVE", True),
        ("A sensitive matter, told in confidence; no secret.", "UNCLASSIFIED", False),
    ],
)
def test_text_with_a_higher_marking_stops_the_paper(begin, by, typed, marking, is_stopped):
    briefing = begin(marking=marking)
    row = drafts.add(briefing=briefing, section="delay", text=typed, by=by)
    assert keys(blocking(briefing)) == [f"marking-{row.key}"] * is_stopped
    drafts.hide(briefing=briefing, key=row.key, by=by)
    assert blocking(briefing) == []


def test_a_higher_marking_of_a_source_counts_although_the_text_was_edited(begin, by):
    briefing = begin()
    row = shown(briefing)[0]
    row.taken = [{**row.taken[0], "text": "(SENSITIVE) As told."}]
    row.save()
    drafts.edit(briefing=briefing, key=row.key, text="As told.", version=1, by=by)
    assert f"marking-{row.key}" in keys(blocking(briefing))


def test_a_marking_in_an_annex_stops_the_paper(begin, item):
    item.title = "Print a brochure (IN CONFIDENCE)"
    history.save(item, by=None)
    found = [check for check in blocking(begin()) if "annex" in check.words]
    assert [check.words for check in found] == [
        "The annex “Work items” has text marked IN CONFIDENCE, but the paper is UNCLASSIFIED."
    ]


def test_a_reference_to_a_hidden_paragraph_stops_the_paper(begin, by):
    briefing = begin()
    rows = shown(briefing)
    first = rows[0].key
    added = drafts.add(briefing=briefing, section="delay", text="As in {1}.", by=by)
    assert blocking(briefing) == []
    drafts.hide(briefing=briefing, key=first, by=by)
    (check,) = blocking(briefing)
    assert check.key == f"reference-{added.key}"
    assert check.url.endswith(f"#{added.key}")


def test_an_unresolved_comment_stops_only_authorisation(begin, police, by):
    briefing = begin()
    comment = ClearanceCommentFactory(
        clearance=ClearanceFactory(briefing=briefing, agency=police), key=shown(briefing)[0].key
    )
    (check,) = blocking(briefing)
    assert check.words == "A comment of Police is not resolved (paragraph 1)."
    assert check.url.endswith(f"/clearance/#comment-{comment.pk}")
    assert blocking(briefing, Gate.CONSULTATION) == []
    resolve(comment=comment, resolution="It says so now.", by=by, at=BEFORE)
    assert blocking(briefing) == []


def test_a_paper_without_a_recommendation_is_stopped(begin):
    briefing = begin()
    briefing.draft_asks.update(is_hidden=True)
    assert keys(blocking(briefing)) == ["recommendation"]


@pytest.mark.parametrize(
    ("settlement", "verb", "is_found"),
    [
        ("needs_decision", "note", True),
        ("needs_decision", "forward", True),
        ("needs_decision", "agree", False),
        ("being_settled", "note", False),
    ],
)
def test_a_decision_that_the_paper_needs_and_nobody_is_asked_for_is_found(
    begin, item, settlement, verb, is_found
):
    item.is_key = True
    step = MilestoneFactory(item=item, agreed_due=date(2010, 5, 31), forecast_due=date(2011, 6, 30))
    by = item.lead_agency if settlement == "being_settled" else None
    delay = DelayFactory(milestone=step, settlement=settlement, settling_agency=by)
    MitigationFactory(delay=delay)
    briefing = begin()
    briefing.draft_asks.update(verb=verb)
    found = [
        (check.words, check.place)
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key == "decisions"
    ]
    assert found == is_found * [
        (
            "The paper says that the new date of item 1.2 needs a decision, and asks the Minister for none.",
            "Recommendations",
        )
    ]


@pytest.fixture
def begun_on_a_decision(plan, item, by):
    """A draft that begins with a recommendation on the decision that the new date of its item needs."""
    item.is_key = True
    step = MilestoneFactory(item=item, agreed_due=date(2010, 5, 31), forecast_due=date(2011, 6, 30))
    delay = DelayFactory(milestone=step, settlement="needs_decision", needs="a second tender")
    MitigationFactory(delay=delay)
    return drafted(plan, item, by, with_asks=True), delay


def of_asks(briefing):
    found = checks.failed_checks(read_drafted(briefing))
    return [
        (check.words, check.place)
        for check in found
        if check.key == "decisions" or check.key.startswith("ask-")
    ]


def test_a_draft_begins_with_the_decisions_that_new_dates_need_and_its_cover_stays_as_it_was(
    begun_on_a_decision,
):
    briefing, _delay = begun_on_a_decision
    first, last = briefing.draft_asks.order_by("position")
    assert (first.verb, first.text) == (
        "note",
        "that the new date for printing a brochure (1.2, not before June 2011) depends on a second tender",
    )
    assert (last.text, briefing.action_sought) == (
        "the contents of this paper",
        "For your information",
    )
    assert of_asks(briefing) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", "who takes it"),
        # As drafts from before have it.
        (" (no day is set)", "who takes it and by when it is needed"),
    ],
)
def test_a_recommendation_on_a_decision_that_does_not_say_who_takes_it_or_by_when_is_found(
    begun_on_a_decision, text, missing
):
    briefing, _delay = begun_on_a_decision
    ask = briefing.draft_asks.order_by("position")[0]
    ask.text += text
    ask.save()
    found = [
        check
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key == f"incomplete-{ask.key}"
    ]
    assert [(check.words, check.place) for check in found] == [
        (
            f"Recommendation 1 is on a decision, and does not say {missing}.",
            "Recommendation 1",
        )
    ]


def test_items_at_risk_of_which_no_record_says_why_are_one_warning(begin, item, update):
    item.confidence = "at_risk"
    history.save(item, by=None, at=BEFORE)
    briefing = begin()
    (check,) = [
        each for each in checks.failed_checks(read_drafted(briefing)) if each.key == "unexplained"
    ]
    assert check.words == "1.2 is at risk, and no record says why."
    update.challenges = "Trained staff leave."
    history.save(update, by=None, at=BEFORE)
    assert "unexplained" not in keys(checks.failed_checks(read_drafted(briefing)))


def test_a_recommendation_that_no_longer_agrees_with_the_records_is_found_unless_it_was_edited(
    begun_on_a_decision, by
):
    briefing, delay = begun_on_a_decision
    key = briefing.draft_asks.order_by("position")[0].key
    delay.needs = "a third tender"
    history.save(delay, by=None, at=BEFORE)
    start = "Recommendation 1 no longer agrees with the records. They say: note that the new date"
    assert of_asks(briefing) == [
        (
            f"{start} for printing a brochure (1.2, not before June 2011) depends on a third tender.",
            "Recommendation 1",
        )
    ]
    delay.settlement, delay.needs = "settled", ""
    history.save(delay, by=None, at=BEFORE)
    assert of_asks(briefing) == [
        ("Recommendation 1 no longer follows from the records.", "Recommendation 1")
    ]
    drafts.save_ask(
        briefing=briefing,
        key=key,
        verb=Verb.NOTE,
        text="that the tender is done",
        options="",
        version=1,
        by=by,
    )
    assert of_asks(briefing) == []


def test_that_the_minister_is_asked_for_no_decision_comes_first(begun_on_a_decision, by):
    briefing, _delay = begun_on_a_decision
    drafts.hide_ask(briefing=briefing, key=briefing.draft_asks.order_by("position")[0].key, by=by)
    assert checks.failed_checks(read_drafted(briefing))[0].key == "decisions"


def test_long_paragraphs_give_a_warning_and_long_lists_do_not(begin, by):
    briefing = begin()
    long = drafts.add(briefing=briefing, section="delay", text="word " * 151, by=by)
    drafts.add(briefing=briefing, section="delay", text="word " * 150, by=by)
    bullets = "\n".join(f"- {'word ' * 100}" for _ in range(3))
    drafts.add(briefing=briefing, section="delay", text=f"A list:\n{bullets}", by=by)
    assert keys(checks.failed_checks(read_drafted(briefing))) == [f"long-{long.key}"]


def test_an_edited_paragraph_gives_a_warning_when_the_records_change(begin, by, plan):
    briefing = begin()
    row = shown(briefing)[1]
    drafts.edit(briefing=briefing, key=row.key, text="Our own words.", version=1, by=by)
    assert checks.failed_checks(read_drafted(briefing)) == []
    WorkItemFactory(
        plan=plan, number="1.3", title="Another", lead_agency=row.briefing.plan.coordinating_agency
    )
    assert f"drift-{row.key}" in keys(checks.failed_checks(read_drafted(briefing)))


def test_an_outdated_generated_paragraph_gives_a_warning_until_it_is_updated(begin, by, plan):
    briefing = begin()
    WorkItemFactory(plan=plan, number="1.3", title="Another", lead_agency=plan.coordinating_agency)
    assert [(check.key, check.words) for check in checks.failed_checks(read_drafted(briefing))] == [
        ("stale", "Paragraph 2 differs from the records. Update the draft.")
    ]
    drafts.refresh(briefing=briefing, composed=composed(briefing), by=by)
    assert checks.failed_checks(read_drafted(briefing)) == []


@pytest.fixture
def update(plan, item, police):
    round = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    accepted = ReturnFactory(
        round=round,
        agency=police,
        state="accepted",
        submitted_at=datetime(2010, 7, 1, tzinfo=UTC),
        accepted_on=date(2010, 7, 1),
    )
    return UpdateFactory(
        of_return=accepted,
        item=item,
        achieved="Police printed the brochure in ten languages.",
        key_achievement="yes",
    )


def test_a_key_achievement_in_no_paragraph_gives_a_warning(begin, by, update):
    briefing = begin()
    assert checks.failed_checks(read_drafted(briefing)) == []
    row = next(row for row in shown(briefing) if "Police printed" in row.text)
    drafts.hide(briefing=briefing, key=row.key, by=by)
    assert keys(checks.failed_checks(read_drafted(briefing))) == [
        "unused",
        "unprinted",
    ]


def test_key_achievements_in_no_paragraph_are_in_one_warning_without_the_items_named_as_complete(
    begin, by, plan, update
):
    others = [
        WorkItemFactory(plan=plan, number=f"1.{n}", lead_agency=update.item.lead_agency)
        for n in (3, 4)
    ]
    for other in others:
        UpdateFactory(
            of_return=update.of_return,
            item=other,
            key_achievement="yes",
            achieved=f"Built {other.number}.",
        )
        history.save(other, by=None, at=BEFORE)
    briefing = begin()
    for row in shown(briefing):
        if row.section.content == "achievements":
            drafts.hide(briefing=briefing, key=row.key, by=by)
    done = {"model": "workitems.workitem", "pk": others[1].pk, "history_id": 1, "label": "Item"}
    drafts.add(
        briefing=briefing,
        section="achievements",
        text="It is complete.",
        by=by,
        sources=(Source(**done),),
    )
    (words,) = [
        check.words
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key == "unused"
    ]
    assert words == (
        "No paragraph mentions the key achievements that are reported on items 1.2 (Police) and 1.3 (Police)."
    )


@pytest.mark.parametrize(
    ("text", "is_unused"),
    [
        ("In May 61 people asked for the brochure.", False),
        ("The brochure has been delayed.", True),
    ],
)
def test_a_key_achievement_is_mentioned_by_a_paragraph_of_its_item_in_other_words(
    begin, by, update, text, is_unused
):
    update.achieved = "The brochure was released and 61 people asked for it (i.e. 61 in all)."
    history.save(update, by=None, at=BEFORE)
    briefing = begin()
    for row in shown(briefing):
        if row.section.content == "achievements":
            drafts.hide(briefing=briefing, key=row.key, by=by)
    source = Source("workitems.workitem", update.item_id, 1, "Item")
    drafts.add(briefing=briefing, section="delay", text=text, by=by, sources=(source,))
    keys = [check.key for check in checks.failed_checks(read_drafted(briefing))]
    assert ("unused" in keys) == is_unused


def test_the_same_phone_number_given_twice_gives_a_warning(begin):
    found = checks.failed_checks(read_drafted(begin(contact_phone="(04) 555 0100")))
    assert [check.words for check in found] == [
        "The cover gives one number for the first contact and the authorising manager."
    ]
    briefing = set_cover(
        found and Briefing.objects.get(),
        contact_phone="(04) 555 0110",
        contact_mobile="04 555 0110",
    )
    found = checks.failed_checks(read_drafted(briefing))
    assert [check.words for check in found] == [
        "The cover gives one number twice for the first contact."
    ]


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("Police will publish it by 30 June 2010.", ["30 June 2010"]),
        ("Publication is planned for March 2010.", ["March 2010"]),
        ("It is expected by 31 August 2010.", []),
        ("It is expected between April and June 2010.", ["April and June 2010"]),
        ("It is planned for April to June 2010.", ["April to June 2010"]),
        ("It is expected by the end of June 2010.", ["June 2010"]),
        ("It is planned for July–September 2010.", []),
        ("It will be done in July 2010.", []),
        ("It was planned for March 2010 and is done.", []),
        ("Police will build on the work agreed in March 2010.", []),
        ("It was due on 31 March 2010 and is now expected by 31 December 2010.", []),
        ("It was due by 31 March 2010 and then expected by May 2010.", []),
        ("Police will, from 1 August 2010, hand it out.", []),
        ("It is to open on 1 May 2010; the rest follows.", ["1 May 2010"]),
        ("It will be done by 31 February 2010.", ["31 February 2010"]),
        ("They will meet again. It was held on 3 May 2010.", []),
    ],
)
def test_past_dates_written_as_future_are_found(text, past):
    assert list(called_future(text, DATED)) == past


# --- clearance ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["in_consultation", "awaiting"])
def test_an_agency_that_has_not_answered_gives_a_warning(begin, police, by, state):
    briefing = set_cover(begin(), state=state)
    row = ClearanceFactory(briefing=briefing, agency=police)
    (check,) = of_clearances(briefing)
    assert (check.key, check.words) == (
        f"clearance-{row.pk}",
        "Police has not answered. Its answer is due on 15 July 2010.",
    )
    Clearance.objects.update(reopened_because="Paragraph 2 was changed.")
    (again,) = of_clearances(briefing)
    assert again.words == (
        "Police has not answered. It was asked again because what it cleared has changed. Its "
        "answer is due on 15 July 2010."
    )
    assert again.about != check.about
    Clearance.objects.update(
        answer="concurs", answered_as="A", answered_by=by, answered_at=BEFORE, reopened_because=""
    )
    assert of_clearances(briefing) == []


def of_acronyms(briefing):
    found = checks.failed_checks(read_drafted(briefing))
    return [check for check in found if check.key.startswith("acronym")]


def test_acronyms_that_the_paper_does_not_explain_are_in_one_warning(begin, plan, by, police):
    briefing = begin()
    text = f"INZ and RSEs met {police.short_name}, the UN and the district health board (DHB)."
    drafts.add(briefing=briefing, section="delay", text=f"{text} The DHB agreed.", by=by)
    (check,) = of_acronyms(briefing)
    assert check.words == "The paper does not say what INZ and RSE mean."
    assert check.remedy == "Enter them in the glossary, or write them out."
    assert check.mend_url == f"/plans/{plan.slug}/glossary/?acronyms=INZ+RSE"
    GlossaryEntryFactory(plan=plan, acronym="INZ", words="")
    (check,) = of_acronyms(briefing)
    assert check.words == "The paper does not say what RSE means."
    assert check.remedy == "Enter it in the glossary, or write it out."
    GlossaryEntryFactory(plan=plan, acronym="RSE", words="")
    assert of_acronyms(briefing) == []


def test_a_paragraph_that_uses_an_acronym_before_it_is_written_out_is_named(begin, plan, by):
    briefing = begin()
    for text in ("The CNS is old.", "The customs notification system (CNS) waits.", "The CNS."):
        drafts.add(briefing=briefing, section="purpose", text=text, by=by)
    assert of_acronyms(briefing) == []
    GlossaryEntryFactory(plan=plan)
    first = shown(briefing)[0]
    (check,) = of_acronyms(briefing)
    assert (check.key, check.paragraph) == (f"acronym-{first.key}", first.key)
    assert check.words == "Paragraph 1 uses CNS, not written out there or before."


def test_a_text_whose_acronym_is_written_out_counts_as_printed(begin, plan, item, update):
    GlossaryEntryFactory(plan=plan)
    update.achieved = "The CNS and its users were trained in all ports of the country."
    update.key_achievement = "yes"
    history.save(update, by=None, at=BEFORE)
    briefing = begin()
    assert any("customs notification system (CNS)" in row.text for row in shown(briefing))
    assert checks.failed_checks(read_drafted(briefing)) == []


def of_clearances(briefing):
    return [
        check
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key.startswith("clearance-")
    ]


def test_the_checks_take_a_fixed_number_of_queries(
    begin, plan, police, by, update, django_assert_num_queries
):
    briefing = begin()
    with django_assert_num_queries(QUERIES):
        checks.failed_checks(read_drafted(briefing))
    for number in range(3, 6):
        item = WorkItemFactory(plan=plan, number=f"1.{number}", lead_agency=police)
        MilestoneFactory(item=item, number=1, agreed_due=date(2010, 3, 31))
        drafts.add(briefing=briefing, section="delay", text="More.", by=by)
    # Of a draft that differs from the records it is read which records have changed; that the plan is not audited is known,
    # and that nothing waits.
    with django_assert_num_queries(QUERIES + 4):
        assert len(checks.failed_checks(read_drafted(briefing))) > 3


QUERIES = 30


def test_a_tracker_number_may_be_missing_until_authorisation(begin):
    briefing = begin(tracker_number="")
    assert blocking(briefing, Gate.CONSULTATION) == []
    [check] = blocking(briefing)
    assert check.words == "Fill in the cover: the tracker number."


def test_a_new_date_that_has_passed_is_no_date_to_measure_actions_by(begin, item):
    late = MilestoneFactory(
        item=item, number=9, agreed_due=date(2010, 1, 31), forecast_due=date(2010, 3, 31)
    )
    delay = DelayFactory(milestone=late, meanwhile="Motels are used until February 2010")
    MitigationFactory(delay=delay, due_on=date(2011, 7, 31))
    found = [each.key for each in checks.failed_checks(read_drafted(begin()))]
    starts = ("bridge-", "after-", "until-")
    assert [key for key in found if key.startswith(starts)] == []


def test_a_milestone_expected_before_what_was_to_come_first_is_found(begin, item):
    first = MilestoneFactory(
        item=item, number=8, agreed_due=date(2011, 1, 31), forecast_due=date(2011, 6, 30)
    )
    then = MilestoneFactory(
        item=item,
        number=9,
        agreed_due=date(2011, 3, 31),
        forecast_due=date(2011, 3, 31),
        forecast_known_to="quarter",
    )
    found = [
        check
        for check in checks.failed_checks(read_drafted(begin()))
        if check.key.startswith("order-")
    ]
    assert [(check.key, check.words) for check in found] == [
        (
            f"order-{then.pk}",
            f"Milestone 9 of item {item.number} is expected between January and March 2011, but milestone "
            f"{first.number}, which was to come before it, only on 30 June 2011.",
        )
    ]


def test_days_of_actions_that_contradict_the_new_date_are_found(begin, item):
    late = MilestoneFactory(
        item=item, number=9, agreed_due=date(2010, 5, 31), forecast_due=date(2011, 6, 30)
    )
    delay = DelayFactory(milestone=late, meanwhile="Motels are used until March 2011")
    action = MitigationFactory(delay=delay, due_on=date(2011, 7, 31))
    found = {each.key: each.words for each in checks.failed_checks(read_drafted(begin()))}
    start = f"Milestone 9 of item {item.number}:"
    assert found[f"after-{action.pk}"] == (
        f"{start} An action against the delay is due on 31 July 2011, after the new date, 30 June 2011."
    )
    assert found[f"until-{delay.pk}"] == (
        f"{start} What covers the gap ends by March 2011, and the new date is 30 June 2011."
    )
    assert f"bridge-{late.pk}" not in found


def test_a_cause_that_does_not_explain_its_delay_and_an_action_with_two_dates_are_found(
    begin, item
):
    late = MilestoneFactory(
        item=item, number=9, agreed_due=date(2010, 6, 30), forecast_due=date(2011, 6, 30)
    )
    delay = DelayFactory(milestone=late, explanation="The staff were away for three months.")
    action = MitigationFactory(
        delay=delay, description="Hire two trainers by March 2011", due_on=date(2011, 2, 28)
    )
    found = {each.key: each.words for each in checks.failed_checks(read_drafted(begin()))}
    start = f"Milestone 9 of item {item.number}:"
    assert found[f"span-{delay.pk}"] == (
        f"{start} The cause lasted “for three months”, and the milestone will be a year late. What takes the rest?"
    )
    assert found[f"dates-{action.pk}"] == (
        f"{start} Its text says by the end of March 2011, and its date is 28 February 2011."
    )


def test_an_action_that_is_due_at_the_time_until_which_its_cause_lasts_is_asked_about(begin, item):
    late = MilestoneFactory(
        item=item, number=9, agreed_due=date(2010, 6, 30), forecast_due=date(2011, 6, 30)
    )
    delay = DelayFactory(
        milestone=late, explanation="Nothing can be sent before the law changes in February 2011."
    )
    action = MitigationFactory(delay=delay, due_on=date(2011, 2, 28))
    found = {each.key: each.words for each in checks.failed_checks(read_drafted(begin()))}
    assert found[f"same-{action.pk}"] == (
        f"Milestone 9 of item {item.number}: The cause lasts until February 2011, and an action against it is due on "
        "28 February 2011. Which of them comes first?"
    )


def test_an_effect_that_ends_before_the_agreed_date_is_asked_about(begin, item):
    late = MilestoneFactory(
        item=item, number=9, agreed_due=date(2010, 7, 1), forecast_due=date(2011, 6, 30)
    )
    delay = DelayFactory(milestone=late, effect="Families wait through the summer of 2008/09.")
    found = {each.key: each.words for each in checks.failed_checks(read_drafted(begin()))}
    assert found[f"effect-{delay.pk}"] == (
        f"Milestone 9 of item {item.number}: What the delay means names 2008/09, which is over before the agreed date, "
        "1 July 2010. It is left out: which years does the delay cost?"
    )
