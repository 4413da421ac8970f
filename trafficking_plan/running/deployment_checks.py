"""Checks of this product's own settings for `check --deploy`, beside Django's."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from trafficking_plan.sign_in import second_step


@register(Tags.security, deploy=True)
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


@register(Tags.security)
def refuse_unknown_roles(app_configs: Any, **options: Any) -> list[CheckMessage]:
    fault = second_step.unknown_roles(settings.REQUIRE_SECOND_STEP)
    return [Error(fault, id="trafficking_plan.E001")] if fault else []


@register(Tags.security)
def refuse_unknown_roles_of_claims(app_configs: Any, **options: Any) -> list[CheckMessage]:
    fault = second_step.unknown_seat_roles(settings.OIDC)
    return [Error(fault, id="trafficking_plan.E002")] if fault else []


@register(Tags.security, deploy=True)
def warn_of_administrators_with_a_password_alone(
    app_configs: Any, **options: Any
) -> list[CheckMessage]:
    if settings.REQUIRE_SECOND_STEP & {second_step.ADMINISTRATOR, second_step.EVERYONE}:
        return []
    return [
        Warning(
            "Administrators sign in with a password alone.",
            hint="Set REQUIRE_SECOND_STEP=administrator,coordinator, or everyone.",
            id="trafficking_plan.W002",
        )
    ]
