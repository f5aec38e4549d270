"""A small, seeded part of the proof; the whole is `python -m campaign_assets_tests.reliability`."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaign_assets_tests.reliability.cells import Fate, Figures
from campaign_assets_tests.reliability.figures import sum_up
from campaign_assets_tests.reliability.proof import prove_least, prove_small

SEED = 1


@pytest.mark.parametrize(
    ("prove", "faults", "survived"),
    [
        pytest.param(prove_least, 20, 100, id="the least"),
        pytest.param(prove_small, 50, 500, id="a part", marks=pytest.mark.long),
    ],
)
def test_whatever_fails_a_finished_cell_is_right_and_an_unfinished_one_says_why(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    prove: Callable[[Path, int], Iterator[Figures]],
    faults: int,
    survived: int,
) -> None:
    caplog.set_level(logging.ERROR)
    cases = list(prove(tmp_path, SEED))
    assert [note for figures in cases for note in figures.notes] == []
    total = sum_up(cases)
    assert total.wrong == 0
    assert total.faults > faults and total.fates[Fate.SURVIVED] > survived and total.fates[Fate.FAILED] > 0
