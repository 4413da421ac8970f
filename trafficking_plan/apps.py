from django.apps import AppConfig


class TraffickingPlanConfig(AppConfig):
    name = "trafficking_plan"
    verbose_name = "Plan Register"

    def ready(self) -> None:
        from trafficking_plan import deployment_checks as deployment_checks
        from trafficking_plan import security_log as security_log
        from trafficking_plan import sessions as sessions
