"""Rule 52: a guess never becomes a fact unasked.

Of the messiest tracker of the first day, cell by cell: what arrived, what was asked, and what is shown as a guess.
"""

import io
from dataclasses import replace
from datetime import date

import pytest

from tests.workitems import trackers
from tests.workitems.intake.test_tracker_words import AGENCIES
from workitems.intake.tracker.contacts import Text, contacts_in
from workitems.intake.tracker.doubts import ADD, NOTE, SAME, name_of
from workitems.intake.tracker.guess import columns_of, guess
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.said_of_plan import said_of_plan
from workitems.intake.tracker.understood import About

pytestmark = pytest.mark.one_database(reason="reads no database")

TODAY = date(2026, 12, 1)
TRACKER = open_tracker(io.BytesIO(trackers.messiest()))
MAPPINGS = {sheet.name: guess(sheet, AGENCIES, TODAY) for sheet in TRACKER.sheets}
SAID = said_of_plan(TRACKER, MAPPINGS, TODAY)
OT, MINISTRY, SHORT = (
    name_of(f"agency:{key}")
    for key in ("oranga tamariki", "oranga tamariki ministry children", "ot")
)
UNSAID, MOVED = name_of("no-status"), name_of("moved:mar 2026 (was dec 2025)")
RAG_ALONE = name_of("rag-alone")
DONE = name_of("complete-undated:2.3:15")
ANSWERS = {
    RAG_ALONE: "under_way", MOVED: "forecast", OT: ADD, f"{OT}-name": "Oranga Tamariki", f"{OT}-short": "OT",
    MINISTRY: SAME + OT, SHORT: SAME + MINISTRY, UNSAID: NOTE, DONE: "as_at",
}  # fmt: skip


def read(**answers):
    about = About(date(2025, 7, 1), SAID.as_at, TODAY, "MBIE")
    return understand(TRACKER, MAPPINGS, AGENCIES, about, ANSWERS | answers)


def item_of(found, number):
    return next(item for item in found.items if item.number == number)


def dates_of(item):
    return [
        (str(step.original), step.agreed and str(step.agreed), step.forecast and str(step.forecast))
        for step in item.milestones
    ]


def said_by(item):
    return [text for progress in item.progress.values() for text in progress.achieved]


def notes_of(found, number):
    return [note.text for note in found.notes_of(item_of(found, number))]


# --- sheets and columns ---------------------------------------------------------------------------


def test_only_the_current_sheet_is_ticked():
    assert [(name, mapping.is_read, mapping.unread) for name, mapping in MAPPINGS.items()] == [
        ("Tracker (current)", True, None),
        ("Archive 2024-25", False, "archive"),
        ("Contacts", False, "people"),
        ("Lists", False, "headings"),
    ]


def test_an_archive_with_the_headings_of_a_remembered_tracker_is_not_ticked():
    remembered = MAPPINGS["Archive 2024-25"].with_order(MAPPINGS["Tracker (current)"].in_order)
    assert remembered.is_read is False


def test_each_column_says_what_it_becomes_and_how_sure_that_is():
    sheet, mapping = TRACKER.sheets[0], MAPPINGS["Tracker (current)"]
    columns = columns_of(sheet, mapping.headings)
    assert [(c.letter, mapping.fields[c.index], mapping.sureness_of(c.index)) for c in columns] == [
        ("A", "number", "heading"),
        ("B", "title", "guess"),
        ("C", "lead", "heading"),
        ("D", "supporting", "values"),
        ("E", "due", "heading"),
        ("F", "status", "values"),
        ("G", "status", "heading"),
        ("H", "progress", "heading"),
        ("I", "note", "heading"),
        ("J", "updated", "heading"),
    ]


@pytest.mark.parametrize(
    ("headings", "unread"),
    [(["Agency", "Name", "Email"], "people"), (["Lead", "Action", "Contact"], None)],
)
def test_a_tracker_with_an_address_in_each_row_is_no_list_of_people(headings, unread):
    rows = [headings, *(["Police", f"Train staff {n}", f"ana{n}@police.example"] for n in range(3))]
    sheet = open_tracker(io.BytesIO(trackers.sheet_of(rows))).sheets[0]
    assert guess(sheet, AGENCIES, TODAY).unread == unread


