"""Test saving a return: as a whole page, and by section as the script does."""

import re
from datetime import date

import pytest

from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    SupportFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, NOW, SLIPPED_AGAIN, TODAY, YESTERDAY, newest
from tests.workitems.returns.posting import LATE, address_of, save
from workitems.models import Update
from workitems.plan.services import items
from workitems.returns.services import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def writer(client_of, contributor):
    client = client_of(contributor)
    client.user = contributor
    return client


def typed(item, version=0, **said):
    """Return the fields of one section as a browser posts them."""
    values = {
        "version": version,
        "stage": item.stage,
        "confidence": item.confidence,
        "achieved": "",
        "planned_next": "",
        "challenges": "",
        "key_achievement": "no",
        **said,
    }
    return {f"i{item.pk}-{name}": value for name, value in values.items()}


def asked(milestone, **said):
    """Return the fields of one milestone as a browser posts them."""
    names = ["outcome", "completed_on", "shown_by", "forecast_due", "reason", "cause", "effect"]
    values = dict.fromkeys([*names, "mitigation", "mitigation_due_on"], "")
    values |= {"version": milestone.version, "owner_agency": milestone.responsible_agency_id}
    return {f"m{milestone.pk}-{name}": value for name, value in (values | said).items()}


def answer(of_return, item, by, **said):
    values = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed.", **said}
    return rounds.write_update(of_return=of_return, item=item, by=by, at=NOW, **values)


def submit(of_return, by):
    return rounds.submit(of_return=of_return, by=by, on=TODAY, at=NOW)


def words_of(html):
    return " ".join(html.split())


def words(of_return, item):
    update = of_return.updates.filter(item=item).first()
    return update and (update.achieved, update.planned_next, update.challenges)


# --- the whole page, without JavaScript --------------------------------------------------------


def test_one_button_saves_every_section_that_was_changed(writer, of_return, item):
    other = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    untouched = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.4")
    response = writer.post(
        of_return.get_absolute_url(),
        {
            "act": "save",
            **typed(item, achieved="Printed."),
            **typed(other, planned_next="Begin."),
            **typed(untouched),
        },
    )
    assert (response.status_code, response.url) == (302, of_return.get_absolute_url())
    assert words(of_return, item) == ("Printed.", "", "")
    assert words(of_return, other) == ("", "Begin.", "")
    assert words(of_return, untouched) is None


def test_submitting_an_unchanged_page_saves_nothing_and_says_so(writer, of_return, item):
    response = writer.post(
        of_return.get_absolute_url(), {"act": "save", **typed(item)}, follow=True
    )
    assert "There was nothing new to save." in response.text
    assert of_return.updates.count() == 0


def test_sending_the_same_page_twice_makes_one_answer(writer, of_return, item):
    data = {"act": "save", **typed(item, achieved="Printed.\r\nAll of it.")}
    for _ in range(2):
        assert writer.post(of_return.get_absolute_url(), data).status_code == 302
    update = of_return.updates.get()
    assert (update.achieved, update.version) == ("Printed.\nAll of it.", 1)
    assert update.history.count() == 1


def test_input_is_kept_when_another_section_has_an_error(writer, of_return, item):
    """Valid input is saved; invalid input is shown again as typed."""
    other = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    response = writer.post(
        of_return.get_absolute_url(),
        {
            "act": "save",
            **typed(item, achieved="Printed."),
            **typed(other, achieved="x" * 5001, challenges="Staff <left>."),
        },
    )
    assert response.status_code == 422
    assert words(of_return, item) == ("Printed.", "", "")
    assert words(of_return, other) is None
    assert "x" * 5001 in response.text
    assert "Staff &lt;left&gt;." in response.text
    assert ">\nPrinted.</textarea>" in response.text
    assert "<title>Error: " in response.text
    assert f'href="#id_i{other.pk}-achieved"' in response.text


