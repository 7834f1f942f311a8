"""Vaults: what their owner's devices have sealed is kept, put in order and handed out, and never read.

Nothing in this room can open anything: it holds no key, and imports no cryptography of the vault.
"""
