"""事前公开的清单: kinds, rows drawn from live data, differences, findings, causes to revise, and what is read of them."""
