/*
 * What one node sends another: letters in sequence, notes beside it, receipts, and the
 * envelope.
 *
 * Source: docs/protocol.md, Letter, Note, Receipts, Envelope.
 */
#ifndef LIAISON_LETTER_H
#define LIAISON_LETTER_H

#include <liaison/event.h>
#include <liaison/signed.h>

enum {
    LN_ITEMS_MAX = 256,
    LN_ENVELOPE_MAX = 256 * 1024,
    LN_PACKET_MAX = 258044, /* the largest whose padded and sealed form fits an envelope */
    LN_ENVELOPE_PADDED_MIN = 4096,
    LN_VERSIONS_MAX = 1 + 64, /* the roster and every member's manifest */
    LN_RANGES_MAX = 64,
    LN_RULE_MAX = 80,
    LN_NONCE_BYTES = 16,
    LN_SUITE = 1,
};

struct ln_nonce {
    uint8_t b[LN_NONCE_BYTES];
};

struct ln_place {
    uint64_t generation, sequence;
    struct ln_digest head;
};

struct ln_version_seen {
    struct ln_name member; /* empty: the roster */
    uint64_t version;
    struct ln_digest digest;
};

struct ln_letter {
    struct ln_id federation;
    struct ln_name from, to;
    uint64_t generation, sequence;       /* both from 1 */
    struct ln_digest previous_head;      /* zero before sequence 1 of a generation */
    const struct ln_place *acknowledged; /* NULL: nothing stored yet */
    uint64_t created_ms;
    const struct ln_version_seen *versions;
    size_t versions_count;
    uint32_t urgency; /* of its most urgent item */
    const struct ln_digest *items;
    size_t items_count;
};
LN_WIRE(letter)

enum ln_receipt_kind {
    LN_RECEIPT_DELIVERED = 1,
    LN_RECEIPT_REFUSED = 2,
    LN_RECEIPT_NOT_IN_TIME = 3
};

struct ln_receipt {
    struct ln_id federation;
    struct ln_name from, to;
    uint32_t kind;
    struct ln_digest letter;
    uint64_t generation, sequence;
    struct ln_digest item; /* REFUSED and NOT_IN_TIME; zero in DELIVERED */
    uint32_t code;         /* REFUSED: number of a row in error.h */
    struct ln_bytes rule;  /* REFUSED: text of that row's rule */
    uint64_t created_ms;
};
LN_WIRE(receipt)

/** Exactly one of the three is there. */
struct ln_item {
    const struct ln_event_item *event;
    const struct ln_signed *receipt;
    const struct ln_signed *statement;
};
LN_WIRE(item)

struct ln_packet {
    struct ln_signed signed_body; /* a letter, or a note without items */
    const struct ln_item *items;
    size_t items_count;
};
LN_WIRE(packet)

struct ln_range {
    uint64_t generation, first, last;
};

struct ln_restore_answer {
    struct ln_nonce nonce;
    const struct ln_place *sent;
    const struct ln_place *stored;
};

struct ln_note {
    struct ln_id federation;
    struct ln_name from, to;
    struct ln_nonce nonce;
    uint64_t created_ms;
    const struct ln_place *sent;   /* last sent; NULL: none */
    const struct ln_place *stored; /* last stored without a gap; NULL: none */
    const struct ln_range *missing;
    size_t missing_count;
    struct ln_nonce restore_question; /* zero: none asked */
    const struct ln_restore_answer *restore_answer;
    uint64_t oldest_openable_epoch;
    const struct ln_version_seen *versions;
    size_t versions_count;
    const struct ln_place *audit;       /* of the sender's audit log; NULL: none */
    const struct ln_place *audit_seen;  /* the sender's word of the addressee's log */
    const struct ln_place *audit_known; /* the addressee's last word of the sender's log */
};
LN_WIRE(note)

struct ln_envelope_header {
    uint32_t suite;
    struct ln_id federation;
    struct ln_name to;
    uint64_t epoch;
    struct ln_key_id epoch_key_id;
    struct ln_public_key encapsulated;
    uint32_t urgency;
};
LN_WIRE(envelope_header)

struct ln_envelope {
    struct ln_bytes header; /* literal bytes of a packed header */
    struct ln_bytes ciphertext;
};
extern const struct ln_wire ln_wire_envelope; /* sealed and opened below */

/** digest of an item: of its Signed body. */
void ln_item_digest(const struct ln_item *item, struct ln_digest *out);
/** LN_E_ITEM_DIGEST unless the packet's items are, in order, those the letter names. */
LN_CHECKED int ln_letter_items_check(const struct ln_letter *letter,
                                     const struct ln_packet *packet);
/** head_n = BLAKE2b-256("liaison/1 chain" 0x00 head_(n-1) digest(letter)) */
void ln_chain_head(const struct ln_digest *previous_head, const struct ln_digest *letter,
                   struct ln_digest *out);

/** Padme(max(size + 4, 4096)): the padded size of a packet of `size` bytes. */
size_t ln_padded_size(size_t packet_size);

/**
 * Seals a packed packet to a member's epoch key and appends the packed envelope.
 * LN_E_TOO_LARGE, LN_E_WEAK_KEY.
 */
LN_CHECKED int ln_envelope_seal(const struct ln_id *federation, const struct ln_name *to,
                                uint64_t epoch, const struct ln_public_key *epoch_key,
                                uint32_t urgency, struct ln_bytes packet,
                                struct ln_buffer *out);

/**
 * Opens a packed envelope; the unsealer is asked for the epoch key its header names. The
 * plaintext's padding must be all zeros and as long as the rule says. LN_E_UNSEALABLE,
 * LN_E_WRONG_FEDERATION, LN_E_WRONG_DESTINATION, LN_E_MALFORMED, or what opening returns.
 */
LN_CHECKED int ln_envelope_open(struct ln_bytes envelope, const struct ln_id *federation,
                                const struct ln_name *to, const struct ln_unsealer *unsealer,
                                struct ln_buffer *out_packet);

/** What the hub may see: the header, opened; also checks the ciphertext's size. */
LN_CHECKED int ln_envelope_peek(struct ln_bytes envelope, struct ln_envelope_header *out);

#endif
