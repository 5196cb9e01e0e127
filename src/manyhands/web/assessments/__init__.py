"""Assessments: the worker's way through their stages, and the operators' page to set them up."""
