"""Test how the summary of a draft says what its recommendations ask of the Minister."""

import pytest

from reports.document import Verb
from reports.drafting.draft import MOST_ASKED, Ask, Draft, Part, Portion, printed

SENTENCE = "You are asked to {recommendations}."
NOTE = Ask(key="r-1", verb=Verb.NOTE, text="the contents of this paper.")
AGREE = Ask(key="r-2", verb=Verb.AGREE, text="to the next report, as {p-1} says")
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
        ([LONG], "decide on one recommendation at the end of this paper"),
        ([NOTE, AGREE, LONG], "decide on three recommendations at the end of this paper"),
    ],
)
def test_the_recommendations_end_a_sentence_or_are_counted_if_they_are_long(asks, words):
    draft = Draft(
        (Portion("s", "Purpose", "purpose", (Part(key="p-1", text=SENTENCE),)),), tuple(asks)
    )
    assert printed(draft, SENTENCE) == f"You are asked to {words}."


def test_a_hidden_recommendation_is_not_asked():
    hidden = Ask(key="r-4", verb=Verb.NOTE, text="more", is_hidden=True)
    assert printed(Draft((), (NOTE, hidden)), SENTENCE) == (
        "You are asked to note the contents of this paper."
    )
