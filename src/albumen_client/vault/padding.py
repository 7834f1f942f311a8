"""Sizes that say little: Padmé (Nikitin and others, 2019), with a least size."""

LEAST_BYTES = 16 << 10


def padded(size_bytes: int) -> int:
    """The size that something of this size is padded to: at most 12 % more, about 1 % for what is large."""
    if size_bytes <= LEAST_BYTES:
        return LEAST_BYTES
    exponent = size_bytes.bit_length() - 1
    spare = exponent - exponent.bit_length()
    mask = (1 << spare) - 1
    return (size_bytes + mask) & ~mask
