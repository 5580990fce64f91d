/*
 * erase, hold, release.
 */
#include "cli.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static const struct said {
    const char *name, *first, *done;
} says[] = {
    [LN_DOOR_ERASE_ERASE] =
        {"erase",
         "is not erased yet: another officer of this country runs the same within a day\n"
         "  what other countries hold is not reached by it; to lock it there: liaison revoke",
         "is erased: what its sections said is gone from this node\n"
         "  it still is in backups that were made before, and with the other countries"},
    [LN_DOOR_ERASE_HOLD] = {"hold", "", "is under legal hold: nobody erases it"},
    [LN_DOOR_ERASE_RELEASE] =
        {"release", "is still held: another officer of this country runs the same within a day",
         "is under legal hold no more"},
};

static int ask(const struct cli *cli, enum ln_door_erase_verb verb)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_erase erase = {.verb = verb};
    struct ln_door_request request = {.erase = &erase};
    struct ln_door_reply reply;
    char id[LN_ID_TEXT_SIZE];
    const char *prefix = NULL;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error != 0)
        return error;
    erase.case_prefix = ln_view(prefix, strlen(prefix));
    error = cli_ask(cli, &request, &arena, &reply);
    if (error != 0)
        return error;
    ln_id_text(&reply.case_id, id);
    const struct said *said = &says[verb];
    const bool is_done = reply.count == 2;
    if (cli->wants_json)
        output_json(
            json_pack("{s:s, s:s, s:b}", "case", id, "act", said->name, "done", (int)is_done));
    else
        printf("case %.12s %s\n", id, is_done ? said->done : said->first);
    return 0;
}

int command_erase(const struct cli *cli)
{
    return ask(cli, LN_DOOR_ERASE_ERASE);
}

int command_hold(const struct cli *cli)
{
    return ask(cli, LN_DOOR_ERASE_HOLD);
}

int command_release(const struct cli *cli)
{
    return ask(cli, LN_DOOR_ERASE_RELEASE);
}
