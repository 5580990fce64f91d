/*
 * What follows from mails that were taken: their refusals counted, notes' wishes granted, the
 * hook run.
 */
#include "post.h"

#include "log.h"
#include "process.h"

enum { RING_TICKS = 60 };

void taking_count_refusal(struct link *link, int code)
{
    if (-code > 0 && -code < CODES_MAX)
        link->refused[-code]++;
    log_line(LOG_AS_WARNING, "mail refused code=%s", ln_code_of(code)->name);
}

/* The hook: nobody watches a terminal at two in the morning. What is to be told stands in the
 * store until it is told, so that a kill in between does not lose it. */

static int forget_ring(struct store_txn *txn, void *context)
{
    (void)context;
    return store_fact_put(txn, MAILBAG_RING, ln_view(NULL, 0));
}

void taking_ring(struct link *link)
{
    const uint32_t urgency = link->to_ring;
    if (urgency == 0 || link->options.hook == NULL ||
        (link->rung[urgency] != 0 && link->ticks < link->rung[urgency] + RING_TICKS))
        return;
    if (process_spawn(link->options.hook, ln_code_name(LN_LIST_URGENCIES, urgency)) != 0)
        log_line(LOG_AS_ERROR, "the hook could not be started");
    link->rung[urgency] = link->ticks + 1;
    link->to_ring = 0;
    const int error = store_run(link->local->store, forget_ring, NULL);
    if (error != 0 && error != LN_E_DISK_FULL)
        post_fail(link, error);
}

static void note_ring(struct link *link, uint32_t urgency)
{
    if (urgency >= LN_URGENCY_EMERGENCY && urgency <= LN_URGENCY_URGENT &&
        (link->to_ring == 0 || urgency < link->to_ring))
        link->to_ring = urgency;
}

int taking_ring_again(struct link *link)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(1);
    struct store_txn *txn;
    int error = store_read(link->local->store, &txn);
    if (error != 0)
        return error;
    error = store_fact_get(txn, MAILBAG_RING, &value);
    store_end(&txn);
    if (error == 0 && value.size == 1)
        note_ring(link, value.data[0]);
    return error == LN_E_NOT_FOUND ? 0 : error;
}

static void after_note(struct link *link, struct peer *peer, const struct note_wish *wish)
{
    for (size_t i = 0; i < wish->again_count; i++)
        flights_rush(&peer->flights, &wish->again[i], post_now_ms(link));
    if (wish->has_answer) {
        peer->has_answer = true;
        peer->answer = wish->answer_nonce;
        peer->note_due_ms = 0; /* a restored peer waits for it */
    }
    if (wish->wants_note)
        post_schedule_note(link, peer, true);
    peer->has_news |= wish->has_news;
}

/** The hubs are greeted again: whoever holds what we lack sends it. At most once a minute. */
static void fetch_statements(struct link *link)
{
    if (post_now_ms(link) < link->fetched_ms + LN_MINUTE_MS)
        return;
    link->fetched_ms = post_now_ms(link);
    for (size_t i = 0; i < link->lines_count; i++)
        hubline_greet_again(link->lines[i]);
}

static struct peer *sender_of(struct link *link, const struct mailbag_mail *mail)
{
    return post_find_peer(link, mail->is_note ? &mail->wish.from : &mail->news.from);
}

/** Once for each sender, however many mails of theirs were in the bag. */
static void refresh_senders(struct link *link, const struct mailbag *bag)
{
    for (size_t i = 0; i < bag->count; i++) {
        struct peer *peer = bag->mails[i].result == 0 ? sender_of(link, &bag->mails[i]) : NULL;
        if (peer != NULL)
            peer->is_stale = true;
    }
    for (size_t i = 0; i < link->peers_count; i++) {
        const int error = link->peers[i].is_stale ? post_refresh(link, &link->peers[i]) : 0;
        if (error != 0)
            post_fail(link, error);
        link->peers[i].is_stale = false;
    }
}

/** Nobody knows who sealed it: all are told which epochs open here, and what is missing. */
static void ask_to_seal_again(struct link *link)
{
    for (size_t i = 0; i < link->peers_count; i++)
        post_schedule_note(link, &link->peers[i], true);
}

/** The hubs are asked for what a counterpart holds and we do not. */
static void see_view(struct link *link, const struct mailbag_mail *mail)
{
    struct peer *peer = sender_of(link, mail);
    const struct witness_view *view = mail->is_note ? &mail->wish.view : &mail->news.view;
    if (peer == NULL || !view->is_said)
        return;
    peer->view = *view;
    if (view->version != 0)
        fetch_statements(link);
}

static void after_mail(struct link *link, const struct mailbag_mail *mail)
{
    see_view(link, mail);
    if (mail->result != 0) {
        if (mail->result != LN_E_REPLAY)
            taking_count_refusal(link, mail->result);
        link->has_kept |= mailbag_keeps(mail);
        if (mail->result == LN_E_UNSEALABLE)
            ask_to_seal_again(link);
        return;
    }
    struct peer *peer = sender_of(link, mail);
    if (peer == NULL)
        return;
    if (mail->is_note) {
        after_note(link, peer, &mail->wish);
        return;
    }
    if (mail->news.has_gap || mail->news.is_duplicate) /* a note tells the peer what we hold */
        post_schedule_note(link, peer, true);
    note_ring(link, mail->news.urgency);
}

void taking_after_bag(struct link *link, const struct mailbag *bag)
{
    refresh_senders(link, bag);
    for (size_t i = 0; i < bag->count; i++)
        after_mail(link, &bag->mails[i]);
    taking_ring(link);
    sending_fly(link, bag->made);
    post_kick(link);
}

void taking_mails(void *context, struct hubline *line, const struct ln_bytes *envelopes,
                  size_t count, bool *keep)
{
    (void)line;
    struct link *link = context;
    struct mailbag bag;
    const int error = mailbag_take(link->local, envelopes, count, &bag);
    for (size_t i = 0; i < count; i++)
        keep[i] = error != 0 || mailbag_keeps(&bag.mails[i]);
    link->was_full |= error == LN_E_DISK_FULL;
    link->has_kept |= error == LN_E_DISK_FULL;
    if (error == LN_E_DISK_FULL)
        log_line(LOG_AS_ERROR, "the disk is full: mails stay at the hub");
    else if (error != 0)
        post_fail(link, error);
    if (error != 0)
        return;
    taking_after_bag(link, &bag);
    mailbag_wipe(&bag);
}
