"""The vocabulary every room shares: who acts, what can go wrong, ids, pages, the clock.  No I/O."""
