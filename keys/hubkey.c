/*
 * One secret in a key file.
 */
#include "hubkey.h"

#include "crypto.h"
#include "keyfile.h"

enum { HUB_ARENA = 64 * 1024 };

int hubkey_open(const char *path, struct ln_bytes passphrase, struct hubkey *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(HUB_ARENA);
    const struct keyfile_lock lock = {.passphrase = passphrase};
    struct ln_key_header header;
    struct hubkey key = {.secret = secret_take(LN_KEY_SECRET_BYTES)};
    int error = keyfile_open(path, LN_KEY_HUB, &lock, &arena, &header, key.secret, 1);
    if (error == 0 && header.public_keys_count != 1)
        error = LN_E_MALFORMED;
    if (error != 0) {
        hubkey_wipe(&key);
        return error;
    }
    key.name = header.name;
    key.public_key = header.public_keys[0];
    *out = key;
    return 0;
}

void hubkey_wipe(struct hubkey *key)
{
    secret_release(key->secret);
    key->secret = NULL;
}