def test_an_answer_is_saved_although_its_milestone_has_an_error(writer, of_return, item, milestone):
    """Saving the page again must not report the user's own answer as a conflict."""
    page = of_return.get_absolute_url()
    first = typed(item, achieved="Printed.") | asked(milestone, outcome="done")
    response = writer.post(page, {"act": "save", **first})
    assert response.status_code == 422
    assert "Enter the day it was done." in response.text
    (entry,) = response.context["led"]
    assert entry.form["version"].value() == 1
    again = typed(item, version=1, achieved="Printed twice.") | asked(
        milestone, outcome="done", completed_on="28 May 2010"
    )
    assert writer.post(page, {"act": "save", **again}).status_code == 302
    assert words(of_return, item) == ("Printed twice.", "", "")
    said = of_return.milestone_answers.get()
    assert (said.milestone, said.outcome, said.day) == (milestone, "done", date(2010, 5, 28))


def test_an_item_added_after_the_page_was_loaded_is_not_an_error(writer, of_return, item):
    response = writer.post(of_return.get_absolute_url(), {"act": "save"})
    assert response.status_code == 302


def test_an_item_with_an_error_stays_open_among_many(writer, of_return, item):
    """Of a long return only the first items have their fields; what was typed is shown all the same."""
    others = [
        WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number=f"1.{n}")
        for n in range(3, 16)
    ]
    data = typed(item, achieved="Printed.") | typed(others[-1], achieved="x" * 5001)
    response = writer.post(of_return.get_absolute_url(), {"act": "save", **data})
    assert response.status_code == 422
    assert "x" * 5001 in response.text
    assert f'href="#id_i{others[-1].pk}-achieved"' in response.text
    assert words(of_return, item) == ("Printed.", "", "")


def test_a_long_return_is_submitted_with_what_was_read_of_closed_items(
    client_of, of_return, item, contributor, approver
):
    items = [item] + [
        WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number=f"1.{n}")
        for n in range(3, 16)
    ]
    for each in items:
        answer(of_return, each, contributor)
    client, address = client_of(approver), of_return.get_absolute_url()
    page = client.get(address).text
    versions = dict(re.findall(r'type="hidden" name="(i\d+-version)" value="(\d+)"', page))
    assert len(versions) == len(items)
    answer(of_return, items[-1], contributor, achieved="Pulped.", version=1)
    said = client.post(address, {"act": "submit", **versions}, follow=True).text
    assert "Item 1.15 was changed while you were reading. Read it again, then submit." in said
    versions[f"i{items[-1].pk}-version"] = "2"
    said = client.post(address, {"act": "submit", **versions}, follow=True).text
    assert "Submitted. We’ll email a receipt to you and the agency’s contributors." in said


def test_pressing_enter_in_a_field_saves_the_page(writer, of_return, item):
    """The first button of a form is the one that Enter presses."""
    page = writer.get(of_return.get_absolute_url()).text
    first = page[page.index("data-return") :].split("<button", 2)[1]
    assert 'name="act" value="save"' in first


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_text_typed_into_a_return_locked_meanwhile_is_shown(
    writer, of_return, item, milestone, state
):
    data = typed(item, achieved="Printed in Suva.") | asked(milestone, **LATE)
    of_return.state = state
    of_return.accepted_on = TODAY if state == "accepted" else None
    of_return.submitted_at = NOW
    of_return.save()
    response = writer.post(of_return.get_absolute_url(), {"act": "save", **data})
    assert response.status_code == 422
    assert f"Item 1.2 is not saved: the return was {state} meanwhile." in response.text
    for kept in ("What you typed is not saved", "Printed in Suva.", "Another printer."):
        assert kept in response.text
    assert of_return.updates.count() == 0
    milestone.refresh_from_db()
    assert milestone.version == 1


def test_a_closed_round_accepts_no_answer(writer, of_return, item, coordinator):
    rounds.close_round(round=of_return.round, by=coordinator, at=NOW)
    status, told = save(writer, of_return, item, **typed(item, achieved="Printed."))
    sentence = (
        "Item 1.2 is not saved: the round is closed. Copy your text before you leave this page."
    )
    assert (status, told["refusals"]) == (422, [sentence])
    assert of_return.updates.count() == 0


def closed(of_return, milestone, by):
    rounds.close_round(round=of_return.round, by=by, at=NOW)
    return "the round is closed"


def handed_in(of_return, milestone, by):
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    milestone.completed_on = TODAY
    milestone.save()
    return "the return was submitted meanwhile"


def done(of_return, milestone, by):
    milestone.completed_on = TODAY
    milestone.save()
    return "it was completed or withdrawn, or went to another agency"


