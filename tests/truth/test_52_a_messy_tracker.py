"""What a spreadsheet says arrives as it says it: “Done?”, dates that moved twice, deleted rows, notes to oneself."""

import io
from datetime import date

import pytest

from tests.workitems import trackers
from workitems.intake.tracker.doubts import ADD, NOTE, READ, name_of
from workitems.intake.tracker.guess import guess
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.said_of_plan import said_of_plan
from workitems.intake.tracker.understood import About
from workitems.intake.tracker.words import Agencies, KnownAgency, unfinished_in

TODAY, DAY = date(2026, 12, 2), date(2026, 11, 24)
AGENCIES = Agencies(
    [
        KnownAgency("NEMA", "National Emergency Management Agency"),
        KnownAgency("MPI", "Ministry for Primary Industries"),
    ]
)
HEADINGS = ["No", "Action", "Owner", "Who helps", "By when", "Latest", "Done?"]


def read(*rows, headings=HEADINGS, above=(), answers=None):
    tracker = open_tracker(io.BytesIO(trackers.sheet_of([*above, headings, *rows])))
    sheet = tracker.sheets[0]
    mapping = guess(sheet, AGENCIES, TODAY)
    about = About(date(2025, 7, 1), DAY, TODAY, "NEMA")
    return understand(tracker, {sheet.name: mapping}, AGENCIES, about, answers or {})


def asked(found, key):
    return next(each for each in found.doubts if each.key.partition(":")[0] == key)


def answered(*rows, **answers):
    found = read(*rows)
    return read(*rows, answers={asked(found, key.replace("_", "-")).name: said for key, said in answers.items()})  # fmt: skip


def notes_of(found):
    return [note.text for note in found.notes]


def dates_of(item):
    return [
        (str(step.original), step.forecast and str(step.forecast), step.completed)
        for step in item.milestones
    ]


# --- “Done?” ---------------------------------------------------------------------------------------


def test_yes_under_done_is_complete_and_no_rating():
    found = read(
        ["1", "Flood map", "NEMA", "", "Mar 2026", "Published 27 March 2026.", "Y"],
        ["2", "River levels", "NEMA", "", "Done", "Went live before Xmas", "yes"],
        ["3", "Boats", "NEMA", "", "30/9/2026", "Four regions have boats.", "N"],
        ["4", "Roads", "NEMA", "", "30 Sep", "Agreed by the group on 3 October", "Y – late"],
    )
    assert [(item.number, item.stage, item.confidence) for item in found.items] == [
        ("1", "complete", ""),
        ("2", "complete", ""),
        ("3", "", ""),
        ("4", "complete", ""),
    ]
    assert [each.key for each in found.doubts if "at_risk" in each.chosen] == []
    assert {"Y – late", "Done", "yes"} <= {*notes_of(found)}


def test_no_day_of_completion_is_made_up():
    found = read(
        ["1", "River levels", "NEMA", "", "Done", "Went live before Xmas", "yes"],
        ["2", "Roads", "NEMA", "", "30 Sep", "Agreed by the group on 3 October", "Y"],
    )
    assert [(item.is_undated, dates_of(item)) for item in found.items] == [
        (True, []),
        (True, []),
    ]
    assert found.open_doubts == []


def test_a_day_that_a_text_names_makes_a_milestone_late_only_if_a_person_says_so():
    late = ["2", "Roads", "NEMA", "", "30 Sep", "Agreed by the group on 3 October", "Y"]
    in_time = ["2", "Roads", "NEMA", "", "5 Oct", "Agreed by the group on 3 October", "Y"]
    question = asked(read(late), "complete-undated")
    assert [each.value for each in question.choices][:2] == ["2026-10-03", NOTE]
    assert (question.chosen, question.is_guessed) == (NOTE, True)
    said = answered(late, complete_undated="2026-10-03")
    assert dates_of(said.items[0]) == [("30 September 2026", None, date(2026, 10, 3))]
    assert dates_of(read(in_time).items[0]) == [("5 October 2026", None, date(2026, 10, 3))]


