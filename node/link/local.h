/*
 * This node as the channel sees it: who we are, what we hold, and the clock. Keys stay behind
 * the signer and the unsealer, so that tests run six nodes in one process.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <liaison/letter.h>
#include <liaison/roster.h>

#include "store.h"

struct agreements; /* agreements.h */

struct local {
    struct ln_id federation;
    struct ln_name member;
    struct store *store;
    struct ln_trust *trust;
    struct agreements *agreements;
    const struct ln_signer *signer;     /* the node's signing key */
    const struct ln_unsealer *unsealer; /* the node's epoch keys */
    uint64_t oldest_openable_epoch;
    struct ln_clock clock;
};

#endif
