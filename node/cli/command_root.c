/*
 * root list, root accept: whose roots this node trusts.
 */
#include "cli.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static const char *standing(const struct ln_door_root *root)
{
    if (root->standing != 0)
        return ln_code_of((int)root->standing)->name;
    return root->second.text[0] == '\0' ? "FROM THE START" : "ACCEPTED";
}

static void fingerprint_of(const struct ln_door_root *root,
                           char out[static LN_FINGERPRINT_SIZE])
{
    if (root->standing == 0)
        ln_fingerprint_text(&root->fingerprint, out);
    else
        snprintf(out, LN_FINGERPRINT_SIZE, "%s", "to come from that country");
}

static void print_list(const struct ln_door_reply *reply)
{
    static const char *const columns[] = {"COUNTRY", "ROOTS",       "STANDING",
                                          "BY",      "FINGERPRINT", NULL};
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < reply->roots_count; i++) {
        const struct ln_door_root *root = &reply->roots[i];
        char roots[32], by[2 * LN_NAME_MAX + 3], fingerprint[LN_FINGERPRINT_SIZE];
        snprintf(roots, sizeof roots, "%u of %u", root->threshold, root->roots);
        snprintf(by, sizeof by, "%s%s%s", root->first.text,
                 root->second.text[0] == '\0' ? "" : ", ", root->second.text);
        fingerprint_of(root, fingerprint);
        const char *const cells[] = {root->member.text, roots, standing(root), by, fingerprint};
        output_row(table, cells);
    }
    output_table_print(table);
}

static json_t *list_json(const struct ln_door_reply *reply)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reply->roots_count; i++) {
        const struct ln_door_root *root = &reply->roots[i];
        char fingerprint[LN_FINGERPRINT_SIZE] = "";
        if (root->standing == 0)
            fingerprint_of(root, fingerprint);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:o}", "member", root->member.text,
                      "standing", standing(root), "threshold", (int)root->threshold, "roots",
                      (int)root->roots, "first", root->first.text, "second", root->second.text,
                      "fingerprint", fingerprint, "when", output_json_time(root->when_ms)));
    }
    return list;
}

static int list_roots(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    static const struct ln_door_empty empty;
    struct ln_door_request request = {.root_list = &empty};
    struct ln_door_reply reply;
    const int error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(list_json(&reply));
    else
        print_list(&reply);
    return 0;
}

static void say_accepted(const struct cli *cli, const char *member, uint64_t officers)
{
    const bool is_accepted = officers > 1;
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:i, s:b}", "member", member, "officers", (int)officers,
                              "accepted", is_accepted));
    else if (is_accepted)
        printf("the root of %s is accepted: letters are exchanged with it from now on\n",
               member);
    else
        puts("the digits are those of the roster; within a day a second officer must compare "
             "them and do the same");
}

static int accept_root(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_root_accept accept;
    struct ln_door_request request = {.root_accept = &accept};
    struct ln_door_reply reply;
    const char *member = NULL;
    int error = cli_need_word(cli, 1, "the country's name", &member);
    if (error == 0 && cli->fingerprint == NULL) {
        fputs(
            "liaison: --fingerprint is missing: the digits that the country has told you over "
            "another way\n",
            stderr);
        error = LN_E_USAGE;
    }
    if (error != 0)
        return error;
    accept.digits = ln_view(cli->fingerprint, strlen(cli->fingerprint));
    error = ln_name_from(member, &accept.member);
    if (error != 0)
        return cli_say(error, ln_view(NULL, 0));
    error = cli_ask(cli, &request, &arena, &reply);
    if (error == 0)
        say_accepted(cli, member, reply.count);
    return error;
}

int command_root(const struct cli *cli)
{
    const char *verb = NULL;
    int error = cli_need_word(cli, 0, "list or accept", &verb);
    if (error != 0)
        return error;
    if (strcmp(verb, "list") == 0) {
        error = cli_need_no_more(cli, 1, "root list");
        return error == 0 ? list_roots(cli) : error;
    }
    if (strcmp(verb, "accept") == 0)
        return accept_root(cli);
    fputs("liaison: root list, or root accept COUNTRY --fingerprint DIGITS\n", stderr);
    return LN_E_USAGE;
}
