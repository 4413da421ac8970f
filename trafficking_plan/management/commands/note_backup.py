"""note_backup: a backup is whole. `bootstrap` notes the time, as it does for every command of the timers."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Notes for check_service and /metrics that a backup was just finished. Your own backup may run it."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Succeed, which is what is noted."""
