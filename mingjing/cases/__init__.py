"""执法: one engine for all acts: matters, steps, obligations, papers, service, decisions."""
