"""Test charts for screens: months, bars and strips, with text alternatives, at two widths."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from reports import charts
from reports.charts import BarRow, Scale, Series, Strip
from tests.reports.in_memory import no_texts
from workitems.plan.plan_at import MilestoneAt

SVG = "{http://www.w3.org/2000/svg}"
ON = date(2010, 7, 30)
MONTHS = [date(2010, 5, 31), date(2010, 6, 30), ON]
SERIES = [Series("Complete", [0, 1, 3], "#0b5158"), Series("Under way", [4, 3, 1], "#b9d4d5")]
DELAYS = [BarRow("Funding", 40, url="/delays/?cause=funding"), BarRow("Staffing", 10)]


def milestone(description="Brochure printed", due=date(2009, 8, 31), **dates):
    fields = {"agreed_due": due, "forecast_due": due, "completed_on": None, "withdrawn_on": None}
    fields |= dict.fromkeys(("original_known_to", "agreed_known_to", "forecast_known_to"), "day")
    fields |= {"pk": 1, "item": 1, "number": 1, "description": description, "responsible": 1}
    fields |= {"original_due": due, "version": None, "on": ON}
    return MilestoneAt(**no_texts(MilestoneAt) | fields | dates)


def strip(*milestones, **fields):
    words = {"number": "1.1", "title": "Print", "url": "/items/1.1/", "words": "On time"}
    return Strip(**(words | {"is_late": False} | fields), milestones=milestones)


def months(**options):
    return charts.months_stacked(MONTHS, SERIES, title="Stages", description="So many.", **options)


PICTURES = {
    "months": lambda narrow: months(narrow=narrow, links={ON: "/dashboard/?at=2010-07-30"}),
    "causes": lambda narrow: charts.cause_bars(DELAYS, narrow=narrow),
}
every_picture = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def drawn(svg):
    return ElementTree.fromstring(svg)


def printed(svg):
    return [text.text for text in drawn(svg).iter(f"{SVG}text")]


# --- charts -----------------------------------------------------------------------------------


@every_picture
@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_has_a_title_and_stays_within_its_frame(name, narrow):
    widths = (512, 288) if name == "months" else (600, 340)
    assert width_of(drawn(PICTURES[name](narrow))) == widths[narrow]


def width_of(root):
    """Return the width of a chart that has a title and no shape outside its frame."""
    assert root[0].tag == f"{SVG}title"
    _, _, width, height = (float(n) for n in root.get("viewBox").split())
    for element in root.iter():
        assert element.get("style") is None
        for place, length, limit in (("x", "width", width), ("y", "height", height)):
            at = float(element.get(place, 0))
            assert at >= 0
            assert at + float(element.get(length, 0) if element is not root else 0) <= limit
    return width


@every_picture
@pytest.mark.parametrize("name", PICTURES)
def test_linked_marks_are_focusable_and_labelled(name, narrow):
    assert_linked(drawn(PICTURES[name](narrow)))


def assert_linked(root):
    links = list(root.iter(f"{SVG}a"))
    assert root.get("role") == ("group" if links else "img")
    for link in links:
        assert (link[0].tag, bool(link[0].text), link.get("href")[0]) == (f"{SVG}title", True, "/")


def test_a_page_gets_both_charts_or_none_without_data():
    both = charts.on_screen(PICTURES["causes"])
    assert re.findall(r'<div class="(chart-\w+)"><svg [^>]*viewBox="0 0 (\d+)', both) == [
        ("chart-wide", "600"),
        ("chart-narrow", "340"),
    ]
    assert charts.on_screen(lambda narrow: charts.cause_bars([], narrow=narrow)) == ""


def test_the_height_of_a_month_follows_its_count():
    complete, under_way = (
        [float(n) for n in re.findall(r"V([\d.]+)", path.get("d"))]
        for path in drawn(months()).iter(f"{SVG}path")
    )
    # On a scale to four: none, a quarter, three quarters; above them the whole.
    assert complete[:2] == [214 - 50, 214 - 150]
    assert under_way[0] == 214 - 150


def test_each_series_is_named_with_its_last_count():
    assert {"Complete 3", "Under way 1"} < set(printed(months()))


def test_a_series_without_a_count_is_not_named():
    svg = charts.months_stacked(MONTHS, [*SERIES, Series("Ongoing", [0, 0, 0], "#fff")], title="", description="")  # fmt: skip
    assert [words for words in printed(svg) if "Ongoing" in words] == []


@pytest.mark.parametrize("count", [1, 2, 13, 120, 700])
@every_picture
def test_labels_of_months_do_not_overlap(count, narrow):
    days = [date(2000, 1, 31) + timedelta(days=31 * n) for n in range(count)]
    svg = charts.months_stacked(
        days, [Series("All", [5] * count, "#fff")], title="", description="", narrow=narrow
    )
    places = [
        float(text.get("x"))
        for text in drawn(svg).iter(f"{SVG}text")
        if re.fullmatch(r"\w{3} \d{4}", text.text)
    ]
    assert 1 <= len(places) <= 8
    assert all(after - place > 44 for place, after in zip(places, places[1:], strict=False))


@pytest.mark.parametrize("highest", [0, 1, 7, 9, 24, 101, 1_013, 12_345])
def test_the_scale_ends_at_the_next_round_number(highest):
    svg = charts.months_stacked([ON], [Series("All", [highest], "#fff")], title="", description="")
    top = max(int(words.replace(",", "")) for words in printed(svg) if re.fullmatch(r"[\d,]+", words))  # fmt: skip
    assert highest <= top <= max(1, highest * 1.5)


def test_labels_at_the_right_do_not_overlap():
    svg = charts.months_stacked(
        [ON], [Series(f"S{n}", [count], "#fff") for n, count in enumerate((500, 1, 1, 1, 1))],
        title="", description="",
    )  # fmt: skip
    places = sorted(
        float(text.get("y")) for text in drawn(svg).iter(f"{SVG}text") if text.text.startswith("S")
    )
    assert all(b - a > 12.5 for a, b in zip(places, places[1:], strict=False))
    assert places[0] > 0


def test_the_length_of_a_bar_of_days_follows_the_days():
    lengths = [
        float(bar.get("width"))
        for bar in drawn(charts.cause_bars(DELAYS)).iter(f"{SVG}rect")
        if bar.get("fill") == "none"
    ]
    assert lengths[0] == pytest.approx(4 * lengths[1], abs=0.3)


def test_bars_and_the_title_give_the_days():
    svg = charts.cause_bars([BarRow("Funding", 1), BarRow("Staffing", -3)])
    assert printed(svg) == ["Funding", "1 day", "Staffing", "-3 days"]
    assert drawn(svg)[0].text == "Days of delay by cause. Funding: 1 day. Staffing: -3 days."


def test_a_long_name_is_printed_in_full():
    name = "Agree with every agency on the words, then on the order, then on the words once again"
    for narrow in (False, True):
        words = printed(charts.cause_bars([BarRow(name, 3)], narrow=narrow))
        assert " ".join(words[:-1]) == name


# --- strips -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({}, "expected 31 August 2009"),
        (
            {"forecast_due": date(2010, 9, 30)},
            "expected 30 September 2010, a year and a month later than promised",
        ),
        ({"completed_on": date(2009, 8, 30)}, "done 30 August 2009, one day earlier than promised"),
        (
            {"agreed_due": date(2010, 1, 31), "forecast_due": date(2010, 1, 31)},
            "agreed 31 January 2010, expected 31 January 2010, five months later than promised",
        ),
        ({"withdrawn_on": date(2010, 2, 1)}, "withdrawn 1 February 2010"),
    ],
)
def test_a_milestones_label_gives_its_dates(dates, words):
    row = strip(milestone(**dates))
    drawing = charts.strip_list([row], Scale.of([row], ON), ON)
    [name] = re.findall("<title>(.*?)</title>", drawing)
    assert name == f"Brochure printed: promised 31 August 2009, {words}"


def test_a_month_and_a_quarter_are_named_and_drawn_at_their_last_day():
    days = {"agreed_due": date(2009, 9, 30), "forecast_due": date(2009, 12, 31)}
    known = {
        "original_known_to": "month",
        "agreed_known_to": "month",
        "forecast_known_to": "quarter",
    }
    rows = [strip(milestone(**days), milestone(**days, **known))]
    scale = Scale.of(rows, ON)
    drawing = charts.strip_list(rows, scale, ON)
    assert re.findall("<title>(.*?)</title>", drawing)[1] == (
        "Brochure printed: promised August 2009, agreed September 2009, "
        "expected October to December 2009, four months later than promised"
    )
    by_day, by_month = (re.findall(r'x="([^"]+)"', part) for part in drawing.split("<a ")[-2:])
    assert by_day == by_month
    assert re.findall('<td class="date">([^<]+)', charts.strip_table(rows, "Dates", "t"))[3:] == [
        "Aug 2009", "Sep 2009", "Expected Oct–Dec 2009",
    ]  # fmt: skip


def shapes(*milestones):
    rows = [strip(*milestones)]
    return re.findall(r'href="#m-([\w-]+)"', charts.strip_list(rows, Scale.of(rows, ON), ON))


@pytest.mark.parametrize(
    ("dates", "marks"),
    [
        ({}, ["promised"]),
        ({"forecast_due": date(2010, 9, 30)}, ["promised", "forecast-late"]),
        ({"forecast_due": date(2009, 8, 1)}, ["promised", "forecast"]),
        ({"completed_on": date(2009, 8, 1)}, ["promised", "done"]),
        ({"completed_on": date(2009, 9, 30)}, ["promised", "done"]),
        # Where the two would touch, there is no ring.
        ({"completed_on": date(2009, 8, 31)}, ["target", "done"]),
        ({"completed_on": date(2009, 9, 1)}, ["target", "done"]),
        ({"agreed_due": date(2010, 1, 31)}, ["agreed", "promised"]),
        ({"withdrawn_on": date(2010, 1, 31)}, ["promised", "withdrawn"]),
    ],
)
def test_each_kind_of_date_has_a_shape_of_its_own(dates, marks):
    assert shapes(milestone(**dates)) == marks


def test_every_used_shape_is_defined_once_on_the_page():
    known = re.findall(r'id="m-([\w-]+)"', charts.strip_shapes())
    assert len(known) == len(set(known))
    assert set(re.findall(r'href="#m-([\w-]+)"', charts.strip_filter())) <= set(known)


def test_an_open_milestone_past_its_forecast_has_a_dashed_tail_to_today():
    rows = [strip(milestone())]
    scale = Scale.of(rows, ON)
    tail = re.search(r'x2="([\d.]+)%"[^>]*class="strip-open"', charts.strip_list(rows, scale, ON))
    assert tail[1] == f"{scale.share(ON):.2f}"


def test_a_tail_has_a_gap_at_each_date_that_was_expected_meanwhile():
    dates = {"forecast_due": date(2010, 12, 31)}
    step = milestone(**dates)
    moved = SimpleNamespace(**step._asdict(), original=step.original, agreed=step.agreed,
                            forecast=step.forecast, earlier=(date(2010, 3, 31), date(2010, 6, 30)))  # fmt: skip
    rows = [strip(moved)]
    scale = Scale.of(rows, ON)
    gaps = re.findall(r'href="#m-was" x="([\d.]+)%"', charts.strip_list(rows, scale, ON))
    assert gaps == [f"{scale.share(day):.2f}" for day in moved.earlier]


def test_rows_together_have_each_mark_once():
    done = milestone(completed_on=date(2009, 9, 30))
    rows = [strip(milestone(), done), strip(milestone(), done, milestone(withdrawn_on=ON))]
    drawing = charts.strips_together(rows, Scale.of(rows, ON), ON, "2 others")
    assert re.findall(r'href="#m-([\w-]+)"', drawing) == ["done", "promised"]


def test_marks_that_would_overlap_are_put_in_lanes():
    def height(*milestones):
        rows = [strip(*milestones)]
        return int(re.search(r'class="strip" height="(\d+)"', charts.strip_list(rows, Scale.of(rows, ON), ON))[1])  # fmt: skip

    apart = [milestone(), milestone(due=date(2012, 8, 31))]
    close = [milestone(), milestone(due=date(2009, 9, 15)), milestone(due=date(2009, 9, 20))]
    assert (height(*apart), height(*close), height()) == (32, 88, 32)


def test_strips_share_a_scale_that_covers_every_date():
    rows = [strip(milestone()), strip(milestone(due=date(2030, 1, 1)))]
    scale = Scale.of(rows, ON)
    assert scale.first < date(2009, 8, 31) < date(2030, 1, 1) < scale.last
    assert (
        0 < scale.share(date(2009, 8, 31)) < scale.share(ON) < scale.share(date(2030, 1, 1)) < 100
    )


@pytest.mark.parametrize("due", [date.min, date.max])
def test_the_first_and_last_possible_dates_can_be_drawn(due):
    rows = [strip(milestone(due=due))]
    scale = Scale.of(rows, ON)
    assert charts.strip_axis(scale, ON, "Today") and charts.strip_list(rows, scale, ON)


def test_the_axis_labels_today_and_some_months():
    axis = charts.strip_axis(Scale.of([strip(milestone())], ON), ON, "30 July 2010")
    names = re.findall(r">([^<>]+)</text>", axis)
    assert names[-1] == "30 July 2010"
    assert 2 <= len(names) - 1 <= 15


def test_the_dashboards_late_items_define_their_shapes():
    rows = [strip(milestone(), words="Overdue by 11 months", is_late=True)]
    timeline = charts.late_timeline(rows, on=ON, label="Today")
    assert timeline.count("<defs>") == 1
    assert '<span class="mark mark-late">Overdue by 11 months</span>' in timeline
    assert charts.late_timeline([], on=ON, label="Today") == ""


def test_the_data_table_has_one_row_for_each_milestone():
    table = charts.strip_table(
        [strip(milestone(forecast_due=date(2009, 9, 2)), milestone(withdrawn_on=ON))], "Dates", "t"
    )
    assert re.findall(r"<t[dh][^>]*>(?:<a[^>]*>)?([^<]+)", table.split("<tbody>")[1]) == [
        "1.1", "Brochure printed", "31 Aug 2009", "31 Aug 2009", "Expected 2 Sep 2009", "2",
        "1.1", "Brochure printed", "31 Aug 2009", "31 Aug 2009", "Withdrawn 30 Jul 2010", "0",
    ]  # fmt: skip
