"""The published rule by which an editor's grades move a score (C-18, C-20, C-21).

Pages read the figures from here. A satisfactory text changes nothing; an unsatisfactory one costs more than
an excellent one brings, so that several of them close what the score had opened.
"""

from typing import Final

from manyhands.qualifications.states import Grade

# Points of the percentage for each text graded, once the qualification is held.
POINTS: Final[dict[Grade, int]] = {
    Grade.UNSATISFACTORY: -8,
    Grade.SATISFACTORY: 0,
    Grade.EXTREMELY_SATISFIED: 4,
}
# Points of the percentage for the text of an assessment; an unsatisfactory one fails it.
ASSESSMENT_POINTS: Final[dict[Grade, int]] = {Grade.SATISFACTORY: 0, Grade.EXTREMELY_SATISFIED: 10}
