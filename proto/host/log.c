/*
 * Lines for systemd (which reads the level from "<n>" in front) or for a person (with the time
 * in front).
 */
#include "log.h"

#include <liaison/base.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *log_program = "liaison";
static enum log_level log_most = LOG_AS_NOTICE;

void log_start(const char *program, enum log_level most)
{
    log_program = program;
    log_most = most;
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const words[] = {[LOG_AS_ERROR] = "error",
                                        [LOG_AS_WARNING] = "warning",
                                        [LOG_AS_NOTICE] = "notice",
                                        [LOG_AS_DEBUG] = "debug"};
    if (level > log_most)
        return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (getenv("JOURNAL_STREAM") != NULL) {
        fprintf(stderr, "<%d>%s\n", level, text);
        return;
    }
    char now[LN_TIME_TEXT_SIZE];
    ln_time_text(ln_now_ms(&LN_CLOCK_SYSTEM), now);
    fprintf(stderr, "%s %s %s: %s\n", now, log_program, words[level], text);
}
