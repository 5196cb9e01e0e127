"""``/api/v1``: plain JSON for programs, beside Mechanical Turk's wire and by the same keys (docs/api)."""
