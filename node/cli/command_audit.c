/*
 * audit show, audit verify: who did what at this node, and whether the log of it is whole.
 */
#include "cli.h"
#include "output.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PLACE_SIZE = 48, TEXT_SIZE = 160 };

/* Asking ----------------------------------------------------------------------------------- */

/** As output_time writes it, local time; the time of day may be left out, and its seconds. */
static int read_time(const char *text, uint64_t *out_ms)
{
    static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    for (size_t i = 0; text != NULL && i < LN_COUNT(forms); i++) {
        struct tm time = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &time);
        const time_t seconds = end == NULL || *end != '\0' ? -1 : mktime(&time);
        if (seconds < 0)
            continue;
        *out_ms = (uint64_t)seconds * LN_SECOND_MS;
        return 0;
    }
    return text == NULL ? 0 : cli_say(LN_E_USAGE, ln_view(text, strlen(text)));
}

static int read_filter(const struct cli *cli, struct ln_door_audit *out)
{
    *out = (struct ln_door_audit){.from_ms = 0};
    if (cli->audit_case != NULL)
        out->case_prefix = ln_view(cli->audit_case, strlen(cli->audit_case));
    if (cli->audit_officer != NULL && ln_name_from(cli->audit_officer, &out->officer) != 0)
        return cli_say(LN_E_NAME, ln_view(cli->audit_officer, strlen(cli->audit_officer)));
    const int error = read_time(cli->audit_from, &out->from_ms);
    return error == 0 ? read_time(cli->audit_until, &out->until_ms) : error;
}

/* Texts ------------------------------------------------------------------------------------ */

/** "2.57", of nothing "-" */
static const char *place_text(uint64_t generation, uint64_t sequence,
                              char out[static PLACE_SIZE])
{
    snprintf(out, PLACE_SIZE, generation == 0 ? "-" : "%llu.%llu",
             (unsigned long long)generation, (unsigned long long)sequence);
    return out;
}

static const char *at(const struct ln_place *place, char out[static PLACE_SIZE])
{
    return place == NULL ? place_text(0, 0, out)
                         : place_text(place->generation, place->sequence, out);
}

static const char *code_name(uint32_t code)
{
    return code == 0 ? "" : ln_code_of(-(int)code)->name;
}

static void names(const struct ln_code_row *list, const uint32_t *codes, size_t count,
                  char out[static TEXT_SIZE])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && used < TEXT_SIZE; i++) {
        const int length = snprintf(out + used, TEXT_SIZE - used, "%s%s", i == 0 ? "" : " ",
                                    ln_code_name(list, codes[i]));
        used += length < 0 ? 0 : (size_t)length;
    }
}

static void case_text(const struct ln_id *case_id, char out[static LN_ID_TEXT_SIZE])
{
    static const struct ln_id none;
    if (ln_id_equal(case_id, &none))
        out[0] = '\0';
    else
        ln_id_text(case_id, out);
}

/* Show ------------------------------------------------------------------------------------- */

static json_t *names_json(const struct ln_code_row *list, const uint32_t *codes, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(ln_code_name(list, codes[i])));
    return array;
}

static json_t *place_json(const struct ln_place *place)
{
    if (place == NULL)
        return json_null();
    return json_pack("{s:I, s:I, s:o}", "generation", (json_int_t)place->generation, "number",
                     (json_int_t)place->sequence, "head", output_json_digest(&place->head));
}

static json_t *row_json(const struct ln_door_audit_row *row)
{
    const struct ln_audit_entry *entry = &row->entry;
    char case_id[LN_ID_TEXT_SIZE];
    case_text(&entry->case_id, case_id);
    return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:i, s:o, s:o}",
                     "place", place_json(&row->place), "time", output_json_time(entry->when_ms),
                     "action", ln_code_name(LN_LIST_AUDIT_ACTIONS, entry->action), "officer",
                     entry->officer.text, "second", entry->second.text, "roles",
                     names_json(LN_LIST_ROLES, entry->roles, entry->roles_count), "case",
                     case_id, "member", entry->member.text, "code", code_name(entry->code),
                     "shown",
                     names_json(LN_LIST_COMPARTMENTS, entry->shown, entry->shown_count), "shut",
                     names_json(LN_LIST_COMPARTMENTS, entry->shut, entry->shut_count), "count",
                     (int)entry->count, "purpose", output_json_bytes(entry->purpose), "seen",
                     place_json(entry->place));
}

static void print_row(struct libscols_table *table, const struct ln_door_audit_row *row)
{
    const struct ln_audit_entry *entry = &row->entry;
    char place[PLACE_SIZE], time[OUTPUT_TIME_SIZE], case_id[LN_ID_TEXT_SIZE], shown[TEXT_SIZE],
        purpose[LN_AUDIT_PURPOSE_MAX + 1], officers[2 * sizeof entry->officer + 8];
    output_time(entry->when_ms, time);
    case_text(&entry->case_id, case_id);
    names(LN_LIST_COMPARTMENTS, entry->shown, entry->shown_count, shown);
    snprintf(officers, sizeof officers, "%s%s%s", entry->officer.text,
             entry->second.text[0] == '\0' ? "" : " with ", entry->second.text);
    snprintf(purpose, sizeof purpose, "%.*s", (int)entry->purpose.size,
             entry->purpose.size == 0 ? "" : (const char *)entry->purpose.data);
    const char *const cells[] = {
        at(&row->place, place),
        time,
        officers,
        ln_code_name(LN_LIST_AUDIT_ACTIONS, entry->action),
        case_id[0] == '\0' ? entry->member.text : case_id,
        shown,
        code_name(entry->code),
        purpose,
    };
    output_row(table, cells);
}

