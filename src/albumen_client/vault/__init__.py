"""The vault: a library that its host stores, orders and hands out, but cannot read."""
