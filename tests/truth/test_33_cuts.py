"""Test rule 33: no cut turns the sense of a text, and what is shortened is listed."""

import pytest

from reports import checks
from reports.document.wording import first_sentences
from reports.drafting.paper import read_drafted
from tests.factories import AgencyFactory, MemberFactory, UpdateFactory
from tests.reports.drafted import drafted
from tests.reports.in_memory import facts, item, section_texts, update_of

LONG = "it ran at every port of the country in the weeks before the season began " * 4


@pytest.mark.parametrize("turn", ["But", "Then", "However,", "Since then"])
def test_a_sentence_is_printed_with_the_one_that_turns_its_sense_or_not_at_all(turn):
    text = f"It was mended. {turn} it broke again."
    assert first_sentences(text, 1, 30) == text
    assert first_sentences(text, 1, 6) == ""
    # What stands before them is printed alone.
    assert first_sentences(f"It was bought. {text}", 2, 6) == "It was bought."


def test_a_sentence_is_printed_without_one_that_goes_on():
    assert first_sentences("It was mended. All ports use it.", 1, 30) == "It was mended."


def achievement(text):
    one = item("1.1", title="Mend the card reader")
    return section_texts(
        facts(one, updates=[update_of(one, achieved=text, key_achievement="yes")]), "achievements"
    )


def test_a_text_that_turns_is_printed_whole_if_it_fits():
    assert achievement("The card reader was mended. Then it broke again.") == [
        "The card reader was mended. Then it broke again."
    ]


def test_a_text_that_turns_is_not_printed_if_the_turn_does_not_fit():
    assert achievement(f"The card reader was mended. Then {LONG}.") == [
        "Another key achievement: mending the card reader (1.1)."
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Police trained all staff. They liked it.", []),
        ("Police trained all staff. They liked it. More of them asked for it.", ["shortened"]),
    ],
)
def test_a_check_lists_the_paragraphs_with_shortened_texts(plan, item, by, accepted, text, listed):
    UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="yes")
    found = checks.failed_checks(read_drafted(drafted(plan, item, by)))
    assert [check.key for check in found] == listed
    assert [(check.words, check.lines) for check in found] == [
        (
            "Paragraph 4 leaves out a part of what an agency wrote.",
            ["Paragraph 4 leaves out “More of them asked for it.”"],
        )
    ] * len(listed)


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_a_text_in_which_an_agency_is_written_out_is_not_shortened(plan, item, by, accepted):
    health = AgencyFactory(short_name="MOH", name="Ministry of Health")
    MemberFactory(plan=plan, agency=health)
    text = "Police printed all brochures for MOH."
    UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="yes")
    read = read_drafted(drafted(plan, item, by))
    texts = [part.text for part in read.draft.parts()]
    assert "Police printed all brochures for the Ministry of Health (MOH)." in texts
    assert checks.failed_checks(read) == []
