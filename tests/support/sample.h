/*
 * Valid messages made from the wire tables alone: whatever a table says must be there is there,
 * as small as it may be. For tests that break them field by field, and as seeds for fuzzing.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "wire.h"

enum { SAMPLE_DEPTH_MAX = 8 };

/** How a sample differs from a valid message. */
enum sample_fault {
    SAMPLE_VALID,
    SAMPLE_WITHOUT,    /* the field is missing */
    SAMPLE_TWICE,      /* it stands twice */
    SAMPLE_TOO_MANY,   /* a list has one entry more than allowed */
    SAMPLE_TOO_LONG,   /* bytes or text longer by one than allowed */
    SAMPLE_WRONG_TYPE, /* another wire type */
    SAMPLE_BAD_TEXT,   /* text with a NUL in it */
};

/** Appends a message; `field` (an index into the table) has the fault. */
LN_CHECKED int sample_build(const struct ln_wire *wire, size_t field, enum sample_fault fault,
                            struct ln_buffer *out);
/** The same with every optional field and one entry in every list. */
LN_CHECKED int sample_build_full(const struct ln_wire *wire, struct ln_buffer *out);

#endif
