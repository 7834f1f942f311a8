"""Which faces are of the same person: Chinese whispers, in numpy, that go on from what was found before.

Each face is linked with those whose vectors lie near, and takes over the person that most of its links speak for,
the nearer the louder.  Only new faces, and those linked with them, are asked, so that people stay who they are.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

import numpy as np
import numpy.typing as npt

LIMIT = 0.5
"""The distance from which on two faces say nothing of each other; dlib speaks of one person below 0.6."""
_ROUNDS = 20
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
            near = np.flatnonzero((row < LIMIT) & (crowd.people >= 0))
            yield face, Links(near, (LIMIT - row[near]).astype(np.float32))


def _whispered(people: Numbers, links: dict[int, Links]) -> bool:
    """Ask each face once; whether any changed its mind.  People that are known come before new ones, then the older."""
    changed = False
    for face in sorted(links):
        votes: dict[int, float] = defaultdict(float)
        for other, weight in zip(people[links[face].faces].tolist(), links[face].weights.tolist(), strict=True):
            if other:
                votes[other] += weight
        if not votes:
            continue
        loudest = max(votes.values())
        best = max((each for each, weight in votes.items() if weight >= loudest - 1e-6), key=lambda each: each)
        if votes.get(int(people[face]), 0.0) < loudest - 1e-6 and best != people[face]:
            people[face] = best
            changed = True
    return changed
