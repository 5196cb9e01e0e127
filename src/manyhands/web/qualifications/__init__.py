"""Pages of those who own qualifications: requesters their own, operators the platform's."""
