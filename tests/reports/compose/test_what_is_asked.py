"""Test how the summary of a draft says what its recommendations ask of the Minister."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED
from reports.compose.decisions import Lacks, missing_in, typed_decision
from reports.compose.paper_parts import write
from reports.compose.paragraphs import MOST_ASKED
from reports.document import Verb, words
from reports.drafting.draft import Ask, Draft, Part, Portion, printed
from tests.reports.in_memory import LABOUR, delay, facts, item, paper, step

BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")
SENTENCE = "You are asked to {recommendations}."
NOTE = Ask(key="r-1", verb=Verb.NOTE, text="the contents of this paper.")
AGREE = Ask(key="r-2", verb=Verb.AGREE, text="to the next report, as {p-1} says")
BUDGET = Ask(
    key="r-4", verb=Verb.NOTE,
    text="that the new date for the card (1.1) depends on a decision by Cabinet",
)  # fmt: skip
FEES = Ask(
    key="r-5", verb=Verb.AGREE,
    text="to take a decision on fees by May, on which the new date for the map depends",
)  # fmt: skip
LISTED = Ask(key="r-6", verb=Verb.AGREE, text="to the following: a card")
LONG = Ask(key="r-3", verb=Verb.DIRECT, text="agencies " * MOST_ASKED)


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ([], "do nothing, as this paper is for your information"),
        ([NOTE], "note the contents of this paper"),
        (
            [NOTE, AGREE],
            "agree to the next report, as 1 says",
        ),
        (
            [FEES, BUDGET, LISTED],
            "take a decision on fees by May, and to agree to the following: a card",
        ),
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


def waiting(number, needs="", *, settlement="needs_decision", is_key=True, **case):
    held_up = delay(needs=needs, settlement=settlement, settling_agency=LABOUR.pk, **case)
    late = step(NO_DATE, held_up, forecast_due=date(2011, 6, 30))
    return item(number, late, as_told=f"card {number}", is_key=is_key)


def asked_on(*items):
    document = paper(facts(*items))
    return [f"{each.verb} {words(each.text)}" for each in document.recommendation.items]


def test_each_decision_of_others_on_which_new_dates_depend_is_a_recommendation():
    items = [waiting("1.1", "$3 million in the next Budget"), waiting("1.2", is_key=False)]
    assert asked_on(*items, waiting("1.3", settlement="being_settled")) == [
        f"{NEW_DATE} depends on a decision on $3 million in the next Budget",
        "note that the new date for the brochure to be printed (1.2, not before June 2011) depends on a decision on the funding",
        "note the contents of this paper",
    ]
    assert asked_on(waiting("1.3", settlement="being_settled")) == [
        "note the contents of this paper"
    ]
    assert asked_on(waiting("1.1"))[0] == f"{NEW_DATE} depends on a decision on the funding"


def test_of_many_decisions_of_others_those_after_the_fifth_are_noted_together():
    items = [waiting(f"1.{n}", f"an Order in Council on card {n}") for n in range(1, 8)]
    *first, rest, _ = asked_on(*items)
    assert [each.rpartition(" ")[2] for each in first] == ["1", "2", "3", "4", "5"]
    assert rest == (
        "note that the new dates for the brochure to be printed (1.6, not before June 2011) and the brochure to be printed (1.7, not "
        "before June 2011) depend on other decisions"
    )


NEW_DATE = "note that the new date for the brochure to be printed (1.1, not before June 2011)"


@pytest.mark.parametrize(
    ("needs", "ask"),
    [
        (
            "A decision by the Minister of Immigration on fees by May",
            "agree to decide on fees by May",
        ),
        ("your decision on fees by May", "agree to decide on fees by May"),
        # As the coordinating agency writes it.
        ("A decision by the Minister on fees by May", "agree to decide on fees by May"),
        (
            "A decision by the Minister of Immigration and the Minister of Finance on fees by May",
            "agree to decide with the Minister of Finance on fees by May",
        ),
        # By when it is needed is not said where no record says it: a check asks for it.
        ("your decision on fees", "agree to decide on fees"),
        (
            "A decision by the Minister of Immigration and the Minister of Finance on fees",
            "agree to decide with the Minister of Finance on fees",
        ),
        # A change can be agreed to as it is.
        (
            "a decision by the Minister of Immigration on a higher fee, at $1.9 million a year",
            "agree to a higher fee ($1.9 million a year)",
        ),
        # That money is sought is not said by who asks for a decision on it.
        (
            "A decision by the Minister of Immigration and the Minister of Finance on $3 million in Budget 2011",
            "agree to decide with the Minister of Finance whether to seek $3 million in Budget 2011",
        ),
        # Which decision is whose is not certain.
        (
            "A decision by the Minister of Immigration on fees and the Minister of Finance on tax",
            f"{NEW_DATE} depends on a decision by you on fees and the Minister of Finance on tax",
        ),
        (
            "A decision by the Minister of Finance on fees",
            f"{NEW_DATE} depends on a decision by the Minister of Finance on fees",
        ),
    ],
)
def test_a_decision_that_is_certainly_the_ministers_own_is_asked_for(needs, ask):
    texts = asked_on(waiting("1.1", needs))
    assert texts[0].startswith(ask)
    if ask.startswith("agree"):
        assert (
            texts[0]
            == f"{ask}, on which the new date for the brochure to be printed (1.1), June 2011 at the earliest, depends"
        )


def test_a_hidden_recommendation_is_not_asked():
    hidden = Ask(key="r-4", verb=Verb.NOTE, text="more", is_hidden=True)
    assert printed(Draft((), (NOTE, hidden)), SENTENCE) == (
        "You are asked to note the contents of this paper."
    )


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "that the new date for the relief pool (3.2, not before August 2027) depends on your decision on a daily rate (no day "
            "is set)",
            "note that the new date for the relief pool depends on your decision on a daily rate",
        ),
        (
            "that the new date for the rule to be in force (3.1, not before May 2011) depends on a decision by Cabinet on costs",
            "note that the new date for the rule to be in force depends on a decision by Cabinet",
        ),
        (
            "that new dates depend on decisions: that for the pool (3.2) on your decision on a rate, at $1.9 million a year (no day "
            "is set); and that for the agreement on sites (2.4) on a decision by Cabinet in May to add it",
            "note that new dates depend on your decision on a rate, at $1.9 million a year, and on a decision by Cabinet",
        ),
        (
            "that new dates depend on decisions: that for the pool (3.2) on your decision on a rate; and that for the card (2.4) on "
            "more money",
            "note that two new dates depend on decisions, among them your decision on a rate",
        ),
    ],
)
def test_the_summary_names_who_decides_where_every_decision_says_it(text, clause):
    asks = (Ask(key="r-1", verb=Verb.NOTE, text=text),)
    assert printed(Draft((), asks), SENTENCE) == f"You are asked to {clause}."


@pytest.mark.parametrize("start", ["to decide ", ""])
def test_the_summary_says_of_a_decision_with_another_minister_that_it_is_to_be_taken(start):
    # Drafts from before have no "to decide".
    text = f"{start}with the Minister of Finance whether to seek $3 million, on which the new date for the map (1.1), May 2011, depends"
    asks = (Ask(key="r-1", verb=Verb.AGREE, text=text),)
    assert printed(Draft((), asks), SENTENCE) == (
        "You are asked to decide with the Minister of Finance whether to seek $3 million, on which the map (1.1) depends."
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "Joint Ministers (Comms, EM) to decide on $4.9m",
            "a decision by joint Ministers (Comms, EM) on $4.9m",
        ),
        ("Cabinet to take a decision on fees.", "a decision by Cabinet on fees"),
        (
            "Bill needs to be passed by 30 Jun 2027",
            "Parliament passing the Bill by 30 June 2027",
        ),
        ("The Transport Bill has to be passed", "Parliament passing the Transport Bill"),
        ("We have to find money", ""),
    ],
)
def test_a_decision_typed_as_a_sentence_says_who_takes_it(typed, told):
    assert typed_decision(typed) == told


@pytest.mark.parametrize(
    ("needs", "missing"),
    [
        ("more money or a smaller scope", Lacks(who=True)),
        ("a decision by Cabinet on fees", Lacks()),
        ("a decision by Police on fees", Lacks()),
        ("your decision on fees", Lacks(when=True, refusal=True)),
        ("your decision on fees by May", Lacks(refusal=True)),
        ("your decision on a new card, at $2 million", Lacks(when=True, money=True, refusal=True)),
    ],
)
def test_what_no_record_says_of_a_decision_is_not_printed_but_known(needs, missing):
    made = write(facts(waiting("1.1", needs)), BY_ITEM, in_full=False)
    (ask,) = made.asks
    assert "recorded" not in ask.text and "no day" not in ask.text
    assert missing_in(ask, ["Police", ""]) == missing


def test_the_case_for_the_ministers_decision_stands_beside_it():
    case = {"money_from": "The baseline of Vote Labour.", "if_declined": "travellers wait a year."}
    asked = waiting("1.1", "your decision on a new card, at $2 million, by May", **case)
    made = write(facts(asked), BY_ITEM, in_full=False)
    (ask,) = made.asks
    assert ask.text.endswith(
        "depends. The money would come from the baseline of Vote Labour. If you decline, travellers wait a year."
    )
    assert missing_in(ask, []) == Lacks()


def test_the_summary_says_of_several_decisions_of_others_whose_they_are():
    texts = [
        f"that the new date for the {thing} (1.1) depends on a decision by {who} on costs"
        for thing, who in (("card", "Cabinet"), ("map", "Police"))
    ]
    asks = tuple(Ask(key=text, verb=Verb.NOTE, text=text) for text in texts)
    assert printed(Draft((), asks), SENTENCE) == (
        "You are asked to note that new dates depend on a decision by Cabinet, and on a decision by Police."
    )


def test_each_decision_of_the_ministers_own_is_a_recommendation_and_those_of_others_stand_apart():
    own = [waiting("1.1", "your decision on fees"), waiting("1.2", "your decision on a new card")]
    assert asked_on(*own, waiting("1.3", "a decision by Cabinet on the bill")) == [
        "agree to decide on fees, on which the new date for the brochure to be printed (1.1), June 2011 at the earliest, depends",
        "agree to a new card, on which the new date for the brochure to be printed (1.2), June 2011 at the earliest, depends",
        "note that the new date for the brochure to be printed (1.3, not before June 2011) depends on a decision by Cabinet on the bill",
        "note the contents of this paper",
    ]


def test_the_summary_asks_for_the_ministers_own_decisions_and_leaves_others_to_the_recommendations():
    asks = (
        Ask(
            key="r-1", verb=Verb.AGREE,
            text="to a higher fee ($2 million), on which the new date for the card (1.1), May 2011, depends",
        ),
        Ask(
            key="r-2", verb=Verb.NOTE,
            text="that the new date for the map (1.2) depends on a decision by Cabinet",
        ),
    )  # fmt: skip
    assert (
        printed(Draft((), asks), SENTENCE)
        == "You are asked to agree to a higher fee ($2 million), on which the card (1.1) depends."
    )


@pytest.mark.parametrize(
    "case",
    [
        ". The money would come from Vote Labour. If it is declined, travellers wait a year",
        # As earlier drafts have it.
        " (the money would come from Vote Labour; if it is declined, travellers wait a year)",
    ],
)
def test_the_summary_has_the_case_for_a_decision(case):
    asks = (
        Ask(
            key="r-1", verb=Verb.AGREE,
            text=f"to a higher fee ($2 million), on which the new date for the card (1.1), May 2011, depends{case}",
        ),
    )  # fmt: skip
    assert printed(Draft((), asks), SENTENCE) == (
        f"You are asked to agree to a higher fee ($2 million), on which the card (1.1) depends{case}."
    )
