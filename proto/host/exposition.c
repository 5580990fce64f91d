/*
 * Text in a bounded buffer, then one file.
 */
#include "exposition.h"

#include "files.h"

enum { TEXT_MAX = 256 * 1024 };

void exposition_init(struct exposition *exposition, const char *prefix)
{
    *exposition = (struct exposition){prefix, LN_BUFFER(TEXT_MAX), 0};
}

void exposition_wipe(struct exposition *exposition)
{
    ln_buffer_wipe(&exposition->text);
}

void exposition_announce(struct exposition *exposition, const struct exposition_metric *metric)
{
    if (exposition->error == 0)
        exposition->error = ln_buffer_format(
            &exposition->text, "# HELP %s%s %s\n# TYPE %s%s %s\n", exposition->prefix,
            metric->name, metric->help, exposition->prefix, metric->name, metric->type);
}

void exposition_value(struct exposition *exposition, const struct exposition_metric *metric,
                      const char *label, const char *label_value, int64_t value)
{
    if (exposition->error != 0)
        return;
    exposition->error =
        label == NULL
            ? ln_buffer_format(&exposition->text, "%s%s %lld\n", exposition->prefix,
                               metric->name, (long long)value)
            : ln_buffer_format(&exposition->text, "%s%s{%s=\"%s\"} %lld\n", exposition->prefix,
                               metric->name, label, label_value, (long long)value);
}

void exposition_add(struct exposition *exposition, const struct exposition_metric *metric,
                    uint64_t value)
{
    exposition_announce(exposition, metric);
    exposition_value(exposition, metric, NULL, NULL, (int64_t)value);
}

int exposition_write(const struct exposition *exposition, const char *path)
{
    return exposition->error != 0
               ? exposition->error
               : files_write(path, ln_buffer_view(&exposition->text), 0644, FILES_REPLACE);
}