def test_a_due_date_that_is_guessed_and_over_must_be_answered():
    rows = [["1", "Map", "NEMA", "", said, "", "N"] for said in ("mid 2026", "mid 2027")]
    assert [
        [(each.chosen, each.is_open, each.is_guessed) for each in read(row).doubts if each.group == "dates"]
        for row in rows
    ] == [[("", True, False)], [("2027-06", False, True)]]  # fmt: skip


def test_each_complete_item_has_an_answer_of_its_own():
    rows = [
        ["1", "Map", "NEMA", "", "Mar 2026", "Published", "Y"],
        ["2", "Phone", "NEMA", "", "Jul 2026", "Opened", "Y"],
    ]
    first, second = (each for each in read(*rows).doubts if each.group == "completed")
    found = read(*rows, answers={first.name: "2026-03-27"})
    assert [dates_of(item) for item in found.items] == [
        [("March 2026", None, date(2026, 3, 27))],
        [],
    ]
    assert second.chosen == NOTE


def test_done_with_a_red_rating_must_be_answered():
    found = read(
        ["1", "Map", "NEMA", "Red", "Y"],
        ["2", "Phone", "NEMA", "Green", "Y"],
        headings=["No", "Action", "Owner", "RAG", "Done?"],
    )
    assert [(each.key, each.is_open) for each in found.doubts if each.is_open] == [
        ("done-and-rag", True)
    ]
    assert [item.stage for item in found.items] == ["", "complete"]


# --- dates ----------------------------------------------------------------------------------------


def test_of_several_earlier_dates_the_first_was_promised():
    row = ["1", "Grants", "MPI", "", "Feb 2027 (was Oct 2026, was Jun 2026)", "Designed", "N"]
    assert asked(read(row), "moved").is_open
    found = answered(row, moved="forecast")
    assert dates_of(found.items[0]) == [("June 2026", "February 2027", None)]
    assert row[4] in notes_of(found)
    agreed = answered(row, moved="agreed").items[0].milestones[0]
    assert (str(agreed.original), str(agreed.agreed)) == ("June 2026", "February 2027")


def test_a_date_without_a_year_has_come_if_the_item_is_done():
    done, open_ = (
        read(["1", "Roads", "NEMA", "", "30 Sep", "", said]).doubts for said in ("Y", "N")
    )
    chosen = [next(d.chosen for d in doubts if d.group == "dates") for doubts in (done, open_)]
    assert chosen == ["2026-09-30", "2027-09-30"]


@pytest.mark.parametrize("text", ["?", "as above", "TBC"])
def test_what_is_no_date_is_a_note_and_not_asked_about(text):
    found = read(
        ["1", "Roads", "NEMA", "", "30/9/2027", "", ""], ["2", "Maps", "NEMA", "", text, "", ""]
    )
    assert [each.key for each in found.doubts] == []
    assert text in notes_of(found)


def test_last_saved_is_the_trackers_day():
    above = [["Flood recovery plan"], ["Last saved by the secretariat 24/11/26 – DO NOT SORT"]]
    tracker = open_tracker(
        io.BytesIO(trackers.sheet_of([*above, HEADINGS, ["1", "Map", "NEMA", "", "Q2 2027"]]))
    )
    sheet = tracker.sheets[0]
    said = said_of_plan(tracker, {sheet.name: guess(sheet, AGENCIES, TODAY)}, TODAY)
    assert (said.title, said.as_at) == ("Flood recovery plan", DAY)


# --- agencies -------------------------------------------------------------------------------------


def test_na_names_no_agency_and_dots_and_shortened_words_are_the_same_name():
    found = read(
        ["1", "Map", "N.E.M.A.", "n/a", "Q2 2027", "", ""],
        ["2", "Grants", "NZ Police", "", "Q2 2027", "", ""],
        ["3", "Exercise", "NEMA / Police", "councils", "Q2 2027", "", ""],
    )
    assert [(item.number, item.lead, list(item.supporting)) for item in found.items] == [
        ("1", "NEMA", []),
        ("2", "NZ Police", []),
        ("3", "NEMA", ["NZ Police"]),
    ]
    assert {each.quoted: each.chosen for each in found.doubts if each.new_agency} == {
        "NZ Police": ADD,
        "councils": NOTE,
    }
    assert {"n/a", "councils"} <= {*notes_of(found)}


