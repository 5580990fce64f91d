/*
 * A tail that was dropped shows in no chain: notes show it. And a node that came back from a
 * backup does not know what it forgot: it asks each peer, and sends nothing on a channel until
 * that peer has answered.
 */
#include "note.h"

#include "agreementkeeper.h"
#include "apply.h"
#include "auditword.h"
#include "channel.h"
#include "compose.h"
#include "crypto.h"
#include "witness.h"

#include <string.h>

#define GIVE_BACK_APART_MS (5 * LN_SECOND_MS)

enum { NOTE_ARENA = 512 * 1024, NOTE_MAX = 32 * 1024, ITEM_ARENA = 512 * 1024 };

bool note_is_restoring(const struct ln_channel_record *channel)
{
    static const struct ln_nonce none;
    return memcmp(&channel->restore_nonce, &none, sizeof none) != 0;
}

int note_why_frozen(const struct ln_channel_record *channel)
{
    if (channel->frozen != 0)
        return -(int)channel->frozen;
    return channel->doubted_generation != 0 && !note_is_restoring(channel) ? LN_E_CHAIN : 0;
}

/* Making ----------------------------------------------------------------------------------- */

struct places {
    struct ln_place sent, stored;
};

static const struct ln_place *sent_place(const struct ln_channel_record *channel,
                                         struct places *places)
{
    if (channel->doubted_generation != 0) { /* the peer's letters of it are the true ones */
        places->sent = (struct ln_place){.generation = channel->doubted_generation};
        return &places->sent;
    }
    if (channel->sent_generation == 0)
        return NULL;
    places->sent =
        (struct ln_place){channel->sent_generation, channel->sent_sequence, channel->sent_head};
    return &places->sent;
}

static const struct ln_place *stored_place(const struct ln_channel_record *channel,
                                           struct places *places)
{
    if (channel->stored_generation == 0)
        return NULL;
    places->stored = (struct ln_place){channel->stored_generation, channel->stored_sequence,
                                       channel->stored_head};
    return &places->stored;
}

static const struct ln_place *audit_place(const struct ln_place *place)
{
    return place->generation == 0 ? NULL : place;
}

static void say_word(struct ln_note *note, const struct auditword *word)
{
    note->audit = audit_place(&word->own);
    note->audit_seen = audit_place(&word->seen);
    note->audit_known = audit_place(&word->known);
}

static int sign_note(const struct local *local, const struct ln_note *note,
                     struct ln_buffer *out_packet)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(NOTE_MAX);
    struct ln_signature signature;
    int error = ln_note_build(note, &body);
    if (error == 0)
        error = ln_sign_shape(LN_TYPE_NOTE, &local->federation, ln_buffer_view(&body),
                              local->signer, &signature);
    if (error != 0)
        return error;
    const struct ln_packet packet = {.signed_body = {.type = LN_TYPE_NOTE,
                                                     .body = ln_buffer_view(&body),
                                                     .signatures = &signature,
                                                     .signatures_count = 1}};
    return ln_packet_build(&packet, out_packet);
}

int note_make(struct store_txn *txn, const struct local *local, const struct ln_name *peer,
              const struct ln_nonce *answer, struct ln_buffer *out_packet)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(NOTE_ARENA);
    struct ln_channel_record channel;
    struct ln_range missing[LN_RANGES_MAX];
    struct places places;
    struct ln_restore_answer restore_answer;
    struct auditword word;
    struct ln_note note = {
        .federation = local->federation,
        .from = local->member,
        .to = *peer,
        .created_ms = ln_now_ms(&local->clock),
        .missing = missing,
        .oldest_openable_epoch = local->oldest_openable_epoch,
    };
    crypto_random(note.nonce.b, sizeof note.nonce.b);
    int error = store_channel_get(txn, peer, &channel);
    if (error == 0)
        error = channel_gaps(txn, peer, missing, &note.missing_count);
    if (error == 0)
        error = compose_versions(local, NULL, &arena, &note.versions, &note.versions_count);
    if (error == 0)
        error = auditword_say(txn, peer, &word);
    if (error != 0)
        return error;
    say_word(&note, &word);
    note.sent = sent_place(&channel, &places);
    note.stored = stored_place(&channel, &places);
    note.restore_question = channel.restore_nonce;
    static const struct ln_nonce none;
    if (answer == NULL && memcmp(&channel.answered_nonce, &none, sizeof none) != 0)
        answer =
            &channel.answered_nonce; /* who asked may have lost the first, or use a stick */
    if (answer != NULL) {
        restore_answer = (struct ln_restore_answer){*answer, note.sent, note.stored};
        note.restore_answer = &restore_answer;
    }
    return sign_note(local, &note, out_packet);
}

