"""Test the mark that tells a changed draft from an unchanged one, so no stale PDF is served.

The mark must change whenever the paper does; it may change more often.
"""

import ast
import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Agency, Appointment
from agencies.records import history
from reports.document import DocumentError, to_json
from reports.drafting.draft import DraftError
from reports.drafting.paper import document_of
from reports.issuing.services.renderings import mark_now
from reports.models import Briefing, RecordChange
from reports.models.guards import UNWATCHED_TABLES
from reports.render import edition
from tests.cast import Scene, standing_scene
from tests.codebase.source import PACKAGES
from tests.factories import AgencyFactory, MemberFactory
from workitems.models import Pillar

pytestmark = pytest.mark.django_db

BEFORE = datetime(2010, 7, 1, tzinfo=UTC)
APPS = ("agencies", "workitems", "reports")


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as scene:
        yield scene


def composed(briefing: Briefing) -> bytes:
    """The paper as it would be composed from nothing, or why there is none: what is written past
    all services need not make sense."""
    try:
        return to_json(document_of(Briefing.objects.get(pk=briefing.pk)))
    except (DocumentError, DraftError, ValueError, LookupError, TypeError) as refusal:
        return repr(refusal).encode()


def tables_asked(briefing: Briefing) -> set[str]:
    with CaptureQueriesContext(connection) as caught:
        document_of(Briefing.objects.get(pk=briefing.pk))
    sql = " ".join(query["sql"] for query in caught.captured_queries)
    return set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))


def models_of(tables: set[str]) -> list[type[models.Model]]:
    found = [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.db_table in tables
    ]
    assert {model._meta.db_table for model in found} == tables
    return found


def test_every_table_that_a_paper_is_composed_from_has_a_trigger(scene: Scene):
    asked = tables_asked(scene.briefing) | tables_asked(scene.issued)
    assert len(asked) > 15
    assert asked & UNWATCHED_TABLES.keys() == set()


def test_every_exception_names_a_table_that_exists():
    tables = {
        model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()
    }
    assert UNWATCHED_TABLES.keys() - tables == set()


def rows_of(model: type[models.Model], briefing: Briefing) -> list[Any]:
    """Return two rows, those of the briefing if rows belong to one."""
    rows = model._default_manager.order_by("pk")
    if model is Briefing:
        return list(rows.filter(pk=briefing.pk))
    if any(field.name == "briefing" for field in model._meta.fields):
        rows = rows.filter(briefing=briefing)
    return list(rows[:2])


def another(field: Any, value: Any) -> Any:
    """Return another value for the column; None if the column is left alone."""
    if isinstance(field, models.DateTimeField):
        return value and value + timedelta(hours=7)
    if isinstance(field, models.DateField):
        return value and value + timedelta(days=1)
    if isinstance(field, models.BooleanField):
        return not value
    if field.choices:
        return next(code for code, _ in field.choices if code != value)
    if isinstance(field, models.CharField | models.TextField):
        return f"{value} and another"[-(field.max_length or 100) :]
    if isinstance(field, models.IntegerField) and not field.primary_key:
        return (value or 0) + 40
    if isinstance(field, models.JSONField) and isinstance(value, list):
        return value[1:]
    return None


def test_a_change_of_any_column_that_changes_the_paper_changes_the_mark(scene: Scene):
    """Every column of every table that composing queries, by raw updates without services."""
    papers = [scene.briefing, scene.issued]
    # Each change is undone, so the next begins with the same papers and the same mark.
    before, mark = [composed(paper) for paper in papers], mark_now()
    changed = 0
    for model in models_of(tables_asked(scene.briefing) | tables_asked(scene.issued)):
        for row in rows_of(model, scene.briefing):
            for field in model._meta.concrete_fields:
                value = another(field, getattr(row, field.attname))
                if value is None:
                    continue
                try:
                    with transaction.atomic():
                        model._default_manager.filter(pk=row.pk).update(**{field.name: value})
                        if mark_now() != mark:
                            changed += 1
                        else:
                            now = [composed(paper) for paper in papers]
                            assert now == before, f"{model.__name__}.{field.name}"
                        transaction.set_rollback(True)
                except DatabaseError:
                    continue  # The database refuses it, so the paper is unchanged.
    # So that the test does not pass by changing nothing, or by leaving something changed.
    assert changed > 20
    assert ([composed(paper) for paper in papers], mark_now()) == (before, mark)


def reword_cover(scene: Scene, words: str) -> None:
    Briefing.objects.filter(pk=scene.briefing.pk).update(title=f"Title {words}")


def rename_agency(scene: Scene, words: str) -> None:
    agency = Agency.objects.get(pk=scene.agencies["police"].pk)
    agency.name = f"Police of {words}"
    history.save(agency, by=None)


def retitle_pillar(scene: Scene, words: str) -> None:
    Pillar.objects.filter(plan=scene.plan).update(title=f"Pillar {words}")


def change_minister(scene: Scene, words: str) -> None:
    Appointment.objects.filter(portfolio=scene.plan.portfolio).update(minister=f"Hon {words}")


