/*
 * The node's health in one shape: hubs, counterparts, what waits, what was refused, what
 * expires. Nothing of any case. `status` shows it to people, metrics to programs.
 */
#ifndef STATUS_H
#define STATUS_H

#include "link.h"

#include <liaison/door.h>

/** In the arena. Of the store, LN_E_OUT_OF_MEMORY. */
LN_CHECKED int status_collect(const struct local *local, struct link *link,
                              struct ln_arena *arena, struct ln_door_status **out);

#endif
