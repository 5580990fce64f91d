/*
 * Role keys: one a compartment of an office, wrapped to the box key of every officer who holds
 * it. The file needs no passphrase: only those officers' keys open it. Source:
 * docs/protocol.md, Key files.
 */
#ifndef ROLEFILE_H
#define ROLEFILE_H

#include <liaison/keyfile.h>
#include <liaison/vocabulary.h>

/** To whom a role key is wrapped. */
struct rolefile_holder {
    struct ln_name officer;
    struct ln_public_key box_key;
};

/** Makes a new role key and writes its file. LN_E_EXISTS, LN_E_WEAK_KEY, of files_write. */
LN_CHECKED int rolefile_write(const char *path, const struct ln_name *office,
                              uint32_t compartment, const struct rolefile_holder *holders,
                              size_t holders_count, struct ln_public_key *out_public);

/**
 * The secret for one officer. LN_E_ROLE_KEY: it is not wrapped to that officer;
 * LN_E_UNSEALABLE.
 */
LN_CHECKED int rolefile_open(struct ln_bytes file, const struct ln_name *officer,
                             const uint8_t *box_secret, struct ln_public_key *out_public,
                             uint8_t *out_secret);

#endif