@pytest.mark.parametrize("meanwhile", [closed, done, handed_in])
@pytest.mark.parametrize("by_script", [True, False])
def test_what_was_typed_on_a_milestone_that_is_gone_is_refused_and_shown(
    writer, of_return, item, milestone, coordinator, meanwhile, by_script
):
    data = asked(milestone, **LATE)
    why = meanwhile(of_return, milestone, coordinator)
    sentence = f"“{milestone}” is not saved: {why}. Copy your text before you leave this page."
    if by_script:
        status, told = save(writer, of_return, item, milestone=milestone.pk, **data)
        assert (status, told["milestone"]) == (422, None), "the page keeps what was typed"
        assert sentence in told["refusals"]
    else:
        page = writer.post(of_return.get_absolute_url(), {"act": "save", **data})
        assert page.status_code == 422
        for kept in (sentence, "What you typed is not saved", "Another printer."):
            assert kept in page.text
    assert of_return.milestone_answers.count() == 0


def test_a_mitigation_that_is_done_in_a_closed_round_is_refused(
    writer, of_return, item, delayed, coordinator
):
    mitigation = delayed.delays.get().mitigations.get()
    data = asked(delayed) | {f"x{mitigation.pk}-done_on": "31 May 2010"}
    closed(of_return, delayed, coordinator)
    status, told = save(writer, of_return, item, milestone=delayed.pk, **data)
    assert (status, told["milestone"]) == (422, None)
    assert told["refusals"][0].startswith(f"“{mitigation.description}” is not saved: the round is")


def test_an_answer_without_words_is_no_answer(writer, of_return, item, contributor):
    answer(of_return, item, contributor)
    status, told = save(writer, of_return, item, **typed(item, version=1, achieved=""))
    assert (status, told["is_answered"], told["progress"]) == (
        *(200, False),
        {"answered": 0, "total": 1},
    )
    page = writer.get(of_return.get_absolute_url())
    assert ("0 of 1 item answered" in page.text, page.context["page"].answered) == (True, 0)


# --- one section, as the script sends it --------------------------------------------------------


def test_a_section_saves_alone_and_lists_what_is_still_missing(writer, of_return, item):
    WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    MilestoneFactory(item=item, description="Brochure printed", agreed_due=YESTERDAY, pk=77)
    status, told = save(writer, of_return, item, **typed(item, achieved=" Printed. "))
    assert status == 200
    assert "Not marked as a key achievement" in told.pop("in_briefing")
    assert told == {
        "version": 1,
        "answer": {
            f"i{item.pk}-stage": "under_way",
            f"i{item.pk}-confidence": "on_track",
            f"i{item.pk}-achieved": "Printed.",
            f"i{item.pk}-planned_next": "",
            f"i{item.pk}-challenges": "",
            f"i{item.pk}-key_achievement": "no",
        },
        "saved_at": "9:30 a.m.",
        "is_answered": True,
        "no_change": False,
        "progress": {"answered": 1, "total": 2},
        "mended": "",
        "newest_note": 0,
        "missing": [
            {
                "says": "Item 1.2: is “Brochure printed” done, or not yet? If not yet, record the delay "
                "and what is done about it.",
                "target": "milestone-77",
            }
        ],
        "empty": "",
        "errors": {},
        "refusals": [],
        "theirs": None,
        "milestone": None,
    }
    assert newest(of_return.updates.get()) == ("+", "Police contributor (Police)", "")


def test_an_unchanged_section_is_not_an_answer(writer, of_return, item):
    status, told = save(writer, of_return, item, **typed(item))
    assert (status, told["is_answered"], told["version"]) == (200, False, 0)
    assert [fault["target"] for fault in told["missing"]] == [f"id_i{item.pk}-achieved"]


def test_errors_of_a_section_are_reported_by_field(writer, of_return, item):
    wrong = typed(item, stage="withdrawn", challenges="x" * 5001)
    status, told = save(writer, of_return, item, **wrong)
    assert status == 422
    assert told["errors"] == {
        f"i{item.pk}-stage": ["That is no longer in the list. Choose from the list."],
        f"i{item.pk}-challenges": [
            "Challenges is 1 character too long. The limit is 5,000 characters."
        ],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_saving_a_section_takes_the_same_queries_for_any_number_of_items(
    writer, of_return, item, count, django_assert_num_queries
):
    for n in range(count):
        other = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number=f"2.{n}")
        DelayFactory(milestone=MilestoneFactory(item=other, agreed_due=YESTERDAY))
    save(writer, of_return, item, **typed(item, achieved="Written."))
    data = typed(item, version=1, achieved="Printed.")
    with django_assert_num_queries(22):  # 18, and four for two transactions
        assert save(writer, of_return, item, **data)[0] == 200


