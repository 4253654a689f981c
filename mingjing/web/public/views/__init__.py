"""Pages of the public door, by what people come for."""
