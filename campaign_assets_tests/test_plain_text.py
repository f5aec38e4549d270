"""Text from outside in one line, whatever it holds."""

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.plain_text import to_enumeration, to_line
from campaign_assets.quality.rules import Problem
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import DAYS


@given(st.text(), st.integers(1, 40))
def test_any_text_is_one_printable_line_that_ends(text: str, longest: int) -> None:
    line = to_line(text, longest)
    assert line.isprintable() and len(line) <= longest
    assert Problem(1, text * 100).example.isprintable()


def test_many_texts_are_the_first_few_of_them() -> None:
    assert to_enumeration(["a", "b\n", "c"], 2) == "a, b and 1 more"


def test_nothing_that_an_account_holds_makes_an_event_endless_or_a_line_break(make_workplace: MakeWorkplace) -> None:
    oddities = ("long_names", "control_characters", "lone_surrogates", "hostile_ids", "unknown_types", "huge_numbers")
    workplace = make_workplace(oddities=oddities)
    result = workplace.run_all(DAYS[:1])
    assert result.success
    for evaluation in result.get_asset_check_evaluations():
        assert len(evaluation.description or "") < 5_000 and (evaluation.description or "").isprintable()
    for event in result.get_asset_materialization_events():
        for name, value in event.step_materialization_data.materialization.metadata.items():
            text = str(value.value if not isinstance(value, dg.TableMetadataValue) else value.records)
            assert len(text) < 30_000, name
