"""Test exporting a plan as a workbook and importing it again."""

import io
from datetime import UTC, date, datetime
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agencies.models import Agency
from agencies.typed.characters import CONTROLS_OF_DIRECTION
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MeasureFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.workbooks import cells, column_of, file_of, small
from workitems.demo.demo_plans import CURRENT_TEXT, TEXT_OF_2009
from workitems.demo.plan_text import workbook_of
from workitems.intake.workbook import (
    ExportRefused,
    WorkbookRefused,
    empty_workbook,
    export_workbook,
    import_workbook,
    preview_import,
)
from workitems.intake.workbook.columns import SHEETS, described
from workitems.models import Plan, Return, WorkItem

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what a workbook has; imports are written on both"),
]

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


class Undo(Exception):
    pass


def reading(content):
    return preview_import(io.BytesIO(content), at=NOW)


def without_numbers(rows):
    """Return the rows of a sheet without the numbers that an export adds to delays, mitigations and risks."""
    headings = rows[0]
    kept = [i for i, each in enumerate(headings) if each != "Number" or "Pillar" in headings]
    if "Pillar" in headings:  # the column Measure is of earlier releases
        kept = [i for i in kept if headings[i] != "Measure"]
    return [tuple(row[i] for i in kept) for row in rows]


def imported(content):
    return import_workbook(io.BytesIO(content), name="plan.xlsx", at=NOW).plan


def test_an_export_has_every_sheet_with_its_headings():
    plan = imported(file_of(small()).getvalue())
    found = cells(export_workbook(plan))
    assert list(found) == [sheet.name for sheet in SHEETS]
    for sheet in SHEETS[1:]:
        assert found[sheet.name][0] == tuple(column.heading for column in sheet.written)
    assert found["Plan"] == [
        ("Key", "Value"),
        ("Title", "Plan of Action"),
        ("Released on", datetime.fromisoformat("2009-07-31")),
        ("Ends on", None),
        ("Portfolio", "Minister of Immigration"),
        ("Minister", None),
        ("Coordinating agency", "DoL"),
        ("Background", None),
        ("Copied to", None),
    ]
    filled = dict(zip(*found["Work items"][:2], strict=True))
    assert {heading: value for heading, value in filled.items() if value is not None} == {
        "Number": "1.1",
        "Pillar": 1,
        "Title": "Train frontline staff",
        "Objective": "Staff know the signs.",
        "Action": "Train all staff at the border.",
        "Kind": "Action item",
        "Lead agency": "DoL",
        "Supporting agencies": "Police",
        "Key": "Yes",
        "Timeframe": "Short",
        "Stage": "Under way",
        "Confidence": "At risk",
    }
    assert found["Measures"][1][:3] == ("1.1", 1, "Share of staff trained")


@pytest.mark.both_databases
@pytest.mark.parametrize("path", [TEXT_OF_2009, CURRENT_TEXT], ids=lambda path: path.stem)
def test_exporting_then_importing_the_demo_plan_changes_nothing(path):
    sample = workbook_of(path).getvalue()
    content = export_workbook(imported(sample))
    outcome = reading(content)
    assert outcome.is_empty
    assert sum(count.same for count in outcome.counts) > 150
    came, went = cells(sample), cells(content)
    for sheet in ("Work items", "Milestones", "Delays", "Mitigations", "Risks"):
        assert set(without_numbers(went[sheet])) == set(without_numbers(came[sheet]))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+64 4 123",
        "-",
        "@home",
        "=HYPERLINK(0)",
        "#N/A",
        "#REF!",
        "'quoted",
        "1.10",
        "TRUE",
    ],
)
def test_text_is_never_written_as_a_formula(text):
    plan = PlanFactory(copied_to=text)
    WorkItemFactory(plan=plan, title=text, action=text)
    content = export_workbook(plan)
    assert reading(content).is_empty
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Work items"]
    title, action = (
        sheet[f"{column_of('Work items', heading)}2"] for heading in ("Title", "Action")
    )
    assert [(cell.value, cell.data_type) for cell in (title, action)] == [(text, "s"), (text, "s")]
    assert title.quotePrefix == (text[0] in "=+-@#")


