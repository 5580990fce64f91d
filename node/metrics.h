/*
 * What the node shows of itself, in Prometheus' text form: countries, hubs, codes and counts;
 * no officer and no case. Documented in docs/operations.md, Metrics.
 */
#ifndef METRICS_H
#define METRICS_H

#include <liaison/door.h>

/** Writes the file anew, atomically. Of exposition_write. */
LN_CHECKED int metrics_write(const char *path, const struct ln_door_status *status);

#endif
