"""Which faces are of one person, and that people stay who they are as faces come."""

import numpy as np
from tests.assets.crowds import vector

from albumen.assets.pictures.whispers import LIMIT, Crowd, grouped


def crowd(*faces: str, people: tuple[int, ...] = (), fixed: tuple[int, ...] = ()) -> Crowd:
    vectors = np.array([vector(each) for each in faces], np.float32).reshape(-1, 128)
    known = np.zeros(len(faces), np.int64)
    known[: len(people)] = people
    return Crowd(vectors, known, np.array([each not in fixed for each in range(len(faces))], np.bool_))


def parts(people: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(np.flatnonzero(people == each).tolist()) for each in people}


def test_no_faces_are_nobody() -> None:
    assert grouped(crowd()).tolist() == []


def test_faces_of_one_person_come_together_and_others_stay_apart() -> None:
    people = grouped(crowd("ada", "grace", "ada", "hedy", "grace", "ada"))
    assert parts(people) == {(0, 2, 5), (1, 4), (3,)}
    assert all(people < 0)


def test_the_same_faces_come_to_the_same_people() -> None:
    faces = crowd(*(f"p{number % 17}" for number in range(120)))
    first = grouped(faces)
    assert len(parts(first)) == 17
    assert grouped(faces).tolist() == first.tolist()


def test_a_new_face_joins_who_is_known() -> None:
    people = grouped(crowd("ada", "grace", "ada", "grace", people=(7, 9)))
    assert people.tolist() == [7, 9, 7, 9]


def test_who_is_far_from_all_is_new() -> None:
    people = grouped(crowd("ada", "grace", "hedy", people=(7, 9)))
    assert people[:2].tolist() == [7, 9]
    assert people[2] < 0


def test_a_fixed_face_stays_even_where_it_does_not_belong() -> None:
    people = grouped(crowd("ada", "ada", "ada", "ada", "ada", people=(7, 7, 7, 9), fixed=(3,)))
    assert people.tolist() == [7, 7, 7, 9, 7]


def test_two_people_become_one_when_a_face_between_them_comes() -> None:
    ada = vector("ada", beside=0)
    aside = np.zeros(128, np.float32)
    aside[0] = LIMIT * 0.7
    vectors = np.array([ada - aside, ada + aside, ada], np.float32)
    apart = grouped(Crowd(vectors[:2], np.zeros(2, np.int64), np.ones(2, np.bool_)))
    assert apart[0] != apart[1]
    together = grouped(Crowd(vectors, np.array([7, 9, 0]), np.ones(3, np.bool_)))
    assert len(set(together.tolist())) == 1
    assert set(together.tolist()) < {7, 9}