int note_ask_all(struct store_txn *txn, const struct local *local)
{
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    int error = auditword_restored(txn, local);
    if (error == 0)
        error = apply_mark_restored(txn, local);
    for (size_t i = 0; i < roster->members_count && error == 0; i++) {
        const struct ln_name *peer = &roster->members[i].id;
        if (!ln_name_equal(peer, &local->member))
            error = channel_ask(txn, peer);
    }
    return error;
}

/* Taking ----------------------------------------------------------------------------------- */

struct taking {
    struct store_txn *txn;
    const struct local *local;
    struct ln_note note;
    const struct ln_signed *body;
    struct note_wish *wish;
};

static int open_note(struct taking *taking, const struct ln_packet *packet,
                     struct ln_arena *arena)
{
    const struct ln_signed *signed_body = &packet->signed_body;
    if (packet->items_count != 0 || signed_body->type != LN_TYPE_NOTE)
        return LN_E_WRONG_TYPE;
    const int error = ln_note_open(signed_body->body, arena, &taking->note);
    if (error != 0)
        return error;
    if (!ln_id_equal(&taking->note.federation, &taking->local->federation))
        return LN_E_WRONG_FEDERATION;
    if (!ln_name_equal(&taking->note.to, &taking->local->member) ||
        ln_name_equal(&taking->note.from, &taking->local->member))
        return LN_E_WRONG_DESTINATION;
    return ln_trust_verify_node(taking->local->trust, &taking->note.from, signed_body,
                                LN_TYPE_NOTE);
}

static void want_again(struct note_wish *wish, uint64_t generation, uint64_t first,
                       uint64_t last)
{
    if (first <= last && wish->again_count < LN_RANGES_MAX)
        wish->again[wish->again_count++] = (struct ln_range){generation, first, last};
}

/** The gaps that the peer names. */
static void want_named(struct taking *taking, const struct ln_channel_record *channel)
{
    const struct ln_note *note = &taking->note;
    for (size_t i = 0; i < note->missing_count; i++) {
        if (note->missing[i].generation == channel->sent_generation)
            want_again(taking->wish, channel->sent_generation, note->missing[i].first,
                       note->missing[i].last);
    }
}

/** What the peer misses of ours: the gaps it names, and the tail it does not know of. */
static void want_missing(struct taking *taking, const struct ln_channel_record *channel)
{
    const struct ln_note *note = &taking->note;
    want_named(taking, channel);
    if (channel->sent_generation == 0)
        return;
    const bool is_same =
        note->stored != NULL && note->stored->generation == channel->sent_generation;
    const uint64_t stored = is_same ? note->stored->sequence : 0;
    want_again(taking->wish, channel->sent_generation, stored + 1, channel->sent_sequence);
}

/** It has sent more than we hold, or has forgotten what we hold: it should hear of that. */
static void see_tail(struct taking *taking, const struct ln_channel_record *channel)
{
    const struct ln_place *sent = taking->note.sent;
    const uint64_t generation = sent == NULL ? 0 : sent->generation;
    const uint64_t sequence = sent == NULL ? 0 : sent->sequence;
    const uint64_t held = generation == channel->stored_generation  ? channel->highest_sequence
                          : generation < channel->stored_generation ? UINT64_MAX
                                                                    : 0;
    taking->wish->wants_note |= held != sequence;
}

/* The peer was restored from a backup: it gets back everything above what it still holds. */

struct letters_list {
    uint64_t generation;
    struct store_letter numbers[64];
    size_t count;
};

static int list_closed(struct store_letter number, const struct ln_sent_record *sent,
                       void *context)
{
    struct letters_list *list = context;
    if (number.generation != list->generation || !sent->closed)
        return 0;
    if (list->count == LN_COUNT(list->numbers))
        return STORE_STOP;
    list->numbers[list->count++] = number;
    return 0;
}

static int open_letter_again(struct taking *taking, struct store_letter number)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_sent_record sent;
    const int error = store_sent_get(taking->txn, &taking->note.from, number, &arena, &sent);
    sent.closed = 0;
    return error == 0 ? store_sent_put(taking->txn, &taking->note.from, number, &sent) : error;
}

