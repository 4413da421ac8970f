from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkItemsConfig(AppConfig):
    name = "workitems"
    verbose_name = "Plans and work items"

    def ready(self) -> None:
        from workitems import plan_guards

        post_migrate.connect(plan_guards.install_after_migrate, sender=self)
