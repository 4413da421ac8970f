"""Test how the summary of a draft says what its recommendations ask of the Minister."""

from datetime import date

import pytest

from reports.compose.paragraphs import MOST_ASKED
from reports.document import Verb, words
from reports.drafting.draft import Ask, Draft, Part, Portion, printed
from tests.reports.in_memory import LABOUR, delay, facts, item, paper, section_texts, step

SENTENCE = "You are asked to {recommendations}."
NOTE = Ask(key="r-1", verb=Verb.NOTE, text="the contents of this paper.")
AGREE = Ask(key="r-2", verb=Verb.AGREE, text="to the next report, as {p-1} says")
BUDGET = Ask(key="r-4", verb=Verb.NOTE, text="that the new date for the card depends on the Budget")
OTHERS = Ask(key="r-5", verb=Verb.NOTE, text="that the new dates for A and B need decisions too")
LONG = Ask(key="r-3", verb=Verb.DIRECT, text="agencies " * MOST_ASKED)


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ([], "do nothing, as this paper is for your information"),
        ([NOTE], "note the contents of this paper"),
        (
            [NOTE, AGREE],
            "note the contents of this paper and agree to the next report, as 1 says",
        ),
        (
            [BUDGET, NOTE],
            "note which new date depends on a decision and note the contents of this paper",
        ),
        ([BUDGET, OTHERS], "note which new dates depend on decisions"),
        ([LONG], "decide on one recommendation at the end of this paper"),
        ([NOTE, AGREE, LONG], "decide on three recommendations at the end of this paper"),
    ],
)
def test_the_recommendations_end_a_sentence_or_are_counted_if_they_are_long(asks, words):
    draft = Draft(
        (Portion("s", "Purpose", "purpose", (Part(key="p-1", text=SENTENCE),)),), tuple(asks)
    )
    assert printed(draft, SENTENCE) == f"You are asked to {words}."


NO_DATE = date(2010, 6, 30)


def waiting(number, needs="", *, settlement="needs_decision", is_key=True):
    held_up = delay(needs=needs, settlement=settlement, settling_agency=LABOUR.pk)
    late = step(NO_DATE, held_up, forecast_due=date(2011, 6, 30))
    return item(number, late, as_told=f"card {number}", is_key=is_key)


def asked_on(*items):
    document = paper(facts(*items))
    return [f"{each.verb} {words(each.text)}" for each in document.recommendation.items]


LATER = "not before June 2011"


def test_a_paper_recommends_to_note_which_decisions_its_new_dates_need():
    items = [waiting("1.1", "$3 million in the next Budget"), waiting("1.2", is_key=False)]
    assert asked_on(*items, waiting("1.3", settlement="being_settled")) == [
        f"note that the new date for card 1.1 (1.1, {LATER}) depends on $3 million in the next Budget",
        f"note that the new date for card 1.2 (1.2, {LATER}) depends on a decision on the funding",
        "note the contents of this paper",
    ]
    assert asked_on(waiting("1.3", settlement="being_settled")) == [
        "note the contents of this paper"
    ]


def test_of_many_decisions_those_after_the_fifth_are_in_one_recommendation():
    last = asked_on(*(waiting(f"1.{n}") for n in range(1, 8)))[5:]
    assert last == [
        "note that the new dates for card 1.6 (1.6) and card 1.7 (1.7) need decisions too",
        "note the contents of this paper",
    ]


@pytest.mark.parametrize(
    ("needs", "ask"),
    [
        ("A decision by the Minister of Immigration on fees", "agree to decide on fees, as"),
        ("your decision on fees", "agree to decide on fees, as"),
        # As the coordinating agency writes it.
        ("A decision by the Minister on fees", "agree to decide on fees, as"),
        # Whose the decision alone is, is not certain.
        (
            "A decision by the Minister of Immigration and the Minister of Finance on fees",
            "note that",
        ),
        (
            "A decision by the Minister of Immigration on fees and the Minister of Finance on tax",
            "note that",
        ),
    ],
)
def test_a_decision_that_is_certainly_the_ministers_own_is_asked_for(needs, ask):
    of = facts(waiting("1.1", "a second tender"), waiting("1.2", needs))
    document = paper(of)
    texts = [f"{each.verb} {words(each.text)}" for each in document.recommendation.items]
    (found,) = [text for text in texts if "card 1.2" in text]
    assert found.startswith(ask)
    is_own = ask.startswith("agree")
    assert (found == texts[0]) == is_own
    assert ("depends on your decision on fees." in section_texts(of, "purpose")[1]) == is_own


def test_a_hidden_recommendation_is_not_asked():
    hidden = Ask(key="r-4", verb=Verb.NOTE, text="more", is_hidden=True)
    assert printed(Draft((), (NOTE, hidden)), SENTENCE) == (
        "You are asked to note the contents of this paper."
    )
