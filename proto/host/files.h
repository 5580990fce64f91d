/*
 * Small files, whole: read with a limit, written so that a crash leaves the old or the new one,
 * and passphrases from wherever they are kept.
 */
#ifndef FILES_H
#define FILES_H

#include <liaison/base.h>
#include <liaison/error.h>

enum { FILES_PATH_SIZE = 1024, FILES_PASSPHRASE_MAX = 1024 };

/** Appends the file. LN_E_NOT_FOUND, LN_E_TOO_LARGE (`out` is full), LN_E_SYSTEM. */
LN_CHECKED int files_read(const char *path, struct ln_buffer *out);
/** The same for a file that only its owner may read: LN_E_FILE_MODE otherwise. */
LN_CHECKED int files_read_secret(const char *path, struct ln_buffer *out);
/** Everything from an open file until its end. */
LN_CHECKED int files_read_open(int file, struct ln_buffer *out);

enum files_existing { FILES_KEEP, FILES_REPLACE };
/** Written beside, synced, moved into place, directory synced. LN_E_EXISTS with FILES_KEEP. */
LN_CHECKED int files_write(const char *path, struct ln_bytes content, unsigned mode,
                           enum files_existing existing);
/** Makes a directory of mode 0700; one that is there must be as closed: LN_E_FILE_MODE. */
LN_CHECKED int files_make_directory(const char *path);
/** LN_E_TOO_LARGE if it does not fit FILES_PATH_SIZE. */
__attribute__((format(printf, 2, 3))) LN_CHECKED int files_path(
    char out[static FILES_PATH_SIZE], const char *format, ...);

/** Where a passphrase comes from: a descriptor, else a secret file, else the terminal. */
struct files_passphrase {
    const char *descriptor; /* its number, as it was typed; NULL: none */
    const char *file;
    const char *prompt;
    bool is_new; /* at the terminal: asked twice; anywhere: 12 characters at least */
};
/**
 * One trailing newline is not part of it. LN_E_PASSPHRASE: empty, or no terminal.
 * LN_E_NEW_PASSPHRASE: a new one is too short or not the same twice. LN_E_USAGE: the descriptor
 * is no number.
 */
LN_CHECKED int files_passphrase(const struct files_passphrase *source, struct ln_buffer *out);

#endif
