"""Answers as XML: byte for byte what the protocol's clients parse, whatever a worker typed."""

import re
from xml.etree import ElementTree as ET

import pytest
import xmltodict

from manyhands.questions import forms
from manyhands.questions.answers import Answer, answers_to_xml, parse_answers
from manyhands.questions.errors import NoAnswers, QuestionInvalid

GOLDEN = f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<QuestionFormAnswers xmlns="{forms.QUESTION_FORM_ANSWERS}">
<Answer>
<QuestionIdentifier>comment</QuestionIdentifier>
<FreeText/>
</Answer>
<Answer>
<QuestionIdentifier>a &amp; b</QuestionIdentifier>
<FreeText>&lt;b&gt; "x" 'y' ]]&gt; é 𝄞&#13;
next\t</FreeText>
</Answer>
<Answer>
<QuestionIdentifier>parts</QuestionIdentifier>
<FreeText>ear|paw</FreeText>
</Answer>
<Answer>
<QuestionIdentifier>winner</QuestionIdentifier>
<SelectionIdentifier>x</SelectionIdentifier>
<SelectionIdentifier>o</SelectionIdentifier>
<OtherSelectionText>both</OtherSelectionText>
</Answer>
<Answer>
<QuestionIdentifier>none</QuestionIdentifier>
<FreeText/>
</Answer>
<Answer>
<QuestionIdentifier>photo</QuestionIdentifier>
<UploadedFileSizeInBytes>12</UploadedFileSizeInBytes>
<UploadedFileKey>k1</UploadedFileKey>
</Answer>
</QuestionFormAnswers>
"""
GIVEN: list[tuple[str, str] | Answer] = [
    ("comment", ""),
    ("a & b", "<b> \"x\" 'y' ]]> é 𝄞\r\nnext\t"),
    ("parts", "ear"),
    Answer("winner", selections=("x", "o"), other="both"),
    Answer("none", selections=()),
    ("parts", "paw"),
    Answer("photo", file_key="k1", file_bytes=12),
    ("", "a field without a name is no answer"),
]


def test_the_bytes_are_those_that_clients_know() -> None:
    assert answers_to_xml(GIVEN) == GOLDEN


def test_what_is_written_is_read_back() -> None:
    assert parse_answers(GOLDEN) == (
        Answer("comment", ""),
        Answer("a & b", "<b> \"x\" 'y' ]]> é 𝄞\r\nnext\t"),
        Answer("parts", "ear|paw"),
        Answer("winner", selections=("x", "o"), other="both"),
        Answer("none"),
        Answer("photo", file_key="k1", file_bytes=12),
    )


def test_the_parsers_that_clients_use_read_it() -> None:
    xml = answers_to_xml([("name", "A & B"), ("age", "4")])
    answers = xmltodict.parse(xml)["QuestionFormAnswers"]["Answer"]
    assert {each["QuestionIdentifier"]: each["FreeText"] for each in answers} == {"name": "A & B", "age": "4"}
    space = {"m": forms.QUESTION_FORM_ANSWERS}
    root = ET.fromstring(xml.encode())
    assert [each.findtext("m:FreeText", None, space) for each in root.findall("m:Answer", space)] == [
        "A & B",
        "4",
    ]
    assert re.findall(r"<QuestionIdentifier>(.*?)</QuestionIdentifier>\n<FreeText>(.*?)</FreeText>", xml) == [
        ("name", "A &amp; B"),
        ("age", "4"),
    ]


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    typed = "a\x00\x08\x0b\x0c\x1f\ud800\ufffe\uffffb\x7f\x85\u2028"
    xml = answers_to_xml([("q\x01", typed)])
    assert xml.encode()
    assert parse_answers(xml) == (Answer("q", "ab\x7f\x85\u2028"),)


@pytest.mark.parametrize("pairs", [[], [("", "a")], [("\x01", "a")]])
def test_an_answer_to_nothing_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(NoAnswers):
        answers_to_xml(pairs)


def test_an_answer_of_the_greatest_size_is_read_back() -> None:
    text = "\r" * 1_000_000
    assert parse_answers(answers_to_xml([("q", text)])) == (Answer("q", text),)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        GOLDEN.replace("<FreeText/>", "<FreeText/><FreeText/>"),
        GOLDEN.replace("<FreeText/>", "<Text/>"),
        GOLDEN.replace("QuestionFormAnswers.xsd", "Answers.xsd"),
        f'<QuestionFormAnswers xmlns="{forms.QUESTION_FORM_ANSWERS}"/>',
    ],
)
def test_other_xml_is_refused(xml: str) -> None:
    with pytest.raises(QuestionInvalid):
        parse_answers(xml)
