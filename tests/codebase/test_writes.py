"""Test in the source that only services write, and that writes leave history."""

import pytest

from tests.codebase.source import (
    APPS,
    ROOT,
    asks_the_clock,
    modules,
    name_of,
    writes,
    writes_without_history,
)

# Files that bypass `save`, and why history stays complete.
WRITE_THEIR_OWN_HISTORY = {
    "agencies/records/history.py": "is where history rows are written",
    "reports/requests/services/file_checks.py": "checks of files are no records and have no history",
    "reports/issuing/services/renderings.py": "files of drafts are no records and have no history",
    "workitems/intake/services/trackers.py": "notes never change, and a mapping is a suggestion",
    "workitems/following/services.py": "what people follow is their own and has no history",
    "workitems/following/visits.py": "when people are on their desk is no record and has no history",
    "workitems/by_email/services.py": "what came of an email is no record; the note or workbook that it became is",
    "workitems/notes/read_conversations.py": "what people have read is no record and has no history",
    "workitems/presenting/services.py": "the slide that members see moves all the time",
    "agencies/people/services/tokens.py": "the day of the last use is no part of the record",
    "agencies/people/services/invitations.py": "thousands of invitations in one act, each with its own history row",
    "agencies/people/outbox.py": "an email that waits is no record and has no history",
    "workitems/calendar/services.py": "the day of the last reading is no part of the record",
    "workitems/intake/workbook/write.py": "thousands of rows at once, each with its own history row",
}

# Files below the views that read the clock, and why.
MAY_ASK_THE_CLOCK = {
    "agencies/typed/asking.py": "the example beside a date is a day near today",
    "agencies/typed/fields.py": "a typed date without its year is the nearest to today",
    "workitems/plan/forms/due_dates.py": "as agencies/typed/fields.py",
    "agencies/records/history.py": "the moment of a history row is the moment it is written",
    "agencies/models/users.py": "which seats a person holds is always a question about now",
    "workitems/models/plan.py": "which plans a person reads is a question about now, as in agencies/models/users.py",
    "workitems/rules.py": "the same of who looks after a plan",
    "reports/models/briefing.py": "the same of a plan's papers",
    "agencies/people/outbox.py": "an email is tried again when its time has come",
    "reports/requests/pages/register/doers.py": "who may take a step now",
    "workitems/models/note.py": "what a user reads depends on the present",
    "workitems/calendar/limits.py": "a limit counts the requests of the last minute",
    "reports/requests/services/file_checks.py": "a check waits from the moment in which it is asked for",
    "reports/demo/issued_briefing.py": "workers beside it see from the time whether it still renders",
}


def is_rule_form_or_view(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return bool({"rules", "forms", "views", "pages"} & set(parts)) and "services" not in parts


def test_rules_forms_and_views_write_nothing():
    faults = [
        f"{name_of(path)}:{line}"
        for path in modules(*APPS, "trafficking_plan")
        if is_rule_form_or_view(path)
        for line in writes(path.read_text())
    ]
    assert faults == [], "a view calls one service, and the service writes"


def test_code_that_bypasses_save_writes_history_itself():
    faults = [
        f"{name_of(path)}:{line}"
        for path in modules(*APPS)
        if name_of(path) not in WRITE_THEIR_OWN_HISTORY
        for line in writes_without_history(path.read_text())
    ]
    assert faults == [], "update, bulk writes and F() leave no history row"


def test_only_views_and_commands_read_the_clock():
    faults = [
        f"{name_of(path)}:{line}"
        for path in modules(*APPS)
        if name_of(path) not in MAY_ASK_THE_CLOCK
        and not {"views", "views.py", "pages", "management"} & set(path.parts)
        for line in asks_the_clock(path.read_text())
    ]
    assert faults == [], "take the day as an argument; views and commands ask the clock"


@pytest.mark.parametrize("name", [*WRITE_THEIR_OWN_HISTORY, *MAY_ASK_THE_CLOCK])
def test_exceptions_name_files_that_exist(name):
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("name", WRITE_THEIR_OWN_HISTORY)
def test_exceptions_to_history_are_still_needed(name):
    assert writes_without_history((ROOT / name).read_text()) != []


@pytest.mark.parametrize("name", MAY_ASK_THE_CLOCK)
def test_exceptions_to_the_clock_are_still_needed(name):
    assert asks_the_clock((ROOT / name).read_text()) != []


@pytest.mark.parametrize(
    "line",
    [
        "item.save()",
        "WorkItem.objects.create(number='1')",
        "items.filter(pk=1).update(stage='complete')",
        "item.delete()",
        "WorkItem.objects.bulk_create([])",
        "WorkItem.objects.get_or_create(number='1')",
    ],
)
def test_the_check_finds_a_write(line):
    assert writes(f"def view(request):\n    {line}\n") == [2]


def test_the_check_allows_a_service_call():
    assert writes("services.change_status(item=item, by=user)\nform.is_valid()\n") == []


def test_the_check_allows_adding_to_a_set_or_dict():
    assert writes("names.update(more)\ncontext.update({'a': 1})\n") == []


@pytest.mark.parametrize(
    "line",
    ["items.update(stage='x')", "items.bulk_update(rows, ['a'])", "item.moved = F('moved') + 1"],
)
def test_the_check_finds_a_write_without_history(line):
    assert writes_without_history(line) == [1]


def test_the_check_allows_an_f_expression_in_a_query():
    assert (
        writes_without_history("late = items.filter(due_on__lt=F('agreed_on'))\nx.save()\n") == []
    )


@pytest.mark.parametrize(
    "line",
    [
        "day = timezone.localdate()",
        "at = models.DateTimeField(default=timezone.now)",
        "day = date.today()",
        "day = localdate()",
    ],
)
def test_the_check_finds_a_read_of_the_clock(line):
    assert asks_the_clock(line) == [1]


def test_the_check_allows_a_day_as_argument():
    source = "def is_late(item, at):\n    return item.due_on < timezone.localdate(at)\n"
    assert asks_the_clock(source) == []
