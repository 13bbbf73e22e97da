# faketime: a wall clock that is stepped, for one program. Sourced by the tests and by t/soak/soak.
# shellcheck shell=bash

# fake_clock PROGRAM FILE: variables by which the program's wall clock is ahead by what the file says, +0 or
# more; none if there is no libfaketime, or for a program with sanitizers, whose library must come first.
fake_clock() {
	local library
	library=$(find /usr/lib/*/faketime -name libfaketime.so.1 2>/dev/null | head -n 1)
	[ -n "$library" ] && ! ldd "$1" | grep -q libasan || return 0
	echo "LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$2 FAKETIME_NO_CACHE=1" \
		"FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DISABLE_SHM=1 NO_FAKE_STAT=1"
}
