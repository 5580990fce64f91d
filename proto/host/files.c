/*
 * Files are written beside their place and moved there: a crash leaves the old file or the new
 * one, whole.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { CHUNK = 4096, PASSPHRASE_NEW_MIN = 12 };

static void close_file(int *file)
{
    if (*file >= 0)
        close(*file);
}

static int code_of_errno(void)
{
    if (errno == ENOENT)
        return LN_E_NOT_FOUND;
    return errno == ENOSPC || errno == EDQUOT ? LN_E_DISK_FULL : LN_E_SYSTEM;
}

int files_path(char out[static FILES_PATH_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(out, FILES_PATH_SIZE, format, arguments);
    va_end(arguments);
    return length >= 0 && length < FILES_PATH_SIZE ? 0 : LN_E_TOO_LARGE;
}

int files_read_open(int file, struct ln_buffer *out)
{
    for (;;) {
        uint8_t chunk[CHUNK];
        const ssize_t size = read(file, chunk, sizeof chunk);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size == 0 ? 0 : LN_E_SYSTEM;
        const int error = ln_buffer_add(out, chunk, (size_t)size);
        explicit_bzero(chunk, sizeof chunk);
        if (error != 0)
            return error;
    }
}

static int read_checked(const char *path, mode_t forbidden, struct ln_buffer *out)
{
    AUTO(close_file) int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return code_of_errno();
    if ((status.st_mode & forbidden) != 0)
        return LN_E_FILE_MODE;
    return files_read_open(file, out);
}

int files_read(const char *path, struct ln_buffer *out)
{
    return read_checked(path, 0, out);
}

int files_read_secret(const char *path, struct ln_buffer *out)
{
    return read_checked(path, 077, out);
}

/* Writing ---------------------------------------------------------------------------------- */

static int write_all(int file, struct ln_bytes content)
{
    while (content.size > 0) {
        const ssize_t size = write(file, content.data, content.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return code_of_errno();
        content = ln_view(content.data + size, content.size - (size_t)size);
    }
    return fsync(file) == 0 ? 0 : code_of_errno();
}

static int sync_parent(const char *path)
{
    char copy[FILES_PATH_SIZE];
    const int error = files_path(copy, "%s", path);
    if (error != 0)
        return error;
    AUTO(close_file) int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory >= 0 && fsync(directory) == 0 ? 0 : LN_E_SYSTEM;
}

/** link() does not replace what is there; rename() does. */
static int move_into_place(const char *temporary, const char *path,
                           enum files_existing existing)
{
    if (existing == FILES_REPLACE)
        return rename(temporary, path) == 0 ? 0 : code_of_errno();
    if (link(temporary, path) != 0)
        return errno == EEXIST ? LN_E_EXISTS : code_of_errno();
    return unlink(temporary) == 0 ? 0 : code_of_errno();
}

int files_write(const char *path, struct ln_bytes content, unsigned mode,
                enum files_existing existing)
{
    char temporary[FILES_PATH_SIZE];
    int error = files_path(temporary, "%s.XXXXXX", path);
    if (error != 0)
        return error;
    AUTO(close_file) int file = mkostemp(temporary, O_CLOEXEC);
    if (file < 0)
        return code_of_errno();
    error = fchmod(file, mode) == 0 ? write_all(file, content) : LN_E_SYSTEM;
    if (error == 0)
        error = move_into_place(temporary, path, existing);
    if (error == 0)
        error = sync_parent(path);
    if (error != 0)
        unlink(temporary);
    return error;
}

int files_make_directory(const char *path)
{
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return code_of_errno();
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return LN_E_SYSTEM;
    return (status.st_mode & 077) == 0 ? 0 : LN_E_FILE_MODE;
}

/* Passphrases ------------------------------------------------------------------------------ */

static void strip_newline(struct ln_buffer *text)
{
    if (text->size > 0 && text->data[text->size - 1] == '\n')
        text->size--;
}

/** Until a key is there; LN_E_PASSPHRASE when a signal is. */
static int wait_for_key(int terminal, int signals)
{
    struct pollfd files[] = {{.fd = terminal, .events = POLLIN},
                             {.fd = signals, .events = POLLIN}};
    while (poll(files, LN_COUNT(files), -1) < 0) {
        if (errno != EINTR)
            return LN_E_SYSTEM;
    }
    return files[1].revents == 0 ? 0 : LN_E_PASSPHRASE;
}

static int read_line(int terminal, int signals, struct ln_buffer *out)
{
    int error = 0;
    for (char c = 0; error == 0 && c != '\n';) {
        error = wait_for_key(terminal, signals);
        if (error == 0 && read(terminal, &c, 1) != 1)
            error = LN_E_PASSPHRASE;
        if (error == 0)
            error = ln_buffer_add(out, &c, 1);
    }
    return error;
}

static int ask_silently(int terminal, int signals, const char *prompt, struct ln_buffer *out)
{
    struct termios before, silent;
    if (tcgetattr(terminal, &before) != 0)
        return LN_E_SYSTEM;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(terminal, TCSAFLUSH, &silent); /* before anybody is asked to type */
    dprintf(terminal, "%s: ", prompt);
    const int error = read_line(terminal, signals, out);
    tcsetattr(terminal, TCSAFLUSH, &before);
    dprintf(terminal, "\n");
    return error;
}

/**
 * A signal that ends us waits until the terminal shows again what is typed, and is never taken
 * from the descriptor that tells of it: it strikes when the mask is put back.
 */
static int ask_once(int terminal, const char *prompt, struct ln_buffer *out)
{
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGQUIT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    AUTO(close_file) int signals = signalfd(-1, &ending, SFD_CLOEXEC);
    if (signals < 0 || sigprocmask(SIG_BLOCK, &ending, &before) != 0)
        return LN_E_SYSTEM;
    const int error = ask_silently(terminal, signals, prompt, out);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int ask(const struct files_passphrase *source, struct ln_buffer *out)
{
    AUTO(close_file) int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return LN_E_PASSPHRASE;
    int error = ask_once(terminal, source->prompt, out);
    if (error != 0 || !source->is_new)
        return error;
    AUTO(ln_buffer_wipe) struct ln_buffer again = LN_BUFFER(FILES_PASSPHRASE_MAX);
    error = ask_once(terminal, "the same again", &again);
    if (error == 0 && !ln_bytes_equal(ln_buffer_view(out), ln_buffer_view(&again)))
        error = LN_E_NEW_PASSPHRASE;
    return error;
}

static int read_descriptor(const char *text, struct ln_buffer *out)
{
    char *end;
    const long number = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || number > INT_MAX)
        return LN_E_USAGE;
    return files_read_open((int)number, out);
}

int files_passphrase(const struct files_passphrase *source, struct ln_buffer *out)
{
    int error;
    if (source->descriptor != NULL)
        error = read_descriptor(source->descriptor, out);
    else if (source->file != NULL)
        error = files_read_secret(source->file, out);
    else
        error = ask(source, out);
    if (error != 0)
        return error;
    strip_newline(out);
    if (source->is_new)
        return out->size >= PASSPHRASE_NEW_MIN ? 0 : LN_E_NEW_PASSPHRASE;
    return out->size > 0 ? 0 : LN_E_PASSPHRASE;
}