def test_the_trackers_own_last_updated_is_its_day():
    assert (SAID.title, SAID.as_at, SAID.place) == (
        "Plan of Action against Forced Labour – MASTER tracker v14 FINAL",
        date(2026, 11, 20),
        "Tracker (current), A3",
    )


# --- items ----------------------------------------------------------------------------------------


def test_every_item_of_the_current_sheet_arrives_and_no_total():
    found = read()
    assert found.open_doubts == []
    assert [(p.number, p.title) for p in found.pillars] == [(1, "Prevention"), (2, "Protection")]
    assert [(i.number, i.title, i.lead, list(i.supporting)) for i in found.items] == [
        ("1.1", "Train frontline staff at the border", "Police", ["Customs"]),
        ("1.2", "Publish the guidance for employers", "MBIE", []),
        ("1.3", "Map labour supply chains", "OT", []),
        ("2.1", "Fund shelters in three regions", "OT", ["Police", "MBIE"]),
        ("2.2", "Translate material for communities", "OT", []),
        ("2.3", "Survey people who came forward", "Police", []),
        ("2.4", "Agree the data standard", "MBIE", []),
    ]
    assert [n.text for n in found.notes_of(None) if n.address in ("A11", "A17", "F17")] == [
        "TOTAL: 3 actions", "Total", "1 complete",
    ]  # fmt: skip


def test_an_empty_or_na_status_is_not_reported_and_never_under_way():
    found = read()
    assert [(i.number, i.stage, i.confidence) for i in found.items] == [
        ("1.1", "under_way", "on_track"),
        ("1.2", "", ""),
        ("1.3", "", ""),
        ("2.1", "under_way", "off_track"),
        ("2.2", "", ""),
        ("2.3", "complete", ""),
        ("2.4", "under_way", "at_risk"),
    ]


def test_progress_without_a_status_is_asked_about_and_is_a_note_unless_a_person_gives_a_stage():
    asked = {each.key: each for each in read(**{UNSAID: ""}).doubts}["no-status"]
    assert ([str(place) for place in asked.places], asked.suggested) == (
        ["Tracker (current), B10"],
        NOTE,
    )
    not_reported, under_way = read(), read(**{UNSAID: "under_way"})
    text = "A first list is with the group."
    assert said_by(item_of(not_reported, "1.3")) == []
    assert text in notes_of(not_reported, "1.3")
    assert (item_of(under_way, "1.3").stage, said_by(item_of(under_way, "1.3"))) == (
        "under_way",
        [text],
    )


def test_na_is_no_progress_no_lead_and_no_update():
    assert said_by(item_of(read(), "2.2")) == []


def test_a_rag_without_a_stage_is_asked_and_its_colours_are_words():
    found = read()
    assert [(d.quoted, d.problem, len(d.places)) for d in found.doubts if "RAG" in d.problem or "illed" in d.quoted] == [
        ("", "These items have a RAG and no stage.", 2),
    ]  # fmt: skip
    assert [(d.quoted, d.chosen, len(d.places)) for d in found.words if "illed" in d.quoted] == [
        ("Filled green", "/on_track", 2), ("Filled red", "/off_track", 1), ("Filled amber", "/at_risk", 1),
    ]  # fmt: skip


def test_no_stage_is_guessed_of_a_rag_alone():
    asked = next(each for each in read(**{RAG_ALONE: ""}).doubts if each.key == "rag-alone")
    assert (asked.is_open, asked.is_guessed) == (True, False)
    found = read(**{RAG_ALONE: NOTE})
    assert [(i.number, i.stage, i.confidence) for i in found.items if i.number[0] == "2"] == [
        ("2.1", "", ""), ("2.2", "", ""), ("2.3", "complete", ""), ("2.4", "", ""),
    ]  # fmt: skip
    assert ("Filled amber" in notes_of(found, "2.4")) is True


def test_status_words_are_shown_as_read_and_can_be_read_otherwise():
    found = read()
    said = [each for each in found.words if "illed" not in each.quoted]
    assert [(each.quoted, each.chosen) for each in said] == [
        ("In progress", "under_way/"), ("Delayed", "/off_track"), ("Completed", "complete/"),
    ]  # fmt: skip
    delayed = said[1].name
    again = item_of(read(**{delayed: "not_started/"}), "2.1")
    assert (again.stage, again.confidence) == ("not_started", "off_track")
    assert "Delayed" in notes_of(read(**{delayed: NOTE}), "2.1")


