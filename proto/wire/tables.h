/*
 * Tables that other tables nest: messages that never stand alone. Everything else is in the public
 * headers as LN_WIRE(...).
 */
#ifndef TABLES_H
#define TABLES_H

#include "wire.h"

extern const struct ln_wire ln_wire_section, ln_wire_place, ln_wire_version_seen;

#endif
