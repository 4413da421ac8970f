"""Test charts: correct figures, readable without colour or sight, safe in any page."""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from PIL import ImageFont

from reports.charts import milestone_timeline, slip_words, stage_bars
from reports.document import MilestoneRow, PillarProgress, Stage, StageCount, TimelineRow
from tests.reports import sample
from workitems.terms.known_dates import KnownTo

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = sample.progress_picture()
LATE = MilestoneRow(
    label="Brochures printed", original_on=date(2010, 5, 31), forecast_on=date(2010, 8, 31)
)
COLOUR = "#a33b12"


def drawn(svg):
    return ElementTree.fromstring(svg)


def bars():
    return stage_bars(PICTURE.pillars)


def timeline(*milestones):
    rows = [TimelineRow(f"1.{n}", row) for n, row in enumerate(milestones, start=1)]
    return milestone_timeline(rows, as_at=sample.DATED)


def printed(svg):
    return [text.text for text in drawn(svg).iter(f"{SVG}text")]


BOTH = pytest.mark.parametrize(
    "svg",
    [bars(), milestone_timeline(PICTURE.timeline, as_at=PICTURE.as_at)],
    ids=["bars", "timeline"],
)


@BOTH
def test_a_chart_has_its_title_first_and_names_its_font(svg):
    root = drawn(svg)
    assert root[0].tag == f"{SVG}title"
    assert (root.get("role"), root.get("font-family")) == ("img", "Source Sans 3")


@BOTH
def test_a_chart_uses_only_presentation_attributes(svg):
    """Page styles, variables and inherited colours come out black in the PDF; a strict policy bars style."""
    for element in drawn(svg).iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject")
        assert element.get("style") is None
        assert element.get("class") in (None, "chart")
        assert not [v for v in element.attrib.values() if "var(" in v or v == "currentColor"]
        assert not [name for name in element.attrib if "opacity" in name or "href" in name]


@BOTH
def test_nothing_is_drawn_outside_the_chart(svg):
    root = drawn(svg)
    _, _, width, height = (float(n) for n in root.get("viewBox").split())
    for element in root.iter():
        for name, limit in (
            ("x", width),
            ("x1", width),
            ("x2", width),
            ("cx", width),
            ("y", height),
        ):
            assert 0 <= float(element.get(name, 0)) <= limit


def test_no_data_gives_no_chart():
    assert (stage_bars([]), milestone_timeline([], as_at=sample.DATED)) == ("", "")


def test_bars_print_every_figure_and_name_every_stage():
    assert printed(bars()) == [
        "Complete",
        "Ongoing",
        "Under way",
        "Not started",
        "Withdrawn",
        *["Prevention", "1", "2", "3 items"],
        *["Protection", "1", "1", "1", "3 items"],
        *["Prosecution", "1", "1", "1", "3 items"],
    ]


def test_the_title_of_bars_has_the_figures_of_the_table():
    assert drawn(bars())[0].text == (
        "Bars of work items by stage in each pillar. Prevention: 1 complete, 2 under way. "
        "Protection: 1 complete, 1 ongoing, 1 under way. "
        "Prosecution: 1 under way, 1 not started, 1 withdrawn."
    )


def test_the_length_of_a_bar_follows_its_figure():
    counts = (StageCount(Stage.COMPLETE, 30), StageCount(Stage.NOT_STARTED, 10))
    outlines = [
        float(r.get("width"))
        for r in drawn(stage_bars([PillarProgress("A", counts)])).iter(f"{SVG}rect")
        if r.get("fill") == "none" and r.get("height") == "23"
    ]
    assert len(outlines) == 2
    assert outlines[0] == pytest.approx(3 * outlines[1], abs=0.2)


def test_stages_differ_by_more_than_colour():
    """Without colour, stages differ by lightness or texture."""
    looks = set()
    for stage in Stage:
        svg = stage_bars([PillarProgress("A", (StageCount(stage, 4),))])
        legend, _, bar = svg.rpartition(">A</text>")
        fill = re.search(r'fill="(#[0-9a-f]{6})"', bar)[1]
        lightness = sum(int(fill[n : n + 2], 16) for n in (1, 3, 5)) // 150
        textures = ("<circle" in bar, bar.count("<line") > 20, 0 < bar.count("<line") <= 20)
        looks.add((lightness, textures))
    assert len(looks) == len(Stage)


