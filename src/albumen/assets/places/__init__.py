"""Where photos were taken: the names of places, countries and cities with their counts, and the map."""
