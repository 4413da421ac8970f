"""support_bundle: what a person who helps from elsewhere asks first, without personal data."""

import json
import platform
from importlib.metadata import distributions
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from trafficking_plan.running import kept_records, metrics, runs, service_checks

# Settings whose values say nothing of people, hosts or secrets.
HARMLESS = (
    *("DEBUG", "BEHIND_TLS", "COUNTRY", "LANGUAGE_CODE", "TIME_ZONE", "PAPER_SIZE", "REQUESTS"),
    *("RENDER_SECONDS", "RENDER_MEBIBYTES", "ALLAUTH_TRUSTED_PROXY_COUNT", "EMAIL_USE_TLS"),
)
# Of these, whether they are set.
SET_OR_NOT = (
    *("FILES_DIR", "FILES_BUCKET", "SCANNER", "OIDC", "METRICS_DIR", "METRICS_TOKEN"),
    *("OTEL_EXPORTER_OTLP_ENDPOINT", "SECURITY_LOG", "SUPPORT_EMAIL", "OPERATOR_EMAIL"),
)


class Command(BaseCommand):
    help = (
        "Prints, as JSON, release, versions, settings, checks, figures and numbers of rows for whoever helps. No names, "
        "texts, addresses, hosts, paths or secrets. Read it before you send it."
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        self.stdout.write(json.dumps(bundle(), indent=1, ensure_ascii=False))


def bundle() -> dict[str, Any]:
    found = {
        "release": settings.RELEASE,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": dict(sorted((each.name, each.version) for each in distributions())),
        "settings": {name: getattr(settings, name) for name in HARMLESS},
        "set": [name for name in SET_OR_NOT if getattr(settings, name)],
        "second_step_of": sorted(settings.REQUIRE_SECOND_STEP),
        # Without `detail`, which may name a host or a path.
        "checks": [
            {"name": check.name, "state": found.state.value, "sentence": found.sentence}
            for check, found in service_checks.findings(service_checks.CHECKS)
        ],
    }
    try:
        return {**found, **of_the_database()}
    except (DatabaseError, InterfaceError):
        return found


def of_the_database() -> dict[str, Any]:
    figures = {name: value for name, (_, value) in metrics.read_service().items()}
    return {
        "figures": figures,
        "last_runs": {name: at and at.isoformat() for name, at in runs.last_runs().items()},
        "unapplied_migrations": service_checks.unapplied_migrations(),
        "unknown_migrations": service_checks.unknown_migrations(),
        "rows": kept_records.describe()["rows"],
    }
