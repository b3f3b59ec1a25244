"""Ports that the system gives to outgoing connections are no good for an installation."""

from pathlib import Path

import pytest

from ops.local.doctor import LOOKS
from ops.local.port_range import given_away
from shared.process.settings import Settings


@pytest.mark.parametrize(
    ("ports", "reserved", "said"),
    [
        ([8100, 8190], "", ""),
        ([32700, 32800, 32790], "", "ports 32790 to 32800 are among"),
        ([47000, 47090], "8080,47000-47099", ""),
        ([47000, 47090], "47000", "ports 47090 to 47090 are among"),
    ],
)
def test_ports_that_others_may_take_are_named(tmp_path: Path, ports: list[int], reserved: str, said: str) -> None:
    """Unless somebody has reserved them."""
    (tmp_path / "ip_local_port_range").write_text("32768\t60999\n")
    (tmp_path / "ip_local_reserved_ports").write_text(f"{reserved}\n")
    found = given_away(ports, tmp_path)

    assert found.startswith(said)
    assert bool(said) == bool(found)


def test_where_nobody_says_nothing_is_wrong(tmp_path: Path) -> None:
    """Such as on another system."""
    assert "" == given_away([47000], tmp_path)


async def test_the_doctor_looks_at_them(tmp_path: Path) -> None:
    """Of a broker of its own, its ports too."""
    found = await LOOKS["settings"](Settings(data=tmp_path, ports=60900))

    assert any("60900 to" in one for one in found.wrong)
