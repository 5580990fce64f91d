/*
 * One article, in two lines.
 */
#include "permitview.h"

#include "output.h"

#include <stdio.h>

enum { SPAN_SIZE = 32 };

void permit_print(const struct ln_door_permit *permit, const char *indent)
{
    char acknowledge[SPAN_SIZE], act[SPAN_SIZE];
    if (permit == NULL)
        return;
    output_span(permit->acknowledge_ms, acknowledge, sizeof acknowledge);
    output_span(permit->act_ms, act, sizeof act);
    printf("%sby %s, version %llu, article %u: ", indent, permit->agreement.text,
           (unsigned long long)permit->version, permit->article);
    output_in_line(permit->title);
    putchar('\n');
    printf("%sto be acknowledged within %s and acted on within %s; kept for %u days; onward "
           "sharing: %s\n",
           indent, acknowledge, act, permit->retention_days,
           ln_code_name(LN_LIST_ONWARDS, permit->onward));
}

json_t *permit_json(const struct ln_door_permit *permit)
{
    if (permit == NULL)
        return json_null();
    return json_pack("{s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:s}", "agreement",
                     permit->agreement.text, "version", (json_int_t)permit->version, "article",
                     (json_int_t)permit->article, "title", output_json_bytes(permit->title),
                     "acknowledge_ms", (json_int_t)permit->acknowledge_ms, "act_ms",
                     (json_int_t)permit->act_ms, "retention_days",
                     (json_int_t)permit->retention_days, "onward",
                     ln_code_name(LN_LIST_ONWARDS, permit->onward));
}
