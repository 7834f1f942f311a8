"""The log of a vault and the current state of its assets, in two tables of DynamoDB; all reads are consistent.

`pickery` has a row for each asset: Signature, TimeModified, MetaData, Rev, Proof, and V, the vault it belongs to.
`pickery_log` has the events: V, N and what was committed.  Key files stand in the first table, below `keys/`.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from albumen_client.errors import Damaged
from albumen_client.vault.remote import START, Commit, Entry, Head, HeadMoved, KeyMoved, Page, Row

STATES, LOG = "pickery", "pickery_log"
_TRIES = 5
_AT_ONCE = 100

Item = dict[str, dict[str, Any]]


@dataclass
class Tables:
    """The part of both tables that is one vault's.  `client` is boto3's for DynamoDB."""

    client: Any
    vault: str
    states: str = STATES
    log: str = LOG
    pause: Callable[[float], None] = time.sleep
    _signatures: list[str] = field(default_factory=list)

    def head(self) -> Head:
        """Where the log ends."""
        found = self._events({"ScanIndexForward": False, "Limit": 1})["Items"]
        return _head_of(found[0]) if found else START

    def page(self, after: int, limit: int) -> Page:
        """Events after this number, up to the head as it is now."""
        head = self.head()
        entries: list[Entry] = []
        begin: dict[str, Any] = {}
        while head.n > after and len(entries) < limit:
            until = {":from": _n(after + 1), ":to": _n(head.n)}
            found = self._events({"Limit": limit - len(entries), **begin}, " AND N BETWEEN :from AND :to", until)
            entries += map(_entry, found["Items"])
            if "LastEvaluatedKey" not in found:
                break
            begin = {"ExclusiveStartKey": found["LastEvaluatedKey"]}
        return Page(tuple(entries), head)

    def _events(self, asked: dict[str, Any], more: str = "", values: Item | None = None) -> Any:
        condition = {"KeyConditionExpression": f"V = :v{more}", "ConsistentRead": True}
        named = {":v": _s(self.vault), **(values or {})}
        return self.client.query(TableName=self.log, ExpressionAttributeValues=named, **condition, **asked)

    def commit(self, commit: Commit) -> Head:
        """Append, and set the row, both or neither.  Raises HeadMoved."""
        number = commit.after.n + 1
        steps = [self._follows(commit.after), self._appended(number, commit)]
        if commit.row is not None:
            steps.append(self._set(commit.row))
        self._transact([each for each in steps if each])
        return Head(number, _sha256(commit.event))

    def _follows(self, after: Head) -> dict[str, Any]:
        """That the log ends with this event.  Raises HeadMoved where it cannot."""
        if after.n == 0:
            if after != START:
                raise HeadMoved("The log does not begin like this.")
            return {}
        check = {"ConditionExpression": "Sha256 = :sha", "ExpressionAttributeValues": {":sha": _s(after.sha256)}}
        key = {"V": _s(self.vault), "N": _n(after.n)}
        return {"ConditionCheck": {"TableName": self.log, "Key": key, **check}}

    def _appended(self, number: int, commit: Commit) -> dict[str, Any]:
        item = {"V": _s(self.vault), "N": _n(number), "Event": _s(commit.event), "Sha256": _s(_sha256(commit.event))}
        if commit.row is not None:
            item |= _of_row(commit.row)
        return {"Put": {"TableName": self.log, "Item": item, "ConditionExpression": "attribute_not_exists(N)"}}

    def _set(self, row: Row) -> dict[str, Any]:
        modified = self._modified(row.signature)
        item = {**_of_row(row), "V": _s(self.vault), "TimeModified": _n(modified)}
        if row.rev == 1:
            condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(Signature)"}
        else:
            values = {":seen": _n(row.rev - 1), ":v": _s(self.vault)}
            condition = {"ConditionExpression": "Rev = :seen AND V = :v", "ExpressionAttributeValues": values}
        return {"Put": {"TableName": self.states, "Item": item, **condition}}

    def _modified(self, signature: str) -> int:
        """Milliseconds since 1970, later than the row's last; for people, never to tell what came first."""
        there = self._state(signature)
        before = int(there.get("TimeModified", _n(0)).get("N", 0)) if there else 0
        return max(int(time.time() * 1000), before + 1)

    def _transact(self, steps: Sequence[dict[str, Any]]) -> None:
        """All of it or nothing; what another transaction only holds up is tried again."""
        for turn in range(1, _TRIES + 1):
            try:
                self.client.transact_write_items(TransactItems=steps)
                return
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = {each.get("Code") for each in error.response.get("CancellationReasons", ())}
                if "ConditionalCheckFailed" in reasons or turn == _TRIES:
                    raise HeadMoved("Another device was first.") from None
                self.pause(0.05 * 2**turn)

    def _state(self, signature: str) -> Item | None:
        found = self.client.get_item(TableName=self.states, Key={"Signature": _s(signature)}, ConsistentRead=True)
        item: Item | None = found.get("Item")
        return item

    def rows(self, after: str, limit: int) -> list[Row]:
        """States by signature.  A table keeps no order, so that the names are gathered once, at the first page."""
        if not after or not self._signatures:
            self._signatures = sorted(self._named())
        wanted = [each for each in self._signatures if each > after][:limit]
        found = {row.signature: row for batch in batched(wanted, _AT_ONCE) for row in self._batch(batch)}
        return [found[each] for each in wanted if each in found]

    def _named(self) -> Iterator[str]:
        asked = {"FilterExpression": "V = :v", "ExpressionAttributeValues": {":v": _s(self.vault)}}
        scan = self.client.get_paginator("scan")
        for page in scan.paginate(
            TableName=self.states, ConsistentRead=True, ProjectionExpression="Signature", **asked
        ):
            yield from (item["Signature"]["S"] for item in page["Items"])

    def _batch(self, signatures: Sequence[str]) -> Iterator[Row]:
        keys = [{"Signature": _s(each)} for each in signatures]
        asked: Any = {self.states: {"Keys": keys, "ConsistentRead": True}}
        while asked:
            found = self.client.batch_get_item(RequestItems=asked)
            for item in found["Responses"].get(self.states, ()):
                row = _row(item)
                if row is not None:
                    yield row
            asked = found.get("UnprocessedKeys")

    def key(self, name: str) -> bytes | None:
        """A key file."""
        item = self._state(self._key_name(name))
        return None if item is None else bytes(item["Content"]["B"])

    def _key_name(self, name: str) -> str:
        return f"keys/{self.vault}/{name}"

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace a key file.  Raises KeyMoved."""
        digest = hashlib.sha256(content).hexdigest()
        item = {"Signature": _s(self._key_name(name)), "Content": {"B": content}, "Sha256": _s(digest)}
        values = {":new": _s(digest), **({} if seen is None else {":seen": _s(seen)})}
        wanted = "attribute_not_exists(Signature)" if seen is None else "Sha256 = :seen"
        condition = {"ConditionExpression": f"{wanted} OR Sha256 = :new", "ExpressionAttributeValues": values}
        try:
            self.client.put_item(TableName=self.states, Item=item, **condition)
        except self.client.exceptions.ConditionalCheckFailedException:
            raise KeyMoved("The key file has been replaced meanwhile.") from None


def _s(value: str) -> dict[str, str]:
    return {"S": value}


def _n(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _sha256(event: str) -> str:
    return hashlib.sha256(event.encode("ascii")).hexdigest()


def _of_row(row: Row) -> Item:
    record: dict[str, Any] = {"NULL": True} if row.record is None else _s(row.record)
    item: Item = {"Signature": _s(row.signature), "Rev": _n(row.rev), "MetaData": record}
    return item if row.proof is None else {**item, "Proof": _s(row.proof)}


def _row(item: Item) -> Row | None:
    """The row that an item holds; None where it holds none of ours.  Raises Damaged."""
    if "Rev" not in item:
        return None
    try:
        record, proof = item["MetaData"].get("S"), item.get("Proof", {}).get("S")
        return Row(item["Signature"]["S"], int(item["Rev"]["N"]), record, proof)
    except (KeyError, ValueError) as error:
        raise Damaged("A row of the table is not one that this client knows.") from error


def _head_of(item: Item) -> Head:
    return Head(int(item["N"]["N"]), _sha256(item["Event"]["S"]))


def _entry(item: Item) -> Entry:
    return Entry(int(item["N"]["N"]), item["Event"]["S"], _row(item))
