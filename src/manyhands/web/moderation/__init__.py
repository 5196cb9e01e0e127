"""Reports of tasks: the form workers fill in, and the operators' list."""
