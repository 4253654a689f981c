"""门户: every way in: doors by audience."""