def test_a_pillar_without_items_has_a_line_and_no_bar():
    assert printed(stage_bars([PillarProgress("Empty", ())]))[5:] == ["Empty", "0 items"]
    assert (
        printed(stage_bars([PillarProgress("One", (StageCount(Stage.ONGOING, 1),))]))[-1]
        == "1 item"
    )


def test_a_figure_too_wide_for_its_segment_is_not_printed():
    counts = (StageCount(Stage.COMPLETE, 1), StageCount(Stage.NOT_STARTED, 400))
    assert printed(stage_bars([PillarProgress("A", counts)]))[5:] == ["A", "400", "401 items"]


def test_a_slip_is_drawn_from_the_agreed_date_to_the_forecast():
    root = drawn(timeline(LATE))
    (tail,) = [
        line
        for line in root.iter(f"{SVG}line")
        if line.get("stroke") == COLOUR and line.get("y1") != "9"
    ]
    ring = [c for c in root.iter(f"{SVG}circle") if c.get("cy") == tail.get("y1")]
    assert [c.get("cx") for c in ring] == [tail.get("x1")]
    diamond = [p for p in root.iter(f"{SVG}polygon") if tail.get("x2") in p.get("points")]
    assert len(diamond) == 1
    assert float(tail.get("x2")) > float(tail.get("x1"))


AGREED = date(2010, 7, 1)


@pytest.mark.parametrize(
    ("dates", "overdue", "marks"),
    [
        ({"forecast_on": None}, False, "ring"),
        ({}, False, "ring tail arrow"),
        ({"agreed_on": AGREED}, False, "ring bar tail arrow"),
        # What is expected is drawn where it differs from what was agreed.
        ({"agreed_on": AGREED, "forecast_on": AGREED}, False, "ring bar tail"),
        ({"completed_on": date(2010, 8, 31)}, False, "ring tail disc"),
        ({"forecast_on": None}, True, "ring dashes"),
    ],
)
def test_a_new_paper_has_the_four_marks_of_the_screens(dates, overdue, marks):
    row = TimelineRow("1.1", replace(LATE, **dates), is_overdue=overdue, has_four_marks=True)
    svg = milestone_timeline([row], as_at=sample.DATED)
    found = {
        "ring": 'r="4" fill="#ffffff"', "bar": 'stroke-width="2.2"', "tail": 'stroke="#a33b12" stroke-width="3"/>',
        "arrow": '<path d="M[^"]*z"', "disc": 'r="4.4"', "dashes": 'stroke-dasharray="2 2"',
    }  # fmt: skip
    # The legend has each mark once, and dashes only if one is overdue.
    counts = {name: len(re.findall(mark, svg)) - (name != "dashes" or overdue) for name, mark in found.items()}  # fmt: skip
    assert {name for name, count in counts.items() if count} == set(marks.split())


def test_papers_of_earlier_releases_keep_their_marks():
    assert "<polygon" in timeline(LATE)
    assert "<polygon" not in milestone_timeline(
        [TimelineRow("1.1", LATE, has_four_marks=True)], as_at=sample.DATED
    )


def test_a_longer_slip_has_a_longer_tail():
    longer = replace(LATE, forecast_on=date(2010, 12, 31))
    tails = [
        float(line.get("x2")) - float(line.get("x1"))
        for line in drawn(timeline(LATE, longer)).iter(f"{SVG}line")
        if line.get("stroke") == COLOUR and line.get("y1") != "9"
    ]
    assert tails[1] / tails[0] == pytest.approx(214 / 92, abs=0.02)


def test_a_milestone_on_time_has_no_tail():
    svg = timeline(MilestoneRow(label="Printed", original_on=date(2010, 9, 30)))
    lines = [line for line in drawn(svg).iter(f"{SVG}line") if line.get("stroke") == COLOUR]
    assert [line.get("y1") for line in lines] == ["9"]  # only the legend's


def test_an_agreed_change_has_a_mark_of_its_own():
    plain, agreed = (
        timeline(row).count('stroke-width="1.6"')
        for row in (LATE, replace(LATE, agreed_on=date(2010, 7, 1)))
    )
    assert (plain, agreed) == (1, 2)


