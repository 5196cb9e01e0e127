"""What the operations on qualifications refuse."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import formats, timezone

from manyhands.core.errors import Forbidden, Refusal


def moment(at: datetime) -> str:
    """An instant in the reader's zone, with the zone's name; a minute begun counts as its end."""
    whole = at.replace(second=0, microsecond=0)
    local = timezone.localtime(whole if whole == at else whole + timedelta(minutes=1))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


class ScoreOutOfRange(Refusal):
    """A score is a whole number from 0 to 100."""


class QualificationTypeExists(Refusal):
    """You already have a qualification with this name."""


class QualificationTypeDisposed(Refusal):
    """This qualification has been deleted."""


class QualificationNotHeld(Refusal):
    """This worker does not hold the qualification."""


class ComputedByPlatform(Refusal):
    """The platform computes this qualification itself: nobody gives or takes it."""


class CircularPrerequisites(Refusal):
    """These qualifications would wait for each other: %(names)s."""


class AccountNotActive(Refusal):
    """Your account cannot get qualifications now."""


class QualificationNotOffered(Refusal):
    """This qualification cannot be had at present. Who holds it keeps it."""


class CannotBeRequested(Refusal):
    """This qualification cannot be requested: who owns it gives it."""


class GrantedAutomatically(CannotBeRequested):
    """This qualification is granted automatically, from your work or your profile. It cannot be requested."""


class EarnedByTasks(CannotBeRequested):
    """This qualification is earned by doing its Qualification Tasks."""


class FromProfileAnswers(CannotBeRequested):
    """This qualification follows from your answers to the profile questions."""


class AlreadyHeld(Refusal):
    """You hold this qualification already."""


class AlreadyPending(Refusal):
    """You have asked for this qualification already. Its owner decides next."""


class OnceOnly(Refusal):
    """This can be taken once only, and you have taken it."""


class MayBeRepeatedFrom(Refusal):
    """This may be repeated from %(time)s."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(at=at)

    def __str__(self) -> str:
        """Rounded up to the minute that is shown, so that what is promised is true."""
        self.fields = {"time": moment(self.at)}
        return super().__str__()


class NotEligible(Refusal):
    """This qualification is not open to you. %(conditions)s"""


class PrerequisiteMissing(Refusal):
    """You need another qualification first: %(name)s."""


class PrerequisiteTooLow(PrerequisiteMissing):
    """You need a score of %(score)s or more in %(name)s first."""


class AgreementFirst(Refusal):
    """Read the agreement of this qualification and accept it."""


class AgreementChanged(Refusal):
    """The agreement has changed meanwhile. Read the new text before you accept it."""


class AnswersMissing(Refusal):
    """Some answers need another look."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """``problems``: question to sentence."""
        self.problems = dict(problems)
        super().__init__()


class AnswersTooLarge(Refusal):
    """These answers are too long to be kept."""


class TestOver(Refusal):
    """The time for this test is over. It was not handed in."""

    __test__ = False  # no test of pytest's


class TestHandedIn(Refusal):
    """This test has been handed in already."""

    __test__ = False


class RequestDecided(Refusal):
    """This request has been decided already."""


class ConsentNeeded(Refusal):
    """Your answers can be kept only with your consent."""


class ImportRefused(Refusal):
    """Nothing was changed: some rows of the file cannot be applied."""

    def __init__(self, rows: Mapping[int, str]) -> None:
        """``rows``: number of the row to sentence."""
        self.rows = dict(sorted(rows.items()))
        super().__init__()


class StageNotOpen(Refusal):
    """This stage is not open to you: do the stages in their order."""


class TextTooShort(Refusal):
    """Your text has %(count)s words; at least %(least)s are asked for."""


class TextTooLong(Refusal):
    """Your text has %(count)s words; at most %(most)s are asked for."""


class EditorsOnly(Forbidden):
    """Only editors grade texts."""


class NothingToGrade(Refusal):
    """This text has been graded or sent back already."""


class OwnText(Refusal):
    """Nobody grades their own text."""


class WordsForWorkerNeeded(Refusal):
    """Say in a few words why: the worker reads them."""


class GradeNeeded(Refusal):
    """Choose a grade."""
