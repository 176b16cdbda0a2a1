from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Published results"
    default_auto_field = "django.db.models.BigAutoField"
