from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QLocale

from frors_qgis.shell.wording import area_text, count_text, decimal_text, metres_text, scores_text


@pytest.fixture
def german():
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def test_numbers_have_the_significant_digits_that_matter():
    assert metres_text(76.8) == "76.8 m"
    assert metres_text(0.3) == "0.3 m"
    assert metres_text(2560) == "2.56 km"
    assert area_text(38.4, 25.6) == "38.4 x 25.6 m"
    assert decimal_text(0.98) == "0.980"
    assert scores_text(100, 0.98, 0.6) == "100 matches, scores 0.980 to 0.600"


def test_numbers_are_written_as_the_user_s_language_writes_them(german):
    assert count_text(12345) == "12.345"
    assert metres_text(76.8) == "76,8 m"
    assert decimal_text(0.98, 4) == "0,9800"
    assert scores_text(1, 0.98, 0.98) == "1 match, score 0,980"