def test_an_item_of_another_agency_is_not_found_in_this_return(writer, of_return, item, customs):
    other = WorkItemFactory(plan=item.plan, lead_agency=customs, number="3.1")
    response = writer.post(address_of(of_return, other), typed(other, achieved="Ours."))
    assert response.status_code == 404


def test_a_supporting_agency_answers_for_items_that_it_supports(writer, of_return, customs):
    other = WorkItemFactory(plan=of_return.round.plan, lead_agency=customs, number="3.1")
    SupportFactory(item=other, agency=of_return.agency)
    said = typed(other, achieved="We lent a trainer.")
    del said[f"i{other.pk}-stage"], said[f"i{other.pk}-confidence"]
    status, told = save(writer, of_return, other, **said)
    assert (status, told["progress"]) == (200, {"answered": 0, "total": 0})
    assert words(of_return, other) == ("We lent a trainer.", "", "")


# --- no change ----------------------------------------------------------------------------------


def test_no_change_takes_one_click(writer, of_return, item):
    response = writer.post(
        of_return.get_absolute_url(), {"act": "no-change:1.2", **typed(item)}, follow=True
    )
    assert response.redirect_chain == [(f"{of_return.get_absolute_url()}#item-1.2", 302)]
    update = of_return.updates.get()
    assert (update.no_change_on, update.stage, update.achieved) == (TODAY, "under_way", "")


WORDS_STAY = (
    "Item 1.2 has text in its boxes, which “No change” would remove. Clear the boxes first, or keep "
    "your answer."
)


def test_no_change_does_not_discard_typed_text(writer, of_return, item):
    data = {"act": "no-change", **typed(item, achieved="Printed.")}
    status, told = save(writer, of_return, item, **data)
    assert (status, told["refusals"]) == (
        422,
        [WORDS_STAY],
    )
    assert of_return.updates.count() == 0
    page = writer.post(of_return.get_absolute_url(), data | {"act": "no-change:1.2"})
    assert (page.status_code, ">\nPrinted.</textarea>" in page.text) == (422, True)


def test_no_change_does_not_discard_words_that_are_saved(writer, of_return, item, contributor):
    answer(of_return, item, contributor)
    data = typed(item, version=1, achieved="Printed.")
    status, told = save(writer, of_return, item, act="no-change", **data)
    assert (status, told["refusals"]) == (422, [WORDS_STAY])
    page = writer.post(
        of_return.get_absolute_url(), {"act": "no-change:1.2", f"i{item.pk}-version": 1}
    )
    assert (page.status_code, WORDS_STAY in page.text) == (422, True)
    assert of_return.updates.get().no_change_on is None


def test_no_change_replaces_a_saved_answer_whose_boxes_are_cleared(
    writer, of_return, item, contributor
):
    answer(of_return, item, contributor, stage="complete")
    data = typed(item, version=1, stage="complete", achieved="")
    status, told = save(writer, of_return, item, act="no-change", **data)
    assert (status, told["version"], told["no_change"]) == (200, 2, True)
    assert told["answer"][f"i{item.pk}-stage"] == "under_way"
    assert told["answer"][f"i{item.pk}-achieved"] == ""
    assert of_return.updates.get().history.count() == 2


# --- conflicts ----------------------------------------------------------------------------------


@pytest.fixture
def theirs(of_return, item, approver):
    """The approver answers while the contributor's page is open."""
    return answer(of_return, item, approver, achieved="Printed in Apia.")


def test_the_second_to_save_sees_both_texts(writer, of_return, item, theirs):
    status, told = save(writer, of_return, item, **typed(item, achieved="Printed in Suva."))
    assert (status, told["version"]) == (409, 1)
    assert told["answer"][f"i{item.pk}-achieved"] == "Printed in Apia."
    for shown in ("Police approver saved another answer at 9:30 a.m.", "Printed in Apia."):
        assert shown in told["theirs"]
    assert words(of_return, item) == ("Printed in Apia.", "", "")


