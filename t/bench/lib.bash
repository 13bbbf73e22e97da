# lib.bash: how the benchmarks measure.
# shellcheck shell=bash

# ticks GROUP: user and system time so far of the group's processes and what they waited for
ticks() {
	cat /proc/[0-9]*/stat 2>/dev/null |
		sed 's/.*) //' | awk -v g="$1" '$3 == g { t += $12 + $13 + $14 + $15 } END { print t + 0 }'
}

# What the whole system has in use, in kB, once the kernel has freed what ended before; on a
# busy machine that is not waited for in vain. Pages on the processors' own lists are free too:
# after bulk that is some 100 MB.
used() {
	local last=0 now page
	page=$(($(getconf PAGESIZE) / 1024))
	for _ in {1..20}; do
		if [ -w /proc/sys/vm/drop_caches ]; then echo 3 >/proc/sys/vm/drop_caches; fi
		now=$(awk -v page=$page '
			/^MemTotal/ { m = $2 }
			/^(MemFree|Buffers|Cached|SReclaimable):/ { m -= $2 }
			$1 == "count:" { m -= page * $2 }
			END { print m }' /proc/meminfo /proc/zoneinfo)
		if [ $((now - last)) -lt 400 ] && [ $((last - now)) -lt 400 ]; then break; fi
		last=$now
		sleep 0.5
	done
	echo "$now"
}

# versions PACKAGE ...: what this is measured against, as far as it is installed
versions() { dpkg-query -W -f 'against ${Package} ${Version}\n' "$@" 2>/dev/null || :; }

# median FILE CONTENDER FIELD: nothing for a contender that is not there
median() {
	awk -v c="$2" -v f="$3" '$1 == c { print $f }' "$1" | sort -n |
		awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
