"""Ground: what the state directory stands on: the disk as it is, or a file system of its own that can be taken away."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define

TMPFS_SIZE = 128 << 20  # what `rebuild --verify` wants beside the store is the most of it
LOOP_SIZE = 320 << 20  # the least that mkfs.xfs takes is 300 MiB
_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN: as `xfs_io -x -c shutdown` does it
_NO_FLUSH = 2  # not even the journal is written


@define(eq=False)
class Ground:
    """The disk of the machine, as it is."""

    path: Path

    def lay(self) -> None:
        """Make it."""
        self.path.mkdir(exist_ok=True)

    def mend(self) -> None:
        """All is well again; nobody is on it."""

    def lift(self) -> None:
        """Take it away."""


@define(eq=False)
class Tmpfs(Ground):
    """Memory, and little of it."""

    def lay(self) -> None:
        self.path.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={TMPFS_SIZE},mode=0700", "tmpfs", str(self.path))

    def lift(self) -> None:
        unmount(self.path)


@define(eq=False)
class Loop(Ground):
    """A file system in a file."""

    make: tuple[str, ...]
    options: str
    repair: tuple[str, ...] = ()

    @property
    def image(self) -> Path:
        return self.path.with_suffix(".img")

    def lay(self) -> None:
        self.path.mkdir()
        with self.image.open("wb") as image:
            image.truncate(LOOP_SIZE)
        run(*self.make, str(self.image))
        self._mount()

    def cut(self) -> None:
        """Take the power."""
        with _directory(self.path) as descriptor:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_FLUSH))

    def break_off(self) -> None:
        """Let the file system find that it is broken: it becomes read-only, as it does on a disk that fails."""
        device = run("findmnt", "-n", "-o", "SOURCE", str(self.path)).strip()
        Path(f"/sys/fs/ext4/{Path(device).name}/trigger_fs_error").write_text("1")

    def mend(self) -> None:
        """The power is back."""
        unmount(self.path)
        if self.repair:
            run(*self.repair, str(self.image), codes=(0, 1))
        self._mount()

    def lift(self) -> None:
        unmount(self.path)
        self.image.unlink(missing_ok=True)

    def _mount(self) -> None:
        run("mount", "-o", f"loop,{self.options}", str(self.image), str(self.path))


def ext4(path: Path) -> Loop:
    return Loop(path, ("mkfs.ext4", "-q", "-F"), "errors=remount-ro")


def broken_ext4(path: Path) -> Loop:
    return Loop(path, ("mkfs.ext4", "-q", "-F"), "errors=remount-ro", ("e2fsck", "-f", "-p"))


def xfs(path: Path) -> Loop:
    return Loop(path, ("mkfs.xfs", "-q", "-f"), "nouuid")


@contextmanager
def laid(ground: Ground) -> Iterator[Ground]:
    """Whatever happens, nothing stays mounted."""
    ground.lay()
    try:
        yield ground
    finally:
        ground.lift()


def unmount(path: Path) -> None:
    """Also where somebody still looks at it for a moment."""
    for _ in range(50):
        if not is_mounted(path):
            return
        try:
            run("umount", str(path))
        except subprocess.CalledProcessError:
            time.sleep(0.1)
    run("umount", "-l", str(path))


def is_mounted(path: Path) -> bool:
    """Asked of the kernel: a file system that was cut off answers nobody."""
    return str(path) in [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]


def run(*command: str, codes: tuple[int, ...] = (0,)) -> str:
    """What a command prints; it ends with one of `codes`."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in codes:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