def test_the_second_to_save_sees_both_texts_without_javascript(writer, of_return, item, theirs):
    page = of_return.get_absolute_url()
    response = writer.post(page, {"act": "save", **typed(item, achieved="Printed in Suva.")})
    assert response.status_code == 422
    for shown in (
        ">\nPrinted in Suva.</textarea>",
        "<p>Printed in Apia.</p>",
        "This was changed elsewhere while you had this page open.",
    ):
        assert shown in response.text
    (entry,) = response.context["led"]
    assert entry.form["version"].value() == "1"
    # Saving again keeps one's own text; the other version stays in the history.
    mine = typed(item, version=1, achieved="Printed in Suva.")
    assert writer.post(page, {"act": "save", **mine}).status_code == 302
    assert words(of_return, item) == ("Printed in Suva.", "", "")
    kept = of_return.updates.get().history.order_by("history_id").values_list("achieved", flat=True)
    assert list(kept) == ["Printed in Apia.", "Printed in Suva."]


def test_of_two_versions_of_one_person_the_replaced_one_stays_in_the_history(
    writer, of_return, item
):
    """Two tabs of one person. Other saves of one person on one day are one entry."""
    save(writer, of_return, item, **typed(item, achieved="Printed in Apia."))
    status, told = save(writer, of_return, item, **typed(item, achieved="Printed in Suva."))
    assert status == 409
    assert "You saved another answer at 9:30 a.m., in another tab or on another device" in words_of(
        told["theirs"]
    )
    mine = typed(item, version=1, achieved="Printed in Suva.")
    save(writer, of_return, item, mine="", **mine)
    save(writer, of_return, item, **typed(item, version=2, achieved="Printed in Suva now."))
    kept = of_return.updates.get().history.order_by("history_id").values_list("achieved", flat=True)
    assert list(kept) == ["Printed in Apia.", "Printed in Suva.", "Printed in Suva now."]


def test_the_other_version_can_be_kept(writer, of_return, item, theirs):
    data = {"act": "theirs:1.2", **typed(item, version=1, achieved="Printed in Suva.")}
    response = writer.post(of_return.get_absolute_url(), data, follow=True)
    assert "Item 1.2 keeps the other version." in response.text
    assert words(of_return, item) == ("Printed in Apia.", "", "")
    assert of_return.updates.get().version == 1


def test_an_outdated_page_without_edits_does_not_overwrite_a_newer_answer(
    writer, of_return, item, theirs, approver
):
    """Another user changed the answer; this page shows the old one, and nothing was typed in it."""
    answer(of_return, item, approver, achieved="Printed in Nadi.", version=1)
    unread = typed(item, version=1, achieved="Printed in Apia.")
    assert writer.post(of_return.get_absolute_url(), {"act": "save", **unread}).status_code == 302
    assert words(of_return, item) == ("Printed in Nadi.", "", "")


def test_the_same_text_as_the_other_version_is_not_a_conflict(writer, of_return, item, theirs):
    status, told = save(writer, of_return, item, **typed(item, achieved="Printed in Apia."))
    assert (status, told["version"]) == (200, 1)


def test_no_change_after_an_unseen_answer_is_a_conflict(writer, of_return, item, theirs):
    status, told = save(writer, of_return, item, act="no-change", **typed(item))
    assert status == 409
    assert "Printed in Apia." in told["theirs"]
    assert words(of_return, item) == ("Printed in Apia.", "", "")


# --- milestones ---------------------------------------------------------------------------------


def record(client, of_return, milestone, **said):
    item = milestone.item
    data = asked(milestone, **said)
    return save(client, of_return, item, milestone=milestone.pk, **data)


def test_a_milestone_is_answered_as_done_until_the_return_is_submitted(
    writer, of_return, item, milestone, approver
):
    said = {"completed_on": "28 May 2010", "shown_by": "The invoice."}
    status, told = record(writer, of_return, milestone, outcome="done", **said)
    assert status == 200
    assert "In this return, not submitted yet" in told["milestone"]
    assert "Done on 28 May 2010." in words_of(told["milestone"])
    milestone.refresh_from_db()
    assert (milestone.completed_on, milestone.version) == (None, 1)
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    milestone.refresh_from_db()
    assert milestone.completed_on == date(2010, 5, 28)
    assert newest(milestone) == ("~", "Police approver (Police)", "The invoice.")


