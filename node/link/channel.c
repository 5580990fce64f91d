/*
 * Nothing urgent ever waits behind something lost: a letter's items are applied when it comes,
 * gap or not; its place in the chain is checked when the gap closes.
 */
#include "channel.h"

#include "agreementkeeper.h"
#include "agreements.h"
#include "apply.h"
#include "compose.h"
#include "crypto.h"
#include "receipt.h"
#include "witness.h"

#include <string.h>

enum {
    TAKEN_ARENA = 256 * 1024,
    LETTER_ARENA = 256 * 1024,
    EVENTS_ARENA = 8 * 1024 * 1024,
    LITERAL_MAX = 40 * 1024,
};

/** What the wire can carry: above it there is no other generation. */
#define GENERATION_LAST (UINT64_C(1) << 53)

/**
 * A receipt for a duplicate goes out again at most this often: a hub that replays costs little.
 */
#define RECEIPT_AGAIN_MS LN_MINUTE_MS

struct arrival {
    struct store_txn *txn;
    const struct local *local;
    const struct ln_packet *packet;
    struct ln_letter letter;
    struct ln_digest digest;
    struct ln_arena *arena;
    struct apply_event *events; /* by item */
    int *verdicts;              /* by item: 0 or why it is refused */
    bool *is_kept;              /* by item: refused, and its header is kept */
};

static struct store_letter number_of(const struct arrival *arrival)
{
    return (struct store_letter){arrival->letter.generation, arrival->letter.sequence};
}

/* Frozen ----------------------------------------------------------------------------------- */

static int keep_proof(struct store_txn *txn, const struct ln_name *from,
                      const struct ln_signed *letter)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LITERAL_MAX);
    const int error = ln_signed_build(letter, &literal);
    return error == 0 ? store_proof_add(txn, from, ln_buffer_view(&literal)) : error;
}

/** Returns the code, or a fatal error. */
static int freeze(struct store_txn *txn, const struct ln_name *peer, int code)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    if (error != 0)
        return error;
    channel.frozen = (uint32_t)-code;
    error = store_channel_put(txn, peer, &channel);
    return error == 0 ? code : error;
}

static int freeze_two_letters(const struct arrival *arrival,
                              const struct ln_taken_record *other)
{
    int error = store_proof_add(arrival->txn, &arrival->letter.from, other->letter);
    if (error == 0)
        error = keep_proof(arrival->txn, &arrival->letter.from, &arrival->packet->signed_body);
    return error == 0 ? freeze(arrival->txn, &arrival->letter.from, LN_E_EQUIVOCATION) : error;
}

/* Checks that change nothing --------------------------------------------------------------- */

static int open_letter(struct arrival *arrival)
{
    const struct ln_signed *signed_body = &arrival->packet->signed_body;
    if (signed_body->type != LN_TYPE_LETTER)
        return LN_E_WRONG_TYPE;
    const int error = ln_letter_open(signed_body->body, arrival->arena, &arrival->letter);
    if (error != 0)
        return error;
    if (!ln_id_equal(&arrival->letter.federation, &arrival->local->federation))
        return LN_E_WRONG_FEDERATION;
    if (!ln_name_equal(&arrival->letter.to, &arrival->local->member) ||
        ln_name_equal(&arrival->letter.from, &arrival->local->member))
        return LN_E_WRONG_DESTINATION;
    ln_signed_digest(signed_body, &arrival->digest);
    return ln_trust_verify_node(arrival->local->trust, &arrival->letter.from, signed_body,
                                LN_TYPE_LETTER);
}

static int check_place(const struct arrival *arrival, const struct ln_channel_record *channel)
{
    const struct ln_letter *letter = &arrival->letter;
    if (letter->generation < channel->stored_generation)
        return LN_E_OLD_GENERATION;
    if (channel->frozen != 0)
        return LN_E_FROZEN;
    const uint64_t stored =
        letter->generation == channel->stored_generation ? channel->stored_sequence : 0;
    return letter->sequence > stored + CHANNEL_AHEAD_MAX ? LN_E_TOO_FAR_AHEAD : 0;
}

