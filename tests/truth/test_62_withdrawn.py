"""Rule 62: what is withdrawn is no part of what is counted."""

from collections import Counter
from datetime import date

import pytest

from reports.progress.dashboard import in_one_sentence
from tests.reports.in_memory import facts, item, section_texts, step
from workitems.plan.asat import Moment
from workitems.terms.lateness import Status

pytestmark = pytest.mark.one_database(reason="reads no database")

TODAY = Moment.today(date(2010, 7, 30))
PASSED, AHEAD, HEARD = date(2010, 6, 30), date(2011, 6, 30), date(2010, 7, 1)


def brief(*items):
    return section_texts(facts(*items), "purpose")[1].splitlines()


def on_time(number, **given):
    return item(number, step(AHEAD), **{"heard_on": HEARD, "confidence": "on_track"} | given)


def test_the_papers_figures_are_of_the_items_that_are_not_withdrawn():
    items = [on_time("1.1"), on_time("1.2", stage="not_started"), item("1.3", stage="withdrawn")]
    figures = next(line for line in brief(*items) if "work items" in line)
    assert figures.startswith(
        "- Of the Plan’s two work items, one is under way and one has not started. One item that was withdrawn (1.3) is not counted."
    )


def test_late_key_items_are_counted_of_the_key_items_that_are_not_withdrawn():
    late = item("1.1", step(PASSED), is_key=True)
    others = [
        item("1.4", step(PASSED)),
        on_time("1.2", is_key=True),
        item("1.3", stage="withdrawn", is_key=True),
    ]
    assert "including one of its two key items" in " ".join(brief(late, *others))


def test_the_dashboards_headline_counts_without_what_is_withdrawn():
    count = Counter({Status.COMPLETE: 2, Status.ON_TIME: 3, Status.WITHDRAWN: 1})
    assert in_one_sentence(count, 0, TODAY).startswith("5 work items: 2 complete, 0 late")
    assert in_one_sentence(count, 0, TODAY).endswith("; 1 more is withdrawn.")
