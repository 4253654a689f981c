"""研判: what can be read out of texts and numbers; this room knows texts, not cases."""
