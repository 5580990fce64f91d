/*
 * The hub's copy of who is who: every signed roster and manifest, and the latest epochs, as
 * they came. It hands them out and cannot alter them.
 */
#ifndef ROSTERKEEPER_H
#define ROSTERKEEPER_H

#include <liaison/hub.h>
#include <liaison/roster.h>

#include "database.h"

struct rosterkeeper;

/** Loads what was kept; an empty keeper must be given a first roster. `database` is borrowed.
 */
LN_CHECKED int rosterkeeper_open(struct database *database, unsigned table,
                                 const char *fingerprint, struct rosterkeeper **out);
void rosterkeeper_close(struct rosterkeeper **keeper_p);
/**
 * A statement: the first roster anchors, everything else is taken. 0 new, > 0 known. On a full
 * disk a new one is in force all the same, and is stored, with all before it, when there is
 * room again.
 */
LN_CHECKED int rosterkeeper_take(struct rosterkeeper *keeper, struct ln_bytes statement);
const struct ln_trust *rosterkeeper_trust(const struct rosterkeeper *keeper);

/** What somebody who holds `known` has not got yet, oldest first. */
typedef int rosterkeeper_each(struct ln_bytes statement, void *context);
LN_CHECKED int rosterkeeper_newer(const struct rosterkeeper *keeper,
                                  const struct ln_known *known, size_t known_count,
                                  rosterkeeper_each *each, void *context);

#endif
