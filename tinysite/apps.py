from django.apps import AppConfig


class TinySiteConfig(AppConfig):
    """Gives the composition root its management command, `up`."""

    name = "tinysite"
    verbose_name = "TinySite"
