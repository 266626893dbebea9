#!/bin/sh
# Before mosquitto starts: put the last whole file of rights in the place of a torn one.
#
# mosquitto 2.0.11 writes the file in place at each change. A power cut in the middle leaves half of it, and
# with half a file mosquitto starts and lets nobody in, the hub neither. The hub's round then puts right what
# the spare copy does not know yet.
set -eu
rights=$1
spare=$rights.spare

whole() { [ -s "$1" ] && [ "$(tail -n 1 "$1")" = "}" ]; } # only the outermost brace stands at the margin

if whole "$rights"; then
    cp -p "$rights" "$spare.new"
    mv "$spare.new" "$spare"
elif whole "$spare"; then
    echo "$rights was torn; the copy of the last start takes its place" >&2
    cp -p "$spare" "$rights"
else
    echo "$rights and its copy are both torn: run 'stadtherz-hub broker prepare' anew" >&2
    exit 1
fi
