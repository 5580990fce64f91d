/*
 * What a node writes on its own disk. Shapes of proto/schema/record.proto; the tables they
 * stand in are node/store/store.h's.
 */
#ifndef LIAISON_RECORD_H
#define LIAISON_RECORD_H

#include <liaison/letter.h>

/** One ordered pair's state, both ways: what we sent them and what we hold of theirs. */
struct ln_channel_record {
    uint64_t sent_generation, sent_sequence;
    struct ln_digest sent_head;
    uint64_t settled_sequence;
    uint64_t stored_generation, stored_sequence;
    struct ln_digest stored_head;
    uint64_t highest_sequence;
    uint32_t frozen;
    struct ln_nonce restore_nonce;
    uint64_t note_ms, heard_ms;
    uint64_t acknowledged_sequence;
    uint64_t doubted_generation;
    struct ln_nonce answered_nonce;
    uint64_t answered_ms;
};
LN_WIRE(channel_record)

enum ln_item_kind {
    LN_ITEM_EVENT = 1,
    LN_ITEM_RECEIPT = 2,
    LN_ITEM_STATEMENT = 3, /* an agreement, a rejection or an ending */
    LN_ITEM_LAST = LN_ITEM_STATEMENT,
};

struct ln_item_record {
    uint32_t kind;
    struct ln_digest digest;
    struct ln_bytes receipt;
    uint32_t size;
};
LN_WIRE(item_record)

struct ln_sent_record {
    struct ln_bytes letter;
    struct ln_digest digest, head;
    uint64_t created_ms;
    uint32_t urgency, closed, receipt_due;
    const struct ln_item_record *items;
    size_t items_count;
};
LN_WIRE(sent_record)

struct ln_taken_record {
    struct ln_bytes letter;
    struct ln_digest digest;
    uint64_t received_ms;
    struct ln_bytes receipt;
};
LN_WIRE(taken_record)

struct ln_case_record {
    uint64_t updated_ms;
    uint32_t urgency, request;
    struct ln_name first_member;
    uint32_t last_action;
    struct ln_name last_member;
    uint32_t events;
    uint32_t unread;
    struct ln_digest refer;
    uint64_t size;               /* bytes of all its event items */
    uint32_t is_forwarded;       /* 1: what it began with comes from another case */
    uint64_t erased_ms, held_ms; /* 0: it is not */
    struct ln_name held_by;
    uint64_t kept_until_ms; /* the last of what others sent in it; 0: nothing is known */
};
LN_WIRE(case_record)

struct ln_case_event_record {
    struct ln_digest digest;
    uint64_t received_ms;
    uint32_t refused; /* code (positive): its sections are not kept; 0: it was taken */
};
LN_WIRE(case_event_record)

struct ln_agreement_record {
    struct ln_bytes statement;          /* literal Signed, signatures merged */
    const struct ln_country *signed_by; /* whose roots were seen to have signed */
    size_t signed_by_count;
    uint64_t received_ms;
};
LN_WIRE(agreement_record)

#endif
