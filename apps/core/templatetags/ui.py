"""What every template may use without loading it: sums, counts, times, icons and form fields."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
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
def usd_each(value: Decimal | None) -> str:
    return money.usd_each(value)


@register.filter
def usd_exact(value: Decimal | None) -> str:
    return money.usd_exact(value)


@register.filter
def tokens(value: int | None) -> str:
    return money.count(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A time in the reader's zone, with the exact UTC time on hover."""
    if value is None:
        return money.NOTHING
    local, now = timezone.localtime(value), timezone.localtime()
    if local.date() == now.date():
        return _time(value, f"{local:%H:%M}")
    return _time(value, f"{_day(local, now)}, {local:%H:%M}")


@register.filter
def day(value: datetime | None) -> SafeString | str:
    if value is None:
        return money.NOTHING
    return _time(value, _day(timezone.localtime(value), timezone.localtime()))


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
    is_switch = isinstance(bound.field.widget, CheckboxInput)
    look = {"class": "switch", "role": "switch"} if is_switch else {"class": "input"}
    return {
        "field": bound,
        "label": label or bound.label,
        "is_switch": is_switch,
        "widget": bound.as_widget(attrs={**look, **extra}),
    }


def _day(local: datetime, now: datetime) -> str:
    year = "" if local.year == now.year else f" {local:%Y}"
    return f"{local.day} {local:%b}{year}"


def _time(value: datetime, words: str) -> SafeString:
    exact = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, words)
