/*
 * An officer's keys at the node, usable only while unlocked: the signing key for events, and
 * the role keys that are wrapped to the officer's box key.
 */
#ifndef OFFICER_H
#define OFFICER_H

#include <liaison/event.h>

enum { OFFICER_ROLE_KEYS_MAX = 256 };

struct officer;

/**
 * Opens DIRECTORY/officers/NAME.key and every role key in DIRECTORY/roles that is wrapped to
 * that officer. LN_E_LOGIN for an unknown name as for a wrong passphrase, after the same work.
 */
LN_CHECKED int officer_unlock(const char *directory, const struct ln_name *name,
                              struct ln_bytes passphrase, struct officer **out);
void officer_lock(struct officer **officer_p);

const struct ln_name *officer_name(const struct officer *officer);
const struct ln_signer *officer_signer(const struct officer *officer);
/** Opens with role keys, found by key id: LN_E_ROLE_KEY if none held has it. */
const struct ln_unsealer *officer_unsealer(const struct officer *officer);

#endif
