from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Briefings"

    def ready(self) -> None:
        from reports import guards

        post_migrate.connect(guards.install_after_migrate, sender=self)
