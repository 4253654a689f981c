"""法制审核: legal review of major decisions: reviewers, opinions, rounds."""
