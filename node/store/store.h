/*
 * What a node holds: typed tables over one LMDB environment, every value sealed at rest.
 *
 * An event is sealed under its case's key, which stands outside LMDB (casekeys.h); any other
 * value under the node's store key. Table and key are associated data, so
 * that a value that was flipped, moved or taken from another store is LN_E_STORE_DAMAGED and
 * never read as something else. Keys of records are in clear: names of members, digests and
 * case numbers, nothing of a person.
 *
 * Writing is one function run in one transaction (store_run): all or nothing, synced when it
 * returns 0. It may run twice, so it changes nothing but the store and its own context. Reading
 * is a snapshot. Records come back as shapes that borrow from the caller's arena. One thread.
 *
 * Every function may also return LN_E_STORE, LN_E_STORE_DAMAGED, LN_E_DISK_FULL,
 * LN_E_OUT_OF_MEMORY.
 */
#ifndef STORE_H
#define STORE_H

#include <liaison/record.h>

struct store;
struct store_txn;

/** The directory is made if missing. `key` is borrowed while the store lives. */
LN_CHECKED int store_open(const char *directory, const uint8_t key[static 32],
                          struct store **out);
void store_close(struct store **store_p);

LN_CHECKED int store_run(struct store *store, int (*work)(struct store_txn *txn, void *context),
                         void *context);
LN_CHECKED int store_read(struct store *store, struct store_txn **out);
void store_end(struct store_txn **txn_p); /* of store_read; safe on NULL */
/** Is there room for work that may wait? What is left below that is kept for receipts. */
bool store_has_room(const struct store *store);
/** For the audit entry of a look at something? Below that even looking must wait. */
bool store_has_room_to_look(const struct store *store);
LN_CHECKED int store_copy(struct store *store, const char *directory);

/* Node ------------------------------------------------------------------------------------- */

/** Small facts of this node by name. `out` is appended to. LN_E_NOT_FOUND. */
LN_CHECKED int store_fact_get(struct store_txn *txn, const char *name, struct ln_buffer *out);
LN_CHECKED int store_fact_put(struct store_txn *txn, const char *name, struct ln_bytes value);

/** Signed rosters, manifests and epochs, in the order in which they were taken. */
LN_CHECKED int store_statement_add(struct store_txn *txn, struct ln_bytes statement);
LN_CHECKED int store_statements_count(struct store_txn *txn, uint64_t *out_count);
LN_CHECKED int store_statements_clear(struct store_txn *txn);
/**
 * Bodies that prove somebody's misbehaviour: two letters with one number, forked rosters
 * (`about` is empty then). Never deleted; the same bytes are kept once, and STORE_PROOFS_MAX
 * about one member: nobody fills the disk with lies, or takes the room of another's.
 */
enum { STORE_PROOFS_MAX = 16 };
LN_CHECKED int store_proof_add(struct store_txn *txn, const struct ln_name *about,
                               struct ln_bytes body);
LN_CHECKED int store_proofs_count(struct store_txn *txn, uint64_t *out_count);

/** Returns 0 to go on, STORE_STOP to end the walk with 0, an error to end it with that. */
enum { STORE_STOP = 1 };
typedef int store_each_bytes(struct ln_bytes value, void *context);
LN_CHECKED int store_statements(struct store_txn *txn, store_each_bytes *each, void *context);

/* Agreements, rejections, endings -----------------------------------------------------------
 */

/** By digest; a copy with more signatures replaces the one before. */
LN_CHECKED int store_agreement_put(struct store_txn *txn, const struct ln_digest *digest,
                                   const struct ln_agreement_record *record);
LN_CHECKED int store_agreement_get(struct store_txn *txn, const struct ln_digest *digest,
                                   struct ln_arena *arena, struct ln_agreement_record *out);
typedef int store_each_agreement(const struct ln_agreement_record *record, void *context);
LN_CHECKED int store_agreements(struct store_txn *txn, store_each_agreement *each,
                                void *context);

/* Cases and events ------------------------------------------------------------------------- */

/**
 * Keeps a packed event item under its digest and puts it at the end of its case.
 * LN_E_EXISTS if that digest is held already: nothing changes.
 */
LN_CHECKED int store_event_add(struct store_txn *txn, const struct ln_id *case_id,
                               const struct ln_case_event_record *record, struct ln_bytes item);
/** Appends the literal packed item. LN_E_NOT_FOUND. */
LN_CHECKED int store_event_get(struct store_txn *txn, const struct ln_digest *digest,
                               struct ln_buffer *out);
/** Other bytes for the same signed event: its wraps are under no signature. LN_E_NOT_FOUND. */
LN_CHECKED int store_event_replace(struct store_txn *txn, const struct ln_digest *digest,
                                   struct ln_bytes item);
/** LN_E_NOT_FOUND. */
LN_CHECKED int store_event_record(struct store_txn *txn, const struct ln_id *case_id,
                                  const struct ln_digest *digest,
                                  struct ln_case_event_record *out);
/** The whole of an event of which the header was kept. LN_E_NOT_FOUND. */
LN_CHECKED int store_event_complete(struct store_txn *txn, const struct ln_id *case_id,
                                    const struct ln_case_event_record *record,
                                    struct ln_bytes item);
