/* Skew: between a process and its libc, a slow disk and a wrong clock, set from outside while it runs.
 *
 * JIVOD_SKEW names a file of three doubles, which is mapped: seconds that each flush takes longer, seconds that the
 * clock on the wall is fast, seconds that the monotonic clock is ahead. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile double *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("JIVOD_SKEW");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *map = mmap(NULL, 3 * sizeof(double), PROT_READ, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) control = map;
    close(fd);
}

static void wait_for_disk(void) {
    double left = control ? control[0] : 0;
    struct timespec pause = {(time_t)left, (long)((left - (time_t)left) * 1e9)};
    while (left > 0 && syscall(SYS_nanosleep, &pause, &pause) && errno == EINTR);
}

static int is_synchronous(int fd) { return (fcntl(fd, F_GETFL) & O_DSYNC) != 0; }

int fsync(int fd) { wait_for_disk(); return syscall(SYS_fsync, fd); }
int fdatasync(int fd) { wait_for_disk(); return syscall(SYS_fdatasync, fd); }

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    if (control && control[0] > 0 && is_synchronous(fd)) wait_for_disk();
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

static double ahead(clockid_t clock) {
    if (!control) return 0;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) return control[1];
    return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE ? control[2] : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = syscall(SYS_clock_gettime, clock, now);
    if (done == 0) now->tv_sec += (time_t)ahead(clock);
    return done;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left) {
    struct timespec asked = *until;
    if (flags & TIMER_ABSTIME) asked.tv_sec -= (time_t)ahead(clock);
    return syscall(SYS_clock_nanosleep, clock, flags, &asked, left) ? errno : 0;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return (time_t)-1;
    if (out) *out = exact.tv_sec;
    return exact.tv_sec;
}
