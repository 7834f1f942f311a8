"""Assets: what a version shows - renditions, hashes, metadata, and the bytes that are delivered."""