def reword_item(scene: Scene, words: str) -> None:
    scene.item.refresh_from_db()
    scene.item.title = f"Item {words}"
    history.save(scene.item, by=None, at=BEFORE)


def move_milestone(scene: Scene, words: str) -> None:
    scene.milestone.refresh_from_db()
    scene.milestone.forecast_due = date(2011, 1, 1) + timedelta(days=len(words))
    history.save(scene.milestone, by=None, at=BEFORE)


def add_member(scene: Scene, words: str) -> None:
    MemberFactory(plan=scene.plan, agency=AgencyFactory())


def edit_paragraph(scene: Scene, words: str) -> None:
    row = scene.briefing.draft_paragraphs.filter(is_withdrawn=False).order_by("pk")[0]
    row.text = f"They wrote {words}."
    history.save(row, by=None)


def hide_paragraph(scene: Scene, words: str) -> None:
    row = scene.briefing.draft_paragraphs.filter(is_withdrawn=False).order_by("pk")[1]
    row.is_hidden = not row.is_hidden
    history.save(row, by=None)


def reword_ask(scene: Scene, words: str) -> None:
    scene.briefing.draft_asks.update(text=f"the paper on {words}")


def move_sections(scene: Scene, words: str) -> None:
    for row in scene.briefing.draft_sections.all():
        row.position = 10_000 - row.position
        history.save(row, by=None)


def leave_out_annexes(scene: Scene, words: str) -> None:
    Briefing.objects.filter(pk=scene.briefing.pk).update(annexes=["items"] if words else [])


def do_nothing(scene: Scene, words: str) -> None:
    pass


ACTS = (
    reword_cover,
    rename_agency,
    retitle_pillar,
    change_minister,
    reword_item,
    move_milestone,
    add_member,
    edit_paragraph,
    hide_paragraph,
    reword_ask,
    move_sections,
    leave_out_annexes,
    do_nothing,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.text("abcāē", max_size=4)), min_size=1, max_size=8
    )
)
def test_equal_marks_mean_equal_papers_after_any_actions(scene: Scene, acts):
    with transaction.atomic():
        papers = {mark_now(): composed(scene.briefing)}
        for act, words in acts:
            act(scene, words)
            mark, paper = mark_now(), composed(scene.briefing)
            assert papers.setdefault(mark, paper) == paper, act.__name__
        transaction.set_rollback(True)


def test_a_change_committed_late_changes_the_mark():
    """Two writers take 1 and 2; 2 is committed first, and a paper is rendered from it."""
    last = RecordChange.objects.create().pk
    RecordChange.objects.create(pk=last + 2)
    mark = mark_now()
    RecordChange.objects.create(pk=last + 1)
    assert mark_now() != mark


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_do_not_block_each_other_on_the_mark():

    done = threading.Event()

    def write() -> None:
        AgencyFactory()
        done.set()
        connection.close()

    with transaction.atomic():
        AgencyFactory()
        other = threading.Thread(target=write)
        other.start()
        was_done = done.wait(5)
    other.join()
    assert was_done


def test_a_new_edition_of_wording_or_look_changes_the_mark(monkeypatch):
    mark = mark_now()
    monkeypatch.setattr(edition, "wording", lambda: "w" * 64)
    worded = mark_now()
    monkeypatch.setattr(edition, "look", lambda: "l" * 64)
    assert len({mark, worded, mark_now()}) == 3


def test_every_own_module_imported_by_the_renderer_is_part_of_the_look():
    """Except modules that make files which are never stored, and the layers below."""
    made_anew = {"csv.py", "xlsx.py", "annex_sheets.py", "meeting_html.py", "return_html.py"}
    missing = set()
    reports = django_settings.BASE_DIR / "reports"
    for path in [*reports.glob("render/**/*.py"), *reports.glob("charts/*.py")]:
        if path.name in made_anew:
            continue
        for package in PACKAGES:
            for module in imported_from(path.read_text(), package):
                name = module.replace(".", "/")
                if not any(
                    f"{name}.py" == place or f"{name}/".startswith(f"{place}/")
                    for place in edition.LOOK
                ):
                    missing.add((path.name, module))
    assert missing == set()


def imported_from(source, package):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            if node.module == package:  # from reports import charts
                yield from (f"{package}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def test_the_edition_of_the_look_depends_on_every_file_of_it(monkeypatch, tmp_path, settings):
    """A changed, added or renamed file changes the edition."""
    settings.RESOURCES_DIR = tmp_path
    sheet = tmp_path / "static" / "paper" / "paper.css"
    sheet.parent.mkdir(parents=True)
    editions = []
    for change in (
        lambda: sheet.write_text("p {}"),
        lambda: sheet.write_text("h1 {}"),
        lambda: sheet.with_name("more.css").write_text("h1 {}"),
        lambda: sheet.rename(sheet.with_name("other.css")),
    ):
        change()
        edition.look.cache_clear()
        editions.append(edition.look())
    edition.look.cache_clear()
    assert len(set(editions)) == 4