def test_a_late_milestone_gets_its_delay_and_mitigation_when_submitted(
    writer, of_return, item, milestone, approver
):
    status, told = record(writer, of_return, milestone, **LATE)
    assert status == 200
    assert "Now expected 30 September 2010." in words_of(told["milestone"])
    assert milestone.delays.count() == 0
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    delay = milestone.delays.get()
    assert (delay.cause, delay.explanation, delay.days) == (
        "procurement",
        "The printer is late.",
        92,
    )
    mitigation = delay.mitigations.get()
    assert (mitigation.description, mitigation.owner_agency, mitigation.due_on) == (
        "Another printer.",
        of_return.agency,
        date(2010, 7, 15),
    )


def test_the_return_says_whether_the_cause_of_a_delay_is_settled(
    writer, of_return, item, milestone, approver, customs
):
    said = {"settlement": "being_settled", "settling_agency": customs.pk, "settling_by": "1/7/2010"}
    status, found = record(writer, of_return, milestone, **LATE, **said)
    assert status == 200
    assert "The cause (procurement) is being settled by Customs by 1 July 2010." in words_of(
        found["milestone"]
    )
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    delay = milestone.delays.get()
    assert (delay.settlement, delay.settling_agency, delay.settling_by) == (
        "being_settled",
        customs,
        date(2010, 7, 1),
    )


def test_the_return_says_who_else_settles_the_cause_of_a_delay(
    writer, of_return, item, milestone, approver, customs
):
    said = {"settlement": "being_settled", "settling_other": "the councils"}
    said |= {"money_from": "Vote Police", "if_declined": "people wait a year"}
    status, found = record(writer, of_return, milestone, **LATE, **said, settling_agency=customs.pk)
    assert status == 422
    status, found = record(writer, of_return, milestone, **LATE, **said)
    assert status == 200
    assert "The cause (procurement) is being settled by the councils." in words_of(
        found["milestone"]
    )
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    delay = milestone.delays.get()
    assert (delay.settlement, delay.settling_agency, delay.settling_other) == (
        *("being_settled", None),
        "the councils",
    )
    assert (delay.money_from, delay.if_declined) == ("Vote Police", "people wait a year")


def test_the_return_leads_to_the_question_of_a_delay_that_is_recorded_already(
    writer, of_return, delayed
):
    page = writer.get(of_return.get_absolute_url())
    link = f"{delayed.item.get_absolute_url()}milestones/2/delays/1/cause/"
    assert f'<a href="{link}">Is the cause settled?' in page.text
    assert writer.get(link).status_code == 200


def test_a_cause_that_is_being_settled_needs_its_agency(writer, of_return, milestone):
    said = {"settlement": "being_settled"}
    status, found = record(writer, of_return, milestone, **LATE, **said)
    assert of_return.milestone_answers.count() == 0
    assert "Choose the agency that settles it, or name who else does." in words_of(
        found["milestone"]
    )


def test_a_second_new_date_extends_the_same_delay(writer, of_return, item, delayed, approver):
    assert delayed.delays.get().times_moved == 1
    said = {"forecast_due": "31 December 2010", "reason": "Later still."}
    assert record(writer, of_return, delayed, outcome="not_yet", **said)[0] == 200
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    delay = delayed.delays.get()
    assert (delay.times_moved, delay.due_after) == (2, SLIPPED_AGAIN)


@pytest.mark.parametrize(
    ("said", "name", "sentence"),
    [
        ({"reason": "Rain."}, "outcome", "Choose done or not yet."),
        ({"outcome": "done"}, "completed_on", "Enter the day it was done."),
        (
            {"outcome": "done", "completed_on": "2 June 2010"},
            "completed_on",
            "2 June 2010 has not come yet. Enter the day it was done, up to today.",
        ),
        ({"outcome": "not_yet"}, "forecast_due", "Enter when it is now expected."),
        (LATE | {"reason": ""}, "reason", "Say why the date moves."),
    ],
)
def test_an_invalid_milestone_is_shown_again_with_its_errors_and_input(
    writer, of_return, milestone, said, name, sentence
):
    status, told = record(writer, of_return, milestone, effect="Fewer calls.", **said)
    assert status == 422
    assert sentence.replace("'", "&#x27;") in told["milestone"]
    assert f'id="id_m{milestone.pk}-{name}_error"' in told["milestone"]
    assert "Fewer calls." in told["milestone"]
    milestone.refresh_from_db()
    assert milestone.version == 1


