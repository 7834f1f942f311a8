"""Files without what tells where, with what and by whom they were made: pieces of the same bytes, nothing re-encoded.

Python reads here what strangers wrote, within bounds, so no child process guards it: there is no memory to corrupt.
"""
