"""The catalogues: every sentence of the source is translated, and says the same with the same parts."""

import re
from collections import Counter
from collections.abc import Iterator

import polib
import pytest

from tools import messages

LANGUAGES = sorted(messages.PLURAL_FORMS)
NAMED = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
TAG = re.compile(r"</?[a-z][^<>]*>")


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("ru", marks=pytest.mark.feature("W-107")),
        pytest.param("ja", marks=pytest.mark.feature("W-108")),
    ],
)
def test_every_message_of_the_source_is_translated_and_nothing_else(language: str) -> None:
    assert messages.faults(language, messages.collect()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_of_a_translation_are_those_of_the_source(language: str) -> None:
    assert [text for _, source, text in _translations(language) if not _same_names(source, text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_of_a_translation_is_that_of_the_source(language: str) -> None:
    wrong = [
        text
        for entry, _, text in _translations(language)
        if Counter(TAG.findall(text))
        not in (Counter(TAG.findall(entry.msgid)), Counter(TAG.findall(entry.msgid_plural or entry.msgid)))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_percent_signs_and_line_ends_survive_translation(language: str) -> None:
    wrong = [
        text
        for entry, _, text in _translations(language)
        if ("%%" in NAMED.sub("", text)) != ("%%" in NAMED.sub("", entry.msgid))
        or text[:1].isspace() != entry.msgid[:1].isspace()
        or text[-1:].isspace() != entry.msgid[-1:].isspace()
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_has_as_many_forms_as_the_language(language: str) -> None:
    catalogue = messages.catalogue(language)
    assert catalogue.metadata["Plural-Forms"] == messages.PLURAL_FORMS[language]
    wrong = [
        entry.msgid
        for entry in catalogue
        if entry.msgid_plural and sorted(entry.msgstr_plural) != list(range(messages.forms(language)))
    ]
    assert wrong == []


def test_texts_are_collected_from_every_place_they_can_stand_in() -> None:
    found = messages.collect()
    by_file = Counter(file.rsplit(".", 1)[-1] for message in found.values() for file in message.files)
    assert by_file["html"] > 0
    assert by_file["txt"] > 0
    assert found[None, "Data entry"].files
    assert found[None, "You have already worked on this task."].files == {"src/manyhands/work/errors.py"}
    assert found["rejection", "The answer is wrong"].files == {"src/manyhands/work/words.py"}
    assert found[None, "%(days)d day"].plural == "%(days)d days"


def _translations(language: str) -> Iterator[tuple[polib.POEntry, str, str]]:
    """Each translation that there is, with its entry and the source's form that it stands for."""
    for entry in messages.catalogue(language):
        if entry.msgid_plural:
            for text in entry.msgstr_plural.values():
                if text:
                    yield entry, entry.msgid_plural, text
        elif entry.msgstr:
            yield entry, entry.msgid, entry.msgstr


def _same_names(source: str, text: str) -> bool:
    return set(NAMED.findall(source)) == set(NAMED.findall(text))
