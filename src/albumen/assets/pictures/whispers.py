"""Which faces are of the same person: Chinese whispers, in numpy, that go on from what was found before.

Each face is linked with those whose vectors lie near, and takes over the person that most of its links speak for,
the nearer the louder.  Only new faces, and those linked with them, are asked, so that people stay who they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

import numpy as np
import numpy.typing as npt

LIMIT = 0.5
"""The distance from which on two faces say nothing of each other; dlib speaks of one person below 0.6."""
_ROUNDS = 20
_EVEN = 1e-6
_AT_ONCE = 256

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Crowd:
    """The faces of a library, in any order: their vectors, their people (0: none yet), and which may change theirs."""

    vectors: Vectors
    people: Numbers
    is_free: Flags


@dataclass(frozen=True)
class Links:
    """The faces near to one face, with how near each is."""

    faces: Numbers
    weights: Vectors


def grouped(crowd: Crowd) -> Numbers:
    """The person of each face; negative numbers stand for people that are new."""
    people = crowd.people.copy()
    fresh = np.flatnonzero((people == 0) & crowd.is_free)
    people[fresh] = -(fresh + 1)
    links = dict(_linked(crowd, fresh))
    near = np.unique(np.concatenate([each.faces for each in links.values()])) if links else np.array([], np.int64)
    asked = [each for each in near if crowd.is_free[each] and int(each) not in links]
    links |= dict(_linked(crowd, np.array(asked, np.int64)))
    for _ in range(_ROUNDS):
        if not _whispered(people, links):
            break
    return people


def _linked(crowd: Crowd, faces: Numbers) -> Iterator[tuple[int, Links]]:
    squares = np.einsum("ij,ij->i", crowd.vectors, crowd.vectors)
    for some in batched(faces.tolist(), _AT_ONCE):
        at = list(some)
        ways = squares[at][:, None] + squares[None, :] - 2 * (crowd.vectors[at] @ crowd.vectors.T)
        distances = np.sqrt(np.maximum(ways, 0))
        for face, row in zip(at, distances, strict=True):
            row[face] = LIMIT
            near = np.flatnonzero(row < LIMIT)
            yield face, Links(near, (LIMIT - row[near]).astype(np.float32))


def _whispered(people: Numbers, links: dict[int, Links]) -> bool:
    """Ask each face once, the new ones first; whether any changed its mind."""
    changed = False
    for face in sorted(links, key=lambda each: (people[each] > 0, each)):
        loudest = _loudest(int(people[face]), people[links[face].faces].tolist(), links[face].weights.tolist())
        changed |= loudest != people[face]
        people[face] = loudest
    return changed


def _loudest(now: int, others: Sequence[int], weights: Sequence[float]) -> int:
    """Whom most links speak for; who is known comes before who is new, and where it is even all stays as it is."""
    votes: dict[int, float] = defaultdict(float)
    for person, weight in zip(others, weights, strict=True):
        if person:
            votes[person] += weight
    known = {person: weight for person, weight in votes.items() if person > 0}
    asked = known if known or now > 0 else votes
    most = max(asked.values(), default=0.0) - _EVEN
    if not asked or (votes.get(now, 0.0) >= most and (now > 0 or not known)):
        return now
    return max(person for person, weight in asked.items() if weight >= most)
