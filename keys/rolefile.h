/*
 * Role keys: one a compartment of an office, wrapped to the box key of every officer who holds
 * it. The file needs no passphrase: only those officers' keys open it. Where recovery was
 * arranged, it also has a share of the key for each of some officers, of whom a few together
 * can wrap it to a new holder (roleshare.h). Source: docs/protocol.md, Key files.
 */
#ifndef ROLEFILE_H
#define ROLEFILE_H

#include <liaison/keyfile.h>
#include <liaison/vocabulary.h>

enum { ROLEFILE_ARENA = 512 * 1024 };

/** To whom a role key is wrapped, or a share of it. */
struct rolefile_holder {
    struct ln_name officer;
    struct ln_public_key box_key;
};

/** What a new role key is for, and who gets what of it. */
struct rolefile_plan {
    struct ln_name office;
    uint32_t compartment;
    const struct rolefile_holder *holders;
    size_t holders_count;
    const struct rolefile_holder *recoverers; /* each gets a share */
    size_t recoverers_count;
    size_t shares_needed; /* 0: no recovery */
};

/**
 * Makes a new role key and writes its file. LN_E_EXISTS, LN_E_WEAK_KEY, LN_E_TOO_MANY, of
 * files_write; LN_E_TOO_FEW_SHARES unless 2 <= shares_needed <= recoverers_count.
 */
LN_CHECKED int rolefile_write(const char *path, const struct rolefile_plan *plan,
                              struct ln_public_key *out_public);

/** What is in a file; it lives in the arena. LN_E_WRONG_TYPE, of opening and files_read. */
LN_CHECKED int rolefile_read(const char *path, struct ln_arena *arena,
                             struct ln_role_file *out);

/**
 * The secret for one officer. LN_E_ROLE_KEY: it is not wrapped to that officer;
 * LN_E_UNSEALABLE: it is, to another box key.
 */
LN_CHECKED int rolefile_open(struct ln_bytes file, const struct ln_name *officer,
                             const uint8_t *box_secret, struct ln_public_key *out_public,
                             uint8_t *out_secret);

/**
 * Wraps the secret of the file to a holder too; a wrap that an officer of that name has is
 * replaced. The file is exchanged as a whole. LN_E_TOO_MANY, LN_E_WEAK_KEY, of files_write.
 */
LN_CHECKED int rolefile_wrap(const char *path, const uint8_t *secret,
                             const struct rolefile_holder *holder);
/** Takes an officer's wrap and share away. LN_E_ROLE_KEY: there is neither. */
LN_CHECKED int rolefile_drop(const char *path, const struct ln_name *officer);

#endif
