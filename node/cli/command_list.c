/*
 * inbox, outbox.
 */
#include "case.h"
#include "cli.h"
#include "delivery.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static json_t *row_json(const struct ln_door_row *row)
{
    json_t *parties = json_array();
    for (size_t i = 0; i < row->parties_count; i++) {
        const struct ln_door_party *party = &row->parties[i];
        json_array_append_new(parties,
                              json_pack("{s:s, s:s, s:s}", "member", party->member.text,
                                        "office", party->office.text, "status",
                                        i == 0 ? "REFERRER" : case_status_name(party->status)));
    }
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:i, s:i, s:s, s:i, s:b, s:o, s:b, s:b}",
                     "case", output_json_id(&row->case_id), "urgency",
                     ln_code_name(LN_LIST_URGENCIES, row->urgency), "request",
                     ln_code_name(LN_LIST_REQUESTS, row->request), "from", row->from.text,
                     "parties", parties, "updated", output_json_time(row->updated_ms), "events",
                     (int)row->events, "unread", (int)row->unread, "delivery",
                     row->delivery == 0 ? "" : delivery_status_name(row->delivery), "duties",
                     (int)row->duties, "late", (int)row->is_late, "escalated",
                     output_json_offices(row->escalated, row->escalated_count), "locked",
                     (int)row->is_locked, "erased", (int)row->is_erased);
}

/** "TH OPENED, MM SENT" */
static void addressees(const struct ln_door_row *row, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 1; i < row->parties_count && used < size; i++) {
        const int length =
            snprintf(out + used, size - used, "%s%s %s", i == 1 ? "" : ", ",
                     row->parties[i].member.text, case_status_name(row->parties[i].status));
        used += length < 0 ? 0 : (size_t)length;
    }
}

/** What is to be done first. Where no event took effect there is nobody who could do it. */
static const char *next_of(const struct ln_door_row *row, bool is_outbox)
{
    if (row->parties_count == 0)
        return "NOT_BEGUN";
    if (row->duties > 0)
        return "PASS ON";
    if (is_outbox)
        return delivery_status_name(row->delivery);
    return row->unread > 0 ? "NEW" : "";
}

static void state_of(const struct ln_door_row *row, bool is_outbox, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s", row->is_late ? "LATE " : "",
             row->escalated_count > 0 ? "ESCALATED " : "",
             row->is_erased   ? "ERASED "
             : row->is_locked ? "LOCKED "
                              : "",
             next_of(row, is_outbox));
}

static void print_rows(const struct ln_door_reply *reply, bool is_outbox)
{
    static const char *const columns[] = {"CASE",       "URGENCY", "REQUEST", "FROM",
                                          "ADDRESSEES", "LAST",    "STATE",   NULL};
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < reply->rows_count; i++) {
        const struct ln_door_row *row = &reply->rows[i];
        char id[LN_ID_TEXT_SIZE], parties[160], time[OUTPUT_TIME_SIZE], state[64];
        ln_id_text(&row->case_id, id);
        addressees(row, parties, sizeof parties);
        output_time(row->updated_ms, time);
        state_of(row, is_outbox, state, sizeof state);
        const char *const cells[] = {
            id,
            ln_code_name(LN_LIST_URGENCIES, row->urgency),
            ln_code_name(LN_LIST_REQUESTS, row->request),
            row->from.text,
            parties,
            time,
            state,
        };
        output_row(table, cells);
    }
    output_table_print(table);
    if (reply->count > reply->rows_count)
        printf("the newest %zu of %llu\n", reply->rows_count, (unsigned long long)reply->count);
}

static int list(const struct cli *cli, enum ln_door_box box)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    const struct ln_door_list what = {box};
    struct ln_door_request request = {.list = &what};
    struct ln_door_reply reply;
    const int error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->wants_json) {
        json_t *rows = json_array();
        for (size_t i = 0; i < reply.rows_count; i++)
            json_array_append_new(rows, row_json(&reply.rows[i]));
        output_json(rows);
    } else if (reply.rows_count == 0) {
        puts("nothing here");
    } else {
        print_rows(&reply, box == LN_DOOR_OUTBOX);
    }
    return 0;
}

int command_inbox(const struct cli *cli)
{
    return list(cli, LN_DOOR_INBOX);
}

int command_outbox(const struct cli *cli)
{
    return list(cli, LN_DOOR_OUTBOX);
}
