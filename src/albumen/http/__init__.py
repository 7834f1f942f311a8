"""The edge: HTTP without knowledge of what it carries."""
