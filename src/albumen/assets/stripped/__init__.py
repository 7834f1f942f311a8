"""Originals without what tells where, with what and by whom they were taken: pieces of the same bytes."""
