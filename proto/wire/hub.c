/*
 * Tables of the frames between node and hub.
 */
#include <liaison/hub.h>
#include <liaison/letter.h>

#include "wire.h"

#include "hub.pb-c.h"

/*
 * Named by the schema's message, not by the shape: one shape serves ACK and STORED, one PING
 * and PONG, one PUBLISH and STATEMENT, each with one table of fields.
 */
#define HUB_MESSAGE(schema, shape, table)            \
    static const struct ln_wire ln_wire_##schema = { \
        .name = #schema,                             \
        .descriptor = &pb__##schema##__descriptor,   \
        .shape_size = sizeof(struct shape),          \
        .size_max = WIRE_NO_LIMIT,                   \
        .fields = table,                             \
        .fields_count = LN_COUNT(table),             \
    }

static const struct wire_field known_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_known, type, LN_TYPE_EPOCH),
    WIRE_NAME(2, OPTIONAL, ln_known, member),
    WIRE_U64(3, REQUIRED, ln_known, version, 0, WIRE_VERSION_MAX),
};
HUB_MESSAGE(known, ln_known, known_fields);

static const struct wire_field hello_fields[] = {
    WIRE_U32(1, REQUIRED, ln_hello, protocol, 1, UINT32_MAX),
    WIRE_FIXED(2, REQUIRED, ln_hello, federation),
    WIRE_LIST_PART(3, ln_hello, known, 0, 2 * LN_VERSIONS_MAX, ln_wire_known),
};
HUB_MESSAGE(hello, ln_hello, hello_fields);

static const struct wire_field put_fields[] = {
    WIRE_U64(1, REQUIRED, ln_put, id, 1, UINT64_MAX),
    WIRE_BYTES(2, REQUIRED, ln_put, envelope, 1, LN_ENVELOPE_MAX),
};
HUB_MESSAGE(put, ln_put, put_fields);

static const struct wire_field fetch_fields[] = {
    WIRE_U32(1, REQUIRED, ln_fetch, credit, 1, LN_HUB_CREDIT_MAX),
};
HUB_MESSAGE(fetch, ln_fetch, fetch_fields);

static const struct wire_field ids_fields[] = {
    WIRE_LIST_U64(1, ln_ids, ids, 1, LN_HUB_IDS_MAX),
};
HUB_MESSAGE(ack, ln_ids, ids_fields);
HUB_MESSAGE(stored, ln_ids, ids_fields);

static const struct wire_field statement_fields[] = {
    WIRE_PART(1, ln_statement, statement, ln_wire_signed),
};
HUB_MESSAGE(statement, ln_statement, statement_fields);
HUB_MESSAGE(publish, ln_statement, statement_fields);

static const struct wire_field ping_fields[] = {
    WIRE_U64(1, REQUIRED, ln_ping, nonce, 0, UINT64_MAX),
};
HUB_MESSAGE(ping, ln_ping, ping_fields);
HUB_MESSAGE(pong, ln_ping, ping_fields);

static const struct wire_field to_hub_fields[] = {
    WIRE_PART_AT(1, ln_to_hub, hello, ln_wire_hello),
    WIRE_PART_AT(2, ln_to_hub, put, ln_wire_put),
    WIRE_PART_AT(3, ln_to_hub, fetch, ln_wire_fetch),
    WIRE_PART_AT(4, ln_to_hub, ack, ln_wire_ack),
    WIRE_PART_AT(5, ln_to_hub, publish, ln_wire_publish),
    WIRE_PART_AT(6, ln_to_hub, ping, ln_wire_ping),
};
WIRE_MESSAGE(to_hub, to_hub, LN_HUB_FRAME_MAX, true);

static const struct wire_field welcome_fields[] = {
    WIRE_U32(1, REQUIRED, ln_welcome, credit, 1, LN_HUB_CREDIT_MAX),
    WIRE_U64(2, REQUIRED, ln_welcome, envelope_size_max, 1, LN_ENVELOPE_MAX),
    WIRE_TIME(3, REQUIRED, ln_welcome, time_ms),
};
HUB_MESSAGE(welcome, ln_welcome, welcome_fields);

static const struct wire_field deliver_fields[] = {
    WIRE_U64(1, REQUIRED, ln_deliver, mail, 1, UINT64_MAX),
    WIRE_BYTES(2, REQUIRED, ln_deliver, envelope, 1, LN_ENVELOPE_MAX),
};
HUB_MESSAGE(deliver, ln_deliver, deliver_fields);

static const struct wire_field hub_refusal_fields[] = {
    WIRE_U64(1, OPTIONAL, ln_hub_refusal, id, 0, UINT64_MAX),
    WIRE_U32(2, REQUIRED, ln_hub_refusal, code, 1, UINT32_MAX),
};
HUB_MESSAGE(refused, ln_hub_refusal, hub_refusal_fields);

static const struct wire_field from_hub_fields[] = {
    WIRE_PART_AT(1, ln_from_hub, welcome, ln_wire_welcome),
    WIRE_PART_AT(2, ln_from_hub, stored, ln_wire_stored),
    WIRE_PART_AT(3, ln_from_hub, deliver, ln_wire_deliver),
    WIRE_PART_AT(4, ln_from_hub, statement, ln_wire_statement),
    WIRE_PART_AT(5, ln_from_hub, refused, ln_wire_refused),
    WIRE_PART_AT(6, ln_from_hub, pong, ln_wire_pong),
};
WIRE_MESSAGE(from_hub, from_hub, LN_HUB_FRAME_MAX, true);
