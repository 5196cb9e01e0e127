"""Reading questions: what the protocol's clients send, and what is refused with its place and reason."""

import time

import pytest

from manyhands.core.errors import Refusal
from manyhands.questions import forms
from manyhands.questions.errors import HTMLInvalid, QuestionInvalid
from manyhands.questions.forms import (
    Application,
    Binary,
    Choice,
    EmbeddedBinary,
    ExternalQuestion,
    FileUpload,
    FormattedContent,
    FreeText,
    HTMLQuestion,
    Overview,
    Pattern,
    Question,
    QuestionForm,
    Selections,
    Style,
    Text,
    TextList,
    Title,
)
from manyhands.questions.parsing import parse_question, parse_test
from manyhands.questions.writing import external_question, html_question

# As clients write it: a stray end tag, attributes without quotes, no doctype.
SLOPPY = "<html><body><form action=https://www.mturk.com/mturk/externalSubmit><p>Paid</p></p><input name=a>"
FULL = f"""<?xml version="1.0" encoding="UTF-16"?>
<QuestionForm xmlns="{forms.QUESTION_FORM_2005}">
  <Overview>
    <Title>Moves</Title>
    <Text>Look at the board.</Text>
    <List><ListItem>One</ListItem><ListItem>Two</ListItem></List>
    <!-- Comments between elements say nothing. -->
    <FormattedContent><![CDATA[<p align="left">See <b>this</b></p>]]></FormattedContent>
    <Binary>
      <MimeType><Type>image</Type><SubType>gif</SubType></MimeType>
      <DataURL>https://example.org/board.gif</DataURL>
      <AltText>The board</AltText>
    </Binary>
    <EmbeddedBinary>
      <EmbeddedMimeType><Type>video</Type><SubType>mp4</SubType></EmbeddedMimeType>
      <DataURL>https://example.org/game.mp4</DataURL>
      <AltText>The game</AltText>
      <Width>320</Width><Height>200</Height>
      <ApplicationParameter><Name>quality</Name><Value>high</Value></ApplicationParameter>
    </EmbeddedBinary>
    <Application>
      <JavaApplet>
        <AppletPath>https://example.org/</AppletPath><AppletFilename>Game.class</AppletFilename>
        <Width>400</Width><Height>300</Height>
        <ApplicationParameter><Name>level</Name><Value>3</Value></ApplicationParameter>
      </JavaApplet>
    </Application>
  </Overview>
  <Question>
    <QuestionIdentifier>move</QuestionIdentifier>
    <DisplayName>Your move</DisplayName>
    <IsRequired>true</IsRequired>
    <QuestionContent><Text>Which square?</Text></QuestionContent>
    <AnswerSpecification>
      <FreeTextAnswer>
        <Constraints>
          <IsNumeric minValue="-1" maxValue="9"/>
          <Length minLength="1" maxLength="2"/>
          <AnswerFormatRegex regex="[0-9]" errorText="Digits only" flags="i"/>
        </Constraints>
        <DefaultText>5</DefaultText>
        <NumberOfLinesSuggestion>3</NumberOfLinesSuggestion>
      </FreeTextAnswer>
    </AnswerSpecification>
  </Question>
  <Question>
    <QuestionIdentifier>winner</QuestionIdentifier>
    <QuestionContent><Text>Who wins?</Text></QuestionContent>
    <AnswerSpecification>
      <SelectionAnswer>
        <MinSelectionCount>1</MinSelectionCount>
        <MaxSelectionCount>2</MaxSelectionCount>
        <StyleSuggestion>checkbox</StyleSuggestion>
        <Selections>
          <Selection><SelectionIdentifier>x</SelectionIdentifier><Text>X</Text></Selection>
          <Selection><SelectionIdentifier>o</SelectionIdentifier>
            <FormattedContent>&lt;b&gt;O&lt;/b&gt;</FormattedContent></Selection>
          <OtherSelection><NumberOfLinesSuggestion>1</NumberOfLinesSuggestion></OtherSelection>
        </Selections>
      </SelectionAnswer>
    </AnswerSpecification>
  </Question>
  <Question>
    <QuestionIdentifier>photo</QuestionIdentifier>
    <QuestionContent><Text>A photo?</Text></QuestionContent>
    <AnswerSpecification>
      <FileUploadAnswer><MaxFileSizeInBytes>2000000000</MaxFileSizeInBytes>
        <MinFileSizeInBytes>1</MinFileSizeInBytes></FileUploadAnswer>
    </AnswerSpecification>
  </Question>
</QuestionForm>"""
# The form with which a widely used client pays people for broken tasks.
COMPENSATION = f"""
    <QuestionForm xmlns="{forms.QUESTION_FORM_2017}">
        <Question>
            <QuestionIdentifier>workerid</QuestionIdentifier>
            <DisplayName>Worker ID</DisplayName>
            <IsRequired>true</IsRequired>
            <QuestionContent><Text>Please type your id and submit.</Text></QuestionContent>
            <AnswerSpecification><FreeTextAnswer><Constraints>
                <Length minLength="2" />
                <AnswerFormatRegex regex="\\S" errorText="The content cannot be blank."/>
            </Constraints></FreeTextAnswer></AnswerSpecification>
        </Question>
    </QuestionForm>
"""


