"""Tags and filters of every template (builtins): icons, money, durations, local times, form fields."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from manyhands.core import money as money_format
from manyhands.web import icons, qualification_names
from manyhands.work.words import feedback

register = template.Library()

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_LOCAL_FORMATS = {"datetime": "DATETIME_FORMAT", "date": "DATE_FORMAT", "time": "TIME_FORMAT"}


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon of 16 or 20 pixels: beside a word it is decoration, alone it needs ``label``."""
    return _icon(str(name), size, str(label))


@lru_cache(maxsize=1_000)
def _icon(name: str, size: int, label: str) -> SafeString:
    naming = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" width="{}" height="{}" viewBox="0 0 20 20" focusable="false" {}>'
        '<path d="{}"/></svg>',
        " icon-20" if size > 16 else "",
        size,
        size,
        naming,
        icons.path_of(name),
    )


@register.simple_tag
def brand_mark(size: int = 24) -> SafeString:
    """The drawn mark without the word; inherits its colour."""
    return format_html(icons.MARK, size=int(size))


@register.simple_tag
def in_sandbox() -> bool:
    """For pages that are rendered without a request."""
    return settings.ENVIRONMENT == "sandbox"


@register.filter
def money(minor: int | str | None) -> str:
    """Minor units as people read them: ``$0.05``; an en dash for nothing known."""
    return "–" if minor is None or minor == "" else money_format.show(int(minor))


register.filter("qualification", qualification_names.shown)
register.filter("feedback", feedback)
register.filter("qualifications", qualification_names.listed)


@register.filter
def duration(seconds: float | timedelta | str | None) -> str:
    """Seconds in at most two units: ``45 s``, ``12 min``, ``1 h 30 min``, ``2 d 4 h``."""
    if seconds is None or seconds == "":
        return "–"
    total_s = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    whole_s = max(0, round(total_s))
    if whole_s < _MINUTE_S:
        return gettext("%(seconds)d s") % {"seconds": whole_s}
    if whole_s < _HOUR_S:
        return _two_units(
            whole_s, _MINUTE_S, 1, gettext("%(first)d min"), gettext("%(first)d min %(second)d s")
        )
    if whole_s < _DAY_S:
        return _two_units(
            whole_s, _HOUR_S, _MINUTE_S, gettext("%(first)d h"), gettext("%(first)d h %(second)d min")
        )
    return _two_units(whole_s, _DAY_S, _HOUR_S, gettext("%(first)d d"), gettext("%(first)d d %(second)d h"))


def _two_units(whole_s: int, first_s: int, second_s: int, one: str, two: str) -> str:
    first, rest_s = divmod(whole_s, first_s)
    second = rest_s // second_s
    # Seconds beside ten minutes or more are noise.
    if second == 0 or (second_s == 1 and first >= 10):
        return one % {"first": first}
    return two % {"first": first, "second": second}


@register.filter(name="duration_long")
def duration_long(seconds: int) -> str:
    """Whole words, for sentences: '2 hours', '7 days'; the largest unit that divides evenly."""
    whole_s = int(seconds)
    if whole_s and whole_s % _DAY_S == 0:
        days = whole_s // _DAY_S
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if whole_s and whole_s % _HOUR_S == 0:
        hours = whole_s // _HOUR_S
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    if whole_s and whole_s % _MINUTE_S == 0:
        minutes = whole_s // _MINUTE_S
        return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    return ngettext("%(seconds)d second", "%(seconds)d seconds", whole_s) % {"seconds": whole_s}


@register.filter
def local_time(value: datetime | date | str | None, style: str = "datetime") -> SafeString | str:
    """An instant in the reader's zone, as ``<time>``. ``style``: datetime, date or time.

    The server writes it in the active zone and names that zone; the page's script rewrites it in the
    browser's zone.
    """
    if value is None or isinstance(value, str):
        return "–"
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(value))
    local = timezone.localtime(value)
    text = formats.date_format(local, _LOCAL_FORMATS[style])
    zone = "" if style == "date" else f" {local.tzname()}"
    return format_html(
        '<time datetime="{}" data-local="{}">{}{}</time>',
        local.isoformat(timespec="seconds"),
        style,
        text,
        zone,
    )


register.simple_tag(local_time, name="local_time")
register.simple_tag(duration, name="duration")


@register.filter
def share_of(part: float | None, whole: float | None) -> str:
    """``part`` of ``whole`` as a percentage for a style's width: ``12.5%``; ``0%`` of nothing."""
    return f"{100 * (part or 0) / whole:.3f}%" if whole else "0%"


@register.filter
def percent(fraction: float | str | None, digits: int = 0) -> str:
    """A fraction of one as people read it: ``93%``; an en dash for nothing known."""
    if fraction is None or fraction == "":
        return "–"
    return gettext("%(number)s%%") % {
        "number": formats.number_format(round(100 * float(fraction), digits), digits)
    }


@register.filter
def count(number: int | None) -> str:
    """A count with the language's thousands separators: ``12,480``."""
    return "–" if number is None else formats.number_format(number, 0, use_l10n=True, force_grouping=True)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, *, size: str = "", prefix: str = "", suffix: str = "", optional: bool | None = None
) -> dict[str, Any]:
    """One form field: label, control, help and error, tied together for assistive technology.

    ``size``: short or medium; ``prefix`` and ``suffix`` stand at the control's edges (``$``, ``min``).
    """
    is_check = isinstance(bound.field.widget, CheckboxInput)
    return {
        "field": bound,
        "is_check": is_check,
        "size": size,
        "prefix": prefix,
        "suffix": suffix,
        "is_optional": (not bound.field.required and not is_check) if optional is None else optional,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """All errors of a form at its top, each a link to its field; nothing when there are none."""
    fields = [bound for bound in form if bound.errors] if form.is_bound else []
    general = form.non_field_errors() if form.is_bound else []
    return {"fields": fields, "general": general}


@register.simple_tag
def script_words() -> dict[str, str]:
    """The few sentences that scripts say, in the reader's language; the page carries them as JSON."""
    return {
        "time_up": gettext("Time is up"),
        "time_left": gettext("Time left: {time}"),
        "failed": gettext("That did not work. Nothing was changed; try again in a moment."),
        "offline": gettext("No connection. Nothing was sent; try again when you are back online."),
        "too_many": gettext("Too many requests. Wait a moment and try again."),
        "signed_out": gettext("You are signed out, or this page is too old. Reload the page and try again."),
        "copied": gettext("Copied"),
        "dismiss": gettext("Dismiss"),
    }
