"""Test how a paper's words are shared out to its sections."""

from reports.compose.budget import SHARES, Budget, count_words

CONTENTS = ("purpose", "background", "achievements", "delay", "mitigation", "next_steps")


def rooms(budget):
    return [budget.room(content).remaining for content in CONTENTS]


def test_a_papers_words_are_shared_out():
    total = sum(SHARES[content] for content in CONTENTS)
    assert rooms(Budget(10 * total, CONTENTS)) == [10 * SHARES[content] for content in CONTENTS]
    assert 990 < sum(rooms(Budget(1000, CONTENTS))) <= 1000


def test_what_a_section_leaves_or_overdraws_is_the_next_ones():
    budget = Budget(1000, CONTENTS)
    purpose, background, *_ = rooms(budget)
    budget.spend("purpose", purpose - 30)
    assert budget.room("background").remaining == background + 30
    budget.spend("background", background + 50)
    assert budget.room("achievements").remaining == rooms(Budget(1000, CONTENTS))[2] - 20


def test_a_section_of_unknown_content_and_a_paper_without_words_have_room_too():
    assert Budget(100, ["money"]).room("money").remaining == 100
    assert Budget(0, CONTENTS).room("delay").remaining == 0
    assert Budget(1000, []).room("delay").remaining == 0


def test_texts_take_room_all_or_none_and_what_must_be_printed_overdraws_it():
    room = Budget(5, ["money"]).room("money")
    assert (room.take("one two three", "four five six"), room.remaining) == (False, 5)
    assert (room.take("one two", "three"), room.remaining) == (True, 2)
    assert (room.has("one two"), room.has("one two three"), room.remaining) == (True, False, 2)
    room.use("one two three")
    assert room.remaining == -1
    assert count_words("one  two\nthree", "", "four") == 4
