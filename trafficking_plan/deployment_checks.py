"""What `check --deploy` says of this product's own settings, beside Django's checks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.database, Tags.security, deploy=True)
def warn_of_sqlite(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warn if records are in an SQLite file, which one machine writes and nobody else can reach."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    return [
        Warning(
            "The records are in an SQLite file.",
            hint="A live service needs PostgreSQL: set DATABASE_URL. SQLite has one writer at a "
            "time, one machine, and no roles that keep the application from changing history.",
            id="trafficking_plan.W001",
        )
    ]
