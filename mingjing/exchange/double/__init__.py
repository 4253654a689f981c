"""双公示 (credit publicity of permits and penalties): the national field sets read from and written to workbooks.

``values`` knows one cell, ``rows`` one record, ``reading`` a file, ``writing`` the way out; none of them knows
the database. Units: 万元 with six decimals outside, fen inside. Source: domain list ``codex/publicity/double``.
"""
