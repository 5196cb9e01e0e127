"""The profile questions: what a worker may tell, to be shown tasks that need it. Answers give the premium types.

The questions stand here; which type an answer gives, and with what score, stands in ``profile_rule``
(migration 0008 writes both from this list). A question with ``countries`` exists for those places only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ASKED_AGAIN_DAYS = 365
# Raised when the words of the consent change: those who agreed to other words are asked again.
CONSENT_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: "StrPromise"


@dataclass(frozen=True, slots=True)
class ProfileQuestion:
    """``several``: more than one option may be chosen."""

    key: str
    text: "StrPromise"
    options: tuple[Option, ...]
    several: bool = False
    countries: tuple[str, ...] = ()

    def is_for(self, country: str) -> bool:
        return not self.countries or country in self.countries


QUESTIONS: tuple[ProfileQuestion, ...] = (
    ProfileQuestion(
        "age", _("How old are you?"),
        (Option("18-24", _("18 to 24")), Option("25-34", _("25 to 34")), Option("35-44", _("35 to 44")),
         Option("45-54", _("45 to 54")), Option("55-64", _("55 to 64")), Option("65", _("65 or older"))),
    ),
    ProfileQuestion(
        "gender", _("What is your gender?"),
        (Option("female", _("Female")), Option("male", _("Male")), Option("other", _("Another gender"))),
    ),
    ProfileQuestion(
        "employment", _("What do you do besides this work?"),
        (Option("full-time", _("Employed full time")), Option("part-time", _("Employed part time")),
         Option("self-employed", _("Self-employed")), Option("student", _("In school or university")),
         Option("home", _("At home with family or household")), Option("not-employed", _("Not employed")),
         Option("retired", _("Retired"))),
    ),
    ProfileQuestion(
        "education", _("What is the highest education you have completed?"),
        (Option("school", _("School")), Option("vocational", _("Vocational training")),
         Option("bachelor", _("Bachelor's degree")), Option("master", _("Master's degree")),
         Option("doctorate", _("Doctorate"))),
    ),
    ProfileQuestion(
        "devices", _("Which of these do you use yourself?"),
        (Option("android", _("Android telephone")), Option("iphone", _("iPhone")), Option("tablet", _("Tablet")),
         Option("windows", _("Windows computer")), Option("mac", _("Mac")), Option("linux", _("Linux computer")),
         Option("speaker", _("Smart speaker"))),
        several=True,
    ),
    ProfileQuestion(
        "mother-tongue", _("What is your mother tongue?"),
        (Option("en", _("English")), Option("es", _("Spanish")), Option("zh", _("Chinese")),
         Option("hi", _("Hindi")), Option("ar", _("Arabic")), Option("pt", _("Portuguese")),
         Option("ru", _("Russian")), Option("ja", _("Japanese")), Option("de", _("German")),
         Option("fr", _("French")), Option("other", _("Another language"))),
        several=True,
    ),
    ProfileQuestion(
        "us-time-zone", _("In which part of the United States do you live?"),
        (Option("eastern", _("Eastern time")), Option("central", _("Central time")),
         Option("mountain", _("Mountain time")), Option("pacific", _("Pacific time")),
         Option("other", _("Alaska, Hawaii or elsewhere"))),
        countries=("US",),
    ),
    ProfileQuestion(
        "jp-region", _("In which part of Japan do you live?"),
        (Option("north", _("Hokkaido or Tohoku")), Option("kanto", _("Kanto")), Option("chubu", _("Chubu")),
         Option("kansai", _("Kansai")), Option("west", _("Chugoku or Shikoku")),
         Option("south", _("Kyushu or Okinawa"))),
        countries=("JP",),
    ),
)  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}
