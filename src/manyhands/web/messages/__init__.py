"""Inboxes, threads and how one wants to be told: for workers and requesters alike. Views hold no rules."""
