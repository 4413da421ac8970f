"""Test which texts say nothing, or only name a topic."""

import pytest

from workitems.terms.empty_texts import says_little


@pytest.mark.parametrize(
    "text",
    ["n/a", "As above.", "Nil", "No change", "Ongoing", "Weather", "Prioritisation.", "Ongoing discussions"],
)  # fmt: skip
def test_these_say_too_little(text):
    assert says_little(text)


@pytest.mark.parametrize(
    "text",
    [
        "Printed.",
        "Discussions with Fiji ended.",
        "Heavy weather closed the plant",
        "12 meetings held",
        "Brochure completed",
    ],
)
def test_these_say_something(text):
    assert not says_little(text)