/**
 * Every event is verified before anything is written: one that must wait makes the whole letter
 * wait.
 */
static int verify_items(struct arrival *arrival, bool has_gap)
{
    const size_t count = arrival->packet->items_count;
    arrival->events = ln_arena_array(arrival->arena, count, sizeof *arrival->events);
    arrival->verdicts = ln_arena_array(arrival->arena, count, sizeof *arrival->verdicts);
    arrival->is_kept = ln_arena_array(arrival->arena, count, sizeof *arrival->is_kept);
    if (arrival->events == NULL || arrival->verdicts == NULL || arrival->is_kept == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct ln_item *item = &arrival->packet->items[i];
        if (item->event == NULL)
            continue;
        int error =
            apply_verify(arrival->local, item->event, arrival->arena, &arrival->events[i]);
        if (error == 0) {
            error =
                apply_policy(arrival->txn, arrival->local, &arrival->events[i].event, has_gap);
            arrival->is_kept[i] = error != 0; /* signed, whole: its header keeps its place */
        } else if (error == LN_E_ERASED) {
            arrival->is_kept[i] = true;
            if (store_event_has(arrival->txn, &arrival->events[i].digest))
                error = 0; /* ours may be whole */
        }
        if (error == LN_E_VERSION_GAP || error == LN_E_ROOT_NOT_ACCEPTED ||
            apply_is_fatal(error))
            return error;
        arrival->verdicts[i] = error;
    }
    return 0;
}

/** LN_E_STORE_DAMAGED: what we signed does not open. */
static int is_signed_by_us(const struct local *local, struct ln_bytes literal, bool *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LETTER_ARENA);
    struct ln_signed shape;
    if (ln_signed_open(literal, &arena, &shape) != 0 || shape.signatures_count == 0)
        return LN_E_STORE_DAMAGED;
    *out = ln_key_id_equal(&shape.signatures[0].key_id, &local->signer->key_id);
    return 0;
}

/* Held already ----------------------------------------------------------------------------- */

static int take_duplicate(const struct arrival *arrival, struct ln_taken_record *taken)
{
    const uint64_t now_ms = ln_now_ms(&arrival->local->clock);
    if (taken->receipt.size == 0 || now_ms < taken->received_ms + RECEIPT_AGAIN_MS)
        return 0;
    const struct receipt_subject subject = {&arrival->letter.from, taken->digest,
                                            number_of(arrival)};
    AUTO(ln_buffer_wipe) struct ln_buffer anew = LN_BUFFER(2048);
    bool is_ours;
    int error = is_signed_by_us(arrival->local, taken->receipt, &is_ours);
    if (error == 0 && !is_ours) { /* our key was replaced since */
        error = receipt_delivered(arrival->local, &subject, &anew);
        taken->receipt = ln_buffer_view(&anew);
    }
    taken->received_ms = now_ms;
    if (error == 0)
        error = store_taken_put(arrival->txn, &arrival->letter.from, number_of(arrival), taken);
    return error == 0
               ? receipt_post(arrival->txn, &subject, arrival->letter.urgency, taken->receipt)
               : error;
}

/* Keeping ---------------------------------------------------------------------------------- */

static int refuse_item(const struct arrival *arrival, const struct receipt_subject *subject,
                       size_t index)
{
    AUTO(ln_buffer_wipe) struct ln_buffer receipt = LN_BUFFER(2048);
    const int error = receipt_refused(arrival->local, subject, &arrival->letter.items[index],
                                      arrival->verdicts[index], &receipt);
    return error == 0 ? receipt_post(arrival->txn, subject, arrival->letter.urgency,
                                     ln_buffer_view(&receipt))
                      : error;
}

/** An event that no article permits: its sections are dropped, its place in the case is kept.
 */
