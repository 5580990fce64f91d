/*
 * A section of one case, made ready to be sealed to other countries in another: its text, and
 * its head as the originator signed it. Private to the door. Source: docs/cases.md, Handling.
 */
#ifndef COPYING_H
#define COPYING_H

#include "casefile.h"
#include "request.h"

struct copying {
    struct request *request;
    const struct casefile *file; /* loaded with CASEFILE_SECTIONS */
    const struct case_entry *entry;
    const struct ln_party *to; /* the others' countries; our own may stand among them */
    size_t to_count;
};

/**
 * May each of these countries have it, and may this officer read it? Then its copy. NO_EVENT:
 * the event has no such section. Of opening_read; LN_E_OUT_OF_MEMORY.
 */
LN_CHECKED int copying_section(const struct copying *copying, uint32_t compartment,
                               struct ln_door_section *out);

#endif
