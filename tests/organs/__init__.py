"""Tests of organs, officers and accounts."""
