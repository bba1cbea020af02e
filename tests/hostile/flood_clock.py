"""Clock: the wall clock of one process, set while it runs. The monotonic one goes on, as where an operator sets it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.hostile.wire_tools import need

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static long shift(void) {
    static volatile long *offset;
    if (!offset) {
        int fd = open(getenv("CLOCK_OFFSET"), O_RDONLY);
        offset = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, fd, 0);
    }
    return *offset;
}

int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, at);
    if (!done && id == CLOCK_REALTIME) at->tv_sec += shift();
    return done;
}

time_t time(time_t *into) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (into) *into = at.tv_sec;
    return at.tv_sec;
}
"""


class Clock:
    """To be put before a process by `environ`; `set` shifts its time by so many seconds."""

    def __init__(self, directory: Path) -> None:
        need("cc", "gcc libc6-dev")
        self._offset, source, library = (directory / name for name in ("offset", "clock.c", "clock.so"))
        source.write_text(_SOURCE)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True, timeout=60)
        self._offset.write_bytes(bytes(8))
        self.environ = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self._offset)}

    def set(self, seconds: int) -> None:
        """The wall clock of the process shows so many seconds more than ours."""
        handle = os.open(self._offset, os.O_WRONLY)
        try:
            os.pwrite(handle, seconds.to_bytes(8, "little", signed=True), 0)
        finally:
            os.close(handle)
