/*
 * status, codes.
 */
#include "cli.h"
#include "output.h"
#include "warning.h"

#include <stdio.h>

static const char *const hub_states[] = {"", "CONNECTING", "GREETING", "READY"};

static const char *hub_state(uint32_t state)
{
    return state < LN_COUNT(hub_states) ? hub_states[state] : "UNKNOWN";
}

static const char *peer_state(const struct ln_door_peer *peer)
{
    if (peer->standing != 0)
        return ln_code_of((int)peer->standing)->name;
    if (peer->frozen != 0)
        return ln_code_of((int)peer->frozen)->name;
    if (peer->is_restoring)
        return "RESTORING";
    return peer->can_seal ? "OPEN" : "NO KEY YET";
}

static void print_peers(const struct ln_door_status *status)
{
    static const char *const columns[] = {"MEMBER",        "CHANNEL", "HEARD",    "WAITING",
                                          "NOT RECEIPTED", "MISSING", "MANIFEST", NULL};
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < status->peers_count; i++) {
        const struct ln_door_peer *peer = &status->peers[i];
        char heard[OUTPUT_TIME_SIZE], waiting[16], open[16], missing[16], manifest[24];
        output_time(peer->heard_ms, heard);
        snprintf(waiting, sizeof waiting, "%u", peer->waiting);
        snprintf(open, sizeof open, "%u", peer->open_letters);
        snprintf(missing, sizeof missing, "%u", peer->missing);
        snprintf(manifest, sizeof manifest, "%llu", (unsigned long long)peer->manifest_version);
        const char *const cells[] = {peer->member.text, peer_state(peer), heard, waiting, open,
                                     missing,           manifest};
        output_row(table, cells);
    }
    output_table_print(table);
}

static void print_offices(const struct ln_door_status *status)
{
    static const char *const columns[] = {"ADDRESS", "OFFICE", NULL};
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < status->offices_count; i++) {
        const struct ln_door_office *office = &status->offices[i];
        char address[2 * LN_NAME_MAX + 2], title[256];
        snprintf(address, sizeof address, "%s/%s", office->member.text, office->office.text);
        snprintf(title, sizeof title, "%.*s", (int)office->title.size,
                 (const char *)office->title.data);
        const char *const cells[] = {address, title};
        output_row(table, cells);
    }
    output_table_print(table);
}

static void print_lacking(const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->peers_count; i++) {
        const struct ln_door_peer *peer = &status->peers[i];
        if (peer->lacking_version == 0)
            continue;
        const bool is_roster = peer->lacking_member.text[0] == '\0';
        printf(
            "  WARNING: %s holds version %llu of %s%s, which no hub has given to this node;\n"
            "    if this stays, have it sent by courier: a hub may be holding it back\n",
            peer->member.text, (unsigned long long)peer->lacking_version,
            is_roster ? "the roster" : "the manifest of ", peer->lacking_member.text);
    }
}

static void print_standing(const struct ln_door_peer *peer)
{
    if (peer->standing == (uint32_t)-LN_E_ROOT_NOT_ACCEPTED)
        printf("  WARNING: %s has joined, and its root was not accepted here: nothing is taken "
               "from it\n    and nothing sent to it; two officers get its digits from that "
               "country and run:\n    liaison root accept %s --fingerprint DIGITS\n",
               peer->member.text, peer->member.text);
    else if (peer->standing != 0 && peer->waiting + peer->open_letters > 0)
        printf("  WARNING: %s is no member any more, and %u letters and items for it had no "
               "receipt:\n    what they were to bring about, bring about in another way\n",
               peer->member.text, peer->waiting + peer->open_letters);
}

static void print_standings(const struct ln_door_status *status)
{
    for (size_t i = 0; i < status->peers_count; i++)
        print_standing(&status->peers[i]);
}

