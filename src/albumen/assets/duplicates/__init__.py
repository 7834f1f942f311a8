"""Duplicates: files that are there twice or look alike, what tells them from two shots, and settling them."""
