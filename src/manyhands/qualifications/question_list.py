"""Questions as an operator types them: one to a paragraph, its choices below, the right ones starred.

    I ___ to school yesterday.
    * went
    - go
    - goed

It is turned into the protocol's own form and key, which are what is kept.
"""

from django.utils.translation import gettext

from manyhands.core.errors import InvalidInput
from manyhands.questions import builder

QUESTIONS_MAX = 200


def to_xml(title: str, text: str) -> tuple[str, str]:
    """The question form and its answer key. Raises InvalidInput for ``questions``, naming the paragraph."""
    questions = tuple(_question(number, block) for number, block in enumerate(_blocks(text), start=1))
    if not questions:
        raise InvalidInput({"questions": gettext("Write at least one question.")})
    if len(questions) > QUESTIONS_MAX:
        raise InvalidInput({"questions": gettext("At most %(count)s questions.") % {"count": QUESTIONS_MAX}})
    spec = builder.TestSpec(title=title, instructions=(), questions=questions)
    found = builder.problems(spec)
    if found:
        raise InvalidInput({"questions": " ".join(found.values())})
    return builder.to_question_form(spec), builder.to_answer_key(spec) or ""


def from_xml(form: str, key: str) -> str:
    """The text again, for editing; empty when the form holds more than it can say."""
    spec = builder.from_xml(form, key or None) if form else None
    if spec is None:
        return ""
    blocks = []
    for question in spec.questions:
        lines = [" ".join(question.text.split())]
        lines += [f"{'*' if option.right else '-'} {option.label}" for option in question.options]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _question(number: int, lines: list[str]) -> builder.TestQuestion:
    words = [line for line in lines if line[0] not in "*-"]
    options = tuple(
        builder.TestOption(label=line[1:].strip(), right=line[0] == "*") for line in lines if line[0] in "*-"
    )
    right = sum(option.right for option in options)
    if not words or len(options) < 2 or not right:
        raise InvalidInput(
            {
                "questions": gettext(
                    "Question %(number)s: write it first, then its choices on lines of their own, at least two,"
                    " the right ones with * and the others with -."
                )
                % {"number": number}
            }
        )
    several = right > 1
    return builder.TestQuestion(
        kind=builder.TestQuestionKind.MULTIPLE_CHOICE if several else builder.TestQuestionKind.SINGLE_CHOICE,
        text=" ".join(words),
        options=options,
    )
