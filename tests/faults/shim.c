/* Shim: under LD_PRELOAD it records, or makes fail, what a process does to the store on disk.

   Looked at are the files data.mdb, and directories, under the prefix SHIM_WATCH; of all others nothing is changed.

   SHIM_TRACE=FILE            records what succeeded, one record after the other:
                              op, length of the path (u16), offset (u64), length of the data (u64), path, data
   SHIM_FAIL=OP:FIRST:LAST:E  lets the calls FIRST to LAST of OP fail with errno E
   SHIM_HITS=FILE             gets a byte for each call that was made to fail

   Ops that can fail: W a write, D a write through a descriptor opened with O_DSYNC (LMDB's meta pages), S a flush of
   the file, F a flush of a directory; s stands for S and F together. Only in a trace: R a rename (the data is the new
   name), T a change of length, M a mark of the process itself. A vector counts as one call for each of its pages, so
   that a crash can come between them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define UNWATCHED 0

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *prefix;
static int trace = -1, hits = -1;
static struct { char op; long first, last; int error; } fault;
static long count, hit_count;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);

static int open_log(const char *variable) {
    const char *path = getenv(variable);
    return path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

__attribute__((constructor)) static void begin(void) {
    real_pwrite = REAL(pwrite);
    real_write = REAL(write);
    real_writev = REAL(writev);
    real_pwritev = REAL(pwritev);
    real_fsync = REAL(fsync);
    real_fdatasync = REAL(fdatasync);
    real_ftruncate = REAL(ftruncate);
    real_rename = REAL(rename);
    prefix = getenv("SHIM_WATCH");
    trace = open_log("SHIM_TRACE");
    hits = open_log("SHIM_HITS");
    const char *told = getenv("SHIM_FAIL");
    if (told && sscanf(told, "%c:%ld:%ld:%d", &fault.op, &fault.first, &fault.last, &fault.error) != 4) abort();
}

/* From now on: calls are counted anew. Op 0 lets nothing fail. */
void shim_arm(char op, long first, long last, int error) {
    pthread_mutex_lock(&turn);
    fault.op = op, fault.first = first, fault.last = last, fault.error = error;
    count = hit_count = 0;
    pthread_mutex_unlock(&turn);
}

long shim_hits(void) { return hit_count; }

static void put(const void *data, size_t length) {
    for (const char *at = data; length;) {
        ssize_t done = real_write(trace, at, length);
        if (done <= 0) abort(); /* half a trace proves nothing */
        at += done, length -= done;
    }
}

static void record(char op, const char *path, uint64_t offset, const void *data, uint64_t length) {
    if (trace < 0) return;
    uint16_t path_length = strlen(path);
    put(&op, 1), put(&path_length, 2), put(&offset, 8), put(&length, 8), put(path, path_length), put(data, length);
}

void shim_mark(const char *text) {
    pthread_mutex_lock(&turn);
    record('M', "", 0, text, strlen(text));
    pthread_mutex_unlock(&turn);
}

static int is_under(const char *path) { return prefix && strncmp(path, prefix, strlen(prefix)) == 0; }

/* 'f' a data file, 'd' a directory, UNWATCHED anything else. */
static char watched(int descriptor, char *path) {
    char link[64];
    struct stat found;
    if (!prefix) return UNWATCHED;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_SIZE - 1);
    if (length < 0) return UNWATCHED;
    path[length] = 0;
    if (!is_under(path)) return UNWATCHED;
    const char *name = strrchr(path, '/');
    if (name && strcmp(name, "/data.mdb") == 0) return 'f';
    return fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode) ? 'd' : UNWATCHED;
}

/* Whether this call has to fail: errno says how. */
static int fails(char op) {
    if (fault.op != op && !(fault.op == 's' && (op == 'S' || op == 'F'))) return 0;
    count++;
    if (count < fault.first || count > fault.last) return 0;
    hit_count++;
    if (hits >= 0 && real_write(hits, &op, 1) != 1) abort();
    errno = fault.error;
    return 1;
}

static ssize_t one_write(int descriptor, const char *path, const void *data, size_t length, off_t offset) {
    char op = fcntl(descriptor, F_GETFL) & O_DSYNC ? 'D' : 'W';
    pthread_mutex_lock(&turn);
    ssize_t done = fails(op) ? -1 : real_pwrite(descriptor, data, length, offset);
    if (done > 0) record(op, path, offset, data, done);
    pthread_mutex_unlock(&turn);
    return done;
}

static ssize_t many_writes(int descriptor, const char *path, const struct iovec *parts, int size, off_t offset) {
    ssize_t total = 0;
    for (int at = 0; at < size; at++) {
        ssize_t done = one_write(descriptor, path, parts[at].iov_base, parts[at].iov_len, offset + total);
        if (done < 0) return total ? total : -1;
        total += done;
        if ((size_t)done < parts[at].iov_len) break;
    }
    return total;
}

static ssize_t moved(int descriptor, off_t from, ssize_t done) {
    if (done > 0) lseek(descriptor, from + done, SEEK_SET);
    return done;
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    char path[PATH_SIZE];
    if (watched(descriptor, path) != 'f') return real_pwrite(descriptor, data, length, offset);
    return one_write(descriptor, path, data, length, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int size, off_t offset) {
    char path[PATH_SIZE];
    if (watched(descriptor, path) != 'f') return real_pwritev(descriptor, parts, size, offset);
    return many_writes(descriptor, path, parts, size, offset);
}

ssize_t write(int descriptor, const void *data, size_t length) {
    char path[PATH_SIZE];
    if (watched(descriptor, path) != 'f') return real_write(descriptor, data, length);
    off_t from = lseek(descriptor, 0, SEEK_CUR);
    return moved(descriptor, from, one_write(descriptor, path, data, length, from));
}

ssize_t writev(int descriptor, const struct iovec *parts, int size) {
    char path[PATH_SIZE];
    if (watched(descriptor, path) != 'f') return real_writev(descriptor, parts, size);
    off_t from = lseek(descriptor, 0, SEEK_CUR);
    return moved(descriptor, from, many_writes(descriptor, path, parts, size, from));
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off_t offset) {
    return pwrite(descriptor, data, length, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int size, off_t offset) {
    return pwritev(descriptor, parts, size, offset);
}

static int flushed(int descriptor, int (*real)(int)) {
    char path[PATH_SIZE], what = watched(descriptor, path), op = what == 'f' ? 'S' : 'F';
    if (what == UNWATCHED) return real(descriptor);
    pthread_mutex_lock(&turn);
    int done = fails(op) ? -1 : real(descriptor);
    if (done == 0) record(op, path, 0, "", 0);
    pthread_mutex_unlock(&turn);
    return done;
}

int fsync(int descriptor) { return flushed(descriptor, real_fsync); }

int fdatasync(int descriptor) { return flushed(descriptor, real_fdatasync); }

int ftruncate(int descriptor, off_t length) {
    char path[PATH_SIZE];
    int done = real_ftruncate(descriptor, length);
    if (done == 0 && watched(descriptor, path) == 'f') record('T', path, length, "", 0);
    return done;
}

int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&turn);
    int done = real_rename(from, to);
    if (done == 0 && is_under(from)) record('R', from, 0, to, strlen(to));
    pthread_mutex_unlock(&turn);
    return done;
}
