"""Edge cases of the primitives, met where our own reader uses them."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from albumen_client.vault import age, chunks
from albumen_client.vault.errors import NotEncrypted

SETS = json.loads((Path(__file__).parent / "data" / "wycheproof.json").read_text())
FILE_KEY = bytes(range(16))
LABEL = b"age-encryption.org/v1/X25519"


def vectors(name: str) -> list[Any]:
    return [pytest.param(each, id=str(each.get("tcId") or each["name"])) for each in SETS[name]]


def header_for(vector: dict[str, str]) -> age.Header:
    """A header whose share is the vector's public key, sealed with the secret that both should agree on."""
    share, private = bytes.fromhex(vector["public"]), bytes.fromhex(vector["private"])
    recipient = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    key = age.derive(bytes.fromhex(vector["shared"]), LABEL, share + recipient)
    body = ChaCha20Poly1305(key).encrypt(bytes(12), FILE_KEY, None)
    return age.Header((age.Stanza((b"X25519", age._base64(share)), body),), b"", age.mac(FILE_KEY, b""), 0)


@pytest.mark.parametrize("vector", vectors("x25519"))
def test_headers_are_opened_by_the_right_secret_and_by_no_trivial_one(vector: dict[str, str]) -> None:
    """Where the share is such that anybody knows the secret, the file is refused though it would open."""
    header, secrets = header_for(vector), [bytes.fromhex(vector["private"])]
    if vector["result"] == "zero":
        with pytest.raises(NotEncrypted) as caught:
            age.unwrap(header, secrets)
        assert caught.value.code == "recipient"
    else:
        assert age.unwrap(header, secrets) == FILE_KEY


class Under:
    """A cipher with the vector's nonce and associated data in place of those that age gives a chunk."""

    def __init__(self, vector: dict[str, str]) -> None:
        self._cipher = ChaCha20Poly1305(bytes.fromhex(vector["key"]))
        self._nonce, self._aad = bytes.fromhex(vector["iv"]), bytes.fromhex(vector["aad"])

    def decrypt_into(self, nonce: bytes, sealed: memoryview, aad: None, target: memoryview) -> None:
        self._cipher.decrypt_into(self._nonce, sealed, self._aad, target)


@pytest.mark.parametrize("vector", vectors("chacha20_poly1305"))
def test_chunks_are_given_out_only_with_the_right_tag(vector: dict[str, str]) -> None:
    sealed = bytes.fromhex(vector["ct"] + vector["tag"])
    opened = chunks.Opened(FILE_KEY, 0, "", Under(vector))  # type: ignore[arg-type]  # as good as one

    def read() -> bytes:
        return chunks.Reader(lambda start, length: sealed[start : start + length], len(sealed), opened).readall() or b""

    if vector["result"] == "valid":
        assert read() == bytes.fromhex(vector["msg"])
    else:
        with pytest.raises(NotEncrypted) as caught:
            read()
        assert caught.value.code == "chunk"


@pytest.mark.parametrize("vector", vectors("hkdf_sha256"))
def test_keys_are_derived_as_the_standard_says(vector: dict[str, str]) -> None:
    ikm, salt, info, okm = (bytes.fromhex(vector[name]) for name in ("ikm", "salt", "info", "okm"))
    assert age.derive(ikm, info, salt) == okm[:32]
