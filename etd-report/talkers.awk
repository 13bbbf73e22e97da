# talkers: when clients talked early and where they came from, in memory that is bounded.
#
#	by_hour[0 to 23], by_weekday[0 to 6]	early talkers; day 0 is Sunday
#	during[i]				those of the i-th time of during_s seconds
#	networks[n], addresses[a]		early talkers by network and address
#
# These two are Misra and Gries' counts of what is frequent: where more than COUNTERS addresses
# would be needed, all lose one together with the newcomer. So no count is too high, and none is
# too low by more than missed["address"], which is at most a part in COUNTERS of all.

BEGIN {
	COUNTERS = 4000		# of addresses, and as many of networks
	TIMES_MAX = 10000
	used["network"] = used["address"] = missed["network"] = missed["address"] = 0
	during_s = 3600
}

function note_talker(ip,   network, hour) {
	if (stamp != "") {
		hour = hour_of(stamp)
		if (hour != this_hour) {
			end_hour()
			this_hour = hour
		}
		talked_this_hour++
	}
	network = network_of(ip)
	if (network == "") return
	count_frequent(networks, "network", network)
	count_frequent(addresses, "address", ip)
}

# hour_of(STAMP): since 1970. Most stamps are in the same 256 s as the one before, and these in one
# hour.
function hour_of(stamp,   s) {
	if (substr(stamp, 1, 1) != "@") return int(seconds(stamp) / 3600)
	s = substr(stamp, 10, 6)
	if (s != hour_prefix) {
		hour_prefix = s
		hour_base = hex(s) * 256 - 10
		hour_begun = int(hour_base / 3600)
		is_one_hour = int((hour_base + 255) / 3600) == hour_begun
	}
	return is_one_hour ? hour_begun : int((hour_base + hex(substr(stamp, 16, 2))) / 3600)
}

function end_hour(   i) {
	if (!talked_this_hour) return
	by_hour[this_hour % 24] += talked_this_hour
	by_weekday[(int(this_hour / 24) + 4) % 7] += talked_this_hour	# 1970 began on a Thursday
	i = time_of(this_hour * 3600, during_s)
	if (!(i in during) && ++n_during > TIMES_MAX) {
		coarsen()
		i = time_of(this_hour * 3600, during_s)
	}
	during[i] += talked_this_hour
	talked_this_hour = 0
}

# Hours become days, days weeks
function coarsen(   i, j, coarse, wider) {
	wider = during_s < 86400 ? 86400 : during_s < 604800 ? 604800 : 2 * during_s
	for (i in during) {
		j = time_of(begin_of(i, during_s), wider)
		coarse[j] += during[i]
		delete during[i]
	}
	during_s = wider
	n_during = 1	# the one that is to come
	for (j in coarse) {
		during[j] = coarse[j]
		n_during++
	}
}

# time_of(SECONDS, LONG): which of the times that are so long; weeks begin on Mondays
function time_of(s, long) { return int((s - (long < 604800 ? 0 : 345600)) / long) }
function begin_of(i, long) { return i * long + (long < 604800 ? 0 : 345600) }

# network_of(IP): "192.0.2.0/24", "2001:db8:0:1::/64"; "" for what is no address
function network_of(ip,   half, head, tail, n, m, i, net) {
	i = index(ip, ":")
	if (!i && match(ip, /^[0-9]+\.[0-9]+\.[0-9]+\./) && length(ip) <= 15)
		return substr(ip, 1, RLENGTH) "0/24"
	if (!i || ip !~ /^[0-9a-f:]+$/ || length(ip) > 39) return ""
	i = index(ip, "::")
	n = split(i ? substr(ip, 1, i - 1) : ip, head, ":")
	m = i ? split(substr(ip, i + 2), tail, ":") : 0
	for (i = n + 1; i <= 4; i++)
		head[i] = i > 8 - m ? tail[i - 8 + m] : 0
	for (n = 4; n > 0 && head[n] ~ /^0*$/; n--)
		;
	for (i = 1; i <= n; i++) net = net head[i] ":"
	return (n ? net : ":") ":/64"
}

function count_frequent(counts, what, key,   k) {
	if (key in counts)
		counts[key]++
	else if (used[what] < COUNTERS) {
		used[what]++
		counts[key] = 1
	} else {
		missed[what]++
		for (k in counts)
			if (--counts[k] == 0) {
				delete counts[k]
				delete passed_by[what, k]
				used[what]--
			}
	}
}
