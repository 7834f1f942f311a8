"""Films: forms of them that play everywhere, their playlists, and the moving parts of photos."""
