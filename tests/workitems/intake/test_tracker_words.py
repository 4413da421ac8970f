"""Test how trackers' words are read: dates, status, agencies, headings."""

from datetime import date

import pytest

from tests.workitems.trackers import sheet_day
from workitems.intake.tracker.date_words import DAY_FIRST, MONTH_FIRST, order_of, read_date
from workitems.intake.tracker.headings import Field, field_of, shape_of
from workitems.intake.tracker.words import (
    Agencies,
    KnownAgency,
    Status,
    looks_like_agency,
    read_cause,
    read_kind,
    read_status,
    read_timeframe,
    read_yes,
)

NEAR = date(2026, 6, 30)
AGENCIES = Agencies(
    [
        KnownAgency("Police", "New Zealand Police", ("Ngā Pirihimana o Aotearoa",)),
        KnownAgency("Customs", "New Zealand Customs Service", ("Te Mana Ārai o Aotearoa",)),
        KnownAgency(
            "MBIE",
            "Ministry of Business, Innovation and Employment",
            ("DoL", "Department of Labour"),
        ),
        KnownAgency("MoJ", "Ministry of Justice"),
    ]
)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Q1 2027", "January to March 2027"),
        ("Q1-27", "January to March 2027"),
        ("Dec-26", "December 2026"),
        ("Dec '26", "December 2026"),
        ("30 Jun 27", "30 June 2027"),
        ("30-Jun-27", "30 June 2027"),
        ("3rd March 2027", "3 March 2027"),
        ("Wed 3 March 2027", "3 March 2027"),
        ("by 30 June 2027", "30 June 2027"),
        ("end June 2027", "June 2027"),
        ("mid June 2027", "June 2027"),
        ("3/4/2027", "3 April 2027"),
        ("25.12.26", "25 December 2026"),
        ("April to June 2027", "April to June 2027"),
        ("2027-03-01 00:00:00", "1 March 2027"),
        (sheet_day(2027, 3, 1), "1 March 2027"),
    ],
)
def test_a_date_that_can_mean_one_thing_is_understood(value, said):
    read = read_date(value, NEAR)
    assert (read.is_sure, [str(each) for each in read.choices]) == (True, [said])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("mid-2027", ["June 2027", "April to June 2027", "July to September 2027"]),
        ("end of 2026", ["December 2026", "October to December 2026"]),
        ("early 2027", ["January to March 2027", "January 2027"]),
        ("2027", ["December 2027", "October to December 2027"]),
        (2027, ["December 2027", "October to December 2027"]),
        ("FY26/27", ["June 2027", "April to June 2027"]),
        ("2026/27", ["June 2027", "April to June 2027"]),
        ("Q1 FY27", ["July to September 2026", "January to March 2027"]),
        ("H1 2027", ["June 2027", "April to June 2027"]),
        ("June/July 2027", ["July 2027", "June 2027"]),
        ("Nov-Jan 2027", ["January 2027", "November 2026"]),
        ("12/25/2026", ["25 December 2026"]),
        ("26-Dec", ["26 December 2026", "26 December 2027"]),
        ("about June 2027", ["June 2027"]),
        (46_568, ["30 June 2027"]),
    ],
)
def test_a_date_that_can_mean_several_has_choices_and_is_not_sure(value, said):
    read = read_date(value, NEAR)
    assert (read.is_sure, [str(each) for each in read.choices]) == (False, said)


@pytest.mark.parametrize(
    "value",
    ["sometime", "31/02/2027", "Q5 2027", "May be 2027", "1.2", True, None, "", 12, "13/13/2027"],
)
def test_what_is_no_date_has_no_choices(value):
    assert read_date(value, NEAR).choices == ()


def test_words_instead_of_dates_are_known():
    assert [read_date(word, NEAR).word for word in ("Ongoing", "BAU", "TBC", "n/a", "-")] == [
        "ongoing", "ongoing", "none", "none", "none",
    ]  # fmt: skip


def test_a_date_cell_that_shows_only_the_month_is_a_month():
    assert str(read_date(sheet_day(2026, 12, 1), NEAR, shows_month=True).best) == "December 2026"


def test_the_order_of_day_and_month_is_told_by_numbers_above_twelve():
    assert [order_of(text) for text in ("25/12/2026", "12/25/2026", "3/4/2027", "soon")] == [
        DAY_FIRST, MONTH_FIRST, None, None,
    ]  # fmt: skip
    assert str(read_date("3/4/2027", NEAR, MONTH_FIRST).best) == "4 March 2027"


