"""What is lost with a table that cannot be read any more: as little as can be, and never without a word."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from campaign_assets.extract.campaigns import list_deleted
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, ChangeLog
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.defs.check_results import get_results
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace, drop_timestamps

pytestmark = pytest.mark.long

POSTS = METRICS_TABLES["BLOG_POST"]
POSTS_KEY = dg.AssetKey(POSTS.path)


def remove(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


LOSSES = pytest.mark.parametrize("lose", [remove, cut])


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS[:1], campaigns=3, assets_per_campaign=4)


def find_file(workplace: Workplace, path: tuple[str, ...]) -> Path:
    return Path(workplace.store.locate(path).path)


def delete_one(workplace: Workplace) -> str:
    """Deletes a campaign that has blog posts."""
    campaign_id: str = workplace.store.read_table(POSTS, day=DAYS[0])["campaign_id"][0].as_py()
    workplace.server.portal.delete_campaign(campaign_id)
    return campaign_id


@LOSSES
@pytest.mark.parametrize("known", [True, False], ids=["found deleted before", "deleted meanwhile"])
def test_a_campaign_that_was_deleted_is_found_again_when_the_table_of_campaigns_is_lost(
    filled: Workplace, lose: Callable[[Path], None], known: bool
) -> None:
    campaign_id, before = delete_one(filled), filled.store.read_table(POSTS, day=DAYS[0])
    if known:
        assert filled.run(SNAPSHOTS).success
    lose(find_file(filled, CAMPAIGNS.path))
    result = filled.run([*SNAPSHOTS, *METRICS], DAYS[:1])
    assert result.success
    assert list_deleted(filled.store.read_table(CAMPAIGNS)) == {campaign_id}
    assert drop_timestamps(filled.store.read_table(POSTS, day=DAYS[0])) == drop_timestamps(before)
    found = get_results(result)
    lost = found["campaigns", "nothing_lost"]
    assert not lost.passed and lost.severity is dg.AssetCheckSeverity.WARN
    assert "Of 1 campaigns that do not exist any more nothing but the id is known now" in (lost.description or "")
    assert found["blog_post", "campaigns_known"].passed
    assert get_results(filled.run(SNAPSHOTS))["campaigns", "nothing_lost"].passed


def test_a_campaign_that_is_deleted_between_two_tables_keeps_its_rows_of_metrics(filled: Workplace) -> None:
    campaign_id, before = delete_one(filled), filled.store.read_table(POSTS, day=DAYS[0])
    result = filled.run([SNAPSHOTS[1], *METRICS], DAYS[:1])  # the campaigns were read before it was deleted
    answered = get_results(result)["campaign_assets", "campaigns_answered"]
    assert not answered.passed and f"campaign {campaign_id} is deleted" in (answered.description or "")
    assert drop_timestamps(filled.store.read_table(POSTS, day=DAYS[0])) == drop_timestamps(before)
    assert filled.run([*SNAPSHOTS, *METRICS], DAYS[:1]).success
    assert campaign_id not in filled.store.read_table(CAMPAIGN_ASSETS)["campaign_id"].to_pylist()
    assert drop_timestamps(filled.store.read_table(POSTS, day=DAYS[0])) == drop_timestamps(before)


def test_without_a_table_of_campaigns_no_row_of_a_campaign_is_dropped_that_hubspot_does_not_answer(
    filled: Workplace,
) -> None:
    delete_one(filled)
    before = filled.store.read_table(POSTS, day=DAYS[0])
    assert filled.run(SNAPSHOTS).success
    find_file(filled, CAMPAIGNS.path).unlink()
    result = filled.run([POSTS_KEY], DAYS[:1])
    assert drop_timestamps(filled.store.read_table(POSTS, day=DAYS[0])) == drop_timestamps(before)
    assert not get_results(result)["blog_post", "campaigns_known"].passed  # every campaign is unknown now


def test_a_restored_campaign_is_read_again_though_the_table_says_that_it_was_deleted(filled: Workplace) -> None:
    before = filled.store.read_table(POSTS, day=DAYS[0])
    campaigns = filled.store.read_table(CAMPAIGNS).to_pylist()
    gone = type(before).from_pylist([{**row, "deleted_at": NOW} for row in campaigns], schema=CAMPAIGNS.columns)
    filled.store.write(CAMPAIGNS.path, gone)
    result = filled.run([POSTS_KEY], DAYS[:1])
    assert drop_timestamps(filled.store.read_table(POSTS, day=DAYS[0])) == drop_timestamps(before)
    assert get_results(result)["blog_post", "key_unique"].passed


def test_nothing_is_said_to_be_lost_where_nothing_was(filled: Workplace) -> None:
    found = get_results(filled.run([*SNAPSHOTS, *METRICS], DAYS[:1]))
    results = [result for (_, name), result in found.items() if name == "nothing_lost"]
    assert len(results) == 15 and all(result.passed for result in results)


@LOSSES
def test_a_lost_table_of_associations_is_told_for_what_joined_meanwhile_is_not_known(
    filled: Workplace, lose: Callable[[Path], None]
) -> None:
    assert filled.run(SNAPSHOTS).success  # the log of changes begins
    lose(find_file(filled, CAMPAIGN_ASSETS.path))
    lost = get_results(filled.run(SNAPSHOTS))["campaign_assets", "nothing_lost"]
    assert not lost.passed
    assert "What has joined or left campaigns since it was read last is not known." in (lost.description or "")
    assert get_results(filled.run(SNAPSHOTS))["campaign_assets", "nothing_lost"].passed


def test_a_lost_file_of_the_log_of_changes_is_told(filled: Workplace) -> None:
    log = ChangeLog(filled.store, CAMPAIGN_ASSET_CHANGES.path)
    assert filled.run(SNAPSHOTS).success
    ((_, file),) = log.list_files()
    cut(Path(file.path))
    lost = get_results(filled.run(SNAPSHOTS))["campaign_assets", "nothing_lost"]
    assert not lost.passed and "It was moved to" in (lost.description or "")
    assert get_results(filled.run(SNAPSHOTS))["campaign_assets", "nothing_lost"].passed


def test_a_day_that_could_not_be_read_any_more_is_told(filled: Workplace) -> None:
    cut(Path(filled.store.locate(POSTS.path, DAYS[0]).path))
    lost = get_results(filled.run([POSTS_KEY], DAYS[:1]))["blog_post", "nothing_lost"]
    assert not lost.passed and "rows of deleted campaigns in it are lost" in (lost.description or "")
    assert get_results(filled.run([POSTS_KEY], DAYS[:1]))["blog_post", "nothing_lost"].passed
