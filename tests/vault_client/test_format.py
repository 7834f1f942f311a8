"""Encrypted files: read as the age format says and no other way, in step with other programs, from any place."""

import base64
import hashlib
import io
import json
import os
import random
import zlib
from pathlib import Path
from typing import Any

import pyrage
import pytest
from tests.vault_client.households import VAULT

from albumen_client.vault import age, bech32, chunks, keys, words
from albumen_client.vault.errors import NotEncrypted, WrongKey
from albumen_client.vault.keys import Identity, Root
from albumen_client.vault.padding import LEAST_BYTES, padded
from albumen_client.vault.sealing import Plain, copy_to, fetch_from_file, reader_of, seal_file

VECTORS = json.loads((Path(__file__).parent / "data" / "cctv_age.json").read_text())["vectors"]
SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]
ME = Identity.new()


def opened(vector: dict[str, Any], content: bytes) -> bytes:
    """What our reader makes of a vector, with recipients besides ours passed over as the format wants it."""
    secrets = [bech32.decode("age-secret-key-", each) for each in vector.get("identity", [])]

    def file_key_of(header: age.Header) -> bytes:
        if "passphrase" in vector:
            file_key = age.unwrap_by_passphrase(header, vector["passphrase"][0])
            if file_key is None:
                raise WrongKey("another passphrase")
            return file_key
        return age.find_key(header, secrets)

    return chunks.unseal(content, file_key_of)


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name: str) -> None:
    vector = VECTORS[name]
    content = base64.b64decode(vector["file"])
    if "compressed" in vector:
        content = zlib.decompress(content)
    if vector["expect"] == ["success"]:
        assert hashlib.sha256(opened(vector, content)).hexdigest() == vector["payload"][0]
    else:
        with pytest.raises((NotEncrypted, WrongKey)):
            opened(vector, content)


@pytest.mark.parametrize("size", SIZES)
def test_others_read_what_we_write_and_we_read_theirs(size: int) -> None:
    content = os.urandom(size)
    theirs = pyrage.x25519.Identity.from_str(str(ME))
    assert str(theirs.to_public()) == ME.recipient
    assert pyrage.decrypt(chunks.seal_for(content, ME.public), [theirs]) == content
    made = pyrage.encrypt(content, [theirs.to_public()])
    assert chunks.unseal(made, lambda header: age.find_key(header, [ME.secret])) == content


def flips(sealed: bytes, count: int, seed: int) -> list[int]:
    """The bits whose change went unseen."""
    dice, unseen = random.Random(seed), []
    changed = bytearray(sealed)
    for _ in range(count):
        bit = dice.randrange(len(sealed) * 8)
        changed[bit >> 3] ^= 1 << (bit & 7)
        try:
            chunks.unseal_by(bytes(changed), [ME.secret])
            unseen.append(bit)
        except NotEncrypted:
            pass
        changed[bit >> 3] ^= 1 << (bit & 7)
    return unseen


def test_every_flipped_bit_is_refused() -> None:
    small, large = chunks.seal_for(os.urandom(100), ME.public), chunks.seal_for(os.urandom(140_000), ME.public)
    assert flips(small, 8000, 1) == []
    assert flips(large, 2000, 2) == []


def test_reading_from_any_place(tmp_path: Path) -> None:
    content, dice = os.urandom(700_001), random.Random(3)
    root = Root.new()
    resource = seal_file(Plain(io.BytesIO(content), "video", "a.mp4"), root, tmp_path)
    fetched: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        fetched.append(length)
        return fetch_from_file(tmp_path / resource.blob.sha256)(start, length)

    reader = reader_of(resource, fetch, (root.identity.secret,))
    for _ in range(100):
        at, length = dice.randrange(len(content)), dice.randrange(1, 90_000)
        reader.seek(at)
        assert io.BufferedReader(reader).read(length)[: len(content) - at] == content[at : at + length]
        reader = reader_of(resource, fetch, (root.identity.secret,))
    assert reader.seek(0, io.SEEK_END) == padded(len(content)) and reader.read(10) == b""
    with pytest.raises(ValueError, match="beginning"):
        reader.seek(-1)


@pytest.mark.parametrize("size", [0, 1, LEAST_BYTES, LEAST_BYTES + 1, 65_536, 300_000])
def test_files_come_back_as_they_were(tmp_path: Path, size: int) -> None:
    content, root = os.urandom(size), Root.new()
    resource = seal_file(Plain(io.BytesIO(content), "photo", "a.jpg"), root, tmp_path)
    path, target = tmp_path / resource.blob.sha256, io.BytesIO()
    assert path.stat().st_size == resource.blob.size_bytes
    assert hashlib.sha256(path.read_bytes()).hexdigest() == resource.blob.sha256
    copy_to(target, resource, reader_of(resource, fetch_from_file(path), (root.identity.secret,)))
    assert target.getvalue() == content
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_sizes_say_little() -> None:
    assert padded(0) == padded(LEAST_BYTES) == LEAST_BYTES
    sizes = [padded(size) for size in range(LEAST_BYTES, 1_000_000, 997)]
    assert sizes == sorted(sizes) and len(set(sizes)) < 170
    assert all(size <= padded(size) <= size * 1.12 for size in range(LEAST_BYTES, 5_000_000, 9973))
    assert all(padded(padded(size)) == padded(size) for size in range(1, 3_000_000, 99_991))


def test_words_are_those_of_bip_39() -> None:
    assert words.to_words(bytes(32)) == "abandon " * 23 + "art"
    assert words.to_words(b"\xff" * 32) == "zoo " * 23 + "vote"
    secret = os.urandom(32)
    assert words.from_words(words.to_words(secret).upper() + "\n") == secret
    for wrong in ("abandon", "abandon " * 24, "abandon " * 23 + "painting"):
        with pytest.raises(WrongKey):
            words.from_words(wrong)


def test_names_are_keyed() -> None:
    digest = hashlib.sha256(b"a photo").digest()
    one, other = Root.new().signature(digest), Root.new().signature(digest)
    assert one != other and len(one) == len(other) == 44 and "/" not in one + other


def test_key_files() -> None:
    keyring, spelled = keys.create(VAULT)
    keyring = keyring.with_root(Root.new())
    sealed = keys.for_passphrase(keyring, "Grüße", 10)
    assert keys.by_passphrase(sealed, "Grüße", VAULT).secrets == keyring.secrets
    assert pyrage.passphrase.decrypt(sealed, "Grüße") == keys.identity_file(keyring)
    assert keys.by_words(keys.for_words(keyring), spelled, VAULT).secrets == keyring.secrets
    with pytest.raises(WrongKey):
        keys.by_passphrase(sealed, "Gruesse", VAULT)
    with pytest.raises(WrongKey):
        keys.by_words(keys.for_words(keyring), words.to_words(os.urandom(32)), VAULT)
    with pytest.raises(NotEncrypted):
        keys.by_passphrase(sealed, "Grüße", VAULT.replace("7", "8"))
    assert b" 18\n" in keys.for_passphrase(keyring, "x")
