"""Test packs and minutes as PDF: the dashboard's figures, tags and text.

`test_every_paper` tests what every PDF must meet.
"""

import re
from dataclasses import replace

import pytest
import time_machine
from django.db import transaction

from reports.meetings.minutes import compose_minutes
from reports.meetings.pack import compose_pack
from reports.meetings.parts import AttentionLine
from reports.meetings.services import freeze_pack, print_paper
from reports.progress import dashboard
from reports.progress.view import PlanView
from tests.reports.meeting_papers import at, before_a_meeting
from tests.reports.paper_reading import (
    opened,
    pages,
    spoken,
    structure,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.prints_anew,
    pytest.mark.one_database(reason="printed from documents"),
]

NOON = at(2)


@pytest.fixture(scope="module")
def papers(django_db_setup, django_db_blocker):
    """A frozen pack, the pack and the minutes as data, and the dashboard at the pack's moment."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(at(1), tick=False):
            made = before_a_meeting()
        frozen = freeze_pack(meeting=made.meeting, by=made.coordinator, at=NOON)
        page = dashboard.read_dashboard(PlanView(plan=made.plan, at=frozen.moment))
        # Each part is counted when it is first asked for; after the rollback it is too late.
        assert page.grid.totals and page.headline and page.attention
        found = {
            "frozen": bytes(frozen.pdf),
            "pack": compose_pack(made.meeting, frozen.moment),
            "minutes": compose_minutes(made.meeting, at(11)),
            "dashboard": page,
        }
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def data(papers):
    return papers["frozen"]


@pytest.fixture(scope="module")
def tree(data):
    with opened(data) as pdf:
        yield structure(pdf)


def parts(data):
    """Return the tagged text under each second-level heading: (role, text) in order."""
    found, heading = {}, ""
    for role, text in spoken(data):
        if role == "H2":
            heading = text
            found[heading] = []
        elif heading:
            found[heading].append((role, text.strip()))
    return found


def cells(part, role="TD"):
    return [text for each, text in part if each == role]


# --- figures ----------------------------------------------------------------------------------


def test_every_figure_in_the_file_matches_the_dashboard(papers, data):
    page, heard = papers["dashboard"], parts(data)

    going = heard["How we are going"]
    assert " ".join(cells(going, "P")) == page.headline
    # A heading of two lines is two texts.
    assert " ".join(cells(going, "TH")) == " ".join(figure.label for figure in page.figures)
    assert cells(going) == [str(figure.count) for figure in page.figures]

    attention = heard["Needs attention"]
    count = page.attention_figure.count
    assert f"{count} lines need attention, most urgent first." in cells(attention, "P")
    assert len(page.attention) == count  # few enough to be on the dashboard's first page
    text = " ".join(text for _, text in attention)
    for each in page.attention:
        for words in (
            *each.reason_texts,
            each.cause,
            each.expected.words,
            each.doing.words.rstrip("."),
            each.asked.words,
        ):
            assert words in text
        assert each.title in text

    who = heard["Who does what"]
    rows = [
        [
            *("–" if not cell.figure.count else str(cell.figure.count) for cell in column),
            str(total.count),
        ]
        for total, column in zip(
            page.grid.totals,
            zip(*(row.cells for row in page.grid.rows), strict=True),
            strict=True,
        )
    ]
    sums = [*(str(row.total.count) for row in page.grid.rows), str(page.grid.total.count)]
    numbers = [text for text in cells(who) if not text.endswith("late")]
    assert numbers == [number for row in [*rows, sums] for number in row]
    assert [text for _, text in who if text.endswith(" late")] == ["1 late"]

    due = heard["Due next"]
    assert cells(due)[:3] == [str(figure.count) for figure in page.due]
    assert cells(due, "TH")[:3] == ["Within 30 days", "Within 60 days", "Within 90 days"]
    assert cells(due, "TH")[8:] == [each.milestone.description for each in page.due_soon]

    slips = " ".join(pages(data, "-layout"))
    for cause in page.causes:
        assert re.search(rf"{cause.figure.label}\s+{cause.words}", slips)

    answers = heard["Who has answered"]
    assert cells(answers, "TH")[2:] == [each.agency.short_name for each in page.at.returns]
    assert cells(answers) == [
        each.reasons[0].words if each.reasons else each.state_label for each in page.at.returns
    ]


# --- the file ---------------------------------------------------------------------------------


def test_pictures_have_alternative_text(tree):
    figures = [str(figure.node.Alt) for figure in tree.all("Figure")]
    assert [words.split(".")[0] for words in figures] == [
        "Timeline of milestones as at 2 June 2010",
        "Days of delay by cause",
    ]
    assert "1.1 Brochure printed: promised 31 Mar 2010, expected 31 Aug 2010" in figures[0]


def test_every_page_shows_the_meeting_page_number_and_marking(papers, data):
    for number, page in enumerate(found := pages(data, "-layout"), start=1):
        assert f"Working group, 10 June 2010 · page {number} of {len(found)}" in page
        assert page.count("UNCLASSIFIED") == 2 + (number == 1)
        assert "Draft" not in page
    for page in pages(print_paper(papers["pack"]), "-layout"):
        assert page.splitlines()[0].split() == ["UNCLASSIFIED", "Draft"]


def test_a_frozen_paper_shows_its_version(data):
    assert "Version 1, frozen on 2 June 2010 at 12:00" in pages(data)[0]
    assert "2 June 2010 at 12:00" in pages(data)[0]


def test_the_same_paper_renders_to_the_same_bytes(papers, data):
    again = print_paper(papers["pack"], state="Version 1, frozen on 2 June 2010 at 12:00")
    assert again == data


# --- long content -----------------------------------------------------------------------------


def test_forty_matters_and_long_lists_print_and_state_what_is_left_out(papers):
    pack = papers["pack"]
    many = replace(
        pack,
        attention=tuple(AttentionLine(f"9.{n}", f"Item {n}", "Police", "Late.") for n in range(40)),
        attention_count=57,
        agenda=tuple(replace(pack.agenda[n % len(pack.agenda)], number=n + 1) for n in range(40)),
    )
    text = "\n".join(pages(print_paper(many)))
    assert "57 lines need attention, most urgent first." in text
    assert "And 17 more, on the dashboard as at this moment." in text
    assert "40. " in text


def test_a_long_name_without_a_space_stays_on_its_page(papers):
    word = "Kaiwhakahaere" * 20
    pack = replace(papers["pack"], place=word)
    text = re.sub(r"\s", "", pages(print_paper(pack))[0])
    assert word in text


def test_an_empty_agenda_says_so(papers):
    text = "\n".join(pages(print_paper(replace(papers["pack"], agenda=(), decisions=()))))
    assert "Nothing is on the agenda yet." in text
    assert "Everything that earlier meetings decided is done." in text