static void print_rows(const struct ln_door_reply *reply)
{
    static const char *const columns[] = {"ENTRY",   "TIME",           "OFFICER",
                                          "ACTION",  "CASE OR MEMBER", "OPENED",
                                          "REFUSED", "PURPOSE",        NULL};
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < reply->audit_count; i++)
        print_row(table, &reply->audit[i]);
    output_table_print(table);
    if (reply->count > reply->audit_count)
        printf("the newest %zu of %llu\n", reply->audit_count,
               (unsigned long long)reply->count);
}

static int show(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_audit filter;
    struct ln_door_request request = {.audit_show = &filter};
    struct ln_door_reply reply;
    int error = read_filter(cli, &filter);
    if (error == 0)
        error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->wants_json) {
        json_t *rows = json_array();
        for (size_t i = 0; i < reply.audit_count; i++)
            json_array_append_new(rows, row_json(&reply.audit[i]));
        output_json(rows);
    } else if (reply.audit_count == 0) {
        puts("nothing here");
    } else {
        print_rows(&reply);
    }
    return 0;
}

/* Verify ----------------------------------------------------------------------------------- */

/** The first thing that is wrong with our own log; 0: it is whole. */
static int verdict_code(const struct ln_door_audit_verdict *verdict)
{
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct ln_door_audit_finding *finding = &verdict->findings[i];
        if (finding->code != 0 && finding->about.text[0] == '\0')
            return -(int)finding->code;
    }
    return 0;
}

static json_t *finding_json(const struct ln_door_audit_finding *finding)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "code",
                     finding->code == 0 ? "RESTORED" : code_name(finding->code), "about",
                     finding->about.text, "witness", finding->witness.text, "generation",
                     (json_int_t)finding->generation, "number", (json_int_t)finding->sequence,
                     "entries", (json_int_t)finding->count, "found",
                     output_json_time(finding->when_ms));
}

static void print_json(const struct ln_door_audit_verdict *verdict)
{
    json_t *findings = json_array(), *witnesses = json_array();
    for (size_t i = 0; i < verdict->findings_count; i++)
        json_array_append_new(findings, finding_json(&verdict->findings[i]));
    for (size_t i = 0; i < verdict->witnesses_count; i++) {
        const struct ln_door_audit_witness *witness = &verdict->witnesses[i];
        json_array_append_new(witnesses,
                              json_pack("{s:s, s:o, s:o}", "member", witness->member.text,
                                        "seen", place_json(witness->ours), "own",
                                        place_json(witness->theirs)));
    }
    output_json(json_pack("{s:b, s:I, s:o, s:o, s:o, s:I}", "whole", verdict_code(verdict) == 0,
                          "entries", (json_int_t)verdict->entries, "end",
                          place_json(verdict->head), "witnesses", witnesses, "findings",
                          findings, "findings_all", (json_int_t)verdict->findings_all));
}

static void print_witnesses(const struct ln_door_audit_verdict *verdict)
{
    char end[PLACE_SIZE], seen[PLACE_SIZE];
    printf("%llu entries; the log ends at %s\n", (unsigned long long)verdict->entries,
           at(verdict->head, end));
    for (size_t i = 0; i < verdict->witnesses_count; i++) {
        const struct ln_door_audit_witness *witness = &verdict->witnesses[i];
        if (witness->ours == NULL)
            printf("%s has said nothing of it yet\n", witness->member.text);
        else
            printf("%s has seen it up to %s\n", witness->member.text, at(witness->ours, seen));
    }
}

/** "2.57: entries of the audit log are missing, 3 of them; TH has seen it [AUDIT_CUT]" */
static void print_finding(const struct ln_door_audit_finding *finding)
{
    char place[PLACE_SIZE], time[OUTPUT_TIME_SIZE];
    if (finding->about.text[0] != '\0')
        printf("the log of %s, ", finding->about.text);
    printf("%s: %s", place_text(finding->generation, finding->sequence, place),
           finding->code == 0 ? "entries up to here were lost by a restore that was said"
                              : ln_code_of(-(int)finding->code)->text);
    if (finding->count > 0)
        printf(", %llu of them", (unsigned long long)finding->count);
    if (finding->witness.text[0] != '\0')
        printf("; %s has seen it", finding->witness.text);
    if (finding->when_ms != 0) {
        output_time(finding->when_ms, time);
        printf("; found %s", time);
    }
    printf(" [%s]\n", finding->code == 0 ? "RESTORED" : code_name(finding->code));
}

static int verify(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    static const struct ln_door_empty empty;
    struct ln_door_request request = {.audit_verify = &empty};
    struct ln_door_reply reply;
    const int error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (reply.verdict == NULL)
        return cli_say(LN_E_MISSING_FIELD, ln_view(NULL, 0));
    const int code = verdict_code(reply.verdict);
    if (cli->wants_json) {
        print_json(reply.verdict);
    } else {
        print_witnesses(reply.verdict);
        for (size_t i = 0; i < reply.verdict->findings_count; i++)
            print_finding(&reply.verdict->findings[i]);
        if (code == 0)
            puts("the log is whole");
    }
    return code == 0 ? 0 : cli_say(code, ln_view(NULL, 0));
}

int command_audit(const struct cli *cli)
{
    static const struct {
        const char *word;
        int (*run)(const struct cli *cli);
    } words[] = {{"show", show}, {"verify", verify}};
    const char *word = NULL;
    const int error = cli_need_word(cli, 0, "show or verify", &word);
    for (size_t i = 0; error == 0 && i < LN_COUNT(words); i++) {
        if (strcmp(word, words[i].word) == 0)
            return words[i].run(cli);
    }
    return error == 0 ? cli_say(LN_E_USAGE, ln_view(word, strlen(word))) : error;
}
