"""What every template may use without loading it: sums, counts, times, icons and form fields."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import money

register = template.Library()


@register.filter
def usd(value: Decimal | None) -> str:
    return money.usd(value)


@register.filter
def usd_exact(value: Decimal | None) -> str:
    return money.usd_exact(value)


@register.filter
def tokens(value: int | None) -> str:
    return money.count(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A time in the reader's zone, with the exact UTC time on hover and focus."""
    if value is None:
        return money.NOTHING
    local = timezone.localtime(value)
    today = timezone.localtime()
    shape = "%H:%M" if local.date() == today.date() else "%-d %b, %H:%M"
    if local.year != today.year:
        shape = "%-d %b %Y"
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        value.isoformat(),
        value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        local.strftime(shape),
    )


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {size}" if size else "",
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, label: str = "", **attrs: Any) -> dict[str, Any]:
    """One form field: label, hint, error, input, in that order."""
    extra = {name.replace("_", "-"): value for name, value in attrs.items()}
    return {
        "field": bound,
        "label": label or bound.label,
        "widget": bound.as_widget(attrs={"class": "input", **extra}),
    }