def test_a_milestone_changed_by_another_user_is_shown_with_its_current_values(
    writer, of_return, milestone, approver
):
    items.move_forecast(
        milestone=milestone, version=1, forecast_due=TODAY, reason="Sooner.", by=approver, on=TODAY
    )
    status, told = record(writer, of_return, milestone, outcome="done", completed_on="1 June 2010")
    assert status == 422
    for shown in (
        "This milestone was changed elsewhere while you were writing.",
        "now expected 1 June 2010",
        'value="1 June 2010"',
        f'name="m{milestone.pk}-version" value="2"',
    ):
        assert shown in told["milestone"]
    assert of_return.milestone_answers.count() == 0


def test_a_milestone_answered_by_another_user_is_shown_with_both_answers(
    writer, client_of, approver, of_return, milestone
):
    record(client_of(approver), of_return, milestone, **LATE)
    status, told = record(writer, of_return, milestone, outcome="done", completed_on="1 June 2010")
    assert status == 422
    for shown in (
        "Another answer on this milestone was saved while you were writing.",
        "Now expected 30 September 2010.",
        'value="1 June 2010"',
        f'name="m{milestone.pk}-answer_version" value="1"',
    ):
        assert shown in words_of(told["milestone"])
    assert of_return.milestone_answers.get().outcome == "not_yet"
    said = {"outcome": "done", "completed_on": "1 June 2010", "answer_version": 1}
    assert record(writer, of_return, milestone, **said)[0] == 200
    assert of_return.milestone_answers.get().outcome == "done"


def test_a_mitigation_is_done_when_the_return_is_submitted(
    writer, of_return, item, delayed, approver
):
    mitigation = delayed.delays.get().mitigations.get()
    data = {"milestone": delayed.pk, f"x{mitigation.pk}-done_on": "31 May 2010"}
    status, told = save(writer, of_return, delayed.item, **data, **asked(delayed))
    assert status == 200
    mitigation.refresh_from_db()
    assert mitigation.done_on is None
    assert "Mitigation done on 31 May 2010" in words_of(told["milestone"])
    answer(of_return, item, writer.user)
    submit(of_return, approver)
    mitigation.refresh_from_db()
    assert mitigation.done_on == YESTERDAY
    delayed.refresh_from_db()
    assert delayed.version == 1


def test_a_mitigation_cannot_be_done_in_the_future(writer, of_return, delayed):
    mitigation = delayed.delays.get().mitigations.get()
    data = {"milestone": delayed.pk, f"x{mitigation.pk}-done_on": "2 June 2010"}
    status, told = save(writer, of_return, delayed.item, **data, **asked(delayed))
    assert status == 422
    assert "2 June 2010 has not come yet." in told["milestone"]
    mitigation.refresh_from_db()
    assert mitigation.done_on is None


def test_saving_a_milestone_makes_no_answer(writer, of_return, milestone):
    record(writer, of_return, milestone, outcome="done", completed_on="28 May 2010")
    assert Update.objects.count() == 0


def test_no_change_is_allowed_after_the_overdue_milestone_is_updated(writer, of_return, item):
    milestone = MilestoneFactory(item=item, agreed_due=YESTERDAY, original_due=DUE)
    said = {"outcome": "done", "completed_on": "28 May 2010"}
    assert record(writer, of_return, milestone, **said)[1]["may_say_no_change"] is True


# --- submitting ---------------------------------------------------------------------------------


@pytest.fixture
def approves(client_of, approver):
    return client_of(approver)


def test_an_approver_submits_what_a_contributor_wrote(
    approves, of_return, item, contributor, approver
):
    answer(of_return, item, contributor)
    data = {"act": "submit", **typed(item, version=1, achieved="Printed.")}
    response = approves.post(of_return.get_absolute_url(), data, follow=True)
    assert "Submitted. We’ll email a receipt to you and the agency’s contributors." in response.text
    of_return.refresh_from_db()
    assert (of_return.state, of_return.submitted_by) == ("submitted", approver)