@pytest.mark.parametrize(
    ("answer", "dates"),
    [
        ("forecast", [("December 2025", None, "March 2026")]),
        ("agreed", [("December 2025", "March 2026", None)]),
        (NOTE, [("March 2026", None, None)]),
    ],
)
def test_a_date_that_moved_keeps_both_dates_and_asks_whether_it_was_agreed(answer, dates):
    assert name_of("moved:mar 2026 (was dec 2025)") in {
        d.name for d in read(**{MOVED: ""}).open_doubts
    }
    found = read(**{MOVED: answer})
    assert dates_of(item_of(found, "1.1")) == dates
    assert "Mar 2026 (was Dec 2025)" in notes_of(found, "1.1")


def test_a_rating_of_what_is_complete_and_a_no_are_kept_as_notes():
    rows = [
        ["No", "Action", "By when", "RAG", "Done?"],
        ["1", "Train staff", "Dec 2025", "Green", "Y"],
        ["2", "Buy boats", "Dec 2026", "Amber", "N"],
    ]
    tracker = open_tracker(io.BytesIO(trackers.sheet_of(rows)))
    mapping = guess(tracker.sheets[0], AGENCIES, TODAY)
    about = About(date(2025, 7, 1), TODAY, TODAY, "MBIE")
    found = understand(tracker, {"Sheet1": mapping}, AGENCIES, about)
    done, open_one = found.items
    assert (done.stage, done.confidence, open_one.confidence) == ("complete", "", "at_risk")
    assert [each for each in notes_of(found, "1") if each == "Green"] == ["Green"]
    assert notes_of(found, "2") == ["N"]


def test_an_earlier_forecast_is_a_note_and_changes_no_due_date():
    rows = [
        ["No", "Action", "Due date", "Revised date"],
        ["1", "Train staff", "Dec 2026", "Mar 2027 (was Feb 2027)"],
    ]
    tracker = open_tracker(io.BytesIO(trackers.sheet_of(rows)))
    mapping = guess(tracker.sheets[0], AGENCIES, TODAY)
    about = About(date(2025, 7, 1), TODAY, TODAY, "MBIE")
    found = understand(tracker, {"Sheet1": mapping}, AGENCIES, about)
    assert dates_of(found.items[0]) == [("December 2026", None, "March 2027")]
    assert notes_of(found, "1") == ["Mar 2027 (was Feb 2027)"]
    assert [each.key for each in found.doubts] == ["no-lead"]


def test_the_other_dates_arrive_as_they_are_known():
    found = read()
    assert [(number, dates_of(item_of(found, number))) for number in ("1.2", "1.3", "2.1", "2.2", "2.4")] == [
        ("1.2", [("30 June 2027", None, None)]),
        ("1.3", [("January to March 2027", None, None)]),
        ("2.1", []),
        ("2.2", [("31 March 2027", None, None)]),
        ("2.4", []),
    ]  # fmt: skip


def test_each_rows_last_update_is_its_day():
    found = read()
    assert {i.number: i.updated_on for i in found.items if i.updated_on} == {
        "1.1": date(2026, 11, 14), "1.2": date(2026, 11, 3), "1.3": date(2026, 10, 12),
        "2.3": date(2026, 9, 1),
    }  # fmt: skip
    assert item_of(found, "2.3").milestones[0].completed == date(2026, 9, 1)
    assert "ask Ana" in notes_of(found, "2.2")


# --- completion -----------------------------------------------------------------------------------


def test_the_day_on_which_an_item_was_completed_is_not_known_unless_a_person_says_it():
    asked = next(each for each in read(**{DONE: ""}).doubts if each.name == DONE)
    assert (asked.suggested, asked.chosen, [choice.label for choice in asked.choices]) == (
        NOTE,
        NOTE,
        [
            "The day is not known: its due date is neither met nor missed",
            "When its row was last updated, 1 September 2026: its due date was missed",
            "When it was due, so that the date was met",
            "Not complete: under way",
        ],
    )


