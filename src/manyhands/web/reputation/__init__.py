"""Ratings in both directions, a worker's own standing, and the operators' report of Masters."""
