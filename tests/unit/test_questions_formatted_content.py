"""FormattedContent: the subset is checked to the letter, and nothing that acts gets through."""

import pytest

from manyhands.questions import forms
from manyhands.questions.errors import QuestionInvalid
from manyhands.questions.forms import FormattedContent, QuestionForm
from manyhands.questions.parsing import parse_question


def text_of(xhtml: str) -> str:
    return (
        f'<QuestionForm xmlns="{forms.QUESTION_FORM_2017}">\n<Question>'
        "<QuestionIdentifier>q</QuestionIdentifier>\n"
        f"<QuestionContent><FormattedContent>{xhtml}</FormattedContent></QuestionContent>"
        "<AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question></QuestionForm>"
    )


def read(xhtml: str) -> FormattedContent:
    form = parse_question(text_of(f"<![CDATA[{xhtml}]]>"))
    assert isinstance(form, QuestionForm)
    content = form.questions[0].contents[0]
    assert isinstance(content, FormattedContent)
    return content


@pytest.mark.parametrize(
    ("xhtml", "html"),
    [
        ("Plain &amp; simple &lt;b&gt;", "Plain &amp; simple &lt;b&gt;"),
        (
            '<p align="center" title="T" lang="ja" dir="ltr">a<br clear="all"/>b</p>',
            '<p align="center" title="T" lang="ja" dir="ltr">a<br clear="all">b</p>',
        ),
        (
            '<ol type="a" start="3" compact="compact"><li value="4">x</li></ol>',
            '<ol type="a" start="3" compact="compact"><li value="4">x</li></ol>',
        ),
        ('<pre width="80" xml:space="preserve">a\n b</pre>', '<pre width="80">a\n b</pre>'),
        (
            '<img src="https://example.org/a.png" alt="A &quot;b&quot;" width="3"/>',
            '<img src="https://example.org/a.png" alt="A &quot;b&quot;" width="3">',
        ),
        (
            '<a href="https://example.org/?a=1&amp;b=2" accesskey="s" tabindex="1" target="_top" rel="x">a</a>',
            '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">a</a>',
        ),
        (
            '<a name="top">a</a><a href="#top">b</a>',
            '<a name="content-top">a</a><a href="#content-top">b</a>',
        ),
        (
            '<map id="m" name="m"><area href="mailto:a@example.org" alt="A"/></map>',
            (
                '<map id="content-m" name="content-m"><area href="mailto:a@example.org" alt="A" target="_blank"'
                ' rel="noopener noreferrer"></map>'
            ),
        ),
        (
            '<table border="1"><thead align="left"><tr><th scope="col" colspan="2">h</th></tr></thead></table>',
            '<table border="1"><thead align="left"><tr><th scope="col" colspan="2">h</th></tr></thead></table>',
        ),
    ],
)
def test_the_subset_comes_out_as_html(xhtml: str, html: str) -> None:
    assert read(xhtml) == FormattedContent(html)


def test_every_attribute_that_may_be_shown_is_kept() -> None:
    html = read('<td abbr="a" valign="top" nowrap="nowrap" bgcolor="#ff0">x</td>').html
    assert html == "x"  # A cell outside a table is no cell; a browser would drop it as well.
    html = read(
        '<table><tr><td abbr="a" valign="top" nowrap="nowrap" bgcolor="#ff0">x</td></tr></table>'
    ).html
    for attribute in ('abbr="a"', 'valign="top"', 'nowrap="nowrap"', 'bgcolor="#ff0"'):
        assert attribute in html


def test_content_that_sets_colours_says_so() -> None:
    assert read('<font color="red">a</font>').coloured
    assert read('<table bgcolor="black"><tr><td>a</td></tr></table>').coloured
    assert not read('<font size="5">a</font>').coloured


@pytest.mark.parametrize(
    "xhtml",
    [
        "<script>alert(1)</script>",
        "<div>a</div>",
        "<span>a</span>",
        "<form/>",
        "<input/>",
        "<iframe/>",
        "<object/>",
        "<style>a{}</style>",
        '<svg xmlns="http://www.w3.org/2000/svg"><b/></svg>',
        '<b xmlns="http://www.w3.org/2000/svg">a</b>',
        '<p onclick="a()">a</p>',
        '<p style="color:red">a</p>',
        '<p class="a">a</p>',
        '<p id="a">a</p>',
        '<br title="a"/>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href=" java&#10;script:alert(1)">a</a>',
        '<a href="data:text/html,a">a</a>',
        '<a href="//example.org/">a</a>',
        '<a href="/logout">a</a>',
        '<img src="https://example.org/a.png"/>',
        '<img alt="a"/>',
        '<img src="mailto:a@example.org" alt="a"/>',
        '<img src="#a" alt="a"/>',
        '<map id="a"></map>',
        '<area href="https://example.org/"/>',
        "<br>a</br>",
        "<!-- a -->",
        "<?php a ?>",
        "<P>a</P>",
        "<p>a",
        "a &nbsp; b",
        "a & b",
        "</FormattedContent><script/><FormattedContent>",
        "<![CDATA[a",
    ],
)
def test_everything_else_is_refused(xhtml: str) -> None:
    with pytest.raises(QuestionInvalid):
        read(xhtml)


@pytest.mark.parametrize(
    ("xhtml", "line", "column"),
    [
        ("<![CDATA[<div/>]]>", 3, 45),
        (" <![CDATA[<b/>é\r\n\t<div/>]]>", 4, 2),
        ("&lt;b/&gt;é&lt;div/&gt;", 3, 47),
        ("a<![CDATA[<p>]]>", 3, 49),
    ],
)
def test_an_error_inside_is_placed_in_the_whole_text(xhtml: str, line: int, column: int) -> None:
    with pytest.raises(QuestionInvalid) as caught:
        parse_question(text_of(xhtml))
    assert (caught.value.line, caught.value.column) == (line, column)
