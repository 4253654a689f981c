"""归档: the case file as an archive keeps it: order, catalogue, checks, transfer, retention and disposal."""
