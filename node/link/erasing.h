/*
 * What is left of a case that two officers erased: its signed headers. Source: docs/cases.md,
 * Erasure.
 */
#ifndef ERASING_H
#define ERASING_H

#include "local.h"

/**
 * Takes the sections out of every event of the case that is here, and dooms their key: they are
 * gone when the transaction is committed. Events that come later are kept as in any case.
 * LN_E_NO_CASE; errors of the store.
 */
LN_CHECKED int erasing_case(struct store_txn *txn, const struct local *local,
                            const struct ln_id *case_id);

#endif
