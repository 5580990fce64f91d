/*
 * liaison-keys: the offline ceremony tool.
 */
#include "ceremony.h"

int main(int argc, char **argv)
{
    return ceremony_run(argc, argv);
}
