"""Finding: the language of searches, the walk that answers them, their orders, facets and suggestions."""
