"""续传: the door at which programs hand in files piece by piece, by the protocol tus 1.0."""