static int refuse_event(const struct arrival *arrival, const struct receipt_subject *subject,
                        size_t index)
{
    const struct apply_event *event = &arrival->events[index];
    int error = arrival->is_kept[index] ? apply_refused(arrival->txn, arrival->local, event,
                                                        arrival->verdicts[index])
                                        : 0;
    if (apply_is_fatal(error))
        return error;
    if (error == 0 && arrival->is_kept[index])
        error = store_carried_add(arrival->txn, &event->digest, STORE_TAKEN,
                                  &arrival->letter.from, number_of(arrival));
    return apply_is_fatal(error) ? error : refuse_item(arrival, subject, index);
}

static int take_event(const struct arrival *arrival, const struct receipt_subject *subject,
                      size_t index, struct channel_news *news)
{
    if (arrival->verdicts[index] != 0)
        return refuse_event(arrival, subject, index);
    const struct apply_event *event = &arrival->events[index];
    const bool is_forgotten =
        ln_name_equal(&event->event.author.member, &arrival->local->member) &&
        !store_event_has(arrival->txn, &event->digest);
    int error = apply_event(arrival->txn, arrival->local, event);
    if (error == 0 && is_forgotten) /* what a restored node is given back, all must have */
        error = apply_hand_on(arrival->txn, arrival->local, event, &arrival->letter.from);
    if (error != 0 && apply_is_fatal(error))
        return error;
    if (error != 0) {
        arrival->verdicts[index] = error;
        return refuse_item(arrival, subject, index);
    }
    if (news->urgency == 0 || event->event.urgency < news->urgency)
        news->urgency = event->event.urgency;
    return store_carried_add(arrival->txn, &event->digest, STORE_TAKEN, &arrival->letter.from,
                             number_of(arrival));
}

/** A receipt that does not fit is nobody's loss: the letter that it should close stays open. */
static int take_receipt(const struct arrival *arrival, const struct ln_signed *receipt)
{
    const int error =
        receipt_take(arrival->txn, arrival->local, &arrival->letter.from, receipt);
    return apply_is_fatal(error) ? error : 0;
}

/** It was taken before the letter, or not: then its sender learns why. */
static int take_agreement(const struct arrival *arrival, const struct receipt_subject *subject,
                          size_t index)
{
    const struct ln_signed *statement = arrival->packet->items[index].statement;
    struct agreements_held held;
    if (!agreementkeeper_keeps(statement->type))
        return 0;
    const int error = agreements_take(arrival->local->agreements, arrival->local->trust,
                                      &arrival->local->member, statement, &held);
    if (error >= 0 || error == LN_E_FORK)
        return 0;
    arrival->verdicts[index] = error;
    return refuse_item(arrival, subject, index);
}

static int take_items(const struct arrival *arrival, const struct receipt_subject *subject,
                      struct channel_news *news, bool *out_is_receipt_due)
{
    int error = 0;
    for (size_t i = 0; i < arrival->packet->items_count && error == 0; i++) {
        const struct ln_item *item = &arrival->packet->items[i];
        *out_is_receipt_due |= item->receipt == NULL;
        if (item->event != NULL)
            error = take_event(arrival, subject, i, news);
        else if (item->receipt != NULL)
            error = take_receipt(arrival, item->receipt);
        else if (item->statement != NULL)
            error = take_agreement(arrival, subject, i);
    }
    return error;
}

static int keep_letter(const struct arrival *arrival, struct ln_bytes receipt)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LITERAL_MAX);
    const int error = ln_signed_build(&arrival->packet->signed_body, &literal);
    if (error != 0)
        return error;
    const struct ln_taken_record taken = {
        .letter = ln_buffer_view(&literal),
        .digest = arrival->digest,
        .received_ms = ln_now_ms(&arrival->local->clock),
        .receipt = receipt,
    };
    return store_taken_put(arrival->txn, &arrival->letter.from, number_of(arrival), &taken);
}

static int keep_and_receipt(const struct arrival *arrival, struct channel_news *news)
{
    const struct receipt_subject subject = {&arrival->letter.from, arrival->digest,
                                            number_of(arrival)};
    AUTO(ln_buffer_wipe) struct ln_buffer receipt = LN_BUFFER(2048);
    bool is_receipt_due = false;
    int error = take_items(arrival, &subject, news, &is_receipt_due);
    if (error == 0 && is_receipt_due)
        error = receipt_delivered(arrival->local, &subject, &receipt);
    if (error == 0 && is_receipt_due)
        error = receipt_post(arrival->txn, &subject, arrival->letter.urgency,
                             ln_buffer_view(&receipt));
    return error == 0 ? keep_letter(arrival, ln_buffer_view(&receipt)) : error;
}

