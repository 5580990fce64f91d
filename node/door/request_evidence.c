/*
 * An evidence bundle: every signed body that proves a case's exchange, and none of its
 * contents.
 */
#include "casefile.h"
#include "request.h"

#include <liaison/evidence.h>

#include <string.h>

struct list {
    struct ln_signed *bodies;
    size_t count;
};

struct collecting {
    struct request *request;
    struct store_txn *txn;
    struct list statements, events, letters, receipts;
};

static int add_body(struct collecting *collecting, struct list *list, struct ln_bytes literal)
{
    if (list->count == LN_EVIDENCE_ENTRIES_MAX)
        return LN_E_TOO_MANY;
    return ln_signed_open(literal, collecting->request->arena, &list->bodies[list->count++]);
}

static int add_statement(uint32_t type, const struct ln_name *member, uint64_t version,
                         struct ln_bytes literal, void *context)
{
    (void)member;
    (void)version;
    struct collecting *collecting = context;
    return type == LN_TYPE_EPOCH ? 0 : add_body(collecting, &collecting->statements, literal);
}

static int add_receipt(struct ln_bytes literal, void *context)
{
    struct collecting *collecting = context;
    return add_body(collecting, &collecting->receipts, literal);
}

static bool has_letter(const struct collecting *collecting, struct ln_bytes literal)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(512 * 1024);
    struct ln_signed letter;
    if (ln_signed_open(literal, &arena, &letter) != 0)
        return true;
    for (size_t i = 0; i < collecting->letters.count; i++) {
        if (ln_bytes_equal(collecting->letters.bodies[i].body, letter.body))
            return true;
    }
    return false;
}

/** A letter may carry several events of the case: it stands in the bundle once. */
static int add_letter(enum store_direction direction, const struct ln_name *peer,
                      struct store_letter number, void *context)
{
    struct collecting *collecting = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_sent_record sent;
    struct ln_taken_record taken;
    const bool is_sent = direction == STORE_SENT;
    int error = is_sent ? store_sent_get(collecting->txn, peer, number, &arena, &sent)
                        : store_taken_get(collecting->txn, peer, number, &arena, &taken);
    if (error != 0)
        return error;
    const struct ln_bytes letter = is_sent ? sent.letter : taken.letter;
    if (has_letter(collecting, letter))
        return 0;
    error = add_body(collecting, &collecting->letters, letter);
    return error == 0 ? store_receipts(collecting->txn, is_sent ? &sent.digest : &taken.digest,
                                       add_receipt, collecting)
                      : error;
}

static int collect(struct collecting *collecting, const struct casefile *file)
{
    int error = ln_trust_walk(collecting->request->local->trust, add_statement, collecting);
    for (size_t i = 0; i < file->count && error == 0; i++) {
        if (collecting->events.count == LN_EVIDENCE_ENTRIES_MAX)
            return LN_E_TOO_MANY;
        collecting->events.bodies[collecting->events.count++] = file->events[i].item.event;
        error = store_carried(collecting->txn, &file->facts[i].digest, add_letter, collecting);
    }
    return error;
}

static int start(struct collecting *collecting)
{
    struct list *const lists[] = {&collecting->statements, &collecting->events,
                                  &collecting->letters, &collecting->receipts};
    for (size_t i = 0; i < LN_COUNT(lists); i++) {
        lists[i]->bodies = ln_arena_array(collecting->request->arena, LN_EVIDENCE_ENTRIES_MAX,
                                          sizeof *lists[i]->bodies);
        if (lists[i]->bodies == NULL)
            return LN_E_OUT_OF_MEMORY;
    }
    return 0;
}

static int pack(struct request *request, const struct collecting *collecting,
                const struct ln_id *case_id)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVIDENCE_MAX);
    const struct ln_evidence evidence = {
        .protocol = LN_EVIDENCE_PROTOCOL,
        .case_id = *case_id,
        .statements = collecting->statements.bodies,
        .statements_count = collecting->statements.count,
        .events = collecting->events.bodies,
        .events_count = collecting->events.count,
        .letters = collecting->letters.bodies,
        .letters_count = collecting->letters.count,
        .receipts = collecting->receipts.bodies,
        .receipts_count = collecting->receipts.count,
    };
    const int error = ln_evidence_build(&evidence, &packed);
    if (error != 0)
        return error;
    const uint8_t *copy = ln_arena_copy(request->arena, ln_buffer_view(&packed));
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    request->reply->file = ln_view(copy, packed.size);
    request->reply->case_id = *case_id;
    return 0;
}

int request_evidence(struct request *request)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct collecting collecting = {.request = request};
    struct casefile file;
    struct ln_id case_id;
    int error = store_read(request->local->store, &txn);
    collecting.txn = txn;
    if (error == 0)
        error = casefile_find(txn, request->body->evidence->case_prefix, &case_id);
    if (error == 0)
        error = casefile_load(txn, request->local, &case_id, CASEFILE_SECTIONS, request->arena,
                              &file);
    if (error == 0) {
        auditing_case(request, &case_id);
        auditing_count(request, file.count);
        error = start(&collecting);
    }
    if (error == 0)
        error = collect(&collecting, &file);
    return error == 0 ? pack(request, &collecting, &case_id) : error;
}