def test_dates_and_slips_are_printed_in_words():
    assert slip_words(LATE) == "31 Aug 2010, 92 days later"
    assert slip_words(replace(LATE, forecast_on=date(2010, 6, 1))) == "1 Jun 2010, 1 day later"
    assert (
        slip_words(replace(LATE, completed_on=date(2010, 5, 29))) == "29 May 2010, 2 days earlier"
    )
    assert slip_words(replace(LATE, forecast_on=None)) == "31 May 2010"
    august = replace(LATE, forecast_known_to=KnownTo.MONTH)
    assert slip_words(august) == "Aug 2010, 92 days later"
    assert "31 Aug 2010, 92 days later" in printed(timeline(LATE))


def test_how_far_a_milestone_moved_is_printed_as_the_paper_says_it():
    moved = replace(LATE, moved="three months later")
    assert slip_words(moved) == "31 Aug 2010, three months later"
    assert "31 Aug 2010, three months later" in printed(timeline(moved))
    assert "promised 31 May 2010, expected 31 Aug 2010, three months later." in timeline(moved)


def test_the_line_of_today_is_drawn_at_its_date():
    root = drawn(timeline(MilestoneRow(label="Due today", original_on=sample.DATED), LATE))
    (today,) = [line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray")]
    (ring, *_) = [c for c in root.iter(f"{SVG}circle") if float(c.get("cy")) > 20]
    assert today.get("x1") == ring.get("cx")
    assert printed(timeline(LATE))[-1] == "30 July 2010"


def test_the_timelines_title_lists_each_slip():
    title = drawn(
        timeline(
            LATE,
            replace(LATE, original_known_to=KnownTo.MONTH, forecast_on=None),
            MilestoneRow(label="Done", original_on=date(2010, 3, 1), completed_on=date(2010, 3, 1)),
        )
    )[0]
    assert title.text == (
        "Timeline of milestones as at 30 July 2010. "
        "1.1 Brochures printed: promised 31 May 2010, expected 31 Aug 2010, 92 days later. "
        "1.2 Brochures printed: promised May 2010, expected May 2010. "
        "1.3 Done: promised 1 Mar 2010, done 1 Mar 2010."
    )


@pytest.mark.parametrize("years", [0, 1, 3, 10, 60])
def test_the_axis_names_a_few_months_however_long_the_plan(years):
    end = MilestoneRow(label="End", original_on=date(2010 + years, 9, 30))
    ticks = [text for text in printed(timeline(end)) if re.fullmatch(r"[A-Z][a-z]{2} \d{4}", text)]
    assert 1 <= len(ticks) <= 7
    assert len(set(ticks)) == len(ticks)


def test_a_long_label_ends_in_an_ellipsis_after_two_lines():
    label = "Agree with every agency on the words, then on the order, then on the words again"
    lines = printed(timeline(replace(LATE, label=label)))
    assert [line for line in lines if line.endswith(" …")] == [
        "words, then on the order, then on …"
    ]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    "words", ["nearly five months later", "a year and eleven months later than that", ""]
)
def test_the_words_of_a_timeline_have_room_at_its_edges(narrow, words):
    late = replace(LATE, original_on=sample.DATED, forecast_on=date(2013, 9, 30), moved=words)
    overdue = replace(LATE, original_on=sample.DATED, forecast_on=None)
    rows = [
        TimelineRow("1.1", late, wraps=True),
        TimelineRow("1.2", overdue, wraps=True, is_overdue=True),
    ]
    root = drawn(milestone_timeline(rows, as_at=sample.DATED, narrow=narrow))
    width = float(root.get("viewBox").split()[2])
    for each in root.iter(f"{SVG}text"):
        size, x = float(each.get("font-size")), float(each.get("x"))
        weight = "Semibold" if each.get("font-weight") == "600" else "Regular"
        font = ImageFont.truetype(f"static/fonts/SourceSans3-{weight}.ttf", 100)
        long = font.getlength(each.text) * size / 100
        start = x - (long / 2 if each.get("text-anchor") == "middle" else 0)
        assert start >= 0
        assert start + long <= width
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert "30 Sep 2013" in " ".join(texts)
    assert words in " ".join(texts)


def test_text_is_escaped():
    row = replace(LATE, label='<script>"&')
    assert "<script>" not in timeline(row)
    assert '1.1 <script>"&' in printed(timeline(row))
    pillar = PillarProgress("</title><script>", ())
    assert drawn(stage_bars([pillar]))[0].text.endswith("</title><script>: no items.")
