"""What fits of where batches and merges are to run."""

from typing import Any

import pytest
from services import free_port

from flows.engine.runners import ClusterLost, Runner
from flows.planning.options import OptionsError

ADDRESS = "tcp://127.0.0.1:8786"


@pytest.mark.parametrize(
    ("runner", "said"),
    [
        pytest.param(("local", ADDRESS), "--dask-address is for --runner dask", id="address-without-dask"),
        pytest.param(("dask", None), "needs --dask-address", id="dask-without-address"),
        pytest.param(("dask", ADDRESS, 4), "--workers is for --runner local", id="workers-of-a-cluster"),
        pytest.param(("dask", "tcp://127.0.0.1"), "no address of a Dask scheduler", id="no-port"),
        pytest.param(("dask", "tcp://127.0.0.1:port"), "no address of a Dask scheduler", id="port-is-no-number"),
        pytest.param(("dask", "127.0.0.1:8786"), "no address of a Dask scheduler", id="no-protocol"),
    ],
)
def test_what_does_not_fit_is_refused(runner: tuple[Any, ...], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine.runners.find_spec", lambda _: True)
    with pytest.raises(OptionsError, match=said):
        Runner(*runner)


def test_dask_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine.runners.find_spec", lambda _: None)
    with pytest.raises(OptionsError, match=r"pip install 'newsframes\[dask\]'"):
        Runner("dask", ADDRESS)
    Runner("local", None, 2).refuse_unreachable()


def test_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine.runners.find_spec", lambda _: True)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ClusterLost, match=f"no Dask scheduler answers at {address}"):
        Runner("dask", address).refuse_unreachable()