/* The chain -------------------------------------------------------------------------------- */

/** Does a kept letter continue the chain? Moves the head if so. */
static int follow(struct ln_channel_record *channel, const struct ln_taken_record *taken)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LETTER_ARENA);
    struct ln_signed signed_body;
    struct ln_letter letter;
    int error = ln_signed_open(taken->letter, &arena, &signed_body);
    if (error == 0)
        error = ln_letter_open(signed_body.body, &arena, &letter);
    if (error != 0)
        return LN_E_STORE_DAMAGED;
    if (!ln_digest_equal(&letter.previous_head, &channel->stored_head))
        return LN_E_CHAIN;
    ln_chain_head(&letter.previous_head, &taken->digest, &channel->stored_head);
    channel->stored_sequence++;
    return 0;
}

static int advance(struct store_txn *txn, const struct ln_name *peer,
                   struct ln_channel_record *channel)
{
    for (;;) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(TAKEN_ARENA);
        const struct store_letter next = {channel->stored_generation,
                                          channel->stored_sequence + 1};
        struct ln_taken_record taken;
        int error = store_taken_get(txn, peer, next, &arena, &taken);
        if (error == LN_E_NOT_FOUND)
            return 0;
        if (error == 0)
            error = follow(channel, &taken);
        if (error != 0)
            return error;
    }
}

/**
 * The channel's record once the letter and its receipts are in: they may have moved our own
 * marks.
 */
static int update_channel(const struct arrival *arrival, struct channel_news *news)
{
    const struct ln_name *peer = &arrival->letter.from;
    struct ln_channel_record channel;
    int error = store_channel_get(arrival->txn, peer, &channel);
    if (error != 0)
        return error;
    if (arrival->letter.generation > channel.stored_generation) {
        channel.stored_generation = arrival->letter.generation;
        channel.stored_sequence = channel.highest_sequence = 0;
        channel.stored_head = (struct ln_digest){0};
    }
    if (arrival->letter.sequence > channel.highest_sequence)
        channel.highest_sequence = arrival->letter.sequence;
    channel.heard_ms = ln_now_ms(&arrival->local->clock);
    error = advance(arrival->txn, peer, &channel);
    if (error == LN_E_CHAIN) {
        error = keep_proof(arrival->txn, &arrival->letter.from, &arrival->packet->signed_body);
        return error == 0 ? freeze(arrival->txn, peer, LN_E_CHAIN) : error;
    }
    news->has_gap = channel.stored_sequence < channel.highest_sequence;
    return error == 0 ? store_channel_put(arrival->txn, peer, &channel) : error;
}

/* All together ----------------------------------------------------------------------------- */

/** Is an earlier letter missing? What an event rests on may be in it. */
static bool has_gap(const struct ln_channel_record *channel, const struct ln_letter *letter)
{
    return letter->generation > channel->stored_generation
               ? letter->sequence > 1
               : letter->sequence > channel->stored_sequence + 1;
}

static int take_new(struct arrival *arrival, const struct ln_channel_record *channel,
                    struct channel_news *news)
{
    int error = ln_letter_items_check(&arrival->letter, arrival->packet);
    if (error == 0) /* before the items: they may need what we lack */
        error = witness_compare(arrival->txn, arrival->local, &arrival->letter.from,
                                arrival->letter.versions, arrival->letter.versions_count,
                                &arrival->packet->signed_body, &news->view);
    if (error == 0)
        error = verify_items(arrival, has_gap(channel, &arrival->letter));
    if (error == 0)
        error = keep_and_receipt(arrival, news);
    if (error == 0)
        error = update_channel(arrival, news);
    if (error == 0 && arrival->letter.acknowledged != NULL)
        error =
            channel_settle(arrival->txn, &arrival->letter.from, arrival->letter.acknowledged);
    return error;
}

