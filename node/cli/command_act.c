/*
 * open, answer, close: one more event in a case.
 */
#include "draftfile.h"
#include "output.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>

static int act(const struct cli *cli, struct ln_door_act *act, struct ln_arena *arena,
               const char *done)
{
    struct ln_door_request request = {.act = act};
    struct ln_door_reply reply;
    const char *prefix = NULL;
    char text[LN_ID_TEXT_SIZE];
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error != 0)
        return error;
    act->case_prefix = ln_view(prefix, strlen(prefix));
    error = cli_ask(cli, &request, arena, &reply);
    if (error != 0)
        return error;
    ln_id_text(&reply.case_id, text);
    if (cli->wants_json)
        output_json(json_pack("{s:s, s:s}", "case", text, "done", done));
    else
        printf("case %s: %s\n", text, done);
    return 0;
}

int command_open(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act open = {.action = LN_ACTION_OPEN};
    return act(cli, &open, &arena, "opened; the sender is told");
}

int command_answer(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act answer = {.action = LN_ACTION_ANSWER};
    const char *path = cli->words_count > 1 ? cli->words[1] : NULL;
    const int error = draftfile_answer(cli, path, &arena, &answer);
    return error == 0 ? act(cli, &answer, &arena, "answered") : error;
}

int command_approve(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act approve = {.action = LN_ACTION_APPROVE};
    return act(cli, &approve, &arena, "approved; it leaves now under the emergency article");
}

int command_close(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act close = {.action = LN_ACTION_CLOSE};
    if (cli->outcome == NULL) {
        fputs("liaison: --outcome is needed; add --help\n", stderr);
        return LN_E_USAGE;
    }
    close.outcome = ln_code_number(LN_LIST_OUTCOMES, cli->outcome);
    if (close.outcome == 0)
        return cli_say(LN_E_UNKNOWN_CODE, ln_view(cli->outcome, strlen(cli->outcome)));
    return act(cli, &close, &arena, "closed");
}
