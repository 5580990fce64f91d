/*
 * What ends soon, for people: most urgent first, in plain words, with what to do.
 */
#ifndef WARNING_H
#define WARNING_H

#include <liaison/door.h>

#include <jansson.h>

/** A table of all that ends within 60 days or has ended; nothing if there is none. */
void warning_print(const struct ln_door_status *status);
/** All that ends at some time, each with the warning that it gets: ENDED, 7, 30, 60 or none. */
json_t *warning_json(const struct ln_door_status *status);

#endif