int channel_take(struct store_txn *txn, const struct local *local,
                 const struct ln_packet *packet, struct channel_news *out_news)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(EVENTS_ARENA);
    struct arrival arrival = {.txn = txn, .local = local, .packet = packet, .arena = &arena};
    struct ln_channel_record channel;
    struct ln_taken_record taken;
    int error = open_letter(&arrival);
    if (error == 0)
        error = store_channel_get(txn, &arrival.letter.from, &channel);
    if (error != 0)
        return error;
    struct channel_news news = {.from = arrival.letter.from};
    error = store_taken_get(txn, &arrival.letter.from, number_of(&arrival), &arena, &taken);
    if (error != 0 && error != LN_E_NOT_FOUND)
        return error;
    const bool is_held = error == 0;
    news.is_duplicate = is_held && ln_digest_equal(&taken.digest, &arrival.digest);
    error = news.is_duplicate ? 0 : check_place(&arrival, &channel);
    if (error == 0)
        error = news.is_duplicate ? take_duplicate(&arrival, &taken)
                : is_held         ? freeze_two_letters(&arrival, &taken)
                                  : take_new(&arrival, &channel, &news);
    *out_news = news;
    return error;
}

/* What the peer holds of ours -------------------------------------------------------------- */

static int check_head(struct store_txn *txn, const struct ln_name *peer,
                      const struct ln_place *place)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_sent_record sent;
    const struct store_letter number = {place->generation, place->sequence};
    const int error = store_sent_get(txn, peer, number, &arena, &sent);
    if (error != 0)
        return error;
    return ln_digest_equal(&sent.head, &place->head) ? 0 : LN_E_CHAIN;
}

static int close_receipts_only(struct store_txn *txn, const struct ln_name *peer,
                               struct store_letter number)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_sent_record sent;
    const int error = store_sent_get(txn, peer, number, &arena, &sent);
    if (error != 0 || sent.receipt_due)
        return error;
    return receipt_close_letter(txn, peer, number);
}

/**
 * Where the heads differ there are two letters with one number, and we have signed both: what
 * we send stops, what we take goes on.
 */
static int stop_own(struct store_txn *txn, const struct ln_name *peer, uint64_t generation)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    channel.doubted_generation = generation;
    if (error == 0)
        error = store_channel_put(txn, peer, &channel);
    return error == 0 ? LN_E_CHAIN : error;
}

/**
 * The peer holds what we do not know of: a later letter, which we ask for, or a later
 * generation, which two officers of theirs began because ours had two truths: then all of ours
 * is asked for.
 */
static int ask_beyond(struct store_txn *txn, const struct ln_name *peer,
                      struct ln_channel_record *channel, const struct ln_place *place)
{
    int error = 0;
    if (place->generation > channel->sent_generation && channel->doubted_generation == 0) {
        channel->doubted_generation =
            channel->sent_generation == 0 ? 1 : channel->sent_generation;
        error = store_channel_put(txn, peer, channel);
    }
    return error == 0 ? channel_ask(txn, peer) : error;
}

static bool is_beyond_ours(const struct ln_channel_record *channel,
                           const struct ln_place *place)
{
    return place->generation > channel->sent_generation ||
           (place->generation == channel->sent_generation &&
            place->sequence > channel->sent_sequence);
}

int channel_settle(struct store_txn *txn, const struct ln_name *peer,
                   const struct ln_place *place)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    if (error == 0 && is_beyond_ours(&channel, place))
        return ask_beyond(txn, peer, &channel, place);
    if (error != 0 || place->generation != channel.sent_generation || place->sequence == 0 ||
        place->sequence <= channel.acknowledged_sequence)
        return error;
    error = check_head(txn, peer, place);
    if (error == LN_E_CHAIN)
        return stop_own(txn, peer, place->generation);
    for (uint64_t i = channel.acknowledged_sequence + 1; i <= place->sequence && error == 0;
         i++)
        error =
            close_receipts_only(txn, peer, (struct store_letter){channel.sent_generation, i});
    if (error == 0)
        error = store_channel_get(txn, peer, &channel); /* closing has moved the mark */
    channel.acknowledged_sequence = place->sequence;
    return error == 0 ? store_channel_put(txn, peer, &channel) : error;
}

