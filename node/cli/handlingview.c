/*
 * For people and for programs.
 */
#include "handlingview.h"

#include "output.h"

#include <stdio.h>

void handling_print(const struct ln_door_handling *handling)
{
    char day[OUTPUT_TIME_SIZE];
    if (handling == NULL)
        return;
    printf(" [%s", ln_code_name(LN_LIST_HANDLINGS, handling->handling));
    if (handling->source_grade != 0)
        printf(", graded %s%s", ln_code_name(LN_LIST_SOURCE_GRADES, handling->source_grade),
               ln_code_name(LN_LIST_INFORMATION_GRADES, handling->information_grade));
    for (size_t i = 0; i < handling->uses_count; i++)
        printf("%s%s", i == 0 ? ", allowed all the same: " : ", ",
               ln_code_name(LN_LIST_USES, handling->uses[i]));
    for (size_t i = 0; i < handling->onward_count; i++)
        printf("%s%s", i == 0 ? ", onward to: " : ", ", handling->onward[i].member.text);
    output_time(handling->expires_ms, day);
    if (handling->expires_ms != 0)
        printf(", locked from %.10s", day);
    putchar(']');
}

static json_t *grade_json(const struct ln_door_handling *handling)
{
    return handling->source_grade == 0
               ? json_string("")
               : json_sprintf(
                     "%s%s", ln_code_name(LN_LIST_SOURCE_GRADES, handling->source_grade),
                     ln_code_name(LN_LIST_INFORMATION_GRADES, handling->information_grade));
}

json_t *handling_json(const struct ln_door_handling *handling)
{
    if (handling == NULL)
        return json_null();
    json_t *uses = json_array(), *onward = json_array();
    for (size_t i = 0; i < handling->uses_count; i++)
        json_array_append_new(uses, json_string(ln_code_name(LN_LIST_USES, handling->uses[i])));
    for (size_t i = 0; i < handling->onward_count; i++)
        json_array_append_new(onward, json_string(handling->onward[i].member.text));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "code",
                     ln_code_name(LN_LIST_HANDLINGS, handling->handling), "grade",
                     grade_json(handling), "uses", uses, "onward", onward, "expires",
                     output_json_time(handling->expires_ms));
}
