"""Tags of help's pages: text that people wrote, and questions with their answers that can be searched."""

import re
from itertools import groupby

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html, strip_tags, urlize
from django.utils.safestring import SafeString, mark_safe

from manyhands.core import ids
from manyhands.web.templatetags.manyhands import icon

register = template.Library()


@register.filter
def plain_words(text: str) -> SafeString:
    """What people wrote: escaped, in paragraphs, ``>`` lines as quotes, addresses as links nobody vouches for."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return mark_safe("".join(_block(block) for block in blocks))  # noqa: S308 -- each part is escaped below


def _block(block: str) -> str:
    parts = []
    for is_quote, lines in groupby(block.split("\n"), key=lambda line: line.lstrip().startswith(">")):
        if is_quote:
            inner = "\n".join(line.lstrip()[1:].strip() for line in lines)
            parts.append(f'<blockquote class="quote"><p class="preserve">{_linked(inner)}</p></blockquote>')
        else:
            inner = "\n".join(lines)
            parts.append(f'<p class="preserve">{_linked(inner)}</p>')
    return "".join(parts)


def _linked(text: str) -> str:
    return urlize(text, nofollow=True, autoescape=True)


@register.filter
def public_id(number: int, kind: ids.Kind) -> str:
    """A number as its public id: ``{{ assignment_id|public_id:"assignment" }}``."""
    return ids.encode(kind, number)


@register.simple_tag
def post_anchor(post_id: int) -> str:
    """The fragment of a post on its page."""
    return "p" + ids.encode("forum_post", post_id)


@register.tag("question")
def do_question(parser: Parser, token: Token) -> "QuestionNode":
    """``{% question "slug" %}words{% answer %}…{% endquestion %}``: left out when a search does not match it."""
    _tag, slug = token.split_contents()
    asked = parser.parse(("answer",))
    parser.delete_first_token()
    answered = parser.parse(("endquestion",))
    parser.delete_first_token()
    return QuestionNode(slug.strip("\"'"), asked, answered)


class QuestionNode(template.Node):
    """A question that opens on its answer; found by all the words of ``asked`` in the context."""

    def __init__(self, slug: str, asked: NodeList, answered: NodeList) -> None:
        self.slug, self.asked, self.answered = slug, asked, answered

    def render(self, context: Context) -> SafeString:
        asked, answered = self.asked.render(context), self.answered.render(context)
        wanted = context.get("asked") or []
        text = strip_tags(f"{asked} {answered}").casefold()
        if not all(word in text for word in wanted):
            return mark_safe("")
        return format_html(
            '<details class="faq-item"{}><summary>{}<h3>{}</h3></summary>'
            '<div class="faq-answer prose" id="{}">{}</div></details>',
            mark_safe(" open") if wanted else "",
            icon("chevron-down"),
            asked.strip(),
            self.slug,
            answered,
        )
