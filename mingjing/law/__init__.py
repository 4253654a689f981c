"""依据: statutes with validity dates, power items, discretion benchmarks, profiles, procedure editions."""
