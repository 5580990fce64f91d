/*
 * Shares of a role key: k of n officers, none of whom holds the key, recover it together when
 * all its holders are gone. Each share is sealed to its officer's box key, is bound to the role
 * key it belongs to, and can be told from a wrong one without the others. Source:
 * docs/protocol.md, Key files.
 */
#ifndef ROLESHARE_H
#define ROLESHARE_H

#include "rolefile.h"

/**
 * Cuts the secret into one share for each recoverer (file->shares_count of them), of which
 * file->shares_needed give it back. LN_E_TOO_FEW_SHARES unless 2 <= needed <= count;
 * LN_E_WEAK_KEY.
 */
LN_CHECKED int roleshare_make(const struct ln_role_file *file, const uint8_t *secret,
                              const struct rolefile_holder *recoverers,
                              struct ln_role_share *out_shares);

/** Shares that were opened; in secret memory. */
struct roleshare_set {
    uint8_t *shares; /* LN_ROLE_SHARES_MAX of LN_KEY_SECRET_BYTES */
    uint8_t numbers[LN_ROLE_SHARES_MAX];
    size_t count;
};

void roleshare_init(struct roleshare_set *set);
void roleshare_wipe(struct roleshare_set *set);

/**
 * Opens an officer's share and adds it; one that is there already counts once. LN_E_ROLE_KEY:
 * the officer has none of this key; LN_E_UNSEALABLE: it is sealed to another key, or was
 * changed; LN_E_SHARE: it opens, and is not the one that was made.
 */
LN_CHECKED int roleshare_open(const struct ln_role_file *file, const struct ln_name *officer,
                              const uint8_t *box_secret, struct roleshare_set *set);
/**
 * The secret, held against the file's public key. LN_E_TOO_FEW_SHARES; LN_E_SHARE: all shares
 * are as the file says, and the file says another key.
 */
LN_CHECKED int roleshare_join(const struct ln_role_file *file, const struct roleshare_set *set,
                              uint8_t *out_secret);

#endif
