"""Words: one form for all ways of writing them."""

import random
import unicodedata

import pytest

from albumen.kernel import words

SAME = {
    "IMG_1234.JPG": "img 1234 jpg",
    "Été à Paris": "ete a paris",
    "e\u0301te\u0301": "ete",
    "Straße STRASSE": "strasse strasse",
    "Łódź, Ærø": "lodz aero",
    "ＦＵＬＬ ﬁne": "full fine",
    "İstanbul ısı": "istanbul isi",
    "東京タワー": "東 京 タ ワ ー",
    "한국 사진": "한국 사진",
    "🏖️ beach": "🏖 beach",
    "a\ue000b\ue001c\0d": "a b c d",
    "… & -": "",
}


@pytest.mark.parametrize("text", SAME)
def test_words_have_one_form(text: str) -> None:
    assert words.words(text) == SAME[text]


def test_names_are_split_between_letters_and_digits() -> None:
    assert words.name_words("DSC0042.NEF") == "dsc0042 nef dsc 0042 nef"
    assert words.name_words("IMG_12.jpg") == "img 12 jpg"


def test_words_of_words_are_the_same() -> None:
    dice = random.Random(5)
    for _ in range(3000):
        text = "".join(chr(dice.randrange(1, 0x3000)) for _ in range(dice.randrange(12)))
        found = words.words(text)
        assert words.words(found) == found, ascii(text)
        assert words.words(unicodedata.normalize("NFD", text)) == found, ascii(text)


def test_no_text_holds_a_reserved_word() -> None:
    mark = words.reserved("t", "golden hour")
    assert " " not in mark
    assert words.words(mark) != mark
    assert words.reserved("t", "a") != words.reserved("t", "A")


def test_trigrams_are_every_three_letters_once() -> None:
    assert words.trigrams("ababab") == ["aba", "bab"]
    assert words.trigrams("ab") == []
