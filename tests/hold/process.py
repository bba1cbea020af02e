"""Process: what Linux says of one: its memory, now and at its highest."""

from __future__ import annotations

from pathlib import Path


def memory(pid: int, field: str = "VmRSS") -> int:
    """Bytes. `field`: VmRSS (now) or VmHWM (the highest since the start, or since `forget_peak`)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise AssertionError(f"the process has no {field}")


def forget_peak(pid: int) -> None:
    """Let VmHWM begin anew at VmRSS."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def written(pid: int) -> int:
    """Bytes that the process made dirty in files since its start, deleted files too."""
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "write_bytes":
            return int(value)
    raise AssertionError("nothing is known of its writes")


def open_files(pid: int) -> set[str]:
    """What its file descriptors lead to; a file without a name ends in "(deleted)"."""
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()))
        except FileNotFoundError:  # closed meanwhile
            continue
    return {name for name in found if name.startswith("/")}


def waited(pid: int) -> float:
    """Seconds for which its first thread could have run but another process had the processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
