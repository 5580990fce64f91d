/*
 * One round at the door: everybody who has asked is decided, what is to be written is written
 * in one transaction, and only then is anybody answered. Private to the door.
 */
#ifndef ROUND_H
#define ROUND_H

#include "door.h"

enum { ROUND_MAX = 128 };

struct round_frame {
    struct ln_bytes request;
    struct ln_buffer *reply; /* the reply's frame is appended */
    int error;               /* out: no reply could be made */
};

/** At most ROUND_MAX frames. */
void round_answer(const struct door_options *options, struct round_frame *frames, size_t count);

#endif
