/*
 * Counterparts as witnesses of who is who: each letter and note says which rosters and
 * manifests its sender sees, so a hub that shows two countries different ones is found out.
 * Source: docs/protocol.md, Letter.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include "local.h"

/** What a body says of the statements that its sender holds. */
struct witness_view {
    bool is_said;          /* it says anything: a letter held already is not asked again */
    uint64_t version;      /* of the first that is newer than ours; 0: none is */
    struct ln_name member; /* whose manifest that is; empty: the roster */
};

/**
 * Holds the versions that a verified body of `from` names against ours. Where one has our
 * number and another digest, the body is kept as proof, which status shows as an alarm.
 */
LN_CHECKED int witness_compare(struct store_txn *txn, const struct local *local,
                               const struct ln_name *from,
                               const struct ln_version_seen *versions, size_t versions_count,
                               const struct ln_signed *body, struct witness_view *out_view);

/** Keeps a verified body of `from` as proof, as store_proof_add. */
LN_CHECKED int witness_keep(struct store_txn *txn, const struct ln_name *from,
                            const struct ln_signed *body);

#endif
