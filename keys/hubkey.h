/*
 * The hub's transport key.
 */
#ifndef HUBKEY_H
#define HUBKEY_H

#include <liaison/keyfile.h>

struct hubkey {
    struct ln_name name;
    struct ln_public_key public_key;
    uint8_t *secret; /* LN_KEY_SECRET_BYTES, locked */
};

/** LN_E_PASSPHRASE, LN_E_FILE_MODE, LN_E_NOT_FOUND, or of opening. */
LN_CHECKED int hubkey_open(const char *path, struct ln_bytes passphrase, struct hubkey *out);
void hubkey_wipe(struct hubkey *key);

#endif
