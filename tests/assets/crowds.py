"""Faces for tests about people, not about networks: each person is a direction, each face a little beside it."""

from itertools import count
from typing import Any

import numpy as np
from tests.installation import Installation

from albumen.assets.pictures import grouping, looking
from albumen.assets.pictures.looking import Plan
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.media.seeing import facts
from albumen.media.seeing.facts import FACES

_beside = count(1)


def vector(person: str, *, beside: float = 0.02) -> np.ndarray:
    """A face of somebody, `beside` how far from what they look like, a coordinate."""
    like = np.random.default_rng(list(person.encode())).normal(0, 0.1, 128)
    return (like + np.random.default_rng(next(_beside)).normal(0, beside, 128)).astype("<f4")


def face(person: str, place: float = 0.1, *, score: float = 1.0, beside: float = 0.02) -> facts.Face:
    """A face of somebody, its left side at `place`."""
    return facts.Face(place, 0.2, 0.2, 0.3, score, vector(person, beside=beside).tobytes())


def show(installation: Installation, file: dict[str, Any], *faces: facts.Face | str, text: str | None = None) -> None:
    """Let these be seen in a file, and grouped; whoever is only named stands to the right of who is before."""
    found = [each if isinstance(each, facts.Face) else face(each, 0.05 + 0.3 * at) for at, each in enumerate(faces)]
    with installation.app.writing(SYSTEM) as unit:
        row = unit.db.get_one(File, ids.decode(file["fileId"]))
        planned = Plan(row.signature, "", (FACES,), (row.library_id,))
        looking.keep(unit, planned, facts.Seen(text=text, faces=tuple(found)))
        grouping.settle(unit, row.library_id, grouping.compare(unit, row.library_id))
