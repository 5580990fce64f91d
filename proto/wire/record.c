/*
 * Tables of the node's own records. They are checked like a stranger's bytes: a disk is one.
 */
#include <liaison/record.h>

#include "tables.h"

#include "record.pb-c.h"

enum { RECEIPT_MAX = 2048, LETTER_MAX = 40 * 1024, AGREEMENT_MAX = 80 * 1024 };

static const struct wire_field channel_record_fields[] = {
    WIRE_U64(1, OPTIONAL, ln_channel_record, sent_generation, 0, WIRE_VERSION_MAX),
    WIRE_U64(2, OPTIONAL, ln_channel_record, sent_sequence, 0, WIRE_VERSION_MAX),
    WIRE_FIXED(3, OPTIONAL, ln_channel_record, sent_head),
    WIRE_U64(4, OPTIONAL, ln_channel_record, settled_sequence, 0, WIRE_VERSION_MAX),
    WIRE_U64(5, OPTIONAL, ln_channel_record, stored_generation, 0, WIRE_VERSION_MAX),
    WIRE_U64(6, OPTIONAL, ln_channel_record, stored_sequence, 0, WIRE_VERSION_MAX),
    WIRE_FIXED(7, OPTIONAL, ln_channel_record, stored_head),
    WIRE_U64(8, OPTIONAL, ln_channel_record, highest_sequence, 0, WIRE_VERSION_MAX),
    WIRE_U32(9, OPTIONAL, ln_channel_record, frozen, 0, UINT32_MAX),
    WIRE_FIXED(10, OPTIONAL, ln_channel_record, restore_nonce),
    WIRE_U64(11, OPTIONAL, ln_channel_record, note_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(12, OPTIONAL, ln_channel_record, heard_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(13, OPTIONAL, ln_channel_record, acknowledged_sequence, 0, WIRE_VERSION_MAX),
    WIRE_U64(14, OPTIONAL, ln_channel_record, doubted_generation, 0, WIRE_VERSION_MAX),
    WIRE_FIXED(15, OPTIONAL, ln_channel_record, answered_nonce),
    WIRE_U64(16, OPTIONAL, ln_channel_record, answered_ms, 0, WIRE_TIME_MAX),
};
WIRE_MESSAGE(channel_record, channel_record, 1024, false);

static const struct wire_field item_record_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_item_record, kind, LN_ITEM_LAST),
    WIRE_FIXED(2, REQUIRED, ln_item_record, digest),
    WIRE_BYTES(3, OPTIONAL, ln_item_record, receipt, 0, RECEIPT_MAX),
    WIRE_U32(4, REQUIRED, ln_item_record, size, 1, LN_PACKET_MAX),
};
WIRE_MESSAGE(item_record, item_record, 4096, false);

static const struct wire_field sent_record_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_sent_record, letter, 1, LETTER_MAX),
    WIRE_FIXED(2, REQUIRED, ln_sent_record, digest),
    WIRE_FIXED(3, REQUIRED, ln_sent_record, head),
    WIRE_TIME(4, REQUIRED, ln_sent_record, created_ms),
    WIRE_CODE(5, REQUIRED, ln_sent_record, urgency, LN_URGENCY_LAST),
    WIRE_U32(6, OPTIONAL, ln_sent_record, closed, 0, 1),
    WIRE_U32(7, OPTIONAL, ln_sent_record, receipt_due, 0, 1),
    WIRE_LIST_PART(8, ln_sent_record, items, 1, LN_ITEMS_MAX, ln_wire_item_record),
};
WIRE_MESSAGE(sent_record, sent_record, 1024 * 1024, false);

static const struct wire_field taken_record_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_taken_record, letter, 1, LETTER_MAX),
    WIRE_FIXED(2, REQUIRED, ln_taken_record, digest),
    WIRE_TIME(3, REQUIRED, ln_taken_record, received_ms),
    WIRE_BYTES(4, OPTIONAL, ln_taken_record, receipt, 0, RECEIPT_MAX),
};
WIRE_MESSAGE(taken_record, taken_record, 64 * 1024, false);

static const struct wire_field case_record_fields[] = {
    WIRE_TIME(1, REQUIRED, ln_case_record, updated_ms),
    WIRE_U32(2, OPTIONAL, ln_case_record, urgency, 0, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_case_record, request, 0, UINT32_MAX),
    WIRE_NAME(4, OPTIONAL, ln_case_record, first_member),
    WIRE_U32(5, OPTIONAL, ln_case_record, last_action, 0, UINT32_MAX),
    WIRE_NAME(6, OPTIONAL, ln_case_record, last_member),
    WIRE_U32(7, OPTIONAL, ln_case_record, events, 0, UINT32_MAX),
    WIRE_U32(8, OPTIONAL, ln_case_record, unread, 0, UINT32_MAX),
    WIRE_FIXED(9, OPTIONAL, ln_case_record, refer),
    WIRE_U64(10, OPTIONAL, ln_case_record, size, 0, UINT64_MAX),
    WIRE_U32(11, OPTIONAL, ln_case_record, is_forwarded, 0, 1),
    WIRE_U64(12, OPTIONAL, ln_case_record, kept_until_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(13, OPTIONAL, ln_case_record, erased_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(14, OPTIONAL, ln_case_record, held_ms, 0, WIRE_TIME_MAX),
    WIRE_NAME(15, OPTIONAL, ln_case_record, held_by),
};
WIRE_MESSAGE(case_record, case_record, 1024, false);

static const struct wire_field case_event_record_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_case_event_record, digest),
    WIRE_TIME(2, REQUIRED, ln_case_event_record, received_ms),
    WIRE_U32(3, OPTIONAL, ln_case_event_record, refused, 0, UINT32_MAX),
};
WIRE_MESSAGE(case_event_record, case_event_record, 128, false);

static const struct wire_field agreement_record_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_agreement_record, statement, 1, AGREEMENT_MAX),
    WIRE_LIST_PART(2, ln_agreement_record, signed_by, 0, LN_PARTIES_MAX, ln_wire_country),
    WIRE_TIME(3, REQUIRED, ln_agreement_record, received_ms),
};
WIRE_MESSAGE(agreement_record, agreement_record, AGREEMENT_MAX + 256, false);
