/*
 * Shapes of key files. What they hold and how it is sealed: docs/protocol.md, Key files.
 */
#ifndef LIAISON_KEYFILE_H
#define LIAISON_KEYFILE_H

#include <liaison/wire.h>

enum ln_key_kind {
    LN_KEY_ROOT = 1,    /* signing seed */
    LN_KEY_NODE = 2,    /* signing seed, transport secret, store key, ring key */
    LN_KEY_OFFICER = 3, /* signing seed, box secret */
    LN_KEY_HUB = 4,     /* transport secret */
    LN_KEY_EPOCH = 5,   /* epoch secret */
    LN_KEY_KIND_LAST = LN_KEY_EPOCH,
};

enum {
    LN_KEY_SECRET_BYTES = 32, /* of each secret in a file */
    LN_KEY_SECRETS_MAX = 4,
    LN_KEY_SALT_BYTES = 16,
    LN_KEY_FILE_MAX = 4096,
    LN_ROLE_FILE_MAX = 128 * 1024,
    LN_ROLE_SHARES_MAX = 16,
    LN_ROLE_SHARES_NEEDED_MIN = 2,
};

#define LN_KEY_MAGIC "liaison-key/1"
#define LN_ROLE_MAGIC "liaison-role/1"

struct ln_key_salt {
    uint8_t b[LN_KEY_SALT_BYTES];
};

struct ln_key_header {
    struct ln_bytes magic;
    uint32_t kind;
    struct ln_name member, name;
    struct ln_key_salt salt;
    uint32_t operations, memory_kib;
    const struct ln_public_key *public_keys;
    size_t public_keys_count;
    uint64_t number, starts_ms, ends_ms;
};
LN_WIRE(key_header)

struct ln_key_file {
    struct ln_bytes header, sealed;
};
LN_WIRE(key_file)

struct ln_wrapped_key {
    uint8_t b[LN_KEY_SECRET_BYTES + 16];
};

struct ln_role_wrap {
    struct ln_name officer;
    struct ln_public_key encapsulated;
    struct ln_wrapped_key sealed_key;
};

/** A share of a role key, sealed to one of the officers who can recover it together. */
struct ln_role_share {
    struct ln_name officer;
    uint32_t number;
    struct ln_digest check;
    struct ln_public_key encapsulated;
    struct ln_wrapped_key sealed_share;
};

struct ln_role_file {
    struct ln_bytes magic;
    struct ln_name office;
    uint32_t compartment;
    struct ln_public_key public_key;
    const struct ln_role_wrap *wraps;
    size_t wraps_count;
    uint32_t shares_needed; /* 0: the key cannot be recovered */
    const struct ln_role_share *shares;
    size_t shares_count;
};
LN_WIRE(role_file)

#endif
