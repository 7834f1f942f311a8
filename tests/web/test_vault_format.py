"""What browsers seal and read of vaults, in step with the client: the format's vectors, keys, words, records."""

import base64
import hashlib
import json
import os
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.web.conftest import Visit

from albumen_client.vault import chunks, events, keys, padding, records, words
from albumen_client.vault.keys import Root
from albumen_client.vault.remote import START

VECTORS = json.loads((Path(__file__).parents[1] / "vault_client/data/cctv_age.json").read_text())["vectors"]
COSTLY = {name for name, vector in VECTORS.items() if "passphrase" in vector or "_257_" in name or "_258_" in name}
VAULT = "7c0c3a54-2f6e-4c57-9d5b-2f4f6f9a1b11"
MODULES = """
    const [age, chunks, spelled, keys, records, bytes] = await Promise.all(
        ["age", "chunks", "words", "keys", "records", "bytes"].map((name) => import(`app/vault-${name}`)));
    const { base64, hex, sha256, unbase64 } = bytes;"""
READ = f"""async (vectors) => {{{MODULES}
    const told = {{}};
    for (const [name, {{ file, identities, passphrase }}] of Object.entries(vectors))
        try {{
            const secrets = identities.map((each) => spelled.fromBech32("age-secret-key-", each));
            const fileKeyOf = (header) =>
                passphrase === null ? age.findKey(header, secrets) : age.unwrapByPassphrase(header, passphrase);
            told[name] = hex(sha256(await chunks.unseal(unbase64(file), fileKeyOf)));
        }} catch (error) {{
            told[name] = error.code ? "refused" : String(error);
        }}
    return told;
}}"""
WRITE = f"""async ({{ root, secret, sizes, vault, start }}) => {{{MODULES}
    const made = await keys.Root.of(unbase64(root));
    const content = new Uint8Array(150000).map((_, at) => at % 251);
    const record = {{ rev: 7, device: "d", resources: [], history: [], fileName: "Füße 🦶.jpg" }};
    const keyring = {{ vault, roots: [made], recovery: made.recipient }};
    return {{
        recipient: made.recipient,
        signature: made.signature(sha256(content)),
        words: spelled.toWords(unbase64(secret)),
        back: base64(spelled.fromWords(spelled.toWords(unbase64(secret)))),
        padded: sizes.map(chunks.padded),
        sealed: base64(await chunks.sealFor(content, made.publicKey)),
        keyFile: base64(await keys.forWords(keyring)),
        record: await records.sealRecord(record, "s".repeat(44), made, vault),
        event: await records.sealEvent(
            {{ kind: "gc-done", device: "d", nonce: "n", more: {{ gc: 3 }} }}, start, made, vault),
        proof: records.proofOf("s".repeat(44), 7, made, vault),
    }};
}}"""
VOCABULARY = "async () => (await import('app/vault-vocabulary')).VOCABULARY"


@pytest.fixture
def page(visit: Visit) -> Page:
    page = visit().page
    page.goto("/s/0123456789abcdef")
    return page


def as_asked(vector: dict[str, Any]) -> dict[str, Any]:
    content = base64.b64decode(vector["file"])
    file = zlib.decompress(content) if "compressed" in vector else content
    [passphrase] = vector.get("passphrase", [None])[:1]
    told = base64.b64encode(file).decode()
    return {"file": told, "identities": vector.get("identity", []), "passphrase": passphrase}


def check_vectors(page: Page, names: list[str]) -> None:
    told = page.evaluate(READ, {name: as_asked(VECTORS[name]) for name in names})
    assert told == {
        name: VECTORS[name]["payload"][0] if VECTORS[name]["expect"] == ["success"] else "refused" for name in names
    }


def test_browsers_read_what_the_format_says_and_no_more(page: Page) -> None:
    check_vectors(page, [name for name in VECTORS if name not in COSTLY])


@pytest.mark.torture
def test_browsers_read_passphrases_and_long_files_as_the_format_says(page: Page) -> None:
    check_vectors(page, sorted(COSTLY))


def test_browsers_write_what_the_client_reads(page: Page) -> None:
    root, secret, sizes = Root.new(), os.urandom(32), [0, 1, 16384, 16385, 65_537, 999_999, 5_000_000_001]
    asked = {"root": base64.b64encode(root.content).decode(), "secret": base64.b64encode(secret).decode()}
    told = page.evaluate(WRITE, {**asked, "sizes": sizes, "vault": VAULT, "start": {"n": 0, "sha256": START.sha256}})
    content = bytes(at % 251 for at in range(150_000))
    assert told["recipient"] == root.identity.recipient
    assert told["signature"] == root.signature(hashlib.sha256(content).digest())
    assert (told["words"], base64.b64decode(told["back"])) == (words.to_words(secret), secret)
    assert told["padded"] == [padding.padded(size) for size in sizes]
    assert chunks.unseal_by(base64.b64decode(told["sealed"]), [root.identity.secret]) == content
    key_file = chunks.unseal_by(base64.b64decode(told["keyFile"]), [root.identity.secret])
    assert key_file == keys.identity_file(keys.Keyring(VAULT, (root,), root.identity.recipient))
    record = records.open_record(told["record"], "s" * 44, 7, root, VAULT)
    assert record.fields == {"fileName": "Füße 🦶.jpg"}
    event = events.open_event(told["event"], START, root, VAULT)
    assert (event.kind, event.more, event.at.tzinfo is not None) == ("gc-done", {"gc": 3}, True)
    assert told["proof"] == records.proof("s" * 44, 7, root, VAULT)
    assert page.evaluate(VOCABULARY) == list(words.vocabulary())
