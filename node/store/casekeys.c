/*
 * Rows of one size at their number's place; written whole, in place, and synced.
 */
#include "casekeys.h"

#include "crypto.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ROW_BYTES = CASEKEYS_KEY_BYTES + CRYPTO_AEAD_EXTRA_BYTES,
    AHEAD = 256, /* keys that are made at a time */
    NUMBER_BYTES = 8,
};

_Static_assert((int)CASEKEYS_KEY_BYTES == (int)CRYPTO_SYMMETRIC_BYTES, "a key is a key");

struct casekeys {
    int file;
    uint64_t count;
    const uint8_t *store_key;
};

static int code_of_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? LN_E_DISK_FULL : LN_E_SYSTEM;
}

static off_t place_of(uint64_t number)
{
    return (off_t)((number - 1) * ROW_BYTES);
}

/** A row belongs where it stands. */
static struct ln_bytes aad_of(uint64_t number, uint8_t out[static NUMBER_BYTES])
{
    ln_put_u64(out, number);
    return ln_view(out, NUMBER_BYTES);
}

static int write_at(int file, const uint8_t *bytes, size_t size, off_t place)
{
    for (size_t done = 0; done < size;) {
        const ssize_t wrote = pwrite(file, bytes + done, size - done, place + (off_t)done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return code_of_errno();
        done += (size_t)wrote;
    }
    return fdatasync(file) == 0 ? 0 : code_of_errno();
}

static int sync_directory(const char *directory)
{
    const int handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return LN_E_SYSTEM;
    const int result = fsync(handle);
    close(handle);
    return result == 0 ? 0 : LN_E_SYSTEM;
}

int casekeys_open(const char *directory, const uint8_t store_key[static 32],
                  struct casekeys **out)
{
    char path[FILES_PATH_SIZE];
    struct stat about;
    int error = files_path(path, "%s/case-keys", directory);
    if (error != 0)
        return error;
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return code_of_errno();
    error = sync_directory(directory);
    if (error == 0 && fstat(file, &about) != 0)
        error = LN_E_SYSTEM;
    if (error == 0 && (about.st_mode & 077) != 0)
        error = LN_E_FILE_MODE;
    if (error != 0) {
        close(file);
        return error;
    }
    struct casekeys *keys = ln_allocate(sizeof *keys);
    *keys = (struct casekeys){file, (uint64_t)about.st_size / ROW_BYTES, store_key};
    *out = keys;
    return 0;
}

void casekeys_close(struct casekeys **keys_p)
{
    struct casekeys *keys = *keys_p;
    if (keys == NULL)
        return;
    close(keys->file);
    ln_release(keys, sizeof *keys);
    *keys_p = NULL;
}

bool casekeys_has(const struct casekeys *keys, uint64_t number)
{
    return number >= 1 && number <= keys->count;
}

static void make_row(const struct casekeys *keys, uint64_t number,
                     uint8_t out[static ROW_BYTES])
{
    uint8_t key[CASEKEYS_KEY_BYTES], aad[NUMBER_BYTES];
    crypto_random(key, sizeof key);
    aead_seal(keys->store_key, aad_of(number, aad), ln_view(key, sizeof key), out);
    crypto_wipe(key, sizeof key);
}

int casekeys_get(const struct casekeys *keys, uint64_t number,
                 uint8_t out_key[static CASEKEYS_KEY_BYTES])
{
    uint8_t row[ROW_BYTES], aad[NUMBER_BYTES];
    if (!casekeys_has(keys, number))
        return LN_E_STORE_DAMAGED;
    const ssize_t got = pread(keys->file, row, sizeof row, place_of(number));
    if (got != (ssize_t)sizeof row)
        return got < 0 ? LN_E_SYSTEM : LN_E_STORE_DAMAGED;
    const int error =
        aead_open(keys->store_key, aad_of(number, aad), ln_view(row, sizeof row), out_key);
    return error == 0 ? 0 : LN_E_STORE_DAMAGED;
}

static int add_rows(struct casekeys *keys)
{
    uint8_t rows[AHEAD * ROW_BYTES];
    for (size_t i = 0; i < AHEAD; i++)
        make_row(keys, keys->count + 1 + i, rows + i * ROW_BYTES);
    const int error = write_at(keys->file, rows, sizeof rows, place_of(keys->count + 1));
    keys->count += error == 0 ? AHEAD : 0;
    return error;
}

/** A power cut may have left rows that were never written whole; nobody was given those. */
int casekeys_reserve(struct casekeys *keys, uint64_t number)
{
    uint8_t row[ROW_BYTES], key[CASEKEYS_KEY_BYTES];
    while (keys->count < number) {
        const int error = add_rows(keys);
        if (error != 0)
            return error;
    }
    const int error = casekeys_get(keys, number, key);
    crypto_wipe(key, sizeof key);
    if (error != LN_E_STORE_DAMAGED)
        return error;
    make_row(keys, number, row);
    return write_at(keys->file, row, sizeof row, place_of(number));
}

int casekeys_destroy(struct casekeys *keys, uint64_t number)
{
    static const uint8_t zeros[ROW_BYTES];
    uint8_t row[ROW_BYTES];
    if (!casekeys_has(keys, number))
        return 0;
    if (pread(keys->file, row, sizeof row, place_of(number)) == (ssize_t)sizeof row &&
        memcmp(row, zeros, sizeof row) == 0)
        return 0;
    return write_at(keys->file, zeros, sizeof zeros, place_of(number));
}

int casekeys_copy(const struct casekeys *keys, const char *directory)
{
    char path[FILES_PATH_SIZE];
    AUTO(ln_buffer_wipe) struct ln_buffer rows = LN_BUFFER((size_t)keys->count * ROW_BYTES + 1);
    const int error = files_path(path, "%s/case-keys", directory);
    uint8_t *place;
    if (error != 0)
        return error;
    const size_t size = (size_t)keys->count * ROW_BYTES;
    if (ln_buffer_extend(&rows, size, &place) != 0)
        return LN_E_OUT_OF_MEMORY;
    for (size_t done = 0; done < size;) {
        const ssize_t got = pread(keys->file, place + done, size - done, (off_t)done);
        if (got <= 0)
            return LN_E_SYSTEM;
        done += (size_t)got;
    }
    return files_write(path, ln_buffer_view(&rows), 0600, FILES_KEEP);
}
