# time: time stamps. Seconds are those since 1970, without leap seconds.

# seconds(STAMP): from multilog's @40000000..., from 2026-11-22T08:43:23+0100, which without an
# offset counts as UTC, or from 1795338380.123456; 0 for no stamp
function seconds(stamp,   part, east) {
	if (stamp ~ /^@[0-9a-f]+$/)	# TAI64N, as multilog writes it: 10 s ahead
		return hex(substr(stamp, 10, 8)) - 10 + hex(substr(stamp, 18, 8)) / 1000000000
	if (stamp ~ /T/) {
		split(stamp, part, /[-T:+]/)
		if (match(stamp, /[-+][0-9][0-9]:?[0-9][0-9]$/))
			east = (substr(stamp, RSTART + 1, 2) * 60 + substr(stamp, length(stamp) - 1)) * 60
		if (substr(stamp, RSTART, 1) == "-") east = -east
		return days(part[1], part[2], part[3]) * 86400 + part[4] * 3600 + part[5] * 60 + part[6] - east
	}
	return stamp + 0
}

function hex(digits,   i, n) {
	for (i = 1; i <= length(digits); i++)
		n = n * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return n
}

# days(YEAR, MONTH, DAY): since 1970-01-01; the year begins in March here
function days(y, m, d) {
	if (m <= 2) { y--; m += 12 }
	return y * 365 + int(y / 4) - int(y / 100) + int(y / 400) + int((m * 153 - 457) / 5) + d - 719469
}

# date(SECONDS): "2026-11-22 08:43:23"
function date(s,   day, rest, y, m) {
	day = int(s / 86400)
	rest = int(s) - day * 86400
	y = 1970 + int(day / 366)
	while (days(y + 1, 1, 1) <= day) y++
	m = 1
	while (m < 12 && days(y, m + 1, 1) <= day) m++
	return sprintf("%04d-%02d-%02d %02d:%02d:%02d", y, m, day - days(y, m, 1) + 1,
		int(rest / 3600), int(rest / 60) % 60, rest % 60)
}

# span(SECONDS): "12.5 s", "5.0 min", "3.2 h", "9.1 d"
function span(s) {
	if (s < 60) return sprintf("%.1f s", s)
	if (s < 3600) return sprintf("%.1f min", s / 60)
	if (s < 86400) return sprintf("%.1f h", s / 3600)
	return sprintf("%.1f d", s / 86400)
}

# wait(SECONDS): "36 s", "12 min", "3.2 h", "1250 h"; for what adds up over many clients
function wait(s) {
	if (s < 100) return sprintf("%.0f s", s)
	if (s < 6000) return sprintf("%.0f min", s / 60)
	return sprintf(s < 360000 ? "%.1f h" : "%.0f h", s / 3600)
}
