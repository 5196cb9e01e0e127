"""Forms as HTML: every control has its name, label, hint and problem, and nothing of a requester's acts."""

from collections.abc import Mapping

import lxml.html
import pytest
from lxml.html import HtmlElement

from manyhands.questions import forms
from manyhands.questions.answers import Answer
from manyhands.questions.checking import check_answers
from manyhands.questions.forms import QuestionForm
from manyhands.questions.parsing import parse_question, parse_test
from manyhands.questions.rendering import render_form
from tests.unit.test_questions_parsing import COMPENSATION, FREE, FULL, choices, form, question

OTHER = "<OtherSelection><DefaultText>e.g. both</DefaultText></OtherSelection>"
HOSTILE = "</textarea></select>\"'><script>alert(1)</script>&amp;"


def drawn(
    test: QuestionForm, answers: Mapping[str, Answer] | None = None, problems: Mapping[str, str] | None = None
) -> HtmlElement:
    return lxml.html.fromstring(f"<form>{render_form(test, answers, problems)}</form>")


def style(name: str, most: int = 1) -> str:
    return f"<MaxSelectionCount>{most}</MaxSelectionCount><StyleSuggestion>{name}</StyleSuggestion>"


def full() -> QuestionForm:
    test = parse_question(FULL)
    assert isinstance(test, QuestionForm)
    return test


def test_every_control_has_a_label_and_every_reference_leads_somewhere() -> None:
    test = full()
    page = drawn(test, None, {"move": "Enter a number.", "winner": "Choose an answer."})
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in page.iter():
        references = [
            *(element.get("aria-describedby") or "").split(),
            *([element.get("for")] if element.get("for") else []),
            *([element.get("href")[1:]] if (element.get("href") or "").startswith("#") else []),
        ]
        assert set(references) <= set(ids)
    for control in page.xpath("//input | //select | //textarea"):
        assert control.getparent().tag == "label" or page.xpath(f"//label[@for='{control.get('id')}']")
    assert not page.xpath("//@style | //@onclick | //script | //object | //embed | //applet")


def test_a_required_text_with_its_hint_and_problem() -> None:
    page = drawn(parse_test(COMPENSATION), {"workerid": Answer("workerid", "A")}, {"workerid": "Too <short>"})
    (field,) = page.xpath("//input")
    assert dict(field.attrib) == {
        "type": "text",
        "autocomplete": "off",
        "id": "mh-q1",
        "name": "workerid",
        "required": "",
        "aria-invalid": "true",
        "aria-describedby": "mh-q1-content mh-q1-help mh-error-1",
        "minlength": "2",
        "value": "A",
    }
    assert page.xpath("string(//label)") == "Worker ID"
    assert page.xpath("string(//*[@id='mh-q1-help'])") == "At least 2 characters."
    assert page.xpath("string(//*[@id='mh-error-1'])") == "Too <short>"
    assert page.xpath("string(//*[@role='alert']//p)") == "1 answer needs another look."
    assert page.xpath("string(//*[@role='alert']//a/@href)") == "#mh-q1"


def test_an_answer_that_may_be_left_out_says_so() -> None:
    assert drawn(parse_test(form(question(FREE)))).xpath("string(//label)") == "? (optional)"


def test_the_first_words_are_the_label_and_are_not_said_twice() -> None:
    page = drawn(parse_test(form(question(FREE, content="<Text>One\nline</Text><Text>More</Text>"))))
    assert page.xpath("//label/text()")[:2] == ["One", "line "]
    assert [each.text for each in page.xpath("//p")] == ["More"]
    picture = "<FormattedContent>&lt;b&gt;x&lt;/b&gt;</FormattedContent>"
    assert drawn(parse_test(form(question(FREE, content=picture)))).xpath("string(//label)") == (
        "Question 1 (optional)"
    )


