/*
 * The system's clock, and times as text.
 */
#include <liaison/base.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t system_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * LN_SECOND_MS + (uint64_t)now.tv_nsec / 1000000;
}

const struct ln_clock LN_CLOCK_SYSTEM = {system_now_ms, NULL};

bool ln_day_read(const char *text, uint64_t *out_ms)
{
    struct tm day = {0};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    const time_t seconds = timegm(&day);
    if (end == NULL || *end != '\0' || strlen(text) != 10 || seconds <= 0)
        return false;
    *out_ms = (uint64_t)seconds * LN_SECOND_MS;
    return true;
}

void ln_time_text(uint64_t time_ms, char out[static LN_TIME_TEXT_SIZE])
{
    const time_t seconds = (time_t)(time_ms / LN_SECOND_MS);
    struct tm utc = {0};
    gmtime_r(&seconds, &utc);
    const size_t size = strftime(out, LN_TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + size, LN_TIME_TEXT_SIZE - size, ".%03uZ",
             (unsigned)(time_ms % LN_SECOND_MS));
}