def test_submitting_saves_typed_text_first(approves, of_return, item, contributor):
    other = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    answer(of_return, item, contributor)
    data = typed(item, version=1, achieved="Printed.") | typed(other, planned_next="Begin.")
    approves.post(of_return.get_absolute_url(), {"act": "submit", **data})
    of_return.refresh_from_db()
    assert of_return.state == "submitted"
    assert words(of_return, other) == ("", "Begin.", "")


def test_an_incomplete_return_is_not_submitted(approves, of_return, item):
    response = approves.post(
        of_return.get_absolute_url(), {"act": "submit", **typed(item)}, follow=True
    )
    assert response.redirect_chain == [(f"{of_return.get_absolute_url()}#missing", 302)]
    assert "Not yet complete. Item 1.2 has no answer yet." in response.text
    of_return.refresh_from_db()
    assert of_return.state == "due"


def test_an_approver_must_read_answers_changed_since_the_page_was_loaded(
    approves, of_return, item, contributor
):
    answer(of_return, item, contributor)
    seen = {"act": "submit", f"i{item.pk}-version": 1}
    answer(of_return, item, contributor, achieved="Pulped.", version=1)
    response = approves.post(of_return.get_absolute_url(), seen, follow=True)
    assert (
        "Item 1.2 was changed while you were reading. Read it again, then submit." in response.text
    )
    of_return.refresh_from_db()
    assert of_return.state == "due"
    assert approves.post(
        of_return.get_absolute_url(), seen | {f"i{item.pk}-version": 2}
    ).status_code == (302)
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


def test_a_contributor_may_not_submit(writer, of_return, item, approver):
    answer(of_return, item, approver)
    data = {"act": "submit", f"i{item.pk}-version": 1}
    assert writer.post(of_return.get_absolute_url(), data).status_code == 403


def test_mitigations_of_other_milestones_cannot_be_changed(writer, of_return, delayed, item):
    other = MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=item)))
    data = {"milestone": delayed.pk, f"x{other.pk}-done_on": ""}
    assert save(writer, of_return, item, **data, **asked(delayed))[0] == 200
    other.refresh_from_db()
    assert other.done_on is None


# --- hostile input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["\ufffe", "9" * 5000, "-1", "0000-00-00", "=1+1", "\r\n", "٣", "a" * 100_000]
)
def test_no_input_makes_the_return_crash(writer, of_return, item, delayed, value):
    mitigation = delayed.delays.get().mitigations.get()
    names = [*typed(item), *asked(delayed), f"x{mitigation.pk}-done_on", "act", "milestone", "open"]
    hostile = dict.fromkeys(names, value)
    page = of_return.get_absolute_url()
    assert writer.post(page, hostile).status_code in {302, 400, 422}
    for each in ({}, {"act": "no-change"}, {"milestone": delayed.pk}):
        assert save_status(writer, of_return, item, hostile | each) in {200, 400, 409, 422}
    assert writer.get(page, {"open": value}).status_code in {200, 400}
    for act in ("open:", "theirs:", "no-change:"):
        assert writer.post(page, {"act": f"{act}{value}"}).status_code in {302, 400, 422}


def save_status(client, of_return, item, data):
    return client.post(address_of(of_return, item), data).status_code


def test_every_item_that_is_not_saved_is_named_with_a_link(writer, of_return, item):
    second = WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    for each in (item, second):
        MilestoneFactory(
            item=each, agreed_due=YESTERDAY, responsible_agency=item.lead_agency, pk=70 + each.pk
        )
    sent = {"act": "save"}
    for each in (item, second):
        sent |= typed(each, achieved="Printed.")
        sent |= asked(each.milestones.get(), **LATE | {"reason": "n/a"})
    page = writer.post(of_return.get_absolute_url(), sent)
    text = " ".join(page.text.split())
    assert page.status_code == 422
    assert '<a href="#item-1.2">item 1.2</a>, <a href="#item-1.3">item 1.3</a></p>' in text
    assert "2 of 2 items answered" in text
    assert "2 items are not saved" in text