@pytest.mark.parametrize(
    ("before", "control"),
    [
        ("", "radio"),
        (style("radiobutton"), "radio"),
        (style("checkbox"), "checkbox"),
        (style("dropdown"), "select"),
        (style("combobox"), "select"),
        (style("list"), "select"),
        (style("multichooser"), "select"),
        *((style(name, 2), "checkbox") for name in forms.Style),
    ],
)
def test_each_suggestion_gives_a_control_that_can_hold_the_answer(before: str, control: str) -> None:
    page = drawn(
        parse_test(form(question(choices("a", "b", "c", before=before)))),
        {"q": Answer("q", selections=("b",))},
    )
    if control == "select":
        (field,) = page.xpath("//select")
        assert field.get("name") == "q"
        assert field.xpath("option/@value") == ["", "a", "b", "c"]
        assert field.xpath("option[@selected]/@value") == ["b"]
        assert field.get("size") == ("4" if "list" in before or "multi" in before else None)
    else:
        fields = page.xpath(f"//fieldset[legend]//label/input[@type='{control}']")
        assert [(field.get("name"), field.get("value")) for field in fields] == [
            ("q", each) for each in "abc"
        ]
        assert page.xpath("//input[@checked]/@value") == ["b"]


def test_choices_that_are_no_words_are_never_put_into_a_select() -> None:
    formatted = "<FormattedContent>&lt;b&gt;x&lt;/b&gt;</FormattedContent>"
    picture = (
        "<Binary><MimeType><Type>{}</Type></MimeType><DataURL>https://example.org/x</DataURL>"
        "<AltText>An X</AltText></Binary>"
    )
    listed = "".join(
        f"<Selection><SelectionIdentifier>{number}</SelectionIdentifier>{content}</Selection>"
        for number, content in enumerate([formatted, picture.format("image"), picture.format("audio")])
    )
    answer = f"<SelectionAnswer>{style('dropdown')}<Selections>{listed}</Selections></SelectionAnswer>"
    page = drawn(parse_test(form(question(answer))))
    assert len(page.xpath("//label/input[@type='radio']")) == 3
    assert page.xpath("//label//img/@alt") == ["An X"]
    assert page.xpath("//figure/audio/@aria-label") == ["An X"]
    assert not page.xpath("//label//audio")


@pytest.mark.parametrize("before", ["", style("checkbox", 2), style("dropdown")])
def test_another_answer_has_a_field_of_its_own(before: str) -> None:
    test = parse_test(form(question(choices("a", before=before, after=OTHER))))
    page = drawn(test, {"q": Answer("q", selections=(), other="my own")})
    (field,) = page.xpath("//input[@name='q/other']")
    assert (field.get("value"), field.get("placeholder")) == ("my own", "e.g. both")
    if "dropdown" not in before:
        assert page.xpath("//input[@name='q'][@checked]/@value") == [""]


def test_required_choices_are_marked_for_the_browser() -> None:
    def required(before: str) -> HtmlElement:
        body = question(choices("a", "b", before=before))
        return drawn(
            parse_test(form(body.replace("<QuestionContent>", "<IsRequired>1</IsRequired><QuestionContent>")))
        )

    assert len(required("").xpath("//input[@required]")) == 2
    assert required(style("dropdown")).xpath("//select[@required]")
    boxes = required(style("checkbox", 2))
    assert boxes.xpath("//fieldset[@data-required]")
    assert not boxes.xpath("//input[@required]")


@pytest.mark.parametrize(
    ("constraints", "hint"),
    [
        ("<IsNumeric/>", "A number."),
        ("<IsNumeric minValue='1'/>", "A number, 1 or more."),
        ("<IsNumeric maxValue='9'/>", "A number, 9 or less."),
        ("<IsNumeric minValue='1' maxValue='9'/>", "A number from 1 to 9."),
        ("<Length minLength='2' maxLength='9'/>", "From 2 to 9 characters."),
        ("<Length minLength='5'/>", "At least 5 characters."),
        ("<Length maxLength='1'/>", "At most 1 character."),
        ("<Length minLength='1'/>", ""),
    ],
)
def test_a_text_says_what_it_must_be_like(constraints: str, hint: str) -> None:
    answer = f"<FreeTextAnswer><Constraints>{constraints}</Constraints></FreeTextAnswer>"
    assert drawn(parse_test(form(question(answer)))).xpath("string(//p[@class='mh-help'])") == hint


