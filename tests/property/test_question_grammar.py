"""The formats by their grammar: all it makes is read, and whatever is done to it, only a refusal comes out."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from manyhands.questions import builder, forms
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.answers import Answer, answers_to_xml, parse_answers
from manyhands.questions.characters import escaped, escaped_attribute, legal
from manyhands.questions.errors import NoAnswers, QuestionInvalid
from manyhands.questions.forms import QuestionForm
from manyhands.questions.parsing import parse_question, parse_test

Draw = Callable[[st.SearchStrategy[Any]], Any]

TEXT = st.text(max_size=12)
NAME = st.text("abcxyzжé_-. &<", min_size=1, max_size=6).filter(lambda name: name == name.strip())
ADDRESS = st.sampled_from(["https://example.org/a?b=1&c=2", "http://example.org:80/", "https://[::1]/x"])
XHTML = st.recursive(
    st.text("ab <&é", max_size=6).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.tuples(
        st.sampled_from(["p", "b", "em", "ul", "li", "h1", "pre", "table"]), st.lists(inner, max_size=3)
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=6,
)


def element(name: str, content: str, attributes: dict[str, str] | None = None) -> str:
    written = "".join(f' {key}="{escaped_attribute(value)}"' for key, value in (attributes or {}).items())
    return f"<{name}{written}>{content}</{name}>"


def text_element(name: str, text: str) -> str:
    return element(name, escaped(text))


@st.composite
def contents(draw: Draw, legacy: bool) -> str:
    kinds = ["Title", "Text", "List", "FormattedContent", "Binary", "EmbeddedBinary"]
    kind = draw(st.sampled_from([*kinds, "Application"] if legacy else kinds))
    url = text_element("DataURL", draw(ADDRESS))
    alt = text_element("AltText", draw(TEXT))
    size = "<Width>10</Width><Height>20</Height>"
    if kind == "List":
        return element(
            "List", "".join(text_element("ListItem", each) for each in draw(st.lists(TEXT, min_size=1)))
        )
    if kind == "FormattedContent":
        return element(kind, f"<![CDATA[{draw(XHTML)}]]>")
    if kind == "Binary":
        mime = element("MimeType", text_element("Type", draw(st.sampled_from(["image", "audio", "video"]))))
        return element(kind, mime + url + alt)
    if kind == "EmbeddedBinary":
        mime = element("EmbeddedMimeType", "<Type>image</Type>" + text_element("SubType", draw(TEXT)))
        return element(kind, mime + url + alt + size)
    if kind == "Application":
        return element(kind, element("Flash", text_element("FlashMovieURL", draw(ADDRESS)) + size))
    return text_element(kind, draw(TEXT))


@st.composite
def free_text(draw: Draw, name: str = "FreeTextAnswer") -> str:
    low, high = sorted(draw(st.tuples(st.integers(0, 50), st.integers(1, 50))))
    constraints = ""
    if draw(st.booleans()):
        constraints += element("IsNumeric", "", {"minValue": str(low), "maxValue": str(high)})
    if draw(st.booleans()):
        constraints += element("Length", "", {"minLength": str(low), "maxLength": str(high or 1)})
    if draw(st.booleans()):
        constraints += element(
            "AnswerFormatRegex", "", {"regex": "[a-z]+", "errorText": draw(TEXT), "flags": "i"}
        )
    inner = element("Constraints", constraints) if draw(st.booleans()) else ""
    inner += text_element("DefaultText", draw(TEXT)) if draw(st.booleans()) else ""
    inner += "<NumberOfLinesSuggestion> 3 </NumberOfLinesSuggestion>" if draw(st.booleans()) else ""
    return element(name, inner)


@st.composite
def selections(draw: Draw) -> str:
    names = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    most = draw(st.integers(1, 5))
    least = draw(st.integers(0, min(most, len(names))))
    inner = text_element("MinSelectionCount", str(least)) + text_element("MaxSelectionCount", str(most))
    if draw(st.booleans()):
        inner += text_element("StyleSuggestion", draw(st.sampled_from(list(forms.Style))))
    listed = "".join(
        element("Selection", text_element("SelectionIdentifier", name) + text_element("Text", draw(TEXT)))
        for name in names
    )
    listed += draw(free_text("OtherSelection")) if draw(st.booleans()) else ""
    return element("SelectionAnswer", inner + element("Selections", listed))


@st.composite
def question_forms(draw: Draw) -> tuple[str, list[str]]:
    """A form, and the identifiers of its questions."""
    legacy = draw(st.booleans())
    names = draw(st.lists(NAME, min_size=1, max_size=3, unique=True))
    parts = []
    for name in names:
        if draw(st.booleans()):
            parts.append(element("Overview", draw(contents(legacy))))
        answers = [free_text(), selections()]
        if legacy:
            sizes = "<MaxFileSizeInBytes>9</MaxFileSizeInBytes><MinFileSizeInBytes>1</MinFileSizeInBytes>"
            answers.append(st.just(element("FileUploadAnswer", sizes)))
        inner = text_element("QuestionIdentifier", name)
        inner += text_element("DisplayName", draw(TEXT)) if draw(st.booleans()) else ""
        inner += text_element("IsRequired", draw(st.sampled_from(["true", "0", " 1 "])))
        inner += element(
            "QuestionContent", "\n".join(draw(st.lists(contents(legacy), min_size=1, max_size=3)))
        )
        inner += element("AnswerSpecification", draw(st.one_of(answers)))
        parts.append(element("Question", inner))
    namespace = forms.QUESTION_FORM_2005 if legacy else forms.QUESTION_FORM_2017
    return element("QuestionForm", "\n".join(parts), {"xmlns": namespace}), names


def refusal_of(text: str) -> QuestionInvalid | None:
    try:
        parse_question(text)
    except QuestionInvalid as refusal:
        return refusal
    return None


@given(question_forms())
def test_every_form_of_the_grammar_is_read(made: tuple[str, list[str]]) -> None:
    text, names = made
    parsed = parse_question(text)
    assert isinstance(parsed, QuestionForm)
    assert [question.identifier for question in parsed.questions] == names


@given(question_forms(), st.data())
def test_a_form_that_was_tampered_with_is_read_or_refused(
    made: tuple[str, list[str]], data: st.DataObject
) -> None:
    text = made[0]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        other = data.draw(st.one_of(st.just(""), st.text(max_size=5), st.sampled_from(text.split("\n"))))
        text = text[:start] + other + text[end:]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    refusal = refusal_of(text)
    if refusal is not None:
        assert 1 <= refusal.line <= len(lines)
        assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1
        assert refusal.reason


@given(st.text())
@example("<a xmlns='http://www.w3.org/1999/xhtml'")
@example("<?xml version='1.1'?><a/>")
@example("<?xml version='1.0' encoding='none'?><a/>")
def test_any_text_at_all_is_refused_without_another_error(text: str) -> None:
    assert refusal_of(text) is not None


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20))))
def test_answers_are_read_back_as_they_were_given(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, str] = {}
    for name, value in pairs:
        key = legal(name)
        if key:
            expected[key] = f"{expected[key]}|{legal(value)}" if key in expected else legal(value)
    try:
        xml = answers_to_xml(pairs)
    except NoAnswers:
        assert not expected
        return
    if all(name.strip(" \t\r\n") == name and not set(name) & set("\t\r\n") for name in expected):
        assert parse_answers(xml) == tuple(Answer(name, value) for name, value in expected.items())


@given(
    st.lists(
        st.tuples(st.frozensets(st.sampled_from("abc"), min_size=1), st.integers(-5, 5), st.integers(-3, 3)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.frozensets(st.sampled_from("abc")), min_size=4, max_size=4),
    st.integers(1, 40),
)
def test_a_key_scores_as_a_plain_count_does(
    keyed: list[tuple[frozenset[str], int, int]], made: list[frozenset[str]], most: int
) -> None:
    listed = "".join(
        element("Selection", text_element("SelectionIdentifier", name) + "<Text>x</Text>") for name in "abc"
    )
    answer = element(
        "SelectionAnswer", "<MaxSelectionCount>3</MaxSelectionCount>" + element("Selections", listed)
    )
    body = "".join(
        element(
            "Question",
            f"<QuestionIdentifier>{number}</QuestionIdentifier><QuestionContent><Text>?</Text></QuestionContent>"
            + element("AnswerSpecification", answer),
        )
        for number in range(len(keyed))
    )
    test = parse_test(element("QuestionForm", body, {"xmlns": forms.QUESTION_FORM_2017}))
    questions = "".join(
        element(
            "Question",
            f"<QuestionIdentifier>{number}</QuestionIdentifier><AnswerOption>"
            + "".join(f"<SelectionIdentifier>{name}</SelectionIdentifier>" for name in sorted(right))
            + f"<AnswerScore>{score}</AnswerScore></AnswerOption><DefaultScore>{default}</DefaultScore>",
        )
        for number, (right, score, default) in enumerate(keyed)
    )
    mapping = f"<PercentageMapping><MaximumSummedScore>{most}</MaximumSummedScore></PercentageMapping>"
    key = parse_answer_key(
        element(
            "AnswerKey",
            questions + element("QualificationValueMapping", mapping),
            {"xmlns": forms.ANSWER_KEY},
        ),
        test,
    )

    summed = 0
    for (right, score, default), selected in zip(keyed, made, strict=False):
        summed += score if sorted(selected) == sorted(right) else default
    exact = Decimal(100 * summed) / most
    half_up = (exact + 1000).quantize(Decimal(1), ROUND_HALF_UP) - 1000 if exact > -1000 else None
    value = key.score({str(number): selected for number, selected in enumerate(made)})
    if half_up is not None:
        assert value == half_up


OPTIONS = st.lists(
    st.builds(builder.TestOption, st.text(min_size=1, max_size=8).map(legal), st.booleans()),
    min_size=2,
    max_size=4,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(builder.TestQuestionKind)), TEXT.map(legal), OPTIONS, st.integers(1, 9)
        ),
        min_size=1,
        max_size=4,
    ),
    TEXT.map(legal),
    st.lists(TEXT.map(legal), max_size=3),
)
def test_whatever_the_builder_makes_it_can_open_again(
    questions: list[tuple[builder.TestQuestionKind, str, list[builder.TestOption], int]],
    title: str,
    instructions: list[str],
) -> None:
    spec = builder.TestSpec(
        title,
        tuple(instructions),
        tuple(
            builder.TestQuestion(
                kind, text, () if kind is builder.TestQuestionKind.FREE_TEXT else tuple(options), points
            )
            for kind, text, options, points in questions
        ),
    )
    form, key = builder.to_question_form(spec), builder.to_answer_key(spec)
    opened = builder.from_xml(form, key)
    assert opened is not None
    assert (builder.to_question_form(opened), builder.to_answer_key(opened)) == (form, key)
