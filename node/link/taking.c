/*
 * What follows from mails that were taken: their refusals counted, notes' wishes granted, the
 * hook run.
 */
#include "post.h"

#include "log.h"
#include "process.h"

void taking_count_refusal(struct link *link, int code)
{
    if (-code > 0 && -code < CODES_MAX)
        link->refused[-code]++;
    log_line(LOG_AS_WARNING, "mail refused code=%s", ln_code_of(code)->name);
}

static void run_hook(const struct link *link, uint32_t urgency)
{
    if (link->options.hook == NULL || urgency == 0 || urgency > LN_URGENCY_URGENT)
        return;
    if (process_spawn(link->options.hook, ln_code_name(LN_LIST_URGENCIES, urgency)) != 0)
        log_line(LOG_AS_ERROR, "the hook could not be started");
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

static void after_mail(struct link *link, const struct mailbag_mail *mail)
{
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
    if (mail->is_note ? mail->wish.is_behind : mail->news.is_behind)
        fetch_statements(link);
    if (mail->is_note) {
        after_note(link, peer, &mail->wish);
        return;
    }
    if (mail->news.has_gap || mail->news.is_duplicate) /* a note tells the peer what we hold */
        post_schedule_note(link, peer, true);
    run_hook(link, mail->news.urgency);
}

void taking_after_bag(struct link *link, const struct mailbag *bag)
{
    refresh_senders(link, bag);
    for (size_t i = 0; i < bag->count; i++)
        after_mail(link, &bag->mails[i]);
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
    if (error == LN_E_DISK_FULL)
        log_line(LOG_AS_ERROR, "the disk is full: mails stay at the hub");
    else if (error != 0)
        post_fail(link, error);
    if (error != 0)
        return;
    taking_after_bag(link, &bag);
    mailbag_wipe(&bag);
}