static void print_status(const struct ln_door_status *status)
{
    char time[OUTPUT_TIME_SIZE];
    printf("member %s\n", status->member.text);
    output_time(status->roster_expires_ms, time);
    printf("  roster version %llu, until %.10s\n", (unsigned long long)status->roster_version,
           time);
    output_time(status->epoch_ends_ms, time);
    printf("  epoch %llu, until %.10s\n", (unsigned long long)status->epoch, time);
    for (size_t i = 0; i < status->hubs_count; i++) {
        output_time(status->hubs[i].since_ms, time);
        printf("  hub %s %s since %s\n", status->hubs[i].hub.text,
               hub_state(status->hubs[i].state), time);
    }
    if (status->proofs > 0)
        printf("  ALARM: %u proofs of two truths are kept; talk to the counterparts\n",
               status->proofs);
    print_standings(status);
    if (status->duties > 0)
        printf("  ** in %u cases a correction or revocation waits to be passed on: see liaison "
               "outbox, then liaison pass-on CASE **\n",
               status->duties);
    if (status->locked > 0)
        printf(
            "  in %u cases the agreement lets nothing be kept any longer of what others sent: "
            "it is locked, see liaison inbox;\n    two officers erase it: liaison erase CASE\n",
            status->locked);
    print_lacking(status);
    for (size_t i = 0; i < status->refusals_count; i++)
        printf("  refused %llu times: %s (%s)\n", (unsigned long long)status->refusals[i].count,
               ln_code_of((int)status->refusals[i].code)->text,
               ln_code_of((int)status->refusals[i].code)->name);
    putchar('\n');
    print_peers(status);
    warning_print(status);
}

static json_t *status_json(const struct ln_door_status *status)
{
    json_t *hubs = json_array(), *peers = json_array(), *refusals = json_object(),
           *offices = json_array();
    for (size_t i = 0; i < status->hubs_count; i++)
        json_array_append_new(hubs,
                              json_pack("{s:s, s:s, s:o}", "hub", status->hubs[i].hub.text,
                                        "state", hub_state(status->hubs[i].state), "since",
                                        output_json_time(status->hubs[i].since_ms)));
    for (size_t i = 0; i < status->peers_count; i++) {
        const struct ln_door_peer *peer = &status->peers[i];
        json_array_append_new(
            peers, json_pack("{s:s, s:s, s:o, s:i, s:i, s:i, s:I, s:o, s:I, s:s}", "member",
                             peer->member.text, "channel", peer_state(peer), "heard",
                             output_json_time(peer->heard_ms), "waiting", (int)peer->waiting,
                             "open_letters", (int)peer->open_letters, "missing",
                             (int)peer->missing, "manifest", (json_int_t)peer->manifest_version,
                             "manifest_expires", output_json_time(peer->manifest_expires_ms),
                             "lacking_version", (json_int_t)peer->lacking_version,
                             "lacking_member", peer->lacking_member.text));
    }
    for (size_t i = 0; i < status->refusals_count; i++)
        json_object_set_new(refusals, ln_code_of((int)status->refusals[i].code)->name,
                            json_integer((json_int_t)status->refusals[i].count));
    for (size_t i = 0; i < status->offices_count; i++)
        json_array_append_new(offices, json_pack("{s:s, s:s, s:o}", "member",
                                                 status->offices[i].member.text, "office",
                                                 status->offices[i].office.text, "title",
                                                 output_json_bytes(status->offices[i].title)));
    return json_pack(
        "{s:s, s:I, s:o, s:I, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:i, s:i}", "member",
        status->member.text, "roster", (json_int_t)status->roster_version, "roster_expires",
        output_json_time(status->roster_expires_ms), "epoch", (json_int_t)status->epoch,
        "epoch_ends", output_json_time(status->epoch_ends_ms), "proofs", (int)status->proofs,
        "hubs", hubs, "peers", peers, "refusals", refusals, "offices", offices, "expiries",
        warning_json(status), "duties", (int)status->duties, "locked", (int)status->locked);
}

int command_status(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    static const struct ln_door_empty empty;
    struct ln_door_request request = {.status = &empty};
    struct ln_door_reply reply;
    const int error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (reply.status == NULL)
        return cli_say(LN_E_MALFORMED, ln_view(NULL, 0));
    if (cli->wants_json)
        output_json(status_json(reply.status));
    else if (cli->wants_offices)
        print_offices(reply.status);
    else
        print_status(reply.status);
    return 0;
}

int command_codes(const struct cli *cli)
{
    json_t *list = json_array();
    for (const struct ln_code *code = ln_codes(); code->name != NULL; code++) {
        json_array_append_new(list,
                              json_pack("{s:i, s:s, s:s, s:s, s:s}", "number", code->number,
                                        "name", code->name, "rule", code->rule, "text",
                                        code->text, "advice", code->advice));
        if (!cli->wants_json)
            printf("%3d %-20s %s\n    rule: %s\n    do:   %s\n", code->number, code->name,
                   code->text, code->rule, code->advice);
    }
    if (cli->wants_json)
        output_json(list);
    else
        json_decref(list);
    return 0;
}