/**
 * Letters of our current generation; a walk must not write to its own table, so some at a time.
 */
static int open_again_from(struct taking *taking, struct store_letter first)
{
    for (;;) {
        struct letters_list list = {.generation = first.generation};
        int error = store_sent(taking->txn, &taking->note.from, first, list_closed, &list);
        for (size_t i = 0; i < list.count && error == 0; i++)
            error = open_letter_again(taking, list.numbers[i]);
        if (error != 0 || list.count < LN_COUNT(list.numbers))
            return error;
    }
}

struct older {
    struct taking *taking;
    uint64_t generation; /* ours now */
};

/** Letters of older generations are not sent again; their events are, as items of new letters.
 */
static int post_older(struct store_letter number, const struct ln_sent_record *sent,
                      void *context)
{
    const struct older *older = context;
    if (number.generation == older->generation || !sent->closed)
        return 0;
    int error = 0;
    for (size_t i = 0; i < sent->items_count && error == 0; i++) {
        if (sent->items[i].kind != LN_ITEM_RECEIPT)
            error = store_outbox_add(older->taking->txn, &older->taking->note.from,
                                     sent->urgency, &sent->items[i]);
    }
    return error;
}

/** The peer's own events, which it signed and has forgotten, go back to it as items. */
static int post_back(struct store_letter number, const struct ln_taken_record *taken,
                     void *context)
{
    (void)number;
    struct taking *taking = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    struct ln_signed signed_body;
    struct ln_letter letter;
    int error = ln_signed_open(taken->letter, &arena, &signed_body);
    if (error == 0)
        error = ln_letter_open(signed_body.body, &arena, &letter);
    for (size_t i = 0; error == 0 && i < letter.items_count; i++) {
        AUTO(ln_arena_wipe) struct ln_arena item_arena = LN_ARENA(ITEM_ARENA);
        AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
        struct apply_event event;
        error = store_event_get(taking->txn, &letter.items[i], &packed);
        if (error == LN_E_NOT_FOUND) {
            error = agreementkeeper_post(taking->txn, &taking->note.from, &letter.items[i]);
            if (error == LN_E_NOT_FOUND) /* a receipt, or a refused event */
                error = 0;
            continue;
        }
        if (error == 0)
            error = apply_open(ln_buffer_view(&packed), &item_arena, &event);
        if (error == 0)
            error = apply_post(taking->txn, &taking->note.from, &event);
    }
    return error;
}

static int give_back(struct taking *taking, struct ln_channel_record *channel)
{
    const struct ln_note *note = &taking->note;
    const struct store_letter stored = {note->stored == NULL ? channel->sent_generation
                                                             : note->stored->generation,
                                        note->stored == NULL ? 1 : note->stored->sequence + 1};
    const struct store_letter sent = {note->sent == NULL ? 1 : note->sent->generation,
                                      note->sent == NULL ? 1 : note->sent->sequence + 1};
    struct older older = {taking, channel->sent_generation};
    const bool is_current = stored.generation == channel->sent_generation;
    const struct store_letter first = {channel->sent_generation,
                                       is_current ? stored.sequence : 1};
    int error = store_sent(taking->txn, &note->from, stored, post_older, &older);
    if (error == 0)
        error = open_again_from(taking, first);
    if (error == 0)
        error = store_taken(taking->txn, &note->from, sent, post_back, taking);
    if (error == 0)
        error = store_channel_get(taking->txn, &note->from, channel);
    if (first.sequence <= channel->settled_sequence)
        channel->settled_sequence = first.sequence - 1;
    if (first.sequence <= channel->acknowledged_sequence)
        channel->acknowledged_sequence = first.sequence - 1;
    taking->wish->has_news = true;
    return error;
}

/**
 * A question that is repeated is answered again, but what was forgotten is given back once;
 * and new questions are not more than one in five seconds.
 */
