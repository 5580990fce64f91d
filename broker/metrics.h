/*
 * What the hub shows of itself, in Prometheus' text form: counts only, no member and no case.
 */
#ifndef METRICS_H
#define METRICS_H

#include "front.h"

/** Writes the file anew, atomically. */
LN_CHECKED int metrics_write(const char *path, const struct front_counters *counters,
                             const struct mailbox *mailbox, uint64_t zap_refused);

#endif
