"""Three qualifications of the platform, so that a visitor of the demo sees each way of getting one."""

from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications.errors import QualificationTypeExists
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.operations import TypeTerms, create_qualification_type
from manyhands.qualifications.states import Route, TypeStatus
from manyhands.questions import builder

DAY_S = 86_400
PASS_SCORE = 75
ENGLISH = "English: reading and writing"

_TRAINING = """\
The test has eight sentences. Choose the word that makes each sentence correct standard English.

How to work on it
1. Read the whole sentence before you look at the words offered.
2. Say the sentence to yourself with each word. Only one is correct.
3. Do not guess by length or by position: the order is not a hint.

Known pitfalls
- Verbs follow the subject, not the noun that stands nearest to them.
- "Its" shows possession; "it's" stands for "it is".
- After "if" for something unreal, the past form is used.
"""
_AGREEMENT = """\
Some tasks show texts and pictures that are not public.

1. I use what such tasks show me only to work on these tasks.
2. I do not copy it, keep it, pass it on or speak about it with others.
3. When I find something in a task that should not be there, such as a password, I report the task.
4. These points hold for good, also when I no longer work here.
"""
_RULES = """\
Work here is paid when it is done with care. Read the instructions of each task before you begin, answer as well
as you can, and return a task that you do not understand: that counts neither for nor against you.
"""
# Sentence, the right word, and the others.
_SENTENCES = (
    ("The list of names ___ on the table.", "is", ("are", "were", "be")),
    ("She has lived in Lisbon ___ 2019.", "since", ("for", "from", "by")),
    ("The dog wagged ___ tail.", "its", ("it's", "their's", "her's")),
    ("If I ___ more time, I would learn to sail.", "had", ("have", "would have", "has")),
    ("There are ___ people here today than yesterday.", "fewer", ("less", "lesser", "little")),
    ("He is interested ___ old maps.", "in", ("on", "at", "for")),
    ("Neither of the answers ___ correct.", "was", ("were", "are", "being")),
    ("By next June we ___ here for ten years.", "will have worked", ("work", "have worked", "are working")),
)


def seed() -> None:
    """Make those that are missing."""
    for name, terms in _TYPES.items():
        try:
            create_qualification_type(requester_id=None, name=name, terms=terms())
        except QualificationTypeExists:
            continue


def english() -> QualificationTypeId:
    """The test's type."""
    found = QualificationType.objects.values_list("pk", flat=True).get(
        requester=None, name=ENGLISH, status=TypeStatus.ACTIVE
    )
    return QualificationTypeId(found)


def _english() -> TypeTerms:
    """Each question has its right word at another place."""
    questions = []
    for number, (sentence, right, wrong) in enumerate(_SENTENCES):
        options = [builder.TestOption(word) for word in wrong]
        options.insert((number * 3 + 1) % 4, builder.TestOption(right, right=True))
        questions.append(
            builder.TestQuestion(builder.TestQuestionKind.SINGLE_CHOICE, sentence, tuple(options))
        )
    spec = builder.TestSpec("English", ("Choose the word that is correct.",), tuple(questions))
    return TypeTerms(
        description="You read and write correct English. Translations, captions and proofreading ask for it.",
        keywords="english, language, writing",
        route=Route.TEST,
        pass_score=PASS_SCORE,
        retry_delay_s=7 * DAY_S,
        training=_TRAINING,
        test=(builder.to_question_form(spec), builder.to_answer_key(spec) or "", 15 * 60),
    )


def _confidential() -> TypeTerms:
    return TypeTerms(
        description="You may work on tasks whose content is not public.",
        route=Route.AGREEMENT,
        auto_granted_score=100,
        agreement=_AGREEMENT,
    )


def _careful() -> TypeTerms:
    return TypeTerms(
        description="You know how work is done here.",
        route=Route.AUTO,
        auto_granted_score=100,
        training=_RULES,
    )


_TYPES = {
    ENGLISH: _english,
    "Confidential work": _confidential,
    "How we work": _careful,
}
