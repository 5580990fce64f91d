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

void about_print(const struct ln_door_event *event)
{
    char origin[LN_ID_TEXT_SIZE];
    if (event->target_member.text[0] != '\0')
        printf("      about %s.%llu %s", event->target_member.text,
               (unsigned long long)event->target_number,
               event->target_compartment == 0
                   ? ""
                   : ln_code_name(LN_LIST_COMPARTMENTS, event->target_compartment));
    for (size_t i = 0; i < event->asked_uses_count; i++)
        printf("%s%s", i == 0 ? ", for: " : ", ",
               ln_code_name(LN_LIST_USES, event->asked_uses[i]));
    for (size_t i = 0; i < event->asked_countries_count; i++)
        printf("%s%s", i == 0 ? ", to: " : ", ", event->asked_countries[i].member.text);
    if (event->target_member.text[0] != '\0')
        putchar('\n');
    ln_id_text(&event->origin_case, origin);
    if (event->origin_member.text[0] != '\0')
        printf("      forwarded: it comes from %s, case %s\n", event->origin_member.text,
               origin);
}

json_t *about_json(const struct ln_door_event *event)
{
    char origin[LN_ID_TEXT_SIZE];
    json_t *uses = json_array(), *countries = json_array();
    for (size_t i = 0; i < event->asked_uses_count; i++)
        json_array_append_new(uses,
                              json_string(ln_code_name(LN_LIST_USES, event->asked_uses[i])));
    for (size_t i = 0; i < event->asked_countries_count; i++)
        json_array_append_new(countries, json_string(event->asked_countries[i].member.text));
    ln_id_text(&event->origin_case, origin);
    return json_pack("{s:s, s:I, s:s, s:o, s:o, s:s, s:s}", "member", event->target_member.text,
                     "number", (json_int_t)event->target_number, "compartment",
                     event->target_compartment == 0
                         ? ""
                         : ln_code_name(LN_LIST_COMPARTMENTS, event->target_compartment),
                     "uses", uses, "countries", countries, "origin_member",
                     event->origin_member.text, "origin_case",
                     event->origin_member.text[0] == '\0' ? "" : origin);
}
