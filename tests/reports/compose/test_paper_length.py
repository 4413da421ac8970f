"""Test that a paper stays short where agencies write much, and that what is too long is found."""

from tests.reports.in_memory import paper
from tests.reports.long_plan import long_plan
from tests.reports.paper_length import too_long


def test_a_paper_on_a_plan_whose_agencies_write_much_is_short():
    assert too_long(paper(long_plan()), most_words=1_300, most_in_one=150) == []


def test_what_is_over_a_limit_is_counted():
    found = too_long(paper(long_plan()), most_words=100, most_paragraphs=2, most_in_one=20)
    assert [each.partition(" ")[2] for each in found] == [
        "words, more than 100",
        "paragraphs, more than 2",
        "words in one paragraph, more than 20",
    ]