def form(body: str, namespace: str = forms.QUESTION_FORM_2017) -> str:
    return f'<QuestionForm xmlns="{namespace}">{body}</QuestionForm>'


def question(answer: str, identifier: str = "q", content: str = "<Text>?</Text>") -> str:
    return (
        f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier>"
        f"<QuestionContent>{content}</QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def choices(*identifiers: str, before: str = "", after: str = "") -> str:
    listed = "".join(
        f"<Selection><SelectionIdentifier>{each}</SelectionIdentifier><Text>{each}</Text></Selection>"
        for each in identifiers
    )
    return f"<SelectionAnswer>{before}<Selections>{listed}{after}</Selections></SelectionAnswer>"


FREE = "<FreeTextAnswer/>"


def refused(text: str) -> QuestionInvalid:
    with pytest.raises(QuestionInvalid) as caught:
        parse_question(text)
    return caught.value


def test_every_element_of_the_grammar_is_read() -> None:
    assert parse_question(FULL) == QuestionForm(
        forms.QUESTION_FORM_2005,
        (
            Overview(
                (
                    Title("Moves"),
                    Text("Look at the board."),
                    TextList(("One", "Two")),
                    FormattedContent('<p align="left">See <b>this</b></p>'),
                    Binary("image", "gif", "https://example.org/board.gif", "The board"),
                    EmbeddedBinary(
                        "video",
                        "mp4",
                        "https://example.org/game.mp4",
                        "The game",
                        "320",
                        "200",
                        (("quality", "high"),),
                    ),
                    Application("JavaApplet", "https://example.org/"),
                )
            ),
            Question(
                "move",
                "Your move",
                True,
                (Text("Which square?"),),
                FreeText(True, -1, 9, 1, 2, (Pattern("[0-9]", "Digits only", ignore_case=True),), "5", 3),
            ),
            Question(
                "winner",
                "",
                False,
                (Text("Who wins?"),),
                Selections(
                    (Choice("x", Text("X")), Choice("o", FormattedContent("<b>O</b>"))),
                    1,
                    2,
                    Style.CHECKBOX,
                    FreeText(),
                ),
            ),
            Question("photo", "", False, (Text("A photo?"),), FileUpload(1, 2_000_000_000)),
        ),
    )


def test_the_form_of_a_compensation_is_read_with_space_around_it() -> None:
    parsed = parse_question(COMPENSATION)
    assert isinstance(parsed, QuestionForm)
    answer = parsed.questions[0].answer
    assert parsed.questions[0].required
    assert answer == FreeText(length_min=2, patterns=(Pattern("\\S", "The content cannot be blank."),))


def test_prefixes_and_schema_locations_are_tolerated() -> None:
    text = (
        f'\n<m:ExternalQuestion xmlns:m="{forms.EXTERNAL_QUESTION}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">'
        "<m:ExternalURL> https://example.org/p?a=1&amp;b=2 </m:ExternalURL>"
        "<m:FrameHeight>600</m:FrameHeight></m:ExternalQuestion>"
    )
    assert parse_question(text) == ExternalQuestion("https://example.org/p?a=1&b=2", 600)


@pytest.mark.parametrize(
    ("url", "allow_http", "accepted"),
    [
        ("https://example.org/", False, True),
        ("http://localhost:8000/p", False, False),
        ("http://localhost:8000/p", True, True),
        ("ftp://example.org/", True, False),
        ("javascript:alert(1)", True, False),
        ("https:///p", False, False),
        ("https:example.org", False, False),
        ("https://example.org:0x/", False, False),
        ("https://example.org/a b", False, False),
        ("https://good.example\\@bad.example/", False, False),
        ("//example.org/", False, False),
        ("", False, False),
    ],
)
def test_an_external_page_has_an_absolute_address_with_tls(
    url: str, allow_http: bool, accepted: bool
) -> None:
    text = external_question(url, 400)
    if accepted:
        assert parse_question(text, allow_http=allow_http) == ExternalQuestion(url, 400)
    else:
        with pytest.raises(QuestionInvalid) as caught:
            parse_question(text, allow_http=allow_http)
        assert "ExternalURL" in caught.value.reason


@pytest.mark.parametrize("height", ["-1", "", "1.5", "1e3", "99999999999999999999", "2147483648", "١"])
def test_a_frame_height_is_a_whole_number_of_pixels(height: str) -> None:
    text = external_question("https://example.org/").replace(">0<", f">{height}<")
    assert refused(text).reason.startswith("cvc-")


@pytest.mark.parametrize(
    "html",
    [
        SLOPPY,
        "<!DOCTYPE html><crowd-form><crowd-input name=a></crowd-input></crowd-form>",
        "<script src=https://example.org/app.js></script>",
        "<FORM>]]></FORM> & <b>",
    ],
)
def test_sloppy_pages_are_accepted_as_they_are(html: str) -> None:
    assert parse_question(html_question(html, 450)) == HTMLQuestion(html, 450)


def test_a_page_that_cannot_be_answered_is_refused_where_it_begins() -> None:
    text = html_question("Hello").replace("<HTMLContent>", "\n  <HTMLContent>\n")
    with pytest.raises(HTMLInvalid) as caught:
        parse_question(text)
    assert (caught.value.line, "no form" in caught.value.reason) == (2, True)


def test_a_page_that_is_escaped_instead_of_in_a_section_is_the_same() -> None:
    text = (
        f'<HTMLQuestion xmlns="{forms.HTML_QUESTION}"><HTMLContent>&lt;form&gt;</HTMLContent>'
        "<FrameHeight>0</FrameHeight></HTMLQuestion>"
    )
    assert parse_question(text) == HTMLQuestion("<form>", 0)


# Body, column of the error in the body, beginning of the reason.
@pytest.mark.parametrize(
    ("body", "at", "reason"),
    [
        (
            "",
            0,
            "cvc-complex-type.2.4.b: The content of element 'QuestionForm' is not complete. One of '{Over",
        ),
        ("<Overview><Title>a</Title></Overview>", 0, "A QuestionForm without a Question"),
        ("<Quest/>", 1, "cvc-complex-type.2.4.a: Invalid content was found starting with element 'Quest'."),
        ("x" + question(FREE), 1, "cvc-complex-type.2.3: Element 'QuestionForm' cannot have character"),
        (
            question(FREE) * 2,
            len(question(FREE)) + 11,
            "cvc-identity-constraint.4.1: Duplicate unique value [q]",
        ),
        (question(choices("a", "a")), 0, "cvc-identity-constraint.4.1: Duplicate unique value [a]"),
        (question(FREE, " "), 11, "cvc-minLength-valid"),
        (
            question(FREE, "a\tb"),
            11,
            "cvc-pattern-valid: The value of 'QuestionIdentifier' must stand on one",
        ),
        (question(FREE, content=""), 0, "cvc-complex-type.2.4.b: The content of element 'QuestionContent'"),
        (question("<FileUploadAnswer/>"), 0, "cvc-complex-type.2.4.a: Invalid content was found starting wi"),
        (question(FREE, content="<Application/>"), 0, "cvc-complex-type.2.4.a"),
        (question("<FreeTextAnswer a='1'/>"), 0, "cvc-complex-type.3.2.2: Attribute 'a' is not allowed"),
        (question(f"{FREE}{FREE}"), 0, "cvc-complex-type.2.4.d"),
        (
            question("<FreeTextAnswer><DefaultText>a</DefaultText><Constraints/></FreeTextAnswer>"),
            0,
            (
                "cvc-complex-type.2.4.a: Invalid content was found starting with element 'Constraints'. One of"
                " '{NumberOfLinesSuggestion}' is expected."
            ),
        ),
        (
            question("<FreeTextAnswer><Constraints><IsNumeric>1</IsNumeric></Constraints></FreeTextAnswer>"),
            0,
            "cvc-complex-type.2.1",
        ),
        (
            question("<FreeTextAnswer><Constraints><IsNumeric minValue='x'/></Constraints></FreeTextAnswer>"),
            0,
            "cvc-datatype-valid.1.2.1: 'x' is not a valid value for 'integer'.",
        ),
        (
            question("<FreeTextAnswer><Constraints><Length minLength='-1'/></Constraints></FreeTextAnswer>"),
            0,
            (
                "cvc-minInclusive-valid: Value '-1' is not facet-valid with respect to minInclusive '0' for type"
                " 'minLength'."
            ),
        ),
        (
            question(
                "<FreeTextAnswer><Constraints><Length minLength='3' maxLength='2'/></Constraints>"
                "</FreeTextAnswer>"
            ),
            0,
            "minLength '3' is greater than maxLength '2'.",
        ),
        (
            question("<FreeTextAnswer><Constraints><AnswerFormatRegex/></Constraints></FreeTextAnswer>"),
            0,
            "cvc-complex-type.4: Attribute 'regex' must appear on element 'AnswerFormatRegex'.",
        ),
        (
            question(
                "<FreeTextAnswer><Constraints><AnswerFormatRegex regex='a' flags='g'/></Constraints>"
                "</FreeTextAnswer>"
            ),
            0,
            "cvc-enumeration-valid: Value 'g'",
        ),
        (question(choices()), 0, "cvc-complex-type.2.4.b: The content of element 'Selections'"),
        (
            question(choices("a", before="<StyleSuggestion>menu</StyleSuggestion>")),
            0,
            "cvc-enumeration-valid: Value 'menu' is not facet-valid with respect to enumeration '[radiobutton,",
        ),
        (
            question(choices("a", before="<MinSelectionCount>2</MinSelectionCount>")),
            0,
            "MinSelectionCount '2' is greater than MaxSelectionCount '1'.",
        ),
        (
            question(
                choices(
                    "a",
                    before="<MinSelectionCount>2</MinSelectionCount><MaxSelectionCount>3</MaxSelectionCount>",
                )
            ),
            0,
            "MinSelectionCount '2' is greater than the number of selections '1'.",
        ),
        (
            question(FREE).replace("<QuestionContent>", "<IsRequired>yes</IsRequired><QuestionContent>"),
            0,
            "cvc-datatype-valid.1.2.1: 'yes' is not a valid value for 'boolean'.",
        ),
        (
            question(FREE, content="<Text>a<b/></Text>"),
            0,
            "cvc-type.3.1.2: Element 'Text' is a simple type",
        ),
        (
            question(
                FREE,
                content="<Binary><MimeType><Type>text</Type></MimeType><DataURL>https://a.example/</DataURL>"
                "<AltText>a</AltText></Binary>",
            ),
            0,
            "cvc-enumeration-valid: Value 'text'",
        ),
        (
            question(
                FREE,
                content="<Binary><MimeType><Type>image</Type></MimeType><DataURL>data:image/gif,a</DataURL>"
                "<AltText>a</AltText></Binary>",
            ),
            0,
            "cvc-pattern-valid: Value 'data:image/gif,a' is not an absolute address",
        ),
    ],
)
def test_what_the_grammar_forbids_is_refused_with_its_reason(body: str, at: int, reason: str) -> None:
    refusal = refused(form(body))
    assert refusal.reason.startswith(reason)
    assert refusal.line == 1
    if at:
        assert refusal.column == len(form("")) - len("</QuestionForm>") + at


def test_an_error_is_placed_in_the_text_as_it_was_sent() -> None:
    text = '\ufeff\n\r\n  <?xml version="1.0"?>\r\n<!-- ж𝄞 --> <QuestionForm xmlns="urn:none"/>'
    refusal = refused(text)
    assert (refusal.line, refusal.column) == (4, 13)
    assert refusal.reason.startswith("cvc-elt.1: Cannot find the declaration of element 'QuestionForm'")
    assert isinstance(refusal, Refusal)
    assert str(refusal).startswith("Line 4, column 13: cvc-elt.1")


def test_xml_that_is_not_well_formed_is_placed_too() -> None:
    refusal = refused(form("\n  <Overview></Title>"))
    assert (refusal.line, refusal.column) == (2, 15)
    assert refusal.reason == "The XML is not well-formed: mismatched tag."


@pytest.mark.parametrize(
    "text", ["", "   ", "Hello", "<a>\x00</a>", "<a/><b/>", "<p:a/>", "<a>\ud800</a>", "\ud800"]
)
def test_what_is_no_xml_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "https://example.org/a.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "https://example.org/a.dtd"> %p;]><a/>',
    ],
)
def test_document_types_are_refused_before_anything_of_them_is_read(text: str) -> None:
    refusal = refused(text)
    assert refusal.reason == "A document type declaration (DOCTYPE) is not allowed."