/* Gaps ------------------------------------------------------------------------------------- */

struct gaps {
    uint64_t generation, expected;
    struct ln_range *out;
    size_t count;
};

static int note_gap(struct store_letter number, const struct ln_taken_record *record,
                    void *context)
{
    (void)record;
    struct gaps *gaps = context;
    if (number.generation != gaps->generation)
        return STORE_STOP;
    if (number.sequence > gaps->expected) {
        if (gaps->count == LN_RANGES_MAX)
            return STORE_STOP;
        gaps->out[gaps->count++] =
            (struct ln_range){gaps->generation, gaps->expected, number.sequence - 1};
    }
    gaps->expected = number.sequence + 1;
    return 0;
}

int channel_gaps(struct store_txn *txn, const struct ln_name *peer, struct ln_range *out,
                 size_t *out_count)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    struct gaps gaps = {channel.stored_generation, channel.stored_sequence + 1, out, 0};
    const struct store_letter first = {gaps.generation, gaps.expected};
    if (error == 0 && channel.highest_sequence > channel.stored_sequence)
        error = store_taken(txn, peer, first, note_gap, &gaps);
    if (error == 0)
        *out_count = gaps.count;
    return error;
}

/* Generations ------------------------------------------------------------------------------ */

int channel_ask(struct store_txn *txn, const struct ln_name *peer)
{
    static const struct ln_nonce none;
    struct ln_channel_record channel;
    const int error = store_channel_get(txn, peer, &channel);
    if (error != 0 || memcmp(&channel.restore_nonce, &none, sizeof none) != 0)
        return error;
    crypto_random(channel.restore_nonce.b, sizeof channel.restore_nonce.b);
    return store_channel_put(txn, peer, &channel);
}

int channel_begin_generation(struct store_txn *txn, const struct ln_name *peer,
                             uint64_t generation)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    if (error == 0 &&
        (generation >= GENERATION_LAST || channel.sent_generation >= GENERATION_LAST))
        return LN_E_FIELD_LENGTH;
    if (error == 0 && channel.sent_generation > 0)
        error = compose_again(txn, peer, channel.sent_generation);
    if (error != 0)
        return error;
    channel.sent_generation =
        (generation > channel.sent_generation ? generation : channel.sent_generation) + 1;
    channel.sent_sequence = channel.settled_sequence = channel.acknowledged_sequence = 0;
    channel.sent_head = (struct ln_digest){0};
    return store_channel_put(txn, peer, &channel);
}

int channel_check_key(struct store_txn *txn, const struct local *local,
                      const struct ln_name *peer)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_channel_record channel;
    struct ln_sent_record sent;
    bool is_ours = true;
    int error = store_channel_get(txn, peer, &channel);
    if (error != 0 || channel.sent_sequence == 0)
        return error;
    const struct store_letter last = {channel.sent_generation, channel.sent_sequence};
    error = store_sent_get(txn, peer, last, &arena, &sent);
    if (error == 0)
        error = is_signed_by_us(local, sent.letter, &is_ours);
    return error == 0 && !is_ours ? channel_begin_generation(txn, peer, 0) : error;
}

int channel_reopen(struct store_txn *txn, const struct ln_name *peer)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    if (error != 0)
        return error;
    if (channel.frozen != 0 && channel.stored_generation < GENERATION_LAST) {
        channel.stored_generation++;
        channel.stored_sequence = channel.highest_sequence = 0;
        channel.stored_head = (struct ln_digest){0};
    }
    channel.frozen = 0;
    error = store_channel_put(txn, peer, &channel);
    if (error != 0)
        return error;
    return channel.doubted_generation != 0 ? channel_ask(txn, peer)
                                           : channel_begin_generation(txn, peer, 0);
}