def test_dates_from_before_spreadsheets_are_written_as_text():
    plan = PlanFactory()
    Agency.objects.filter(pk=plan.coordinating_agency_id).update(valid_from=date(1840, 2, 6))
    content = export_workbook(plan)
    headings, row = cells(content)["Agencies"]
    assert dict(zip(headings, row, strict=True))["Valid from"] == "1840-02-06"
    assert reading(content).is_empty


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut():
    item = WorkItemFactory(action="x" * 32_768)
    with pytest.raises(ExportRefused) as refusal:
        export_workbook(item.plan)
    assert str(refusal.value) == (
        "Sheet Work items, row 2: Action has 32,768 characters, and a spreadsheet cell holds "
        "32,767. Shorten the text first."
    )
    item.action = "x" * 32_767
    item.save()
    assert reading(export_workbook(item.plan)).is_empty


def test_updates_that_are_not_accepted_are_not_exported():
    plan = PlanFactory()
    item = WorkItemFactory(plan=plan)
    for state in (Return.State.DUE, Return.State.SUBMITTED, Return.State.SENT_BACK):
        agency = AgencyFactory()
        of_return = ReturnFactory(
            round=Plan.objects.get().rounds.first() or RoundFactory(plan=plan),
            agency=agency,
            state=state,
        )
        UpdateFactory(item=item, of_return=of_return)
    assert len(cells(export_workbook(plan))["Updates"]) == 1


def test_a_successor_outside_the_working_group_is_exported_without_joining_it():
    successor = AgencyFactory(short_name="MBIE")
    labour = AgencyFactory(short_name="DoL", valid_to=date(2012, 6, 30), successor=successor)
    plan = PlanFactory(coordinating_agency=labour)
    content = export_workbook(plan)
    assert [row[0] for row in cells(content)["Agencies"]] == ["Short name", "DoL", "MBIE"]
    assert reading(content).is_empty


def test_records_numbered_with_gaps_are_matched_by_number_on_import():
    milestone = MilestoneFactory(forecast_due=date(2010, 9, 30))
    MeasureFactory(item=milestone.item, number=4)
    for number in (2, 5):
        delay = DelayFactory(milestone=milestone, number=number, explanation=f"Delay {number}")
        MitigationFactory(delay=delay, number=7)
    RiskFactory(plan=milestone.item.plan, number=3)
    content = export_workbook(milestone.item.plan)
    headings, *rows = cells(content)["Mitigations"]
    assert [row[headings.index("Delay")] for row in rows] == [2, 5]
    assert reading(content).is_empty


