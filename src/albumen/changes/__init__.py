"""The change feed: one gap-free sequence per library, tombstones included."""
