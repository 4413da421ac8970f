"""Texts in which an agency speaks as "we", told of it by name."""

import pytest

from workitems.terms.third_person import in_third_person, without_we


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("No firm bid, so we had to ask again.", "No firm bid, so DIA had to ask again."),
        ("We have asked, and two are being drafted.", "DIA has asked, and two are being drafted."),
        ("we are hiring", "DIA is hiring"),
        ("We’re waiting and have asked our lawyers.", "DIA is waiting and has asked its lawyers."),
        ("We've met. We will meet again.", "DIA has met. DIA will meet again."),
        ("The bid is with our CE.", "The bid is with DIA’s CE."),
        # "It" would be the lead.
        ("Our lead left and we could not hire.", "DIA’s lead left and DIA could not hire."),
        ("We urgently need advice on the US rules.", "DIA urgently needs advice on the US rules."),
        ("We need to find and appoint staff.", "DIA needs to find and appoint staff."),
        ("We re-tendered and now co-design it.", "DIA re-tendered and now co-design it."),
        ("They wrote to us in May.", "They wrote to DIA in May."),
        ("Staff left.", "Staff left."),
    ],
)
def test_the_agency_is_named_where_it_says_we(typed, told):
    assert in_third_person(typed, "DIA") == told


@pytest.mark.parametrize(
    "typed",
    [
        "Staff of ours left.",
        "We at DIA think so.",
        "We'd ask again.",
        "By ourselves. We ask.",
        # "Do DIA has it?", "DIA tries, carry on".
        "Do we have it?",
        "We try, carry on and watch.",
    ],
)
def test_what_cannot_be_told_so_stays_as_it_is(typed):
    assert in_third_person(typed, "DIA") is None
    assert without_we(typed, "DIA") == typed


def test_police_are_many():
    typed = "We have asked and are waiting for our lawyers."
    assert (
        in_third_person(typed, "Police") == "Police have asked and are waiting for their lawyers."
    )
