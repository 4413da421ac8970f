"""Perform a check: gather what it needs, let it be done elsewhere or here, and store its report."""

import json
from collections.abc import Callable
from contextlib import suppress

from reports.requests.models import FileCheck, ScheduleLine
from reports.requests.services import file_checks
from reports.requests.services.line_files import (
    WITH_FILES,
    held_file,
    print_answer,
    standing_copy,
    withheld_of_briefing,
)
from workitems.plan.attachments import ending
from workitems.plan.services.refusals import Refused


def packed(row: FileCheck) -> bytes:
    """Return what the check is made from. Raise `FileNotFoundError` if the file is gone."""
    from reports.requests.redaction.elsewhere.work import Task

    line = ScheduleLine.objects.select_related("request", *WITH_FILES).get(pk=row.line_id)
    held, data = held_file(line), row.pdf
    copy = standing_copy(line)
    if data is None:
        data = copy.pdf if copy is not None and copy.pdf_sha256 == row.pdf_sha256 else held
    is_part = row.decision == ScheduleLine.Decision.PART
    # The paper that goes out in full as it is is not compared with itself.
    files = () if bytes(data) == held and not is_part else _files_of(line, held)
    needles, visible = withheld_of_briefing(line)
    task = Task(
        endings=tuple(ending for ending, _file in files),
        known=line.title,
        is_upload=row.pdf is not None,
        is_part=is_part,
        as_pictures=row.as_pictures,
        needles=needles,
        visible=visible,
    )
    return task.packed(bytes(data), *(file for _ending, file in files))


def perform(row: FileCheck, check: Callable[[bytes], bytes]) -> None:
    """Check a claimed file with this function, which takes and returns bytes."""
    try:
        answer = check(packed(row))
    except FileNotFoundError:
        file_checks.fail(row)
        return
    report, _line, made = answer.partition(b"\n")
    file_checks.finish(row, json.loads(report), made)


def check_now(row: FileCheck) -> None:
    """Check a file in this process, as for a demonstration and in tests."""
    from reports.requests.redaction.elsewhere.work import checked

    file_checks.begin(row, at=row.asked_at)
    perform(row, checked)
    row.refresh_from_db()


def _files_of(line: ScheduleLine, held: bytes) -> tuple[tuple[str, bytes], ...]:
    """Return each file in which we hold a paper, with its ending: of a Minister's answer, what we print of its
    record, and its scan if there is one."""
    if line.response is None:
        return ((_ending_of(line), held),)
    files = [(ending(line.response.scan_name), held)] if held else []
    with suppress(Refused):  # a letter that no typeface has
        files.append(("pdf", print_answer(line, is_whole=True)))
    return tuple(files)


def _ending_of(line: ScheduleLine) -> str:
    if line.evidence is not None:
        return ending(line.evidence.file_name)
    return ending(line.file_name) if line.kind == ScheduleLine.Kind.FILE else "pdf"
