"""公示: publications of decisions, their redacted renditions and withdrawals."""
