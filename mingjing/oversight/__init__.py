"""监督: what is looked at from above the cases: the annual statistical report."""