def test_a_day_of_completion_that_is_not_known_makes_no_milestone_and_keeps_its_words():
    item = item_of(found := read(**{DONE: NOTE}), "2.3")
    assert (item.stage, item.milestones) == ("complete", [])
    assert "done Aug 2026" in notes_of(found, "2.3")


# --- what is only half said -----------------------------------------------------------------------


def understood(*lines, **answers):
    tracker = open_tracker(io.BytesIO(trackers.sheet_of(lines)))
    mapping = guess(tracker.sheets[0], AGENCIES, TODAY)
    about = About(date(2026, 2, 1), TODAY, TODAY, "MBIE")
    return understand(tracker, {"Sheet1": mapping}, AGENCIES, about, answers)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("15 Oct", date(2026, 10, 15)),
        ("1 December", date(2026, 12, 1)),
        ("Oct", date(2026, 10, 31)),
    ],
)
def test_a_last_update_without_a_year_is_the_latest_that_has_come(said, day):
    lines = ["No", "Action", "Lead", "Status", "Last updated"], ["1", "Train", "MBIE", "Open", said]
    found = understood(*lines)
    assert (found.items[0].updated_on, found.open_doubts) == (day, [])


def test_a_status_with_a_question_mark_must_be_answered():
    lines = ["No", "Action", "Lead", "Status"], ["1", "Train staff", "MBIE", "On track?"]
    asked = understood(*lines).open_doubts
    assert [(each.quoted, each.problem) for each in asked] == [
        ("On track?", "It has a question mark, so it is not certain.")
    ]
    assert [str(place.item) for place in asked[0].places] == ["1 Train staff"]
    item = understood(*lines, **{asked[0].name: "/at_risk"}).items[0]
    assert (understood(*lines).items[0].stage, item.confidence) == ("", "at_risk")


def test_two_cells_of_a_row_that_differ_must_be_answered():
    lines = ["No", "Action", "Lead", "RAG", "Status"], ["1", "Train", "MBIE", "Green", "Delayed"]
    asked = understood(*lines).open_doubts
    assert [each.problem for each in asked] == [
        "One cell of the row says on track, and another off track."
    ]
    answers = {asked[0].name: "/off_track"}
    assert understood(*lines, **answers).items[0].confidence == "off_track"


@pytest.mark.parametrize("said", ["-", "n/a"])
def test_a_status_that_stands_for_nothing_is_kept_in_its_words(said):
    found = understood(["No", "Action", "Lead", "Status"], ["1", "Train staff", "MBIE", said])
    assert (found.items[0].stage, [note.text for note in found.notes]) == ("", [said])


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("Q1 2026", None), ("mid 2026", None), ("end of 2026", None), ("2026", None), ("Jan 2026", None),
        ("Apr 2026", None), ("3 April 2026", date(2026, 4, 3)),
    ],
)  # fmt: skip
def test_a_start_that_is_not_a_day_is_no_day_unasked(said, start):
    found = understood(["No", "Action", "Lead", "Start date"], ["1", "Train staff", "MBIE", said])
    assert found.items[0].starts_on == start
    # Words that say less than a day stay beside what was made of them.
    assert [note.text for note in found.notes] == ([] if said == "3 April 2026" else [said])


def test_an_answer_about_a_moved_date_shows_both_dates():
    asked = next(each for each in read().doubts if each.name == MOVED)
    assert [choice.label for choice in asked.choices] == [
        "No: due December 2025, now expected March 2026",
        "Yes: first due December 2025, moved to March 2026",
        "Due March 2026 alone: keep December 2025 as a note",
    ]


def test_an_empty_sheet_is_known_as_empty():
    sheet = replace(TRACKER.sheets[0], name="Sheet3", cells={})
    assert guess(sheet, AGENCIES, TODAY).unread == "empty"


# --- agencies and people --------------------------------------------------------------------------


def test_names_are_one_agency_only_if_a_person_says_so():
    unsaid = {
        each.quoted: each for each in read(**dict.fromkeys((OT, MINISTRY, SHORT), "")).open_doubts
    }
    assert list(unsaid) == ["Oranga Tamariki", "Oranga Tamariki - Ministry for Children"]
    assert unsaid["Oranga Tamariki - Ministry for Children"].problem == (
        "This agency is not known by that name. It may be the same as “Oranga Tamariki”."
    )
    assert read().new_agencies == {"OT": "Oranga Tamariki"}


