"""A small, seeded part of the proof; the whole is `python -m campaign_assets_tests.reliability`."""

import logging
from pathlib import Path

import pytest

from campaign_assets_tests.reliability.cells import Fate
from campaign_assets_tests.reliability.figures import sum_up
from campaign_assets_tests.reliability.proof import prove_small

SEED = 1


def test_whatever_fails_a_finished_cell_is_right_and_an_unfinished_one_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    cases = list(prove_small(tmp_path, SEED))
    assert [note for figures in cases for note in figures.notes] == []
    total = sum_up(cases)
    assert total.wrong == 0
    assert total.faults > 50 and total.fates[Fate.SURVIVED] > 500 and total.fates[Fate.FAILED] > 0
