/*
 * Preloaded into a real daemon by the scenario tests: fails its syncs and shifts its clock, as
 * the file named by LIAISON_FAULT says at that moment ("sync", "clock SECONDS"; empty:
 * nothing).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int file);
int clock_gettime(clockid_t clock, struct timespec *out);

static void read_faults(char out[static 64])
{
    const char *path = getenv("LIAISON_FAULT");
    const int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = file < 0 ? 0 : read(file, out, 63);
    if (file >= 0)
        close(file);
    out[size > 0 ? size : 0] = '\0';
}

int fdatasync(int file)
{
    char faults[64];
    read_faults(faults);
    if (strstr(faults, "sync") != NULL) {
        errno = EIO;
        return -1;
    }
    return fsync(file);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    static int (*real)(clockid_t clock, struct timespec * out);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const int error = real(clock, out);
    if (error != 0 || clock != CLOCK_REALTIME)
        return error;
    char faults[64];
    read_faults(faults);
    const char *shift = strstr(faults, "clock ");
    if (shift != NULL)
        out->tv_sec += strtol(shift + 6, NULL, 10);
    return 0;
}
