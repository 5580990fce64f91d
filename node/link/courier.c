/*
 * What a stick carries is what the wire carries: the channel sorts out loss, replay, order, and
 * a stick that visits several offices.
 */
#include "courier.h"

#include "apply.h"
#include "compose.h"
#include "keeper.h"
#include "note.h"

#include <liaison/courier.h>

#include <string.h>

enum { LETTERS_SIZE_MAX = 12 * 1024 * 1024, BAG_ENVELOPES = 64 };

#define COURIER_ARENA ((size_t)64 << 20)

struct packing {
    const struct local *local;
    struct store_txn *txn;
    const struct ln_name *to;
    const struct ln_epoch *epoch;
    struct ln_arena *arena;
    struct ln_courier_envelope *envelopes;
    size_t count, size;
    struct ln_signed *statements;
    size_t statements_count;
};

static int add_envelope(struct packing *packing, struct ln_bytes packet, uint32_t urgency)
{
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX);
    const int error =
        ln_envelope_seal(&packing->local->federation, packing->to, packing->epoch->number,
                         &packing->epoch->key, urgency, packet, &envelope);
    if (error != 0)
        return error;
    const uint8_t *copy = ln_arena_copy(packing->arena, ln_buffer_view(&envelope));
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    packing->envelopes[packing->count++].envelope = ln_view(copy, envelope.size);
    packing->size += envelope.size;
    return 0;
}

static int add_letter(struct store_letter number, const struct ln_sent_record *sent,
                      void *context)
{
    struct packing *packing = context;
    if (sent->closed)
        return 0;
    if (packing->count + 1 >= LN_COURIER_ENVELOPES_MAX || packing->size > LETTERS_SIZE_MAX)
        return STORE_STOP;
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    uint32_t urgency;
    const int error = compose_packet(packing->txn, packing->to, number, &packet, &urgency);
    return error == 0 ? add_envelope(packing, ln_buffer_view(&packet), urgency) : error;
}

static int add_note(struct packing *packing)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    const int error = note_make(packing->txn, packing->local, packing->to, NULL, &packet);
    return error == 0 ? add_envelope(packing, ln_buffer_view(&packet), LN_URGENCY_ROUTINE)
                      : error;
}

static int add_statement(uint32_t type, const struct ln_name *member, uint64_t version,
                         struct ln_bytes literal, void *context)
{
    (void)type;
    (void)member;
    (void)version;
    struct packing *packing = context;
    if (packing->statements_count == LN_COURIER_STATEMENTS_MAX)
        return LN_E_TOO_MANY;
    return ln_signed_open(literal, packing->arena,
                          &packing->statements[packing->statements_count++]);
}

static int collect(struct packing *packing)
{
    struct ln_channel_record channel;
    int error = store_channel_get(packing->txn, packing->to, &channel);
    const struct store_letter first = {channel.sent_generation, channel.settled_sequence + 1};
    if (error == 0)
        error = ln_trust_walk(packing->local->trust, add_statement, packing);
    if (error == 0)
        error = store_sent(packing->txn, packing->to, first, add_letter, packing);
    return error;
}

/** What waits becomes letters first, so that the stick carries it. */
static int make_letters(struct store_txn *txn, void *context)
{
    const struct packing *packing = context;
    for (;;) {
        struct composed made;
        bool is_made;
        const int error = compose_next(txn, packing->local, packing->to, &made, &is_made);
        if (error != 0 || !is_made)
            return error;
    }
}

int courier_write(const struct local *local, const struct ln_name *to, struct ln_buffer *out,
                  size_t *out_letters)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(COURIER_ARENA);
    AUTO(store_end) struct store_txn *txn = NULL;
    struct packing packing = {.local = local, .to = to, .arena = &arena};
    const int standing = ln_trust_standing(local->trust, to);
    if (standing != 0)
        return standing;
    packing.epoch = ln_trust_epoch(local->trust, to);
    if (packing.epoch == NULL)
        return LN_E_NO_EPOCH_KEY;
    packing.envelopes =
        ln_arena_array(&arena, LN_COURIER_ENVELOPES_MAX, sizeof *packing.envelopes);
    packing.statements =
        ln_arena_array(&arena, LN_COURIER_STATEMENTS_MAX, sizeof *packing.statements);
    if (packing.envelopes == NULL || packing.statements == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_run(local->store, make_letters, &packing);
    if (error == 0)
        error = store_read(local->store, &txn);
    packing.txn = txn;
    if (error == 0)
        error = collect(&packing);
    const size_t letters = packing.count;
    if (error == 0)
        error = add_note(&packing);
    const struct ln_courier courier = {
        .protocol = LN_COURIER_PROTOCOL,
        .federation = local->federation,
        .to = *to,
        .statements = packing.statements,
        .statements_count = packing.statements_count,
        .envelopes = packing.envelopes,
        .envelopes_count = packing.count,
    };
    if (error == 0)
        error = ln_courier_build(&courier, out);
    if (error == 0)
        *out_letters = letters;
    return error;
}

/* Reading ---------------------------------------------------------------------------------- */

static int check_file(const struct local *local, const struct ln_courier *courier)
{
    if (courier->protocol != LN_COURIER_PROTOCOL)
        return LN_E_PROTOCOL_VERSION;
    if (!ln_id_equal(&courier->federation, &local->federation))
        return LN_E_WRONG_FEDERATION;
    return ln_name_equal(&courier->to, &local->member) ? 0 : LN_E_WRONG_DESTINATION;
}

/** A statement that does not fit is refused like the hub's; the letters may still be good. */
static int take_statements(const struct local *local, const struct ln_courier *courier)
{
    for (size_t i = 0; i < courier->statements_count; i++) {
        AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX + 8192);
        int error = ln_signed_build(&courier->statements[i], &literal);
        if (error == 0)
            error = keeper_take(local, ln_buffer_view(&literal));
        if (apply_is_fatal(error))
            return error;
    }
    return 0;
}

static int take_envelopes(const struct local *local, const struct ln_courier *courier,
                          const struct courier_reader *reader)
{
    for (size_t first = 0; first < courier->envelopes_count; first += BAG_ENVELOPES) {
        struct ln_bytes envelopes[BAG_ENVELOPES];
        struct mailbag bag;
        size_t count = 0;
        for (; count < BAG_ENVELOPES && first + count < courier->envelopes_count; count++)
            envelopes[count] = courier->envelopes[first + count].envelope;
        const int error = mailbag_take(local, envelopes, count, &bag);
        if (error != 0)
            return error;
        reader->on_bag(reader->context, &bag);
        mailbag_wipe(&bag);
    }
    return 0;
}

int courier_read(const struct local *local, struct ln_bytes file,
                 const struct courier_reader *reader)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(COURIER_ARENA);
    struct ln_courier courier;
    int error = ln_courier_open(file, &arena, &courier);
    if (error == 0)
        error = check_file(local, &courier);
    if (error == 0)
        error = take_statements(local, &courier);
    return error == 0 ? take_envelopes(local, &courier, reader) : error;
}
