"""``{% rule_link code %}``: a rule's code as a link to its page, a code of none as it is."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from thecal.clinic.browse.leaves import address
from thecal.therapy.rules import CARDS

register = template.Library()


@register.simple_tag
def rule_link(code: str) -> SafeString:
    """A link, where there is such a rule."""
    if code not in CARDS:
        return format_html('<span class="mono">{}</span>', code)
    return format_html('<a class="mono" href="{}">{}</a>', address("rules", code), code)
