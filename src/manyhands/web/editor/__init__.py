"""The editors' desk: texts of assessments and of work, graded, corrected, or sent back."""