def test_importing_the_empty_workbook_asks_for_every_required_value():
    with pytest.raises(WorkbookRefused) as refusal:
        reading(empty_workbook())
    assert [(fault.row, fault.column) for fault in refusal.value.faults] == [
        (2, "Title"),
        (3, "Released on"),
        (5, "Portfolio"),
        (7, "Coordinating agency"),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_an_export_takes_the_same_queries_for_any_number_of_rows(django_assert_num_queries, rows):
    plan = PlanFactory()
    for _ in range(rows):
        milestone = MilestoneFactory(item__plan=plan)
        MitigationFactory(delay=DelayFactory(milestone=milestone))
        SupportFactory(item=milestone.item)
    with django_assert_num_queries(14):
        export_workbook(plan)


def test_the_command_writes_the_file_and_reports_it(tmp_path):
    plan = imported(file_of(small()).getvalue())
    path, out = tmp_path / "out.xlsx", StringIO()
    call_command("export_plan", plan.slug, str(path), stdout=out)
    assert out.getvalue() == f"Plan of Action is in {path}.\n"
    assert reading(path.read_bytes()).is_empty
    assert [each.name for each in tmp_path.iterdir()] == ["out.xlsx"]


def test_the_command_lists_the_existing_plans(tmp_path):
    PlanFactory(slug="the-plan")
    with pytest.raises(CommandError) as error:
        call_command("export_plan", "a-plan", str(tmp_path / "out.xlsx"))
    assert str(error.value) == "There is no plan a-plan. There are: the-plan."


def test_the_command_reports_that_it_cannot_write_the_file(tmp_path):
    plan = PlanFactory()
    path = tmp_path / "nowhere" / "out.xlsx"
    with pytest.raises(CommandError) as error:
        call_command("export_plan", plan.slug, str(path))
    assert str(error.value) == f"{path} cannot be written: No such file or directory."


def test_the_documentation_matches_the_format(settings):
    page = (settings.BASE_DIR / "docs" / "workbook.md").read_text()
    assert described() in page, "run: python3 manage.py describe_workbook"


def test_the_command_writes_the_format_into_the_documentation(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "workbook.md"
    page.write_text("What an import does.\n\n### Old sheet\n\nOld column.\n")
    call_command("describe_workbook")
    assert page.read_text() == f"What an import does.\n\n{described()}"


@pytest.mark.parametrize("background", ["\x1b", "One.\n\n\ufffe"])
def test_invisible_paragraphs_of_the_background_are_not_exported(background):
    plan = MilestoneFactory(item__plan__background=background).item.plan
    content = export_workbook(plan)
    assert reading(content).changes == ()
    found = [row[1] or "" for row in cells(content)["Plan"] if row[0] == "Background"]
    assert found == ["One." if "One." in background else ""]


# --- Any plan -------------------------------------------------------------------------------

# What browsers or old imports may have left in a text: any line ends, surrounding spaces,
# text that looks like a formula, and characters that XML cannot contain.
TEXT = st.text(
    st.one_of(
        st.sampled_from("=+-@#\t\r\n;()' .1a_x0Dāē\x0b\x85\ufffe\u00a0\u200b😀"),
        # What no form takes, the import refuses at its cell.
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cn", "Co", "Cs"],
            exclude_characters=CONTROLS_OF_DIRECTION,
        ),
    ),
    max_size=30,
)
PHRASES = st.sampled_from(["", "formal training for staff", "Ōtaki’s brochures, = and +"])
FILLED = TEXT.map(lambda text: f"{text}a")
DATES = st.dates(date(1995, 1, 1), date(2026, 6, 30))
SHORT_NAMES = st.lists(
    st.text(st.sampled_from("ABCabcāĀ ().-1"), min_size=1, max_size=12)
    .map(lambda name: f"A{name}".strip())
    .filter(lambda name: " ".join(name.split()) == name),
    min_size=1,
    max_size=3,
    unique_by=str.lower,
)


@st.composite
def plans(draw):
    """Puts a plan into the database, of whatever the database takes."""

    def optional(strategy):
        return draw(st.none() | strategy)

    agencies = [
        AgencyFactory(short_name=name, name=draw(FILLED), name_mi=draw(TEXT))
        for name in draw(SHORT_NAMES)
    ]
    agency = st.sampled_from(agencies)
    settled = [
        {},
        {"settlement": "settled"},
        {"settlement": "needs_decision"},
        {"settlement": "being_settled", "settling_agency": agencies[-1]},
        {"settlement": "being_settled", "settling_agency": agencies[0], "settling_by": NOW.date()},
    ]
    if len(agencies) > 1 and draw(st.booleans()):
        agencies[0].valid_to, agencies[0].successor = draw(DATES), agencies[1]
        agencies[0].save()
    plan = PlanFactory(
        title="Plan",
        slug="plan",
        released_on=draw(DATES),
        portfolio=draw(FILLED),
        background=draw(TEXT),
        copied_to=draw(TEXT),
        coordinating_agency=agencies[0],
        members=agencies[1:],
    )
    pillar = PillarFactory(plan=plan, title=draw(FILLED), description=draw(TEXT))
    round_ = RoundFactory(plan=plan, closed_at=NOW)
    returns = {
        each.pk: ReturnFactory(round=round_, agency=each, state="accepted", accepted_on=draw(DATES))
        for each in agencies
    }
    items = []
    for number in range(draw(st.integers(0, 3))):
        complete = draw(st.booleans())
        item = WorkItemFactory(
            plan=plan,
            pillar=pillar,
            number=f"1.{number}",
            title=draw(FILLED),
            as_told=draw(PHRASES),
            objective=draw(TEXT),
            action=draw(TEXT),
            lead_agency=draw(agency),
            is_key=draw(st.booleans()),
            months=optional(st.integers(1, 99)),
            starts_on=optional(DATES),
            stage="complete" if complete else draw(st.sampled_from(["under_way", "withdrawn"])),
            completed_on=draw(DATES) if complete else None,
            confidence=draw(st.sampled_from(["", "on_track", "off_track"])),
        )
        items.append(item)
        for helper in draw(st.lists(agency, max_size=2, unique=True)):
            SupportFactory(item=item, agency=helper, role=draw(TEXT))
        for measure in range(draw(st.integers(0, 2))):
            MeasureFactory(item=item, number=measure + 1, description=draw(FILLED))
        for step in range(draw(st.integers(1, 2))):
            milestone = MilestoneFactory(
                item=item,
                number=step + 1,
                description=draw(FILLED),
                as_told=draw(PHRASES),
                done_means=draw(TEXT),
                original_due=draw(DATES),
                agreed_due=draw(DATES),
                forecast_due=draw(DATES),
                completed_on=draw(DATES) if complete else None,
                # Those of a withdrawn item are cancelled with it.
                withdrawn_on=draw(DATES)
                if item.stage == "withdrawn" or not complete and draw(st.booleans())
                else None,
            )
            for delay_number in range(draw(st.integers(0, 2))):
                found_on = draw(DATES)
                delay = DelayFactory(
                    milestone=milestone,
                    number=delay_number + 1,
                    explanation=draw(FILLED),
                    effect=draw(TEXT),
                    meanwhile=draw(TEXT),
                    needs=draw(TEXT),
                    money_from=draw(TEXT),
                    if_declined=draw(TEXT),
                    **draw(st.sampled_from(settled)),
                    found_on=found_on,
                    ended_on=optional(st.dates(found_on, date(2026, 6, 30))),
                )
                for mitigation in range(draw(st.integers(0, 2))):
                    MitigationFactory(
                        delay=delay,
                        number=mitigation + 1,
                        description=draw(FILLED),
                        owner_agency=draw(agency),
                        done_on=optional(DATES),
                    )
        for each in draw(st.lists(agency, max_size=2, unique=True)):
            UpdateFactory(
                item=item,
                of_return=returns[each.pk],
                achieved=draw(TEXT),
                planned_next=draw(TEXT),
                challenges=draw(TEXT),
                key_achievement=draw(st.sampled_from(["no", "yes", "headline"])),
            )
    for number in range(draw(st.integers(0, 2))):
        escalated = optional(DATES)
        RiskFactory(
            plan=plan,
            number=number + 1,
            item=optional(st.sampled_from(items)) if items else None,
            description=draw(FILLED),
            owner_agency=draw(agency),
            escalated_on=escalated,
            escalated_to="minister" if escalated else "",
        )
    return plan


@given(data=st.data())
@hypothesis_settings(max_examples=min(25, hypothesis_settings.default.max_examples))
def test_any_plan_survives_export_and_import(data):
    contents = []
    with pytest.raises(Undo), transaction.atomic():
        plan = data.draw(plans())
        contents.append(export_workbook(plan))
        outcome = reading(contents[0])
        assert outcome.changes == ()
        raise Undo
    assert Plan.objects.count() == 0
    with pytest.raises(Undo), transaction.atomic():
        plan = imported(contents[0])
        contents.append(export_workbook(plan))
        for model in (WorkItem, Agency):
            assert len(model.history.as_of(NOW)) == model.objects.count()
        raise Undo
    assert cells(contents[0]) == cells(contents[1])


@given(text=TEXT)
@example(text="_x000D_")
@example(text="\r\n")
def test_normalising_text_twice_changes_nothing(text):
    from workitems.intake.cell_kinds import Kind, Line

    for kind in (Kind(), Line()):
        once = kind.normal(text)
        assert kind.normal(once) == once
