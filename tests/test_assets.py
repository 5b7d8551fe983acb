from pathlib import Path

import pytest

from flows.engine.assets import asset_key


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        pytest.param("/srv/wire/processed", "file:///srv/wire/processed", id="plain"),
        pytest.param("/srv/../srv/wire/", "file:///srv/wire", id="not-normal"),
        pytest.param("/srv/März", "file:///srv/März", id="letters-of-other-languages"),
        pytest.param("/srv/my wire", "file:///srv/my=20wire", id="blank"),
        pytest.param("/srv/my=20wire", "file:///srv/my=3D20wire", id="what-a-blank-becomes"),
        pytest.param("/srv/100%/a'b", "file:///srv/100=25/a=27b", id="marks"),
        pytest.param("/srv/a\nb", "file:///srv/a=0Ab", id="line-break"),
    ],
)
def test_asset_key(folder: str, expected: str) -> None:
    from prefect.assets import Asset

    assert Asset(key=asset_key(folder)).key == expected


def test_links_lead_to_one_key(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("processed")
    assert asset_key(tmp_path / "link") == asset_key(tmp_path / "processed")
