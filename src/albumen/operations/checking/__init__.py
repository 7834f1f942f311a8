"""Checking: whether the store holds what the rows say, and the rows agree with each other."""
