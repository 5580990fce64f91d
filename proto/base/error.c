/*
 * The table of refusal codes, from the one list in error.h.
 */
#include <liaison/error.h>

#define ROW(number, name, rule, text, advice) {number, #name, rule, text, advice},

static const struct ln_code codes[] = {LN_CODES(ROW){0, NULL, NULL, NULL, NULL}};

static const struct ln_code fine = {0, "OK", "", "it is done", ""};
static const struct ln_code unknown = {-1, "UNKNOWN", "protocol: Codes",
                                       "a code that this version does not know",
                                       "update this software"};

const struct ln_code *ln_codes(void)
{
    return codes;
}

const struct ln_code *ln_code_of(int error)
{
    if (error == 0)
        return &fine;
    for (const struct ln_code *row = codes; row->name != NULL; row++) {
        if (row->number == error || row->number == -error)
            return row;
    }
    return &unknown;
}
