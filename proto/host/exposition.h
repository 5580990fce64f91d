/*
 * What a daemon shows of itself to programs: a file in Prometheus' text form. Counts, times and
 * codes; never a person and never a case.
 *
 * Errors are kept until exposition_write, which says the first.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <liaison/base.h>
#include <liaison/error.h>

/** How a metric is announced, once, in front of its values. */
struct exposition_metric {
    const char *name; /* without the prefix */
    const char *type; /* "counter" or "gauge" */
    const char *help;
};

struct exposition {
    const char *prefix; /* "liaison_hub_" */
    struct ln_buffer text;
    int error;
};

void exposition_init(struct exposition *exposition, const char *prefix);
void exposition_wipe(struct exposition *exposition);

void exposition_announce(struct exposition *exposition, const struct exposition_metric *metric);
/**
 * A value of the metric that was announced last. `label` and its value (names of the program's
 * own, or checked names) set it apart from others; NULL: it is alone.
 */
void exposition_value(struct exposition *exposition, const struct exposition_metric *metric,
                      const char *label, const char *label_value, int64_t value);
/** Announces it and gives its only value. */
void exposition_add(struct exposition *exposition, const struct exposition_metric *metric,
                    uint64_t value);

/** Writes the file anew, atomically. LN_E_OUT_OF_MEMORY, LN_E_TOO_LARGE, of files_write. */
LN_CHECKED int exposition_write(const struct exposition *exposition, const char *path);

#endif
