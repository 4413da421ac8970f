"""Truths that the database holds by trigger (see agencies/guards.py)."""

from typing import Any

from django.db import connections

from agencies.guards import frozen_history, install

GUARDS = frozen_history(["reports_historicalbriefing"])


def install_after_migrate(using: str, **kwargs: Any) -> None:
    if "reports_historicalbriefing" in connections[using].introspection.table_names():
        install(GUARDS, using)
