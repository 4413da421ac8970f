"""The country's settings in templates, those of emails and papers included, and the release."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from agencies.pages.mail_files import mail_folder

register = template.Library()
OFFERED = {
    "BANNER",
    "GREETING",
    "INFORMATION_ACT",
    "SCREEN_LANGUAGE",
    "PORTFOLIO_EXAMPLE",
    "PRODUCT_COLOURS",
    "PRODUCT_MARK",
    "PRODUCT_NAME",
    "RELEASE",
    "REQUESTS",
    "TE_REO",
}


@register.filter
def setting(name: str) -> Any:
    """Return the value of one of the country's settings: {{ "PRODUCT_NAME"|setting }}."""
    if name not in OFFERED:
        raise template.TemplateSyntaxError(f"{name} is not a setting for templates.")
    return getattr(settings, name)


register.simple_tag(mail_folder)


@register.simple_tag
def product_mark() -> str:
    """Return the address of the product's mark."""
    return reverse("product-mark") if settings.PRODUCT_MARK else static("icons/mark.svg")
