"""界面: what all doors share: layout, components, forms, refusals, pictures."""
