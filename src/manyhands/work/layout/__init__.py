"""Layouts: the HTML a requester writes or builds, with ``${placeholders}`` for the columns of a row.

Pure functions without a database: ``template`` compiles, renders and checks; ``fields`` finds the
answer fields; ``form_spec`` and ``form_html`` are the form builder for the plain cases.
"""
