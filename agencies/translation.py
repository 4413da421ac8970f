"""Django's translation for modules that otherwise do without Django: the layers' contract lets them import this."""

from django.utils.translation import gettext, gettext_lazy, ngettext

__all__ = ["_", "gettext", "gettext_lazy", "ngettext"]

_ = gettext