/**
 * What is left of an event of a case that is erased: its header. `record` replaces the one
 * before. LN_E_NOT_FOUND.
 */
LN_CHECKED int store_event_erase(struct store_txn *txn, const struct ln_id *case_id,
                                 const struct ln_case_event_record *record,
                                 struct ln_bytes header);
/** Destroys the case's key once the transaction is committed: what was sealed under it is gone,
 * wherever its bytes still stand. */
LN_CHECKED int store_case_forget_key(struct store_txn *txn, const struct ln_id *case_id);
bool store_event_has(struct store_txn *txn, const struct ln_digest *digest);

typedef int store_each_case_event(const struct ln_case_event_record *event, void *context);
/** In the order of arrival. */
LN_CHECKED int store_case_events(struct store_txn *txn, const struct ln_id *case_id,
                                 store_each_case_event *each, void *context);

LN_CHECKED int store_case_get(struct store_txn *txn, const struct ln_id *case_id,
                              struct ln_case_record *out);
LN_CHECKED int store_case_put(struct store_txn *txn, const struct ln_id *case_id,
                              const struct ln_case_record *record);
typedef int store_each_case(const struct ln_id *case_id, const struct ln_case_record *record,
                            void *context);
/** In the order of case numbers, which is that of their making; from `first`, NULL: all. */
LN_CHECKED int store_cases(struct store_txn *txn, const struct ln_id *first,
                           store_each_case *each, void *context);

/* Outbox and channels ---------------------------------------------------------------------- */

/** Puts an item behind the others of its urgency for that member; receipts before events. */
LN_CHECKED int store_outbox_add(struct store_txn *txn, const struct ln_name *to,
                                uint32_t urgency, const struct ln_item_record *item);
/** Where an item stands in the outbox. */
struct store_slot {
    uint8_t urgency;
    uint8_t place; /* of its kind within the urgency */
    uint64_t number;
};
typedef int store_each_outbox(const struct store_slot *slot, const struct ln_item_record *item,
                              void *context);
/** Most urgent first, then receipts, then events; oldest first. */
LN_CHECKED int store_outbox(struct store_txn *txn, const struct ln_name *to,
                            store_each_outbox *each, void *context);
/** The same without what can wait: receipts of every urgency, and emergencies. */
LN_CHECKED int store_outbox_pressing(struct store_txn *txn, const struct ln_name *to,
                                     store_each_outbox *each, void *context);
LN_CHECKED int store_outbox_remove(struct store_txn *txn, const struct ln_name *to,
                                   const struct store_slot *slot);

/** A channel that was never used is all zero. */
LN_CHECKED int store_channel_get(struct store_txn *txn, const struct ln_name *peer,
                                 struct ln_channel_record *out);
LN_CHECKED int store_channel_put(struct store_txn *txn, const struct ln_name *peer,
                                 const struct ln_channel_record *record);

/** A letter's number in a channel. */
struct store_letter {
    uint64_t generation, sequence;
};
LN_CHECKED int store_sent_get(struct store_txn *txn, const struct ln_name *to,
                              struct store_letter number, struct ln_arena *arena,
                              struct ln_sent_record *out);
LN_CHECKED int store_sent_put(struct store_txn *txn, const struct ln_name *to,
                              struct store_letter number, const struct ln_sent_record *record);
typedef int store_each_sent(struct store_letter number, const struct ln_sent_record *record,
                            void *context);
/** From `first` upwards. */
LN_CHECKED int store_sent(struct store_txn *txn, const struct ln_name *to,
                          struct store_letter first, store_each_sent *each, void *context);

LN_CHECKED int store_taken_get(struct store_txn *txn, const struct ln_name *from,
                               struct store_letter number, struct ln_arena *arena,
                               struct ln_taken_record *out);
LN_CHECKED int store_taken_put(struct store_txn *txn, const struct ln_name *from,
                               struct store_letter number,
                               const struct ln_taken_record *record);
typedef int store_each_taken(struct store_letter number, const struct ln_taken_record *record,
                             void *context);
LN_CHECKED int store_taken(struct store_txn *txn, const struct ln_name *from,
                           struct store_letter first, store_each_taken *each, void *context);

/** Which letters carried an item, to whom or from whom. */
enum store_direction { STORE_SENT = 1, STORE_TAKEN = 2 };
LN_CHECKED int store_carried_add(struct store_txn *txn, const struct ln_digest *item,
                                 enum store_direction direction, const struct ln_name *peer,
                                 struct store_letter number);
typedef int store_each_carried(enum store_direction direction, const struct ln_name *peer,
                               struct store_letter number, void *context);
LN_CHECKED int store_carried(struct store_txn *txn, const struct ln_digest *item,
                             store_each_carried *each, void *context);

/**
 * Signed receipts, ours and theirs, by the letter they name. The same bytes twice are kept
 * once.
 */
LN_CHECKED int store_receipt_add(struct store_txn *txn, const struct ln_digest *letter,
                                 struct ln_bytes receipt);
LN_CHECKED int store_receipts(struct store_txn *txn, const struct ln_digest *letter,
                              store_each_bytes *each, void *context);

#endif
