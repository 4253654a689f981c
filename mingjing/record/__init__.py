"""全过程记录: the append-only record of what happened, and its proof to strangers.

Entries are written inside the transaction of the act itself (``actions.append``). A sequencer numbers them
afterwards, grows a Merkle tree and signs its head (``actions.seal``). Rows point to nothing outside this
room: a subject is text, so nothing that lives can block or rewrite what was recorded.
"""