@pytest.mark.parametrize(
    ("least", "most", "hint"),
    [
        (1, 9, ""),
        (2, 2, "Choose 2 answers."),
        (2, 3, "Choose from 2 to 3 answers."),
        (2, 4, "Choose at least 2 answers."),
        (0, 3, "Choose at most 3 answers."),
    ],
)
def test_boxes_say_how_many_may_be_ticked(least: int, most: int, hint: str) -> None:
    counts = f"<MinSelectionCount>{least}</MinSelectionCount><MaxSelectionCount>{most}</MaxSelectionCount>"
    page = drawn(parse_test(form(question(choices("a", "b", "c", "d", before=counts)))))
    assert page.xpath("string(//p[@class='mh-help'])") == hint


def test_a_longer_text_keeps_its_first_line_end_and_its_default() -> None:
    answer = (
        "<FreeTextAnswer><DefaultText>\nDear</DefaultText>"
        "<NumberOfLinesSuggestion>7</NumberOfLinesSuggestion></FreeTextAnswer>"
    )
    html = render_form(parse_test(form(question(answer))))
    assert 'rows="7">\n\nDear</textarea>' in html


def test_words_of_requesters_and_workers_are_never_markup() -> None:
    escaped = HOSTILE.replace("<", "&lt;").replace('"', "&quot;")
    body = question(FREE, escaped, f"<Title>{escaped}</Title><Text>{escaped}</Text>").replace(
        "<QuestionContent>", f"<DisplayName>{escaped}</DisplayName><QuestionContent>"
    ) + question(choices(escaped, before=style("dropdown"), after=OTHER), "s", f"<Text>{escaped}</Text>")
    test = parse_test(form(f"<Overview><Title>{escaped}</Title></Overview>{body}"))
    name = test.questions[0].identifier
    typed = {name: Answer(name, HOSTILE), "s": Answer("s", selections=(), other=HOSTILE)}
    page = drawn(test, typed, {name: HOSTILE, "s": HOSTILE})
    assert not page.xpath("//script")
    assert page.xpath("//input[@id='mh-q1']/@value") == [HOSTILE]
    assert page.xpath("//input[@id='mh-q1']/@name") == [name]


def test_media_and_what_no_browser_runs() -> None:
    page = drawn(full())
    assert page.xpath("//img/@alt") == ["The board"]
    (video,) = page.xpath("//video")
    assert (video.get("width"), video.get("height"), video.get("aria-label")) == ("320", "200", "The game")
    assert "browsers no longer run" in page.text_content()
    assert "Files cannot be handed in here." in page.text_content()
    document = (
        "<EmbeddedBinary><EmbeddedMimeType><Type>application</Type><SubType>{}</SubType></EmbeddedMimeType>"
        "<DataURL>https://example.org/a</DataURL><AltText>Paper</AltText><Width>9x</Width><Height>1</Height>"
        "</EmbeddedBinary>"
    )
    content = document.format("pdf") + document.format("x-shockwave-flash")
    page = drawn(parse_test(form(question(FREE, content=content))))
    (link,) = page.xpath("//a")
    assert (link.get("href"), link.get("rel"), link.text) == (
        "https://example.org/a",
        "noopener noreferrer",
        "Paper",
    )
    assert len(page.xpath("//*[@class='mh-note']")) == 1


def test_content_with_colours_stands_on_a_light_ground() -> None:
    coloured = "<FormattedContent>&lt;font color='red'&gt;x&lt;/font&gt;</FormattedContent>"
    page = drawn(parse_test(form(question(FREE, content=coloured))))
    assert page.xpath("//*[@class='mh-formatted mh-light']")


def test_what_is_posted_from_the_page_comes_back_into_it() -> None:
    test = full()
    posted = {"move": ["5"], "winner": ["x"], "winner/other": ["a draw"]}
    checked = check_answers(test, posted)
    page = drawn(test, checked.by_question, checked.problems)
    again: dict[str, list[str]] = {}
    for field in page.xpath("//input[not(@type='checkbox') or @checked]"):
        again.setdefault(field.get("name"), []).append(field.get("value"))
    assert check_answers(test, again) == checked
    assert checked.problems == {}
