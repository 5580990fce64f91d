/*
 * Counterparts as witnesses of who is who: each letter and note says which rosters and
 * manifests its sender sees, so a hub that shows two countries different ones is found out.
 * Source: docs/protocol.md, Letter.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include "local.h"

/**
 * Holds the versions that a verified body of `from` names against ours. Where one has our
 * number and another digest, the body is kept as proof, which status shows as an alarm.
 * *out_is_behind: they hold something newer.
 */
LN_CHECKED int witness_compare(struct store_txn *txn, const struct local *local,
                               const struct ln_name *from,
                               const struct ln_version_seen *versions, size_t versions_count,
                               const struct ln_signed *body, bool *out_is_behind);

#endif
