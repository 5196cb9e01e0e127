"""From what was typed about a type to its terms, and back. Errors are named by field or by path."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext

from manyhands.accounts import countries
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import system_types
from manyhands.qualifications.eligibility import Eligibility
from manyhands.qualifications.operations import TypeTerms
from manyhands.qualifications.owner_queries import TypePage
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus
from manyhands.questions import builder
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.errors import QuestionInvalid
from manyhands.questions.parsing import parse_test
from manyhands.web.qualifications import test_draft
from manyhands.web.qualifications.forms import BUILDER, XML, TypeForm

HOUR_S, DAY_S = 3_600, 86_400
NEEDED_READ = 20


@dataclass(frozen=True, slots=True)
class Needed:
    """One prerequisite as typed: the type's public id and the least score, or nothing for any."""

    kind: str = ""
    score: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """All of the editor's page."""

    form: TypeForm
    draft: test_draft.Draft
    needed: tuple[Needed, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


def blank() -> Typed:
    initial = {"test_as": BUILDER, "test_duration": HOUR_S, "route": Route.GRANT, "retry_delay_s": DAY_S}
    return Typed(TypeForm(initial=initial), test_draft.FIRST)


def of_type(kind: TypePage) -> Typed:
    """A kept type, ready to be changed; a test that holds more than the builder shows is edited as XML."""
    spec = builder.from_xml(kind.question_form, kind.answer_key or None) if kind.question_form else None
    as_xml = bool(kind.question_form) and spec is None
    asked = kind.eligibility
    names = {code: countries.name(code) for code in asked.get("countries", ())}
    initial = {
        each: getattr(kind, each)
        for each in (
            "description", "keywords", "route", "auto_granted_score", "tasks_needed", "agreement", "training",
            "question_form", "answer_key", "graded_by_owner", "pass_score", "retry_delay_s", "validity_s",
        )
    } | {
        "test_as": XML if as_xml else BUILDER,
        "test_duration": kind.test_duration_s or HOUR_S,
        "once_only": kind.retry_delay_s is None,
        "countries": ", ".join(names.values()),
        "languages": ", ".join(countries.language_name(code) for code in asked.get("languages", ())),
        "skills": ", ".join(asked.get("skills", ())),
        "age_min": asked.get("age_min"),
        "age_max": asked.get("age_max"),
    }  # fmt: skip
    form = TypeForm(initial=initial, kept_route=kind.route, is_new=False)
    needed = tuple(
        Needed(system_types.public_id(type_id), "" if least is None else str(least))
        for type_id, least in kind.needed
    )
    return Typed(form, test_draft.from_spec(spec) if spec else test_draft.FIRST, needed)


def read(posted: Any, kind: TypePage | None) -> Typed:
    form = TypeForm(posted, kept_route=kind.route if kind else "", is_new=kind is None)
    needed = tuple(
        Needed(str(posted.get(f"needed-{n}-kind", "")), str(posted.get(f"needed-{n}-score", "")).strip())
        for n in range(NEEDED_READ)
        if f"needed-{n}-kind" in posted
    )
    return Typed(form, test_draft.read(posted), needed)


def changed(typed: Typed, act: str) -> Typed:
    """The page after one of its small buttons; nothing is judged."""
    typed.form.quiet()
    needed = typed.needed
    if act == "add-needed":
        needed = (*needed, Needed())
    elif act.startswith("remove-needed-"):
        needed = tuple(each for n, each in enumerate(needed) if str(n) != act.removeprefix("remove-needed-"))
    return replace(typed, draft=test_draft.changed(typed.draft, act), needed=needed)


def to_terms(typed: Typed, kind: TypePage | None) -> TypeTerms:
    """The terms, once every part of the page is right. Raises InvalidInput."""
    found: dict[str, str] = {}
    if not typed.form.is_valid():
        found[""] = ""
    data = typed.form.cleaned_data
    route = Route(data.get("route") or Route.GRANT)
    test = _test(typed, data, found) if route == Route.TEST else None
    needed = _needed(typed.needed, found)
    eligibility = _eligibility(data, found)
    if kind and "needed" in kind.eligibility:  # it has no field here, and is kept
        eligibility["needed"] = kind.eligibility["needed"]
    if found:
        raise InvalidInput(found)
    has_retry = route in (Route.TEST, Route.ASSESSMENT, Route.TASKS) and not data["once_only"]
    score = data["auto_granted_score"]
    return TypeTerms(
        description=data["description"],
        keywords=data["keywords"],
        status=TypeStatus(kind.status) if kind else TypeStatus.ACTIVE,
        route=route,
        score_kind=ScoreKind(kind.score_kind) if kind else ScoreKind.PERCENT,
        auto_granted_score=1 if score is None else score,
        pass_score=data["pass_score"],
        retry_delay_s=(data["retry_delay_s"] or 0) if has_retry else None,
        validity_s=data["validity_s"],
        tasks_needed=data["tasks_needed"] if route == Route.TASKS else None,
        training=data["training"],
        eligibility=eligibility,
        graded_by_owner=route in (Route.TEST, Route.GRANT) and data["graded_by_owner"],
        test=test,
        agreement=data["agreement"] if route == Route.AGREEMENT else "",
        prerequisites=needed,
    )


def _test(typed: Typed, data: Mapping[str, Any], found: dict[str, str]) -> tuple[str, str, int] | None:
    duration_s = data.get("test_duration")
    if duration_s is None:
        found["test_duration"] = gettext("Say how long the test may take.")
    if data.get("test_as") == XML:
        xml = _checked_xml(data.get("question_form", ""), data.get("answer_key", ""), found)
    else:
        spec = test_draft.to_spec(typed.draft)
        problems = builder.problems(spec)
        found |= problems
        xml = None if problems else (builder.to_question_form(spec), builder.to_answer_key(spec) or "")
    return None if xml is None or duration_s is None else (*xml, duration_s)


def _checked_xml(form: str, key: str, found: dict[str, str]) -> tuple[str, str] | None:
    """The XML as pasted, when it is a test; else the place of the fault, at its field."""
    if not form.strip():
        found["question_form"] = gettext("Paste the questions as XML.")
        return None
    try:
        questions = parse_test(form)
    except QuestionInvalid as refusal:
        found["question_form"] = str(refusal)
        return None
    try:
        if key.strip():
            parse_answer_key(key, questions)
    except QuestionInvalid as refusal:
        found["answer_key"] = str(refusal)
        return None
    return form, key if key.strip() else ""


def _needed(typed: Sequence[Needed], found: dict[str, str]) -> list[tuple[QualificationTypeId, int | None]]:
    kept: list[tuple[QualificationTypeId, int | None]] = []
    for n, each in enumerate(typed):
        type_id = system_types.from_public_id(each.kind)
        if type_id is None:
            found[f"needed.{n}"] = gettext("Choose a qualification, or remove the line.")
        elif each.score and not re.fullmatch(r"\d{1,3}", each.score, re.ASCII):
            found[f"needed.{n}"] = gettext("The least score is a whole number from 0 to 100, or nothing.")
        else:
            kept.append((type_id, int(each.score) if each.score else None))
    return kept


def _eligibility(data: Mapping[str, Any], found: dict[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, choices in (("countries", countries.choices()), ("languages", countries.language_choices())):
        codes = _codes(data.get(name, ""), dict(choices), name, found)
        if codes:
            kept[name] = codes
    skills = [each.strip() for each in data.get("skills", "").split(",") if each.strip()]
    if skills:
        kept["skills"] = skills
    for name in ("age_min", "age_max"):
        if data.get(name) is not None:
            kept[name] = data[name]
    try:
        Eligibility.from_json(kept).check()
    except InvalidInput as refusal:
        found |= refusal.errors
    return kept


def _codes(text: str, names: Mapping[str, str], field_name: str, found: dict[str, str]) -> list[str]:
    by_name = {name.casefold(): code for code, name in names.items()}
    by_code = {code.casefold(): code for code in names}
    codes = []
    for part in (each.strip() for each in re.split(r"[,;、，\n]", text)):
        if not part:
            continue
        code = by_name.get(part.casefold()) or by_code.get(part.casefold())
        if code is None:
            found[field_name] = gettext("“%(name)s” is not known here.") % {"name": part}
            return []
        codes.append(code)
    return codes


def with_errors(typed: Typed, errors: Mapping[str, str]) -> Typed:
    """The page with each sentence at what it names; what has no field of its own stands above the form."""
    beside: dict[str, str] = {}
    for path, sentence in errors.items():
        if not path:
            continue
        if path in typed.form.fields:
            typed.form.add_error(path, sentence)
        elif path.startswith(("questions", "needed.", "title", "instructions")):
            beside[path] = sentence
        else:
            typed.form.add_error(None, sentence)
    needed = tuple(replace(each, error=beside.get(f"needed.{n}", "")) for n, each in enumerate(typed.needed))
    return replace(typed, draft=test_draft.with_errors(typed.draft, beside), needed=needed, errors=beside)
