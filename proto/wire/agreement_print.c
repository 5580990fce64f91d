/*
 * An agreement as people read it: one fact a line, every line of an article under its number,
 * so that two versions can be compared line by line.
 */
#include <liaison/agreement.h>

#include <liaison/vocabulary.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DAY_SIZE = 10 };

struct printing {
    struct ln_buffer *out;
    int error;
};

__attribute__((format(printf, 2, 3))) static void say(struct printing *printing,
                                                      const char *format, ...)
{
    char line[2 * LN_ARTICLE_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (printing->error == 0)
        printing->error = ln_buffer_add_text(printing->out, line);
}

/** A text stays in its line: what it would put into the next is no fact of the agreement. */
static void say_in_line(struct printing *printing, struct ln_bytes text)
{
    char line[LN_ARTICLE_TEXT_MAX + 1];
    const size_t size = text.size < sizeof line ? text.size : sizeof line - 1;
    for (size_t i = 0; i < size; i++)
        line[i] = text.data[i] == '\n' ? ' ' : (char)text.data[i];
    say(printing, "%.*s", (int)size, line);
}

static void say_text(struct printing *printing, const char *label, struct ln_bytes text)
{
    say(printing, "%s: ", label);
    say_in_line(printing, text);
    say(printing, "\n");
}

/** The day on which a moment falls, in UTC. */
static void say_day(struct printing *printing, const char *label, uint64_t time_ms)
{
    char text[LN_TIME_TEXT_SIZE];
    ln_time_text(time_ms, text);
    say(printing, "%s: %.*s\n", label, DAY_SIZE, text);
}

static void say_codes(struct printing *printing, const char *label,
                      const struct ln_code_row *list, const uint32_t *codes, size_t count)
{
    say(printing, "  %s:", label);
    for (size_t i = 0; i < count; i++) {
        const char *name = ln_code_name(list, codes[i]);
        if (strcmp(name, "UNKNOWN") == 0) /* of a newer list: permits nothing here */
            say(printing, " UNKNOWN(%u)", codes[i]);
        else
            say(printing, " %s", name);
    }
    say(printing, "%s\n", count == 0 ? " none" : "");
}

static void say_countries(struct printing *printing, const char *label,
                          const struct ln_country *list, size_t count, const char *none)
{
    say(printing, "%s:", label);
    for (size_t i = 0; i < count; i++)
        say(printing, " %s", list[i].member.text);
    say(printing, "%s%s\n", count == 0 ? " " : "", count == 0 ? none : "");
}

enum { SPAN_SIZE = 32 };

/** In hours, as a source says it; in minutes where that would not be exact. */
static const char *span_of(uint64_t ms, char out[static SPAN_SIZE])
{
    const bool is_whole = ms % LN_HOUR_MS == 0;
    snprintf(out, SPAN_SIZE, "%llu %s",
             (unsigned long long)(ms / (is_whole ? LN_HOUR_MS : LN_MINUTE_MS)),
             is_whole ? "h" : "min");
    return out;
}

static void say_clocks(struct printing *printing, const struct ln_article *article)
{
    for (size_t i = 0; i < article->clocks_count; i++) {
        const struct ln_clocks *clocks = &article->clocks[i];
        char acknowledge[SPAN_SIZE], act[SPAN_SIZE];
        say(printing, "  %s: acknowledge within %s, act within %s\n",
            ln_code_name(LN_LIST_URGENCIES, clocks->urgency),
            span_of(clocks->acknowledge_ms, acknowledge), span_of(clocks->act_ms, act));
    }
}

static void say_consent(struct printing *printing, const struct ln_article *article)
{
    say_codes(printing, "consent needed for", LN_LIST_COMPARTMENTS, article->consent,
              article->consent_count);
    if (article->lawful_ground)
        say(printing, "  a stated lawful ground stands in for consent\n");
}

static void say_onward(struct printing *printing, const struct ln_article *article)
{
    if (article->onward == LN_ONWARD_LISTED)
        say_countries(printing, "  onward sharing: LISTED", article->onward_to,
                      article->onward_to_count, "none");
    else
        say(printing, "  onward sharing: %s\n", ln_code_name(LN_LIST_ONWARDS, article->onward));
}

static void say_children(struct printing *printing, const struct ln_article *article)
{
    say(printing, "  children: %s\n", ln_code_name(LN_LIST_CHILDRENS, article->children));
    if (article->safeguards_count > 0)
        say_codes(printing, "safeguards", LN_LIST_SAFEGUARDS, article->safeguards,
                  article->safeguards_count);
}

static void say_handling(struct printing *printing, const struct ln_article *article)
{
    if (article->handling_floor != 0)
        say(printing, "  handling: %s or stricter\n",
            ln_code_name(LN_LIST_HANDLINGS, article->handling_floor));
    if (article->graded)
        say(printing, "  intelligence must be graded\n");
}

static void say_article(struct printing *printing, const struct ln_article *article)
{
    say(printing, "\nArticle %u. ", article->number);
    say_in_line(printing, article->title);
    say(printing, "%s\n", article->emergency ? " (emergency article)" : "");
    if (article->source.size > 0)
        say_text(printing, "  source", article->source);
    say_countries(printing, "  from", article->from, article->from_count, "any party");
    say_countries(printing, "  to", article->to, article->to_count, "any other party");
    say_codes(printing, "requests", LN_LIST_REQUESTS, article->requests,
              article->requests_count);
    say_codes(printing, "contents", LN_LIST_CONTENTS, article->contents,
              article->contents_count);
    say_codes(printing, "purposes", LN_LIST_PURPOSES, article->purposes,
              article->purposes_count);
    say_codes(printing, "compartments of a referral", LN_LIST_COMPARTMENTS,
              article->compartments, article->compartments_count);
    say_codes(printing, "compartments of answers", LN_LIST_COMPARTMENTS, article->answers,
              article->answers_count);
    say_consent(printing, article);
    say_children(printing, article);
    say_handling(printing, article);
    say_onward(printing, article);
    say_clocks(printing, article);
    say(printing, "  kept for: %u days\n", article->retention_days);
}

static void say_texts(struct printing *printing, const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->texts_count; i++) {
        const struct ln_agreement_text *text = &agreement->texts[i];
        char digest[LN_DIGEST_TEXT_SIZE];
        ln_digest_text(&text->digest, digest);
        say(printing, "text ");
        say_in_line(printing, text->language);
        say_text(printing, "", text->title);
        say(printing, "  digest %s\n", digest);
    }
    say(printing, "languages:");
    for (size_t i = 0; i < agreement->languages_count; i++)
        say(printing, " %.*s", (int)agreement->languages[i].size,
            (const char *)agreement->languages[i].data);
    say(printing, "\n");
}

static void say_ladder(struct printing *printing, const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->ladder_count; i++) {
        const struct ln_step *step = &agreement->ladder[i];
        char after[SPAN_SIZE];
        say(printing, "escalation: %s/%s, %s past the clock\n", step->member.text,
            step->office.text, span_of(step->after_ms, after));
    }
}

int ln_agreement_print(const struct ln_agreement *agreement, struct ln_buffer *out)
{
    struct printing printing = {.out = out};
    say(&printing, "%s, version %llu\n", agreement->id.text,
        (unsigned long long)agreement->version);
    say_text(&printing, "title", agreement->title);
    say_countries(&printing, "parties", agreement->parties, agreement->parties_count, "none");
    say_day(&printing, "in force from", agreement->from_ms);
    say_day(&printing, "until", agreement->until_ms);
    say(&printing, "notice: %u days\nwind-down: %u days\n", agreement->notice_days,
        agreement->wind_down_days);
    say_texts(&printing, agreement);
    say_ladder(&printing, agreement);
    for (size_t i = 0; i < agreement->articles_count; i++)
        say_article(&printing, &agreement->articles[i]);
    return printing.error;
}
