"""公众门户: the door of everybody; no sign-in, no cookie."""
