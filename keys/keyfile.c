/*
 * Sealing and opening key files.
 */
#include "keyfile.h"

#include "crypto.h"
#include "files.h"

#include <assert.h>
#include <string.h>

enum { LOCK_BYTES = CRYPTO_SYMMETRIC_BYTES, SEALED_MAX = 512 };

_Static_assert((int)LN_KEY_SALT_BYTES == (int)CRYPTO_SALT_BYTES, "one size of salt");

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

/** The key that seals: derived from the passphrase, or the given one. */
static int lock_key(const struct keyfile_lock *lock, const struct ln_key_header *header,
                    uint8_t *out)
{
    if (lock->key != NULL) {
        if (header->operations != 0)
            return LN_E_WRONG_TYPE;
        memcpy(out, lock->key, LOCK_BYTES);
        return 0;
    }
    const struct crypto_cost cost = {header->operations, header->memory_kib};
    if (cost.operations == 0)
        return LN_E_WRONG_TYPE;
    return derive_from_passphrase(lock->passphrase, header->salt.b, &cost, out);
}

static int seal(const struct ln_key_header *header, struct ln_bytes header_bytes,
                struct ln_bytes secrets, const struct keyfile_lock *lock, uint8_t *out)
{
    AUTO(release_secret) uint8_t *key = secret_take(LOCK_BYTES);
    const int error = lock_key(lock, header, key);
    if (error == 0)
        aead_seal(key, header_bytes, secrets, out);
    return error;
}

int keyfile_write(const char *path, const struct ln_key_header *given, const uint8_t *secrets,
                  size_t secrets_count, const struct keyfile_lock *lock)
{
    assert(secrets_count <= LN_KEY_SECRETS_MAX);
    struct ln_key_header header = *given;
    header.magic = LN_LITERAL(LN_KEY_MAGIC);
    crypto_random(header.salt.b, sizeof header.salt.b);
    header.operations = lock->key != NULL ? 0 : CRYPTO_COST_MODERATE.operations;
    header.memory_kib = lock->key != NULL ? 0 : CRYPTO_COST_MODERATE.memory_kib;

    AUTO(ln_buffer_wipe) struct ln_buffer header_bytes = LN_BUFFER(LN_KEY_FILE_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_KEY_FILE_MAX);
    uint8_t sealed[SEALED_MAX];
    const struct ln_bytes plain = ln_view(secrets, secrets_count * LN_KEY_SECRET_BYTES);
    int error = ln_key_header_build(&header, &header_bytes);
    if (error == 0)
        error = seal(&header, ln_buffer_view(&header_bytes), plain, lock, sealed);
    if (error != 0)
        return error;
    const struct ln_key_file shape = {ln_buffer_view(&header_bytes),
                                      ln_view(sealed, plain.size + CRYPTO_AEAD_EXTRA_BYTES)};
    error = ln_key_file_build(&shape, &file);
    return error == 0 ? files_write(path, ln_buffer_view(&file), 0600, FILES_KEEP) : error;
}

static int open_shape(struct ln_bytes file, struct ln_arena *arena,
                      struct ln_key_file *out_file, struct ln_key_header *out_header)
{
    int error = ln_key_file_open(file, arena, out_file);
    if (error == 0)
        error = ln_key_header_open(out_file->header, arena, out_header);
    if (error == 0 && !ln_bytes_equal(out_header->magic, LN_LITERAL(LN_KEY_MAGIC)))
        error = LN_E_WRONG_TYPE;
    return error;
}

int keyfile_peek(struct ln_bytes file, struct ln_arena *arena, struct ln_key_header *out_header)
{
    struct ln_key_file shape;
    return open_shape(file, arena, &shape, out_header);
}

int keyfile_open(const char *path, enum ln_key_kind kind, const struct keyfile_lock *lock,
                 struct ln_arena *arena, struct ln_key_header *out_header, uint8_t *out_secrets,
                 size_t secrets_count)
{
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_KEY_FILE_MAX);
    AUTO(release_secret) uint8_t *key = secret_take(LOCK_BYTES);
    struct ln_key_file shape;
    struct ln_key_header header;
    int error = files_read_secret(path, &file);
    if (error == 0)
        error = open_shape(ln_buffer_view(&file), arena, &shape, &header);
    if (error == 0 && header.kind != kind)
        error = LN_E_WRONG_TYPE;
    if (error == 0 &&
        shape.sealed.size != secrets_count * LN_KEY_SECRET_BYTES + CRYPTO_AEAD_EXTRA_BYTES)
        error = LN_E_MALFORMED;
    if (error == 0)
        error = lock_key(lock, &header, key);
    if (error != 0)
        return error;
    if (aead_open(key, shape.header, shape.sealed, out_secrets) != 0)
        return LN_E_PASSPHRASE;
    *out_header = header;
    return 0;
}
