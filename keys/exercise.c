/*
 * A command prints on stdout, as at a terminal; it is caught there.
 */
#include "exercise.h"

#include "crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int exercise_passphrase(const struct exercise *making, const char *name,
                        char out[static FILES_PATH_SIZE])
{
    struct ln_id random;
    char text[LN_ID_TEXT_SIZE];
    crypto_random(random.b, sizeof random.b);
    ln_id_text(&random, text);
    const int error = files_path(out, "%s/passphrases/%s", making->out, name);
    return error == 0 ? files_write(out, ln_view(text, strlen(text)), 0600, FILES_KEEP) : error;
}

int exercise_run(int (*command)(const struct ceremony *ceremony),
                 const struct ceremony *ceremony, struct ln_buffer *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *before = stdout, *capture = open_memstream(&text, &size);
    if (capture == NULL)
        return LN_E_SYSTEM;
    fflush(stdout);
    stdout = capture;
    int error = command(ceremony);
    stdout = before;
    fclose(capture);
    if (error == 0)
        error = ln_buffer_add(out, text, size + 1);
    if (error == 0)
        out->size--;
    free(text);
    return error;
}

int exercise_add_lines(struct ln_buffer *out, const char *indent, const struct ln_buffer *lines)
{
    int error = 0;
    const char *line = (const char *)lines->data, *end = line + lines->size;
    while (line < end && error == 0) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const int size = (int)((newline == NULL ? end : newline) - line);
        error = ln_buffer_format(out, "%s%.*s\n", indent, size, line);
        line += size + 1;
    }
    return error;
}

int exercise_write_source(const char *path, const struct ln_buffer *text)
{
    return files_write(path, ln_buffer_view(text), 0644, FILES_KEEP);
}