def test_an_entity_that_nobody_declared_is_an_error() -> None:
    assert refused(form("<Overview><Text>&nbsp;</Text></Overview>")).reason.endswith("undefined entity.")


def test_size_and_depth_are_bounded() -> None:
    text = form(question(FREE))
    padding = " " * (65_535 - len(text))
    assert isinstance(parse_question(text + padding), QuestionForm)
    assert refused(text + padding + " ").reason == "The text has 65536 bytes; at most 65535 are allowed."
    assert "at most 65535" in refused("é" * 32_768).reason
    started = time.thread_time()
    assert refused("<a>" * 20_000).reason == "Elements are nested more than 64 deep."
    deep = f"<FormattedContent><![CDATA[{'<b>' * 15_000}]]></FormattedContent>"
    assert "nested" in refused(form(question(FREE, content=deep))).reason
    refused("<" * 100_000_000)
    assert time.thread_time() - started < 5


def test_a_test_is_a_question_form_and_nothing_else() -> None:
    assert parse_test(COMPENSATION) == parse_question(COMPENSATION)
    for other in (html_question("<form>"), external_question("https://example.org/")):
        with pytest.raises(QuestionInvalid, match=r"cvc-elt\.1"):
            parse_test(other)


def test_the_version_of_2005_alone_has_uploads() -> None:
    upload = question(
        "<FileUploadAnswer><MaxFileSizeInBytes>9</MaxFileSizeInBytes>"
        "<MinFileSizeInBytes>10</MinFileSizeInBytes></FileUploadAnswer>"
    )
    assert "FileUploadAnswer" in refused(form(upload)).reason
    reason = refused(form(upload, forms.QUESTION_FORM_2005)).reason
    assert reason == "MinFileSizeInBytes '10' is greater than MaxFileSizeInBytes '9'."
