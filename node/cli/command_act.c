/*
 * open, answer, close, ask, grant, deny, correct, revoke: one more event in a case.
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
    if (path != NULL && draftfile_has_options(cli))
        return cli_say_both();
    const int error = draftfile_answer(cli, path, &arena, &answer);
    if (error == 0 && answer.sections_count == 0) {
        fputs("liaison: the answer says nothing; name a file or use --section\n", stderr);
        return LN_E_USAGE;
    }
    return error == 0 ? act(cli, &answer, &arena, "answered") : error;
}

int command_approve(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act approve = {.action = LN_ACTION_APPROVE};
    return act(cli, &approve, &arena, "approved; it leaves now");
}

/* About an event --------------------------------------------------------------------------- */

/** CASE EVENT, and the one compartment, where there is one. */
static int read_target(const struct cli *cli, struct ln_door_target *out)
{
    const char *event = NULL;
    int error = cli_need_word(cli, 1, "the event, as show prints it (KH.1),", &event);
    if (error == 0)
        error = cli_event(event, &out->member, &out->number);
    if (error != 0 || cli->compartments.count == 0)
        return error;
    if (cli->compartments.count > 1) {
        fputs("liaison: one --compartment at a time; add --help\n", stderr);
        return LN_E_USAGE;
    }
    return cli_need_code(LN_LIST_COMPARTMENTS, cli->compartments.texts[0], "--compartment",
                         &out->compartment);
}

static int act_about(const struct cli *cli, uint32_t action, const char *done)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_target target = {.number = 0};
    struct ln_door_act about = {.action = action, .target = &target};
    const int error = read_target(cli, &target);
    return error == 0 ? act(cli, &about, &arena, done) : error;
}

int command_grant(const struct cli *cli)
{
    return act_about(cli, LN_ACTION_GRANT, "granted, exactly as asked");
}

int command_deny(const struct cli *cli)
{
    return act_about(cli, LN_ACTION_DENY, "denied");
}

int command_revoke(const struct cli *cli)
{
    return act_about(cli, LN_ACTION_REVOKE, "revoked; it is locked wherever it arrives");
}

int command_correct(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_target target = {.number = 0};
    struct ln_door_act correct = {.action = LN_ACTION_CORRECT, .target = &target};
    const char *path = cli->words_count > 2 ? cli->words[2] : NULL;
    if (path != NULL && draftfile_has_options(cli))
        return cli_say_both();
    int error = read_target(cli, &target);
    if (error == 0)
        error = draftfile_answer(cli, path, &arena, &correct);
    if (error == 0 && correct.sections_count == 1)
        target.compartment = correct.sections[0].compartment;
    return error == 0 ? act(cli, &correct, &arena, "corrected") : error;
}

int command_ask(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    uint32_t uses[OPTIONS_LIST_MAX];
    struct ln_country countries[OPTIONS_LIST_MAX];
    struct ln_door_target target = {.uses = uses, .countries = countries};
    struct ln_door_act ask = {.action = LN_ACTION_ASK, .target = &target};
    int error = read_target(cli, &target);
    for (size_t i = 0; i < cli->uses.count && error == 0; i++) {
        const char *name = cli->uses.texts[i];
        error = cli_need_code(LN_LIST_USES, name, "--use", &uses[target.uses_count++]);
    }
    for (size_t i = 0; i < cli->to.count && error == 0; i++) {
        const char *name = cli->to.texts[i];
        error = ln_name_from(name, &countries[target.countries_count++].member);
        if (error != 0)
            error = cli_say(error, ln_view(name, strlen(name)));
    }
    return error == 0 ? act(cli, &ask, &arena, "asked; the originator answers") : error;
}

/** One event a request, until nothing is left. */
int command_pass_on(const struct cli *cli)
{
    struct ln_door_pass_on pass_on = {.case_prefix = {NULL, 0}};
    const char *prefix = NULL;
    uint64_t left = 1, done = 0;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error == 0)
        pass_on.case_prefix = ln_view(prefix, strlen(prefix));
    for (; left > 0 && error == 0; done++) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
        struct ln_door_request request = {.pass_on = &pass_on};
        struct ln_door_reply reply;
        error = draftfile_terms(cli, &arena, &pass_on.terms);
        if (error == 0)
            error = cli_ask(cli, &request, &arena, &reply);
        left = error == 0 ? reply.count : 0;
    }
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(json_pack("{s:I}", "passed_on", (json_int_t)done));
    else
        printf("%llu passed on\n", (unsigned long long)done);
    return 0;
}

int command_close(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_act close = {.action = LN_ACTION_CLOSE};
    const int error =
        cli_need_code(LN_LIST_OUTCOMES, cli->outcome, "--outcome", &close.outcome);
    return error != 0 ? error : act(cli, &close, &arena, "closed");
}
