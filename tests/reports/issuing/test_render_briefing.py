"""Test rendering a briefing from the demo's workbook to a file, read by independent tools."""

import json
import re
import subprocess
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from reports.document import from_json, to_json
from reports.models import Briefing
from tests.factories import AppointmentFactory, BriefingFactory, PlanFactory
from workitems.demo.demo_plans import TEXT_OF_2009
from workitems.demo.plan_text import workbook_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.prints_anew,
    pytest.mark.one_database(reason="printed from documents"),
]

SLUG = "plan-of-action-to-prevent-people-trafficking"
HEADINGS = [
    "PURPOSE",
    "BACKGROUND",
    "ACHIEVEMENTS",
    "DELAY",
    "MITIGATION",
    "NEXT STEPS",
    "RECOMMENDATION",
]


def render(out, slug=SLUG, **changes):
    facts = {
        "from": "2009-07-31",
        "to": "2010-07-30",
        "dated": "2010-07-30",
        "tracker": "10/96252",
        **changes,
    }
    options = [part for name, value in facts.items() for part in (f"--{name}", str(value))]
    call_command("render_briefing", slug, *options, "--out", str(out))


def read(path):
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def demo(capsys, tmp_path):
    workbook = tmp_path / "plan.xlsx"
    workbook.write_bytes(workbook_of(TEXT_OF_2009).getvalue())
    call_command("import_plan", str(workbook))


@pytest.fixture
def plan():
    AppointmentFactory()
    return PlanFactory(slug="small", title="A small plan")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "briefing.pdf"


def test_the_demo_plan_becomes_the_2010_briefing(demo, out, tmp_path):
    kept = tmp_path / "briefing.json"
    render(out, json=kept)
    text = read(out)
    headings = [line.strip() for line in text.splitlines() if line.strip() in HEADINGS]
    assert headings == HEADINGS
    # Hanging numbers start a line; the recommendation's own list is indented further.
    numbers = [int(found) for found in re.findall(r"^ ?(\d+) {2,4}\S", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    document = from_json(kept.read_bytes())
    assert len(numbers) == len(list(document.paragraphs()))
    assert to_json(document) == kept.read_bytes()
    assert "Hon Dr Jonathan Coleman, Minister of Immigration" in text
    # Facts of that year in their sections.
    body = " ".join(text.split())
    achievements = body[body.index("ACHIEVEMENTS") : body.index(" DELAY ")]
    for fact in ("victims certified by Police", "240 of the agencies", "Police have written"):
        assert fact in achievements
    delay = body[body.index(" DELAY ") : body.index(" MITIGATION ")]
    assert "due on 30 June 2010, will not come before June 2011, because no money" in delay
    assert "will be two months late, on 31 August 2010, because there" in delay


def test_the_cover_is_taken_from_the_briefing_with_the_tracker_number(plan, out, tmp_path):
    BriefingFactory(
        plan=plan,
        title="A title of its own",
        tracker_number="10/96252",
        period_end=date(2010, 6, 30),
        dated=date(2010, 6, 30),
        marking="SENSITIVE",
        on_behalf_of="Secretary of Labour",
    )
    kept = tmp_path / "briefing.json"
    render(out, slug="small", json=kept)
    cover = json.loads(kept.read_bytes())["document"]["cover"]
    assert (cover["title"], cover["marking"]) == ("A title of its own", "SENSITIVE")
    assert cover["on_behalf_of"] == "for Secretary of Labour"
    # The command line's date counts, and nothing was stored.
    assert cover["dated"] == "2010-07-30"
    assert Briefing.objects.get().dated == date(2010, 6, 30)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "none"}, "There is no plan “none”. Known: small."),
        ({"from": "last year"}, "“last year” is not a day. Write it as in 2010-07-30."),
        ({"to": "2009-07-31"}, "The period ends before it begins."),
        (
            {"dated": "2010-07-29"},
            "Date the briefing on or after the last day that it reports on.",
        ),
        ({"tracker": " "}, "Tracker number: This field cannot be blank."),
        (
            {"from": "2007-01-01", "to": "2008-01-01", "dated": "2008-01-01"},
            "Nobody is recorded as Minister of Immigration on 1 January 2008. "
            "Enter the ministerial appointment, or correct the briefing’s date.",
        ),
        (
            {"tracker": "漢字"},
            "The character “字” (U+5B57) cannot be printed in this paper’s typeface. "
            "Please write it another way.",
        ),
    ],
)
def test_an_error_is_one_sentence_and_leaves_no_file(plan, out, changes, sentence):
    with pytest.raises(CommandError) as refusal:
        render(out, **{"slug": "small", **changes})
    assert str(refusal.value) == sentence
    assert list(out.parent.iterdir()) == []


def test_a_tracker_number_of_another_plan_is_refused(plan, out):
    BriefingFactory(plan=PlanFactory(), tracker_number="10/96252")
    with pytest.raises(CommandError) as refusal:
        render(out, slug="small")
    assert str(refusal.value) == "The tracker number 10/96252 is another plan’s."


def test_a_missing_folder_is_reported_before_rendering(plan, tmp_path):
    with pytest.raises(CommandError) as refusal:
        render(tmp_path / "no" / "b.pdf", slug="small")
    assert str(refusal.value) == f"The folder {tmp_path / 'no'} does not exist. Make it first."
    with pytest.raises(CommandError) as refusal:
        render(tmp_path, slug="small")
    assert str(refusal.value) == f"{tmp_path} is a folder. Give the name of a file."


def test_an_existing_file_is_replaced_atomically(plan, out):
    out.write_bytes(b"an older paper")
    render(out, slug="small")
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert [path.name for path in out.parent.iterdir()] == ["briefing.pdf"]
