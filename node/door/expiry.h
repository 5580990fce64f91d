/*
 * What will end, and when: the roster, every country's manifest, and our own keys that are in
 * use. Source: docs/protocol.md, Who is who.
 */
#ifndef EXPIRY_H
#define EXPIRY_H

#include "local.h"

#include <liaison/door.h>

/** A member of the largest roster, and a manifest that is full of keys. */
enum { EXPIRY_MAX = LN_DOOR_EXPIRIES_MAX };

/**
 * Soonest first, at most EXPIRY_MAX, in the arena. Keys that are not ACTIVE are in no use, and
 * others' keys are others' business. LN_E_OUT_OF_MEMORY.
 */
LN_CHECKED int expiry_list(const struct local *local, struct ln_arena *arena,
                           const struct ln_door_expiry **out, size_t *out_count);

#endif
