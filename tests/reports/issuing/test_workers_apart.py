"""Test two workers that are installed in folders of their own and share nothing but the database."""

import os
import re
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils.timezone import now

from reports.document import to_json
from reports.drafting.paper import document_of
from reports.models import Rendering, RenderWorker
from tests.factories import AppointmentFactory, BriefingFactory
from trafficking_plan.testing.installed import install_into


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_workers_in_folders_of_their_own_share_the_papers_and_make_each_once(plan, tmp_path):
    """Both take papers, none is made twice, and they leave no files."""
    code = tmp_path / "code"
    install_into(code)
    AppointmentFactory(portfolio=plan.portfolio)
    row = BriefingFactory(plan=plan)
    document = to_json(document_of(row))
    workers = [started_worker(code, tmp_path / name) for name in ("one", "two")]
    try:
        wait_until(lambda: RenderWorker.objects.count() == 2)
        asked = Rendering.objects.bulk_create(
            Rendering(
                briefing=row, form="pdf", content_sha256=str(n), document=document, asked_at=now()
            )
            for n in range(3)
        )
        wait_until(lambda: Rendering.objects.filter(state="done").count() == 3)
        for worker in workers:
            worker.terminate()
        made = [made_by(worker) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert sorted([*made[0], *made[1]]) == sorted(row.pk for row in asked)
    assert all(made)
    assert not RenderWorker.objects.exists()
    for name in ("one", "two"):
        assert [path.name for path in (tmp_path / name).iterdir()] == [".env"]


def started_worker(folder, home):
    home.mkdir()
    (home / ".env").write_text(f"DEBUG=yes\nDATABASE_URL={address_of_database()}\n")
    return subprocess.Popen(
        [sys.executable, "-m", "django", "render_papers", "--nice", "0"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(folder),
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
        },
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def address_of_database():
    known = connection.settings_dict
    host, user, name = (quote(known[key], safe="") for key in ("HOST", "USER", "NAME"))
    return f"postgresql://{user}@{host}/{name}"


def made_by(worker):
    """Return the renderings that its log says it made, once it has ended."""
    _, log = worker.communicate(timeout=20)
    return [int(pk) for pk in re.findall(r"Paper made.*rendering=(\d+)", log)]


def wait_until(is_so):
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "It took more than a minute."
        time.sleep(0.1)