def test_what_was_said_of_a_name_is_remembered_as_its_agency():
    by_name = {each.name: each.remembered for each in read().doubts}
    assert (by_name[MINISTRY], by_name[SHORT]) == ("OT", "OT")


def test_a_name_that_is_the_same_as_an_unanswered_one_waits_for_it():
    found = read(**{OT: ""})
    assert [each.quoted for each in found.open_doubts] == ["Oranga Tamariki"]
    assert [item.lead for item in found.items if item.number in ("1.3", "2.1", "2.2")] == [
        "",
        "",
        "",
    ]


def lines_of(texts):
    return [
        f"{each.name}, {each.email}, {each.agency}, {each.role}"
        + (f": {each.why}" if each.why else "")
        for each in contacts_in(texts, AGENCIES)
    ]


def test_a_list_of_people_says_who_they_are_and_goes_before_the_contacts_beside_items():
    cells = [
        ("Agency", "Name", "Email"),
        ("Ministry Customs", "Wiremu Lake", "w@x.example"),
        ("Police/MBIE", "joint member", "both@x.example"),
    ]
    listed = [
        Text("people", f"{letter}{row}", text)
        for row, texts in enumerate(cells, 1)
        for letter, text in zip("ABC", texts, strict=True)
    ]
    beside = [
        Text("S", "K5", "both@x.example", "OT"),
        Text("S", "K6", "maps.lead@x.example", "OT"),
        Text("S", "K7", "other@x.example", "OT"),
    ]
    assert lines_of([*beside, *listed]) == [
        "Wiremu Lake, w@x.example, Customs, approver: “Ministry Customs” is read as Customs.",
        "joint member, both@x.example, MBIE, approver",
        "Maps Lead, maps.lead@x.example, OT, contributor",
        "Other, other@x.example, OT, contributor",
        "joint member, both@x.example, Police, approver",
    ]


def test_the_people_of_the_tracker_are_lines_to_invite_by():
    texts = [Text(*n.place, n.text, n.item.lead if n.item else "") for n in read().notes]
    assert lines_of(texts) == [
        "Wiremu Lake, wiremu.lake@customs.example, Customs, approver",
        "Tom Reid, tom.reid@mbie.example, MBIE, coordinator",
        "Moana Hill, moana.hill@ot.example, OT, approver",
        "Ana Bell, ana.bell@police.example, Police, approver",
    ]


def test_a_role_is_a_name_whole_and_an_agency_is_said_only_where_it_is_certain():
    rows = [
        Text("S", "E1", "Manager, Fire Science <fire@police.example>", "Police"),
        Text("S", "E2", "Adviser Schools <s@police.example>; Clinics Adviser <c@ot.example>", "Police"),
        Text("S", "E3", "Head of Clinics <h@ot.example>", "OT"),
        Text("S", "E4", "Ana Bell <a@x.example>; Tom Reid <t@x.example>", "MBIE"),
    ]  # fmt: skip
    assert lines_of(rows) == [
        "Ana Bell, a@x.example, MBIE, contributor: It is beside an item of MBIE, with another address.",
        "Tom Reid, t@x.example, MBIE, contributor: It is beside an item of MBIE, with another address.",
        "Clinics Adviser, c@ot.example, OT, contributor",
        "Head of Clinics, h@ot.example, OT, approver",
        "Adviser Schools, s@police.example, Police, contributor",
        "Manager, Fire Science, fire@police.example, Police, approver",
    ]


def test_a_title_that_the_list_itself_says_is_not_made_of_the_address():
    rows = [
        *(Text("S", at, text) for at, text in (("A1", "Police"), ("B1", "Deputy"), ("C1", "deputy@police.example"))),
        *(Text("S", at, text) for at, text in (("A2", "Police"), ("B2", "Wing 4"), ("C2", "desk@police.example"))),
    ]  # fmt: skip
    assert [(each.name, each.has_name) for each in contacts_in(rows, AGENCIES)] == [
        ("Deputy", True),
        ("Desk", False),
    ]
