/*
 * One table of metrics: name, type, help, and where the number stands.
 */
#include "metrics.h"

#include "files.h"

static const struct metric_row {
    const char *name, *type, *help;
    size_t offset;
} rows[] = {
#define ROW(member, type, help)                                      \
    {                                                                \
#member, type, help, offsetof(struct front_counters, member) \
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

static int add_metric(struct ln_buffer *text, const char *name, const char *type,
                      const char *help, uint64_t value)
{
    return ln_buffer_format(
        text, "# HELP liaison_hub_%s %s\n# TYPE liaison_hub_%s %s\nliaison_hub_%s %llu\n", name,
        help, name, type, name, (unsigned long long)value);
}

int metrics_write(const char *path, const struct front_counters *counters,
                  const struct mailbox *mailbox, uint64_t zap_refused)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(16 * 1024);
    int error = 0;
    for (size_t i = 0; i < LN_COUNT(rows) && error == 0; i++) {
        const uint8_t *at = (const uint8_t *)counters + rows[i].offset;
        error = add_metric(&text, rows[i].name, rows[i].type, rows[i].help,
                           *(const uint64_t *)(const void *)at);
    }
    if (error == 0)
        error =
            add_metric(&text, "mails", "gauge", "envelopes that wait", mailbox_count(mailbox));
    if (error == 0)
        error = add_metric(&text, "mail_bytes", "gauge", "their bytes", mailbox_bytes(mailbox));
    if (error == 0)
        error =
            add_metric(&text, "knocks_refused", "counter", "handshakes refused", zap_refused);
    return error == 0 ? files_write(path, ln_buffer_view(&text), 0644, FILES_REPLACE) : error;
}
