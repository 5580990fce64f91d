/*
 * Key files: secrets sealed under a passphrase (Argon2id) or under the node's own ring key.
 *
 * The header is in clear and is the seal's associated data. A file is written once, mode 0600,
 * never over another one, and never with its secrets unsealed. Source: docs/protocol.md, Key
 * files.
 */
#ifndef KEYFILE_H
#define KEYFILE_H

#include <liaison/keyfile.h>

/** Under what a file is sealed: a passphrase, or a key of 32 bytes where `key` is not NULL. */
struct keyfile_lock {
    struct ln_bytes passphrase;
    const uint8_t *key;
};

/**
 * Seals `secrets_count` secrets of LN_KEY_SECRET_BYTES into a new file. Magic, salt and costs
 * of the header are filled in. LN_E_EXISTS; errors of files_write; LN_E_OUT_OF_MEMORY.
 */
LN_CHECKED int keyfile_write(const char *path, const struct ln_key_header *header,
                             const uint8_t *secrets, size_t secrets_count,
                             const struct keyfile_lock *lock);

/**
 * Opens a file of that kind into `out_secrets` (locked memory, `secrets_count` of them). The
 * header lives in the arena. LN_E_WRONG_TYPE, LN_E_PASSPHRASE, LN_E_FILE_MODE, LN_E_NOT_FOUND,
 * or of opening.
 */
LN_CHECKED int keyfile_open(const char *path, enum ln_key_kind kind,
                            const struct keyfile_lock *lock, struct ln_arena *arena,
                            struct ln_key_header *out_header, uint8_t *out_secrets,
                            size_t secrets_count);

/** The header alone: what anybody may see. */
LN_CHECKED int keyfile_peek(struct ln_bytes file, struct ln_arena *arena,
                            struct ln_key_header *out_header);

#endif