static int take_question(struct taking *taking, struct ln_channel_record *channel)
{
    const struct ln_note *note = &taking->note;
    const uint64_t now_ms = ln_now_ms(&taking->local->clock);
    const bool is_repeated = memcmp(&note->restore_question, &channel->answered_nonce,
                                    sizeof note->restore_question) == 0;
    const bool is_soon =
        now_ms >= channel->answered_ms && now_ms < channel->answered_ms + GIVE_BACK_APART_MS;
    if (!is_repeated && is_soon)
        return 0; /* it asks again */
    int error = is_repeated ? 0 : give_back(taking, channel);
    if (error == 0 && !is_repeated) {
        channel->answered_nonce = note->restore_question;
        channel->answered_ms = now_ms;
        error = store_channel_put(taking->txn, &note->from, channel);
    }
    taking->wish->has_answer = true;
    taking->wish->answer_nonce = note->restore_question;
    return error;
}

/**
 * Our question is answered: our letters go on one generation above the highest that anybody
 * knows of.
 */
static int take_answer(struct taking *taking, struct ln_channel_record *channel)
{
    const struct ln_restore_answer *answer = taking->note.restore_answer;
    if (memcmp(&answer->nonce, &channel->restore_nonce, sizeof answer->nonce) != 0)
        return 0; /* of an older question */
    int error =
        channel_begin_generation(taking->txn, &taking->note.from,
                                 answer->stored == NULL ? 0 : answer->stored->generation);
    if (error == 0)
        error = store_channel_get(taking->txn, &taking->note.from, channel);
    channel->restore_nonce = (struct ln_nonce){0};
    channel->doubted_generation = 0;
    if (error == 0)
        error = store_channel_put(taking->txn, &taking->note.from, channel);
    taking->wish->has_news = true;
    return error == 0 ? store_channel_get(taking->txn, &taking->note.from, channel) : error;
}

/**
 * A hub may replay it, or the peer's clock was ahead once: what it misses may be sent again,
 * and an answer to our own question is one; the rest says nothing.
 */
static int take_older(struct taking *taking, struct ln_channel_record *channel)
{
    if (taking->note.restore_answer != NULL && note_is_restoring(channel))
        return take_answer(taking, channel);
    want_named(taking, channel);
    return taking->wish->again_count > 0 ? 0 : LN_E_REPLAY;
}

/** What the peer has seen of us all: statements, and audit logs. */
static int take_witness(struct taking *taking)
{
    const struct ln_note *note = &taking->note;
    bool wants_note = false;
    int error = witness_compare(taking->txn, taking->local, &note->from, note->versions,
                                note->versions_count, taking->body, &taking->wish->view);
    if (error == 0)
        error = auditword_take(taking->txn, taking->local, note, taking->body, &wants_note);
    taking->wish->wants_note = wants_note;
    return error;
}

static int take_checked(struct taking *taking)
{
    const struct ln_name *from = &taking->note.from;
    struct ln_channel_record channel;
    int error = store_channel_get(taking->txn, from, &channel);
    if (error != 0)
        return error;
    if (taking->note.created_ms <= channel.note_ms)
        return take_older(taking, &channel);
    /* a note from the future must not make all that follow look old */
    const uint64_t now_ms = ln_now_ms(&taking->local->clock);
    channel.note_ms = taking->note.created_ms < now_ms || channel.note_ms >= now_ms
                          ? taking->note.created_ms
                          : now_ms;
    channel.heard_ms = now_ms;
    error = store_channel_put(taking->txn, from, &channel);
    if (error == 0)
        error = take_witness(taking);
    static const struct ln_nonce none;
    const bool is_question = memcmp(&taking->note.restore_question, &none, sizeof none) != 0;
    if (error == 0 && is_question)
        error = take_question(taking, &channel);
    else if (error == 0 && taking->note.stored != NULL)
        error = channel_settle(taking->txn, from, taking->note.stored);
    if (error == 0)
        error = store_channel_get(taking->txn, from, &channel);
    if (error == 0 && taking->note.restore_answer != NULL && note_is_restoring(&channel))
        error = take_answer(taking, &channel);
    if (error == 0) {
        want_missing(taking, &channel);
        see_tail(taking, &channel);
    }
    return error;
}

int note_take(struct store_txn *txn, const struct local *local, const struct ln_packet *packet,
              struct note_wish *out_wish)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(NOTE_ARENA);
    struct note_wish wish = {.again_count = 0};
    struct taking taking = {
        .txn = txn, .local = local, .body = &packet->signed_body, .wish = &wish};
    int error = open_note(&taking, packet, &arena);
    if (error != 0)
        return error;
    wish.from = taking.note.from;
    error = take_checked(&taking);
    *out_wish = wish;
    return error;
}