def test_what_the_brackets_of_a_lead_say_is_kept():
    found = read(
        ["1", "Claims", "MPI (EQC)", "", "Q2 2027", "", ""],
        ["2", "Stopbanks", "Regional councils (NEMA)", "", "Q2 2027", "", ""],
    )
    assert [item.lead for item in found.items] == ["MPI", "NEMA"]
    assert notes_of(found) == ["MPI (EQC)", "Regional councils (NEMA)"]


@pytest.mark.parametrize("others", [[], [["2", "Cover", "EQC", "", "Q2 2027", "", ""]]])
@pytest.mark.parametrize("lead", ["Treasury (EQC)", "Regional councils (EQC)", "MPI (EQC)"])
def test_whatever_stands_before_the_brackets_who_leads_is_one_question(lead, others):
    found = read(["1", "Claims", lead, "", "Q2 2027", "", ""], *others)
    questions = [each for each in found.doubts if each.quoted == lead]
    assert [each.problem for each in questions] == [
        "A name is in brackets behind another. Which of the two leads?"
    ]
    assert any(each.label.startswith("EQC leads") for each in questions[0].choices)


def test_a_name_in_brackets_that_is_said_to_lead_becomes_an_agency():
    found = read(["1", "Stopbanks", "Regional councils (EQC)", "", "Q2 2027", "", ""])
    assert (found.items[0].lead, found.new_agencies) == ("EQC", {"EQC": "EQC"})


def test_a_shortened_word_in_the_name_of_a_new_agency_is_written_in_full():
    lead = ["1", "Claims", "Dept of Internal Affairs", "DIA", "Q2 2027", "", ""]
    assert read(lead).new_agencies == {"DIA": "Department of Internal Affairs"}


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (["Flood Plan of Action – Tracker 2026–2029"], "Flood Plan of Action 2026–2029"),
        (["Flood Plan of Action", "2026 to 2029"], "Flood Plan of Action 2026 to 2029"),
        (["Period: 2026-29", "Flood Plan of Action"], "Flood Plan of Action 2026-29"),
        (["Flood Plan 2026 tracker", "2025-2030"], "Flood Plan 2026"),
    ],
)
def test_a_plans_name_keeps_the_years_that_its_tracker_has(above, title):
    rows = [
        *([each] for each in above),
        HEADINGS,
        ["1", "Flood map", "NEMA", "", "Q2 2027", "", ""],
    ]
    tracker = open_tracker(io.BytesIO(trackers.sheet_of(rows)))
    mappings = {each.name: guess(each, AGENCIES, TODAY) for each in tracker.sheets}
    assert said_of_plan(tracker, mappings, TODAY).title == title


def test_a_name_in_brackets_is_asked_about_whether_or_not_its_agency_is_known():
    treasury = ["1", "Claims", "MPI (EQC)", "", "Q2 2027", "", ""]
    councils = ["2", "Stopbanks", "Regional councils (NEMA)", "", "Q2 2027", "", ""]
    found = read(treasury, councils)
    questions = [each for each in found.doubts if each.key.startswith("brackets:")]
    assert [(each.quoted, [choice.label for choice in each.choices]) for each in questions] == [
        ("MPI (EQC)", ["MPI leads: keep the brackets as a note", "EQC leads: add it as a new agency"]),
        ("Regional councils (NEMA)", ["NEMA leads", "No: keep it as a note"]),
    ]  # fmt: skip
    assert len({str(each.problem) for each in questions}) == 1
    added = read(treasury, answers={questions[0].name: ADD})
    assert (added.items[0].lead, list(added.items[0].supporting)) == ("EQC", ["MPI"])
    assert added.new_agencies == {"EQC": "EQC"}


