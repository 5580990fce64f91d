/*
 * Tables that other tables nest: messages that never stand alone. Everything else is in the
 * public headers as LN_WIRE(...).
 */
#ifndef TABLES_H
#define TABLES_H

#include "wire.h"

extern const struct ln_wire ln_wire_author, ln_wire_country, ln_wire_party, ln_wire_entry,
    ln_wire_place;

#endif
