"""归集: import of lists and bank files, replay of summaries."""
