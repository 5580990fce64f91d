/*
 * Settings are checked before anything is touched, so that a mistake in them costs nothing.
 */
#include "daemon.h"

#include "log.h"
#include "process.h"

#include <stdio.h>

int daemon_say(const char *program, int error)
{
    const struct ln_code *code = ln_code_of(error);
    fprintf(stderr, "%s: %s (%s)\n  rule: %s\n  do:   %s\n", program, code->text, code->name,
            code->rule, code->advice);
    return error == LN_E_USAGE ? 2 : error == LN_E_SELF_TEST ? 3 : 1;
}

static void print_help(const struct daemon_program *program)
{
    printf("%s SETTINGS.yaml: %s\n\nOptions:\n", program->name, program->purpose);
    options_help(program->options, stdout);
    puts("\nSettings:");
    settings_help(program->settings, stdout);
    printf("\n%s\n", program->ending);
}

static int start(const struct daemon_program *program, const char *path, int signals)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct form_error form_error = {0};
    log_start(program->name, LOG_AS_NOTICE);
    int error =
        settings_read(path, program->settings, &arena, program->out_settings, &form_error);
    if (form_error.line > 0)
        fprintf(stderr, "%s, line %u: %s\n", path, form_error.line, form_error.text);
    if (error == 0 && !program->line->wants_check)
        error = program->run(program->context, signals);
    return error == 0 ? 0 : daemon_say(program->name, error);
}

int daemon_main(int argc, char **argv, const struct daemon_program *program)
{
    const char *path = NULL;
    size_t paths_count;
    int signals;
    if (process_signals(&signals) != 0)
        return daemon_say(program->name, LN_E_SYSTEM);
    const int error =
        options_read(argc, argv, program->options, program->line, &path, 1, &paths_count);
    if (error == 0 && program->line->wants_version) {
        printf("%s " LIAISON_VERSION "\n", program->name);
        return 0;
    }
    if (error == 0 && program->line->wants_help) {
        print_help(program);
        return 0;
    }
    if (error != 0 || path == NULL)
        return daemon_say(program->name, LN_E_USAGE);
    return start(program, path, signals);
}
