"""Test the chain of digests: what is added, what is found when a record was changed, and the proof without the service."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from agencies.records import history
from reports.document import plain_json
from reports.issuing.services import record_digests
from reports.models import IssuedPaper, IssuedParagraph, RecordDigest
from reports.models.issue import sha256
from tests.factories import IssuedPaperFactory, UserFactory, WorkItemFactory
from tests.reports.verifying import lift_triggers

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).parents[3] / "deploy" / "verify_paper.py"


def digests(*arguments):
    """Return what the command printed; raise `CommandError` with the faults it found."""
    out, err = StringIO(), StringIO()
    try:
        call_command("digests", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        raise CommandError(err.getvalue().strip() or str(error)) from error
    return out.getvalue().splitlines()


def tamper(table, statement, *values):
    """Change rows as at the database's prompt."""
    lift_triggers(table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {statement}", values)


@pytest.fixture
def two_papers():
    return [IssuedPaperFactory(), IssuedPaperFactory()]


def test_each_issued_paper_has_a_digest_that_covers_the_one_before(two_papers):
    first, second = RecordDigest.objects.in_order()
    assert (first.issued, second.issued) == tuple(two_papers)
    assert (first.before, second.before) == (None, first)
    assert second.content["before"] == first.digest
    assert list(record_digests.faults()) == []


def test_the_entry_names_no_person_and_has_no_words(two_papers):
    entry = RecordDigest.objects.newest().content
    assert set(entry) == {"place", "before", "at", "paper"}
    assert set(entry["paper"]) == {"pdf", "json", "facts"}


@pytest.mark.parametrize(
    "column", ["authorised_as", "marking", "portfolio", "note", "pdf_sha256", "document_sha256"]
)
def test_a_fact_of_a_signed_paper_that_was_changed_is_found(two_papers, column):
    first = two_papers[0]
    tamper(
        "reports_issuedpaper",
        f"{column} = %s, number = CASE WHEN %s = 'note' THEN 2 ELSE number END WHERE id = %s",
        "IN CONFIDENCE" if column == "marking" else "f" * 20,
        column,
        first.pk,
    )
    [fault] = record_digests.faults()
    assert " is not as it was signed: " in fault
    with pytest.raises(CommandError):
        call_command("verify_issued", stdout=StringIO(), stderr=StringIO())


def test_a_digest_that_was_made_anew_for_a_changed_paper_breaks_the_chain_after_it(two_papers):
    first, second = RecordDigest.objects.in_order()
    paper = two_papers[0]
    tamper("reports_issuedpaper", "authorised_as = 'Another, Police' WHERE id = %s", paper.pk)
    paper.refresh_from_db()
    entry = plain_json.dump({**first.content, **record_digests._paper(paper)})
    lift_triggers("reports_recorddigest")
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA defer_foreign_keys = ON")
    RecordDigest.objects.filter(pk=first.pk).update(entry=entry.decode(), digest=sha256(entry))
    RecordDigest.objects.filter(pk=second.pk).update(before=sha256(entry))
    assert list(record_digests.faults()) == ["Digest 2 does not follow from the one before it"]


def test_a_paper_that_is_not_in_the_chain_is_found(two_papers):
    lift_triggers("reports_recorddigest")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_recorddigest WHERE place = 2")
    assert list(record_digests.faults()) == [f"{two_papers[1]} is not in the chain of digests"]


@pytest.mark.parametrize("act", ["UPDATE reports_recorddigest SET entry = '{}'", "DELETE FROM reports_recorddigest"])  # fmt: skip
def test_the_database_refuses_to_change_or_delete_a_digest(two_papers, act):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_records_written_since_are_added_once(two_papers):
    item = WorkItemFactory()
    assert "Digest 3, of" in digests("add")[0]
    assert digests("add") == ["Nothing was written since the last digest."]
    tables = RecordDigest.objects.newest().content["records"]
    assert tables["workitems_historicalworkitem"]["rows"] == item.history.count()
    assert "reports_recorddigest" not in tables
    item.title = "Another title"
    history.save(item, by=UserFactory())
    digests("add")
    later = RecordDigest.objects.newest().content["records"]["workitems_historicalworkitem"]
    assert later["rows"] == 1
    assert digests("check") == [
        f"4 digests are sound. The newest: {RecordDigest.objects.newest().digest}"
    ]


def test_a_history_row_that_was_changed_is_found(two_papers):
    WorkItemFactory()
    digests("add")
    tamper("workitems_historicalworkitem", "title = 'Another'")
    with pytest.raises(
        CommandError, match=r"^Digest 3 covers the 1 rows of workitems_historicalworkitem .*"
    ):
        digests("check")


def test_the_chain_is_compared_with_an_earlier_list(two_papers, tmp_path):
    listed = tmp_path / "digests.jsonl"
    listed.write_text("\n".join(digests("list")), encoding="utf-8")
    assert digests("check", "--against", str(listed))[0].startswith("2 digests are sound.")
    lines = listed.read_text(encoding="utf-8").splitlines()
    tables = json.loads(lines[1])
    listed.write_text("\n".join([lines[0], json.dumps({**tables, "digest": "0" * 64})]))
    with pytest.raises(CommandError, match="^Digest 2 was 0000"):
        digests("check", "--against", str(listed))


def verifier(*arguments):
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture
def checked(two_papers, tmp_path):
    """The file that a check kept outside the database."""
    file = tmp_path / "digests.jsonl"
    assert digests("check", "--kept", str(file))[0].startswith("2 digests are sound.")
    return file


def test_a_check_keeps_the_list_for_the_next_one(checked):
    IssuedPaperFactory()
    digests("check", "--kept", str(checked))
    places = [json.loads(line)["place"] for line in checked.read_text().splitlines()]
    assert places == [1, 2, 3]


def test_a_paper_that_vanished_with_its_digest_is_named(checked):
    paper = IssuedPaper.objects.order_by("pk").last()
    name, digest = str(paper), RecordDigest.objects.newest().digest
    lift_triggers("reports_recorddigest")
    lift_triggers("reports_issuedparagraph")
    lift_triggers("reports_issuedpaper")
    RecordDigest.objects.filter(issued=paper)._raw_delete("default")
    IssuedParagraph.objects.filter(issued=paper)._raw_delete("default")
    IssuedPaper.objects.filter(pk=paper.pk)._raw_delete("default")
    kept = checked.read_text()
    # The chain alone is sound.
    digests("check")
    with pytest.raises(CommandError) as refused:
        digests("check", "--kept", str(checked))
    assert str(refused.value) == (
        f"Digest 2, of {name}, was {digest} when it was listed; now it is not there."
    )
    assert checked.read_text() == kept


def test_a_paper_whose_digest_was_made_anew_is_named(checked):
    row = RecordDigest.objects.newest()
    entry = plain_json.dump({**row.content, "at": "2026-01-01T00:00:00+00:00"})
    name, before, after = str(row.issued), row.digest, sha256(entry)
    tamper("reports_recorddigest", "entry = %s, digest = %s WHERE place = 2", entry.decode(), after)
    digests("check")
    with pytest.raises(CommandError) as refused:
        digests("check", "--kept", str(checked))
    assert str(refused.value) == (
        f"Digest 2, of {name}, was {before} when it was listed; now it is {after}."
    )


def test_a_paper_is_proved_by_its_file_and_the_list_alone(two_papers, tmp_path):
    listed, paper, other = (tmp_path / name for name in ("digests.jsonl", "paper.pdf", "other.pdf"))
    listed.write_text("\n".join(digests("list")), encoding="utf-8")
    paper.write_bytes(bytes(IssuedPaper.objects.get(pk=two_papers[0].pk).pdf))
    other.write_bytes(b"%PDF-1.7 changed")
    newest = RecordDigest.objects.newest().digest
    code, tables = verifier(str(listed), str(paper))
    assert (code, tables[-1]) == (0, f"The list is whole. Its last digest: {newest}")
    assert tables[0].startswith(f"{paper}: issued, digest ")
    assert verifier(str(listed), str(other))[0] == 1


def test_a_list_that_was_changed_is_refused(two_papers, tmp_path):
    listed, paper = tmp_path / "digests.jsonl", tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7")
    lines = digests("list")
    listed.write_text("\n".join([lines[0].replace('"place":1', '"place":7'), lines[1]]))
    assert verifier(str(listed), str(paper)) == (
        1, ["Line 1 of the list was changed: its digest is another."]
    )  # fmt: skip
    listed.write_text(lines[1])
    assert verifier(str(listed), str(paper)) == (
        1, ["Line 1 of the list does not follow from the one before it."]
    )  # fmt: skip
