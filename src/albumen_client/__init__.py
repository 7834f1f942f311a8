"""The client of Albumen: everything a program needs to talk to a server."""
