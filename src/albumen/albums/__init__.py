"""Albums: selections inside a library, made by hand or always current by a query."""
