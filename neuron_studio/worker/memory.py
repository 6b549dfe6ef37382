"""How much memory a run may use here: the machine's, or its control group's where that is less."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator, NamedTuple, Optional

_MEMINFO = Path("/proc/meminfo")
_OWN_GROUPS = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


class Memory(NamedTuple):
    """Bytes that there are, and bytes that are still to be had."""

    total: int
    available: int


class _Names(NamedTuple):
    """What the kernel calls a group's numbers."""

    limit: str
    used: str
    reclaimable: str


_VERSION_1 = _Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_VERSION_2 = _Names("memory.max", "memory.current", "inactive_file")


def memory() -> Memory:
    """What there is at this moment; raises OSError where the kernel does not tell."""
    told = _numbers(_MEMINFO)
    whole = Memory(told["MemTotal:"] * 1024, told["MemAvailable:"] * 1024)
    limits = [limit for limit in _limits() if limit.total < whole.total]
    return Memory(min([whole, *limits]).total, min(limit.available for limit in (whole, *limits)))


def _limits() -> Iterator[Memory]:
    """The limit of each group that this process is in, from its own group upwards."""
    for line in _OWN_GROUPS.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "memory"):
            root, names = (_GROUPS / "memory", _VERSION_1) if controllers else (_GROUPS, _VERSION_2)
            place = root / path.lstrip("/")
            for group in (place, *place.parents):
                limit = _limit(group, names)
                if limit is not None:
                    yield limit
                if group == root:
                    break


def _limit(group: Path, names: _Names) -> Optional[Memory]:
    try:
        limit = int((group / names.limit).read_text())
        used = int((group / names.used).read_text()) - _numbers(group / "memory.stat").get(names.reclaimable, 0)
    except (OSError, ValueError):
        return None  # no limit, or the group lies outside of what a container sees
    return Memory(limit, max(0, limit - used))


def _numbers(path: Path) -> Dict[str, int]:
    words = (line.split() for line in path.read_text().splitlines())
    return {each[0]: int(each[1]) for each in words if len(each) > 1}