def test_the_agency_in_brackets_leads_though_the_file_alone_names_it():
    rows = (
        ["1", "Levies", "NZ Police", "", "Q2 2027", "", ""],
        ["2", "Stopbanks", "Regional councils (NZ Police)", "", "Q2 2027", "", ""],
    )
    found = read(*rows)
    assert [(item.lead, list(item.supporting)) for item in found.items] == [("NZ Police", [])] * 2
    question = asked(found, "brackets")
    assert (question.quoted, question.problem) == (
        "Regional councils (NZ Police)",
        "A name is in brackets behind another. Which of the two leads?",
    )


def test_if_both_names_are_agencies_either_can_lead_and_the_other_supports():
    row = ["1", "Stopbanks", "Regional councils (NEMA)", "", "Q2 2027", "", ""]
    found = answered(row, agency=ADD)
    question = asked(found, "brackets")
    assert [each.label for each in question.choices] == [
        "Regional councils leads, the others support",
        "NEMA leads, the others support",
    ]
    (item,) = found.items
    assert (item.lead, list(item.supporting)) == ("Regional councils", ["NEMA"])


def test_an_owner_that_is_no_agency_is_shown_where_the_lead_is_asked_for():
    rows = (
        ["1", "Stopbanks", "Regional councils", "", "Q2 2027", "", ""],
        ["2", "Maps", "", "", "Q2 2027", "", ""],
    )
    found = read(*rows)
    assert [
        (each.quoted, each.problem) for each in found.doubts if each.key.startswith("no-lead")
    ] == [
        ("Regional councils", "This names no agency that can lead."),
        ("", "These items have no lead agency."),
    ]


# --- texts and rows -------------------------------------------------------------------------------


def test_a_note_to_oneself_in_brackets_stays_with_the_coordinators():
    row = ["1", "Gauges", "NEMA", "", "Q2 2027", "3 of 12 in. (AB 12/9: ask for new date!!)", "N"]
    found = read(row, answers={})
    under_way = read(row, answers={asked(found, "no-status").name: "under_way"})
    assert under_way.items[0].progress[None].achieved == ["3 of 12 in."]
    assert row[5] in notes_of(under_way)
    names = {"no_status": "under_way", "remark": READ}
    assert answered(row, **names).items[0].progress[None].achieved == [row[5]]


@pytest.mark.parametrize("text", ["n/a", "see 4.1", "as above", "ongoing"])
def test_a_text_that_says_nothing_of_its_own_makes_no_update(text):
    found = read(
        ["1", "Support", "NEMA", "Q2 2027", "Amber", text],
        ["2", "Map", "NEMA", "Q2 2027", "Green", "Drawn."],
        headings=["No", "Action", "Owner", "By when", "RAG", "Latest"],
        answers={name_of("rag-alone"): "under_way"},
    )
    assert [item.progress[None].labelled for item in found.items] == [[], [("Achieved", "Drawn.")]]
    assert text in notes_of(found)


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("contract not signed yet", "contract not signed yet"),
        ("3 of 12 in. Supplier went bust.", "Supplier went bust."),
        ("It was mended. Then it broke and is not mended.", "It was mended. Then it broke and is not mended."),
        ("212 trained", ""),
        ("Published 27 March 2026. 41 of 46 rivers.", ""),
    ],
)  # fmt: skip
def test_what_is_not_done_is_no_achievement(text, unfinished):
    assert unfinished_in(text) == unfinished


@pytest.mark.parametrize(
    ("answer", "items"),
    [(None, ["1"]), ("withdrawn", ["1", "1.1"]), (READ, ["1", "1.1"])],
)
def test_a_deleted_row_is_left_out_unless_a_person_says_otherwise(answer, items):
    rows = [
        ["1", "Map", "NEMA", "", "Q2 2027", "", ""],
        ["", "DELETED: Flood museum", "MCH", "", "", "Group dropped this in Feb", ""],
    ]
    found = answered(*rows, deleted=answer) if answer else read(*rows)
    assert [item.number for item in found.items] == items
    if answer is None:
        assert [(n.text, n.item) for n in found.notes] == [
            ("DELETED: Flood museum", None), ("MCH", None), ("Group dropped this in Feb", None),
        ]  # fmt: skip
        assert [each.quoted for each in found.doubts if each.new_agency] == []
    elif answer == "withdrawn":
        assert found.items[1].stage == "withdrawn"
