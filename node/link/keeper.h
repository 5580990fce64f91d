/*
 * The node's own copy of who is who: rosters, manifests and epochs, literal, in the store, and
 * what they prove, in memory.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "local.h"

/**
 * Takes all kept statements into local->trust, whose anchor is the first of them.
 * LN_E_NOT_FOUND: none.
 */
LN_CHECKED int keeper_load(const struct local *local, const char *fingerprint);
/** The first roster of a new node: anchors, and keeps it. */
LN_CHECKED int keeper_anchor(const struct local *local, struct ln_bytes signed_roster,
                             const char *fingerprint);
/**
 * Takes one statement, and keeps it if it is new. 0: new; > 0: known. LN_E_FORK: refused, and
 * kept as proof. Otherwise as ln_trust_take, or an error of the store.
 */
LN_CHECKED int keeper_take(const struct local *local, struct ln_bytes statement);
/** The same, and agreements as well. */
LN_CHECKED int keeper_take_file(const struct local *local, struct ln_bytes statement);

#endif
