/*
 * The first look at a stranger's bytes, before anything is allocated for them.
 */
#ifndef SCAN_H
#define SCAN_H

#include "wire.h"

/**
 * Is `bytes` a message of this kind in the strict form of docs/protocol.md, Decoding: every
 * field known, of its wire type, whole, at most once unless it is a list, lists no longer than
 * allowed, and the same for every message inside, each held to its own limit of size? 0,
 * LN_E_TRUNCATED, MALFORMED, UNKNOWN_FIELD, DUPLICATE_FIELD, TOO_MANY, TOO_LARGE.
 */
LN_CHECKED int scan_message(const struct ln_wire *wire, struct ln_bytes bytes);

#endif