@pytest.mark.parametrize(
    ("text", "stage", "confidence"),
    [
        ("G", "", "on_track"),
        ("Green - on track", "", "on_track"),
        ("Amber", "", "at_risk"),
        ("RED", "", "off_track"),
        ("100%", "complete", ""),
        ("Done!", "complete", ""),
        ("In progress – on track", "under_way", "on_track"),
        ("BAU", "ongoing", ""),
        ("Cancelled", "withdrawn", ""),
        ("0%", "not_started", ""),
    ],
)
def test_status_words_and_rag_are_understood(text, stage, confidence):
    read = read_status(text)
    assert (read.is_sure, read.choices) == (True, (Status(stage, confidence),))


def test_a_status_with_more_words_keeps_them():
    read = read_status("Amber: funding is late")
    assert (read.choices, read.has_more) == ((Status("", "at_risk"),), True)


def test_a_status_that_differs_between_agencies_is_not_sure():
    assert [read_status(text).is_sure for text in ("Blue", "On hold", "A/G", "whatever")] == [
        False
    ] * 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NZ Police", [("Police", "", False)]),
        ("te mana ārai o aotearoa", [("Customs", "", False)]),
        ("Department of Labour", [("MBIE", "", False)]),
        ("Police/Customs", [("Police", "", False), ("Customs", "", False)]),
        ("MBIE (lead), Customs", [("MBIE", "", True), ("Customs", "", False)]),
        ("Lead: Police; Support: MoJ", [("Police", "", True), ("MoJ", "", False)]),
        (
            "Ministry of Business, Innovation & Employment; NZ Police (training)",
            [("MBIE", "", False), ("Police", "training", False)],
        ),
        (
            "MBIE and MoJ\nCustoms",
            [("MBIE", "", False), ("MoJ", "", False), ("Customs", "", False)],
        ),
    ],
)
def test_agencies_are_known_by_any_of_their_names(text, found):
    assert [(each.short, each.role, each.is_lead) for each in AGENCIES.read(text)] == found


def test_an_agency_that_is_not_known_has_a_guess_only_if_one_is_near():
    named = [AGENCIES.read(text)[0] for text in ("Polcie", "Justice", "Jane Smith")]
    assert [(each.short, each.near) for each in named] == [("", "Police"), ("", "MoJ"), ("", "")]


def test_an_agency_that_has_ended_is_asked_with_what_it_became():
    known = Agencies(
        [
            KnownAgency("MBIE", "Ministry of Business"),
            KnownAgency("DoL", "Department of Labour", has_ended=True, became="MBIE"),
        ]
    )
    (named,) = known.read("Department of Labour")
    assert (named.short, named.near) == ("", "MBIE")
    assert [each.short for each in known.known] == ["MBIE"]


def test_an_unknown_agency_with_commas_in_its_name_is_one():
    assert [each.text for each in AGENCIES.read("Ministry of Forests, Fish and Fowl")] == [
        "Ministry of Forests, Fish and Fowl"
    ]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("No.", Field.NUMBER),
        ("Ref #", Field.NUMBER),
        ("Lead Agency/ies", Field.LEAD),
        ("Action owner", Field.LEAD),
        ("Due date (original)", Field.DUE),
        ("Revised due date", Field.FORECAST),
        ("% complete", Field.STATUS),
        ("RAG status", Field.STATUS),
        ("Milestone 2", Field.MILESTONE),
        ("Reason for delay", Field.CAUSE),
        ("Quarterly update (June)", Field.PROGRESS),
        ("Objective", Field.OBJECTIVE),
        ("Lead contact email", Field.NOTE),
        ("Colour of the folder", None),
    ],
)
def test_headings_tell_what_their_column_is(heading, field):
    assert field_of(heading)[0] == field


def test_a_shape_is_the_same_for_the_same_headings_in_other_letters():
    assert shape_of(["No.", "Action", "LEAD"]) == shape_of(["no", "Action ", "Lead"])
    assert shape_of(["No.", "Action"]) != shape_of(["Action", "No."])


def test_small_words_are_read():
    assert [read_yes(word) for word in ("Yes", "y", "✓", "No", "perhaps")] == [
        True, True, True, False, None,
    ]  # fmt: skip
    assert [read_kind(word) for word in ("BAU", "New", "odd")] == [
        "business_as_usual", "action_item", "",
    ]  # fmt: skip
    assert [read_timeframe(word) for word in ("Short-term", "12-24 months", "5 years", "Soon")] == [
        "short", "medium", "long", "",
    ]  # fmt: skip
    assert [read_cause(text) for text in ("Two staff left", "Tender failed", "Weather", "Waiting for Cabinet")] == [
        "staffing", "procurement", "outside_event", "cabinet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Labour Inspectorate", "Accident Insurance Fund", "Ministry of Transport"]
)
def test_a_name_with_a_word_of_public_bodies_looks_like_an_agency(name):
    assert looks_like_agency(name)
