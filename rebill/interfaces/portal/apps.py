"""Django's name for the portal: it has templates, a style sheet and tags, and no tables."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "rebill.interfaces.portal"
    label = "portal"
