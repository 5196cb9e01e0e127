"""Good examples to start a project from: a layout and the settings that suit it."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Example:
    """One starting point. ``sample`` is a row that makes its preview meaningful."""

    key: str
    name: str | Promise
    summary: str | Promise
    title: str | Promise
    description: str | Promise
    keywords: str | Promise
    sub_category: str
    reward_minor: int
    minutes: int
    assignments: int
    sample: dict[str, str]

    @property
    def html(self) -> str:
        return _html(self.key)


@cache
def _html(key: str) -> str:
    return resources.files(__package__).joinpath("examples", f"{key}.html").read_text(encoding="utf-8")


STREET = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='640' height='400'%3E"
    "%3Crect width='640' height='400' fill='%23cfd8dc'/%3E%3Crect y='280' width='640' height='120' fill='%239aa0a3'/%3E"
    "%3Cg fill='%235d4037'%3E%3Ccircle cx='170' cy='150' r='22'/%3E"
    "%3Cpath d='M145 178h50l8 90h-66zM150 268h16v80h-16zM174 268h16v80h-16z'/%3E%3C/g%3E"
    "%3Cg fill='none' stroke='%23263238' stroke-width='6'%3E"
    "%3Ccircle cx='400' cy='310' r='38'/%3E%3Ccircle cx='520' cy='310' r='38'/%3E"
    "%3Cpath d='M400 310l40-60h50l30 60M440 250l30 60h-70M470 310l20-60-6-20h18'/%3E%3C/g%3E%3C/svg%3E"
)

EXAMPLES = (
    Example(
        "text-classification",
        _("Text classification"),
        _("Sort short texts into a few classes."),
        _("Which topic is this text about?"),
        _("Read a short text and choose the topic that fits it best."),
        _("text, classification, quick"),
        "text-classification",
        4,
        10,
        3,
        {"text": "The council voted on Tuesday to widen the bicycle lanes along the river."},
    ),
    Example(
        "sentiment",
        _("Sentiment"),
        _("Say whether a text sounds positive, neutral or negative."),
        _("How does this review sound?"),
        _("Read a review and judge how the writer feels about the product."),
        _("sentiment, review, opinion"),
        "text-classification",
        3,
        10,
        3,
        {"product": "Kettle, 1.7 litres", "review": "Boils fast, but the lid came loose after a week."},
    ),
    Example(
        "translation",
        _("Translation"),
        _("Translate a sentence, with a field for doubts."),
        _("Translate one sentence into English"),
        _("Write what a fluent speaker would say. Please do not use machine translation."),
        _("translation, language, writing"),
        "translation",
        25,
        30,
        2,
        {"language": "Spanish", "sentence": "Mañana salimos temprano, antes de que apriete el calor."},
    ),
    Example(
        "information-extraction",
        _("Information extraction"),
        _("Find facts on a web page, such as an official address."),
        _("Find the official website of an organisation"),
        _("Search the web for the organisation and copy the address of its own website."),
        _("web research, data collection"),
        "information-extraction",
        8,
        20,
        2,
        {"organisation": "Royal Botanic Gardens, Kew", "city": "London"},
    ),
    Example(
        "image-choice",
        _("Image choice"),
        _("Choose what a picture shows."),
        _("Which animal is in the picture?"),
        _("Look at one picture and choose the animal it shows."),
        _("image, tagging, animals"),
        "image-tagging",
        2,
        5,
        3,
        {"image_url": "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='320' height='200'%3E"
         "%3Crect width='320' height='200' fill='%23c9d6c3'/%3E%3Ccircle cx='160' cy='110' r='52' fill='%23806b4f'/%3E"
         "%3Cpath d='M118 78 108 34l36 26zM202 78l10-44-36 26z' fill='%23806b4f'/%3E"
         "%3Ccircle cx='142' cy='102' r='6'/%3E%3Ccircle cx='178' cy='102' r='6'/%3E%3C/svg%3E"},
    ),
    Example(
        "image-boxes",
        _("Boxes on images"),
        _("Draw boxes around things in a picture, with labels."),
        _("Draw boxes around people and bicycles"),
        _("Look at one picture of a street and draw a box around each person and each bicycle."),
        _("image, bounding box, annotation"),
        "image-tagging",
        10,
        15,
        2,
        {"image_url": STREET},
    ),
    Example(
        "review-classification",
        _("Classification with instructions"),
        _("Sort messages by subject, with instructions at the side."),
        _("What is this message about?"),
        _("Read a message of a customer and choose its main subject."),
        _("text, classification, customers"),
        "text-classification",
        4,
        10,
        3,
        {"message": "My parcel should have been here on Monday. Where is it?"},
    ),
    Example(
        "named-entities",
        _("Names in texts"),
        _("Mark people, organisations and places in a sentence."),
        _("Mark the names in a sentence"),
        _("Read a sentence and mark every person, organisation and place in it."),
        _("text, names, annotation"),
        "information-extraction",
        6,
        10,
        2,
        {"sentence": "Ada Lovelace met Charles Babbage in London, long before the Royal Society took notice."},
    ),
)  # fmt: skip


def find(key: str) -> Example | None:
    """The example of this key, or None."""
    return next((example for example in EXAMPLES if example.key == key), None)
