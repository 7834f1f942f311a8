"""Accounts: users, their passwords, sessions, sign-in links and keys."""
