"""Who may ask for a qualification: place, age, languages, skills, and scores held in others.

``sql/eligibility.sql`` judges it, for one type as for the whole list, so that both agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from manyhands.accounts import countries
from manyhands.core.errors import InvalidInput

COUNTRIES_MAX, LANGUAGES_MAX, SKILLS_MAX, NEEDED_MAX = 250, 20, 20, 10
SKILL_LENGTH_MAX = 100
AGE_LEAST, AGE_MOST = 14, 120


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Conditions on a worker; what is empty asks for nothing.

    ``countries``: one of them, as given at registration. ``languages`` and ``skills``: all of them, by the
    profile. ``needed``: qualification types and the least score in each.
    """

    countries: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    needed: tuple[tuple[int, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the type keeps it: only what is asked for."""
        kept: dict[str, Any] = {}
        for name in ("countries", "languages", "skills"):
            if getattr(self, name):
                kept[name] = list(getattr(self, name))
        for name in ("age_min", "age_max"):
            if getattr(self, name) is not None:
                kept[name] = getattr(self, name)
        if self.needed:
            kept["needed"] = [list(pair) for pair in self.needed]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Eligibility":
        return cls(
            countries=tuple(kept.get("countries", ())),
            age_min=kept.get("age_min"),
            age_max=kept.get("age_max"),
            languages=tuple(kept.get("languages", ())),
            skills=tuple(kept.get("skills", ())),
            needed=tuple((type_id, score) for type_id, score in kept.get("needed", ())),
        )

    def check(self) -> None:
        """Raise InvalidInput naming each condition that cannot be meant."""
        found: dict[str, str] = {}
        if set(self.countries) - countries.CODES or len(self.countries) > COUNTRIES_MAX:
            found["countries"] = gettext("Choose from the countries offered.")
        if set(self.languages) - countries.LANGUAGES or len(self.languages) > LANGUAGES_MAX:
            found["languages"] = gettext("Choose at most 20 of the languages offered.")
        if len(self.skills) > SKILLS_MAX or any(
            not skill.strip() or len(skill) > SKILL_LENGTH_MAX for skill in self.skills
        ):
            found["skills"] = gettext("At most %(count)s skills of a few words each.") % {"count": SKILLS_MAX}
        for name in ("age_min", "age_max"):
            age = getattr(self, name)
            if age is not None and not AGE_LEAST <= age <= AGE_MOST:
                found[name] = gettext("From %(least)s to %(most)s.") % {"least": AGE_LEAST, "most": AGE_MOST}
        if self.age_min is not None and self.age_max is not None and self.age_min > self.age_max:
            found["age_max"] = gettext("The greatest age is below the least.")
        if len(self.needed) > NEEDED_MAX:
            found["needed"] = gettext("At most %(count)s qualifications.") % {"count": NEEDED_MAX}
        if found:
            raise InvalidInput(found)

    def sentences(self, unmet: Sequence[str], names: Mapping[int, str]) -> list[str]:
        """The conditions of these names in words; ``names`` of the qualifications in ``needed``."""
        written = []
        for condition in unmet:
            kind, _, number = condition.partition(":")
            if kind == "country":
                places = ", ".join(countries.name(code) for code in self.countries)
                written.append(gettext("It is for people in %(places)s.") % {"places": places})
            elif kind == "age":
                written.append(self._age())
            elif kind == "languages":
                spoken = ", ".join(countries.language_name(code) for code in self.languages)
                written.append(
                    gettext("It needs these languages in your profile: %(languages)s.")
                    % {"languages": spoken}
                )
            elif kind == "skills":
                written.append(
                    gettext("It needs these skills in your profile: %(skills)s.")
                    % {"skills": ", ".join(self.skills)}
                )
            elif kind == "needed":
                type_id = int(number)
                written.append(
                    gettext("It needs %(name)s with a score of %(score)s or more.")
                    % {"name": names.get(type_id, ""), "score": dict(self.needed).get(type_id, "")}
                )
        return written

    def _age(self) -> str:
        ages = {"least": self.age_min, "most": self.age_max}
        if self.age_max is None:
            return (
                gettext("It is for people of %(least)s or older, by the date of birth in the profile.") % ages
            )
        if self.age_min is None:
            return (
                gettext("It is for people of %(most)s or younger, by the date of birth in the profile.")
                % ages
            )
        return (
            gettext("It is for people from %(least)s to %(most)s, by the date of birth in the profile.")
            % ages
        )
