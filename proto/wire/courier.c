/*
 * Table of the courier file.
 */
#include <liaison/courier.h>
#include <liaison/letter.h>

#include "wire.h"

#include "courier.pb-c.h"

static const struct wire_field courier_envelope_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_courier_envelope, envelope, 1, LN_ENVELOPE_MAX),
};
static WIRE_MESSAGE(courier_envelope, courier_envelope, WIRE_NO_LIMIT, false);

static const struct wire_field courier_fields[] = {
    WIRE_U32(1, REQUIRED, ln_courier, protocol, 1, UINT32_MAX),
    WIRE_FIXED(2, REQUIRED, ln_courier, federation),
    WIRE_NAME(3, REQUIRED, ln_courier, to),
    WIRE_LIST_PART(4, ln_courier, statements, 0, LN_COURIER_STATEMENTS_MAX, ln_wire_signed),
    WIRE_LIST_PART(5, ln_courier, envelopes, 0, LN_COURIER_ENVELOPES_MAX,
                   ln_wire_courier_envelope),
};
WIRE_MESSAGE(courier, courier, LN_COURIER_MAX, false);
