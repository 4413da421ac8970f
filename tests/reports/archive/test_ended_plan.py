"""The package of an ended plan for an archive, checked by the Library of Congress's own reader of bags."""

import json
from datetime import date, timedelta
from hashlib import sha256
from io import StringIO

import bagit
import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from reports.archive.ended_plan import NotEnded, write_package
from reports.models import IssuedPaper, RecordDigest
from tests.factories import EvidenceFactory, MeetingPaperFactory, MilestoneFactory, PlanFactory
from tests.reports import validators
from tests.scenery import without_decisions
from workitems.models import Plan

pytestmark = pytest.mark.django_db
LATER = date(2040, 1, 1)


def ended(plan, on=date(2030, 12, 31)):
    with without_decisions():
        Plan.objects.filter(pk=plan.pk).update(ends_on=on)
    return Plan.objects.get(pk=plan.pk)


@pytest.fixture
def demo(load_demo):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    paper = IssuedPaper.objects.order_by("pk").first()
    return ended(paper.briefing.plan)


@pytest.mark.one_database(reason="loads the demo")
def test_the_demo_plan_leaves_as_a_bag_that_the_archives_own_reader_takes(demo, tmp_path):
    folder = tmp_path / "package"
    counts = write_package(demo, folder, on=LATER)
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["External-Description"] == demo.title
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    papers = IssuedPaper.objects.filter(briefing__plan=demo)
    pdfs = sorted((folder / "data" / "papers").rglob("paper.pdf"))
    assert counts["papers"] == len(pdfs) == papers.count() > 0
    kept = {sha256(path.read_bytes()).hexdigest() for path in pdfs}
    assert kept == set(papers.values_list("pdf_sha256", flat=True))
    chain = (folder / "data" / "digests.jsonl").read_text().splitlines()
    assert len(chain) == counts["digests"] == RecordDigest.objects.count()
    assert all(digest in "".join(chain) for digest in kept)
    book = openpyxl.load_workbook(folder / "data" / "plan.xlsx")
    assert "Work items" in book.sheetnames
    about = json.loads((folder / "data" / "plan.json").read_text())
    assert (about["title"], about["counts"]) == (demo.title, counts)
    rows = [
        json.loads(line)
        for path in (folder / "data" / "history").iterdir()
        for line in path.read_text().splitlines()
    ]
    assert len(rows) == counts["history rows"]
    kinds = {path.stem for path in (folder / "data" / "history").iterdir()}
    assert {"historicalplan", "historicalworkitem", "historicaldraftparagraph"} <= kinds
    assert all(row["history_date"] and "history_actor" in row for row in rows)
    verdicts = validators.verapdf(
        {path.parent.name + str(n): path.read_bytes() for n, path in enumerate(pdfs)}
    )
    assert {verdict.faults for verdict in verdicts.values()} == {()}


def test_a_file_that_is_changed_is_found(plan, tmp_path):
    MeetingPaperFactory(meeting__plan=plan)
    EvidenceFactory(milestone=MilestoneFactory(item__plan=plan))
    write_package(ended(plan), tmp_path / "package", on=LATER)
    bagit.Bag(str(tmp_path / "package")).validate()
    (minutes,) = (tmp_path / "package" / "data" / "meetings").glob("*.pdf")
    minutes.write_bytes(b"%PDF forged")
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(tmp_path / "package")).validate()


def test_nothing_of_another_plan_is_in_it(plan, tmp_path):
    other = PlanFactory(title="Plan of another")
    MilestoneFactory(item__plan=other, item__title="An item of another plan")
    write_package(ended(plan), tmp_path / "package", on=LATER)
    text = "".join(
        path.read_text() for path in (tmp_path / "package").rglob("*.json*") if path.is_file()
    )
    assert ("another" in text, plan.title in text) == (False, True)


def test_a_plan_that_goes_on_stays(plan, tmp_path):
    with pytest.raises(NotEnded):
        write_package(plan, tmp_path / "package", on=plan.released_on)
    assert list(tmp_path.iterdir()) == []


def test_what_fails_half_way_leaves_nothing(plan, tmp_path, monkeypatch):
    monkeypatch.setattr("reports.archive.ended_plan.export_workbook", lambda plan: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_package(ended(plan), tmp_path / "package", on=LATER)
    assert list(tmp_path.iterdir()) == []


def command(*words):
    out = StringIO()
    call_command("archive_plan", *map(str, words), stdout=out)
    return out.getvalue()


def test_the_command_says_what_is_wrong(plan, tmp_path):
    folder = tmp_path / "package"
    with pytest.raises(CommandError, match="There is no plan nothing."):
        command("nothing", folder)
    ended(plan, localdate() + timedelta(days=1))
    with pytest.raises(CommandError, match="has not ended. Package it after its last day."):
        command(plan.slug, folder)
    ended(plan, localdate() - timedelta(days=1))
    assert f"is in {folder}, a bag (BagIt 1.0)." in command(plan.slug, folder)
    with pytest.raises(CommandError, match="is there already. Name a new folder."):
        command(plan.slug, folder)
