/*
 * One table of metrics: what each is called, and where the number stands.
 */
#include "metrics.h"

#include "exposition.h"

static const struct metric_row {
    struct exposition_metric metric;
    size_t offset;
} rows[] = {
#define ROW(member, type, help)                                        \
    {                                                                  \
        {#member, type, help}, offsetof(struct front_counters, member) \
    }
    ROW(puts, "counter", "PUT frames taken"),
    ROW(stored, "counter", "envelopes on disk and answered STORED"),
    ROW(delivered, "counter", "DELIVER frames sent"),
    ROW(acknowledged, "counter", "envelopes acknowledged and deleted"),
    ROW(refused, "counter", "frames refused with a code"),
    ROW(strangers, "counter", "messages from keys that nobody in the roster has"),
    ROW(many_parts, "counter", "messages of more than one frame"),
    ROW(connections, "gauge", "members that are connected"),
#undef ROW
};

static const struct exposition_metric mails = {"mails", "gauge", "envelopes that wait"};
static const struct exposition_metric mail_bytes = {"mail_bytes", "gauge", "their bytes"};
static const struct exposition_metric knocks = {"knocks_refused", "counter",
                                                "handshakes refused"};

int metrics_write(const char *path, const struct front_counters *counters,
                  const struct mailbox *mailbox, uint64_t zap_refused)
{
    AUTO(exposition_wipe) struct exposition exposition;
    exposition_init(&exposition, "liaison_hub_");
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const uint8_t *at = (const uint8_t *)counters + rows[i].offset;
        exposition_add(&exposition, &rows[i].metric, *(const uint64_t *)(const void *)at);
    }
    exposition_add(&exposition, &mails, mailbox_count(mailbox));
    exposition_add(&exposition, &mail_bytes, mailbox_bytes(mailbox));
    exposition_add(&exposition, &knocks, zap_refused);
    return exposition_write(&exposition, path);
}
