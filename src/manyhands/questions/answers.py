"""QuestionFormAnswers: what a worker answered, as the XML that clients of the protocol parse."""

from collections.abc import Iterable
from dataclasses import dataclass

from manyhands.questions import forms
from manyhands.questions.characters import escaped, legal
from manyhands.questions.document import Node, parse_document
from manyhands.questions.errors import NoAnswers
from manyhands.questions.grammar import Grammar

# An answer of 1 MB, every character of it escaped.
ANSWERS_BYTES_MAX = 8_000_000
FILE_BYTES_MAX = 2**31 - 1
_ROOTS = {"QuestionFormAnswers": (forms.QUESTION_FORM_ANSWERS,)}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: free text, or selections with perhaps a text beside them, or a file.

    ``selections`` is None for free text; an empty tuple means that nothing was selected. ``file_name`` is for
    people alone: the protocol has no place for it.
    """

    question: str
    text: str = ""
    selections: tuple[str, ...] | None = None
    other: str = ""
    file_key: str = ""
    file_bytes: int | None = None
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that a worker has handed in for one field. ``name``: what they call it."""

    key: str
    name: str
    bytes: int


def answers_to_xml(answers: Iterable[tuple[str, str] | Answer]) -> str:
    """Write answers in their order; pairs are the fields of a page, name and value.

    Values of one name are joined with ``|`` where the name came first. Raises NoAnswers when there are none.
    """
    merged: dict[str, Answer] = {}
    for each in answers:
        answer = each if isinstance(each, Answer) else Answer(each[0], each[1])
        name = legal(answer.question)
        if not name:
            continue
        first = merged.get(name)
        merged[name] = answer if first is None else Answer(name, f"{first.text}|{answer.text}")
    if not merged:
        raise NoAnswers
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        f'<QuestionFormAnswers xmlns="{forms.QUESTION_FORM_ANSWERS}">',
    ]
    for name, answer in merged.items():
        lines += ["<Answer>", _element("QuestionIdentifier", name), *_value(answer), "</Answer>"]
    return "\n".join([*lines, "</QuestionFormAnswers>", ""])


def parse_answers(text: str) -> tuple[Answer, ...]:
    """Read what ``answers_to_xml`` or another writer of the schema wrote. Raises QuestionInvalid."""
    return _AnswersReader(parse_document(text, bytes_max=ANSWERS_BYTES_MAX)).answers()


def _value(answer: Answer) -> list[str]:
    if answer.file_bytes is not None:
        return [
            _element("UploadedFileSizeInBytes", str(answer.file_bytes)),
            _element("UploadedFileKey", answer.file_key),
        ]
    if answer.selections is None:
        return [_element("FreeText", answer.text)]
    lines = [_element("SelectionIdentifier", selection) for selection in answer.selections]
    if answer.other:
        lines.append(_element("OtherSelectionText", answer.other))
    # Nothing was selected: clients look for a value in every answer.
    return lines or [_element("FreeText", "")]


def _element(name: str, text: str) -> str:
    content = escaped(text)
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


class _AnswersReader(Grammar):
    def answers(self) -> tuple[Answer, ...]:
        children = self.children(self.root(_ROOTS))
        answers = tuple(self._answer(node) for node in children.some("Answer"))
        children.end()
        return answers

    def _answer(self, node: Node) -> Answer:
        children = self.children(node)
        question = self.identifier(children.one("QuestionIdentifier"))
        free = children.maybe("FreeText")
        size = None if free else children.maybe("UploadedFileSizeInBytes")
        if free:
            answer = Answer(question, self.string(free))
        elif size:
            key = self.token(children.one("UploadedFileKey"))
            answer = Answer(question, file_key=key, file_bytes=self.integer(size, 0, FILE_BYTES_MAX))
        else:
            selections = tuple(self.identifier(each) for each in children.any("SelectionIdentifier"))
            other = children.maybe("OtherSelectionText")
            answer = Answer(question, selections=selections, other=self.string(other) if other else "")
        children.end()
        return answer
