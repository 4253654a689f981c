"""Benchmarks: run by hand or by ``make bench``, never as timed tests.

Each figure stands beside a baseline measured in the same run on the same machine, because a bare number
says more about the machine than about the program.
"""
