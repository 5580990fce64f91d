/*
 * One row a kind of thing that ends: how it is called, and who has to do what.
 */
#include "warning.h"

#include "output.h"

#include <liaison/vocabulary.h>

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>

/** Days before the end from which on people are warned, the loudest first. */
static const struct level {
    uint64_t days;
    const char *name, *shown;
} levels[] = {
    {0, "ENDED", "ENDED"}, {7, "7", "7 DAYS"}, {30, "30", "30 days"}, {60, "60", "60 days"}};

static const struct kind {
    const char *name;
    const char *of_own, *of_other; /* what it is; a name and a compartment follow */
    const char *advice_own, *advice_other;
} kinds[] = {
    [LN_DOOR_EXPIRY_ROSTER] = {"ROSTER", "the federation's roster", "the federation's roster",
                               "the countries sign its next version", ""},
    [LN_DOOR_EXPIRY_MANIFEST] = {"MANIFEST", "our manifest", "the manifest of ",
                                 "manifest make --previous; our roots sign it",
                                 "tell that country: only it can make the next"},
    [LN_DOOR_EXPIRY_SIGNING_KEY] = {"SIGNING_KEY", "this node's signing key", "",
                                    "node rotate, then a new manifest", ""},
    [LN_DOOR_EXPIRY_TRANSPORT_KEY] = {"TRANSPORT_KEY", "this node's transport key", "",
                                      "node rotate, then a new manifest", ""},
    [LN_DOOR_EXPIRY_OFFICER] = {"OFFICER", "the keys of officer ", "",
                                "officer new, then a new manifest", ""},
    [LN_DOOR_EXPIRY_ROLE_KEY] = {"ROLE_KEY", "the role key of ", "",
                                 "role rotate, then a new manifest", ""},
    [LN_DOOR_EXPIRY_AGREEMENT] = {"AGREEMENT", "the agreement ", "",
                                  "the parties sign its next version", ""},
};

/** NULL: it is far away. */
static const struct level *level_of(uint64_t now_ms, uint64_t expires_ms)
{
    for (size_t i = 0; i < LN_COUNT(levels); i++) {
        if (expires_ms <= now_ms + levels[i].days * LN_DAY_MS)
            return &levels[i];
    }
    return NULL;
}

/** The roster is everybody's, and so ours. */
static bool is_own(const struct ln_door_status *status, const struct ln_door_expiry *expiry)
{
    return expiry->member.text[0] == '\0' || ln_name_equal(&expiry->member, &status->member);
}

static void describe(const struct kind *kind, const struct ln_door_expiry *expiry, bool is_ours,
                     char *out, size_t size)
{
    const char *name = expiry->name.text;
    if (name[0] == '\0' && !is_ours)
        name = expiry->member.text;
    snprintf(out, size, "%s%s%s%s", is_ours ? kind->of_own : kind->of_other, name,
             expiry->compartment == 0 ? "" : ", ",
             expiry->compartment == 0
                 ? ""
                 : ln_code_name(LN_LIST_COMPARTMENTS, expiry->compartment));
}

static void add_row(struct libscols_table *table, const struct ln_door_status *status,
                    const struct ln_door_expiry *expiry, const struct level *level)
{
    const struct kind *kind = &kinds[expiry->kind];
    const bool is_ours = is_own(status, expiry);
    char until[OUTPUT_TIME_SIZE], what[128];
    output_time(expiry->expires_ms, until);
    until[10] = '\0'; /* the day is enough */
    describe(kind, expiry, is_ours, what, sizeof what);
    const char *const cells[] = {level->shown, until, what,
                                 is_ours ? kind->advice_own : kind->advice_other};
    output_row(table, cells);
}

void warning_print(const struct ln_door_status *status)
{
    static const char *const columns[] = {"WARNING", "UNTIL", "WHAT ENDS", "WHAT TO DO", NULL};
    struct libscols_table *table = NULL;
    for (size_t i = 0; i < status->expiries_count; i++) {
        const struct ln_door_expiry *expiry = &status->expiries[i];
        const struct level *level = level_of(status->time_ms, expiry->expires_ms);
        if (level == NULL)
            continue;
        if (table == NULL)
            table = output_table(columns);
        add_row(table, status, expiry, level);
    }
    if (table == NULL)
        return;
    putchar('\n');
    output_table_print(table);
}

json_t *warning_json(const struct ln_door_status *status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < status->expiries_count; i++) {
        const struct ln_door_expiry *expiry = &status->expiries[i];
        const struct level *level = level_of(status->time_ms, expiry->expires_ms);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s?, s:o, s:s?}", "kind", kinds[expiry->kind].name,
                      "member", expiry->member.text, "name", expiry->name.text, "compartment",
                      expiry->compartment == 0
                          ? NULL
                          : ln_code_name(LN_LIST_COMPARTMENTS, expiry->compartment),
                      "expires", output_json_time(expiry->expires_ms), "warning",
                      level == NULL ? NULL : level->name));
    }
    return list;
}
