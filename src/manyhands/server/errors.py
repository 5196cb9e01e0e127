"""Why a server did not start: plain sentences for the terminal, raised and printed as they are."""


class CannotStart(Exception):
    """Something on this machine prevents the start; the message says what, and what to do."""
