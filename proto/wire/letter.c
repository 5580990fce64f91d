/*
 * Tables of letters, notes, receipts and packets, and the small rules between them: which
 * digest names an item, which items a letter names, and how a chain of letters grows.
 */
#include <liaison/letter.h>

#include "crypto.h"
#include "tables.h"

#include "letter.pb-c.h"

#include <assert.h>
#include <string.h>

static const struct wire_field place_fields[] = {
    WIRE_U64(1, REQUIRED, ln_place, generation, 1, WIRE_VERSION_MAX),
    WIRE_U64(2, REQUIRED, ln_place, sequence, 0, WIRE_VERSION_MAX),
    WIRE_FIXED(3, REQUIRED, ln_place, head),
};
WIRE_MESSAGE(place, place, WIRE_NO_LIMIT, false);

static const struct wire_field version_seen_fields[] = {
    WIRE_NAME(1, OPTIONAL, ln_version_seen, member),
    WIRE_U64(2, REQUIRED, ln_version_seen, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(3, REQUIRED, ln_version_seen, digest),
};
static WIRE_MESSAGE(version_seen, version_seen, WIRE_NO_LIMIT, false);

static const struct wire_field letter_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_letter, federation),
    WIRE_NAME(2, REQUIRED, ln_letter, from),
    WIRE_NAME(3, REQUIRED, ln_letter, to),
    WIRE_U64(4, REQUIRED, ln_letter, generation, 1, WIRE_VERSION_MAX),
    WIRE_U64(5, REQUIRED, ln_letter, sequence, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(6, REQUIRED, ln_letter, previous_head),
    WIRE_PART_AT(7, ln_letter, acknowledged, ln_wire_place),
    WIRE_TIME(8, REQUIRED, ln_letter, created_ms),
    WIRE_LIST_PART(9, ln_letter, versions, 0, LN_VERSIONS_MAX, ln_wire_version_seen),
    WIRE_CODE(10, REQUIRED, ln_letter, urgency, LN_URGENCY_LAST),
    WIRE_LIST_FIXED(11, ln_letter, items, 1, LN_ITEMS_MAX),
};
WIRE_MESSAGE(letter, letter, 32 * 1024, false);

static const struct wire_field receipt_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_receipt, federation),
    WIRE_NAME(2, REQUIRED, ln_receipt, from),
    WIRE_NAME(3, REQUIRED, ln_receipt, to),
    WIRE_CODE(4, REQUIRED, ln_receipt, kind, LN_RECEIPT_NOT_IN_TIME),
    WIRE_FIXED(5, REQUIRED, ln_receipt, letter),
    WIRE_U64(6, REQUIRED, ln_receipt, generation, 1, WIRE_VERSION_MAX),
    WIRE_U64(7, REQUIRED, ln_receipt, sequence, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(8, OPTIONAL, ln_receipt, item),
    WIRE_U32(9, OPTIONAL, ln_receipt, code, 1, UINT32_MAX),
    WIRE_TEXT(10, OPTIONAL, ln_receipt, rule, 0, LN_RULE_MAX),
    WIRE_TIME(11, REQUIRED, ln_receipt, created_ms),
};
WIRE_MESSAGE(receipt, receipt, 1024, false);

static const struct wire_field item_fields[] = {
    WIRE_PART_AT(1, ln_item, event, ln_wire_event_item),
    WIRE_PART_AT(2, ln_item, receipt, ln_wire_signed),
    WIRE_PART_AT(3, ln_item, statement, ln_wire_signed),
};
WIRE_MESSAGE(item, item, LN_PACKET_MAX, true);

static const struct wire_field packet_fields[] = {
    WIRE_PART(1, ln_packet, signed_body, ln_wire_signed),
    WIRE_LIST_PART(2, ln_packet, items, 0, LN_ITEMS_MAX, ln_wire_item),
};
WIRE_MESSAGE(packet, packet, LN_PACKET_MAX, false);

static const struct wire_field range_fields[] = {
    WIRE_U64(1, REQUIRED, ln_range, generation, 1, WIRE_VERSION_MAX),
    WIRE_U64(2, REQUIRED, ln_range, first, 1, WIRE_VERSION_MAX),
    WIRE_U64(3, REQUIRED, ln_range, last, 1, WIRE_VERSION_MAX),
};
static WIRE_MESSAGE(range, range, WIRE_NO_LIMIT, false);

static const struct wire_field restore_answer_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_restore_answer, nonce),
    WIRE_PART_AT(2, ln_restore_answer, sent, ln_wire_place),
    WIRE_PART_AT(3, ln_restore_answer, stored, ln_wire_place),
};
static WIRE_MESSAGE(restore_answer, restore_answer, WIRE_NO_LIMIT, false);

static const struct wire_field note_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_note, federation),
    WIRE_NAME(2, REQUIRED, ln_note, from),
    WIRE_NAME(3, REQUIRED, ln_note, to),
    WIRE_FIXED(4, REQUIRED, ln_note, nonce),
    WIRE_TIME(5, REQUIRED, ln_note, created_ms),
    WIRE_PART_AT(6, ln_note, sent, ln_wire_place),
    WIRE_PART_AT(7, ln_note, stored, ln_wire_place),
    WIRE_LIST_PART(8, ln_note, missing, 0, LN_RANGES_MAX, ln_wire_range),
    WIRE_FIXED(9, OPTIONAL, ln_note, restore_question),
    WIRE_PART_AT(10, ln_note, restore_answer, ln_wire_restore_answer),
    WIRE_U64(11, REQUIRED, ln_note, oldest_openable_epoch, 1, WIRE_VERSION_MAX),
    WIRE_LIST_PART(12, ln_note, versions, 0, LN_VERSIONS_MAX, ln_wire_version_seen),
    WIRE_PART_AT(13, ln_note, audit, ln_wire_place),
    WIRE_PART_AT(14, ln_note, audit_seen, ln_wire_place),
    WIRE_PART_AT(15, ln_note, audit_known, ln_wire_place),
};
WIRE_MESSAGE(note, note, 32 * 1024, false);

static const struct ln_signed *item_signed(const struct ln_item *item)
{
    if (item->event != NULL)
        return &item->event->event;
    return item->receipt != NULL ? item->receipt : item->statement;
}

void ln_item_digest(const struct ln_item *item, struct ln_digest *out)
{
    ln_signed_digest(item_signed(item), out);
}

static bool stands_before(const struct ln_letter *letter, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (ln_digest_equal(&letter->items[i], &letter->items[index]))
            return true;
    }
    return false;
}

int ln_letter_items_check(const struct ln_letter *letter, const struct ln_packet *packet)
{
    if (letter->items_count != packet->items_count)
        return LN_E_ITEM_DIGEST;
    for (size_t i = 0; i < packet->items_count; i++) {
        struct ln_digest digest;
        ln_item_digest(&packet->items[i], &digest);
        if (!ln_digest_equal(&digest, &letter->items[i]) || stands_before(letter, i))
            return LN_E_ITEM_DIGEST;
    }
    return 0;
}

void ln_chain_head(const struct ln_digest *previous_head, const struct ln_digest *letter,
                   struct ln_digest *out)
{
    const struct ln_bytes parts[] = {ln_view(previous_head->b, sizeof previous_head->b),
                                     ln_view(letter->b, sizeof letter->b)};
    digest_parts("liaison/1 chain", parts, LN_COUNT(parts), out);
}
