"""Test that a draft is composed with the words that it keeps, as long as its paper has its length."""

from copy import copy
from dataclasses import replace

import pytest

from reports.compose import UNDRAFTED, paper_parts, write
from reports.compose.budget import RECOMMENDATIONS
from tests.reports.random_papers import random_facts

SEEDS = range(12)


@pytest.fixture
def tries(monkeypatch):
    """The words that are tried, one for each time that the paper is made."""
    found = []
    make = paper_parts._with_words

    def noted(facts, annexes, contents, words, *, is_tight):
        found.append(words)
        return make(facts, annexes, contents, words, is_tight=is_tight)

    monkeypatch.setattr(paper_parts, "_with_words", noted)
    return found


def limited(facts, most_words, share=None):
    """Return the facts with a limit, of a briefing that keeps this share of the words."""
    briefing = copy(facts.briefing)
    briefing.shared_words, briefing.is_tight = share or (None, False)
    return replace(facts, briefing=briefing, most_words=most_words)


def text_of(facts):
    made = write(facts, UNDRAFTED, in_full=False)
    return made.sections, made.share


@pytest.mark.parametrize("most_words", [200, 500, 1000, 2000])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_draft_is_made_once_and_says_the_same(tries, seed, most_words):
    facts = random_facts(seed)
    first = text_of(limited(facts, most_words))
    share = first[1]
    del tries[:]
    assert text_of(limited(facts, most_words, share)) == first
    if share != paper_parts.LEAST:
        assert tries == [share.words]


def test_a_draft_keeps_its_words_under_a_higher_limit(tries):
    facts = random_facts(7)
    was = text_of(limited(facts, 720))
    del tries[:]
    assert text_of(limited(facts, 2000, was[1])) == was
    assert len(tries) == 1
    assert text_of(limited(facts, 2000)) != was


def test_a_draft_that_is_over_its_limit_is_composed_anew():
    facts = random_facts(7)
    was = text_of(limited(facts, 2000))
    anew = text_of(limited(facts, 600))
    assert anew != was
    assert text_of(limited(facts, 600, was[1])) == anew


def test_the_least_of_a_paper_is_made_once_while_it_is_too_long_and_then_composed_anew(tries):
    facts = random_facts(7)
    least = text_of(limited(facts, 200))
    assert least[1] == paper_parts.LEAST
    del tries[:]
    assert text_of(limited(facts, 200, paper_parts.LEAST)) == least
    assert tries == [0]
    assert text_of(limited(facts, 2000, paper_parts.LEAST)) == text_of(limited(facts, 2000))


def test_the_least_of_a_paper_is_made_once_while_it_leaves_hardly_any_words(tries):
    facts = random_facts(7)
    total, *_ = paper_parts._with_words(
        facts, list(paper_parts.USUAL_ANNEXES), UNDRAFTED, 0, is_tight=True
    )
    most_words = round((total + 2) / paper_parts.FILLED) + RECOMMENDATIONS
    del tries[:]
    assert text_of(limited(facts, most_words, paper_parts.LEAST))[1] == paper_parts.LEAST
    assert tries == [0]
