# report-talkers: what is said of when clients talked early and of where they came from.

BEGIN {
	split("Mon Tue Wed Thu Fri Sat", weekday)
	weekday[0] = "Sun"
}

function report_talkers() {
	end_hour()
	if (front_for > 0) {
		over_time(seconds(held_first), seconds(held_last))
		in_the_day(seconds(held_first), seconds(held_last))
	}
}

# The shortest rows that are not too many
function row_length(from, to,   i, n, long, lengths) {
	n = split("3600 10800 21600 86400 604800 2419200", lengths)
	for (i = 1; i < n && (lengths[i] + 0 < during_s || time_of(to, lengths[i]) - time_of(from, lengths[i]) > 30); i++)
		;
	long = lengths[i] + 0
	while (time_of(to, long) - time_of(from, long) > 30) long *= 2
	return long
}

function time_name(s, long) {
	if (long < 86400) return substr(date(s), 1, 16)
	return substr(date(s), 1, 10) (long == 86400 ? " " weekday[(int(s / 86400) + 4) % 7] : "")
}

function over_time(from, to,   i, k, long, n, most, sums, head) {
	long = row_length(from, to)
	for (k in during) {
		sums[time_of(begin_of(k, during_s), long)] += during[k]
		if (most == "" || during[k] > during[most] || (during[k] == during[most] && k + 0 < most + 0)) most = k
	}
	if (time_of(from, long) == time_of(to, long)) return
	heading("Early talkers over time")
	head = long < 86400 ? "from" : long == 86400 ? "day" : long == 604800 ? "week of" : "weeks from"
	row(head "\tclients\tshare\t")
	for (i = time_of(from, long); i <= time_of(to, long); i++)
		row(time_name(begin_of(i, long), long) "\t" sums[i] + 0 "\t" percent(sums[i] + 0, all_talked) "\t" sums[i] + 0)
	table(1)
	n = during[most] * front_for / during_s / all_talked
	say(sprintf("The busiest %s began at %s %s: %d early talkers%s.", during_s == 3600 ? "hour" : during_s == 86400 ? "day" : "time",
		substr(date(begin_of(most, during_s)), 1, 16), zone(), during[most],
		front_for > during_s && n >= 1.05 ? sprintf(n < 10 ? ", %.1f times as many as on average" : ", %.0f times as many as on average", n) : ""))
}

# On average, since the log need not have each hour and each day equally often
function in_the_day(from, to,   h, i, long, hour_s, day_s) {
	for (h = int(from / 3600); h <= int(to / 3600); h++) {
		long = (to < (h + 1) * 3600 ? to : (h + 1) * 3600) - (from > h * 3600 ? from : h * 3600)
		hour_s[h % 24] += long
		day_s[(int(h / 24) + 4) % 7] += long
	}
	if (row_length(from, to) <= 3600) return	# said already
	heading("By hour of the day")
	row(zone() "\tclients\tan hour\t")
	for (h = 0; h < 24; h++)
		average_row(sprintf("%02d-%02d h", h, h + 1), by_hour[h] + 0, hour_s[h] / 3600)
	table(1)
	if (to - from < 604800) return
	heading("By day of the week")
	row("day\tclients\ta day\t")
	for (i = 1; i <= 7; i++)
		average_row(weekday[i % 7], by_weekday[i % 7] + 0, day_s[i % 7] / 86400)
	table(1)
}

# average_row(NAME, N, TIMES): N in so many hours or days
function average_row(name, n, times,   average) {
	average = sprintf("%.1f", times > 0 ? n / times : 0)
	row(name "\t" n "\t" average "\t" average)
}

function where_from() {
	heading("Where they came from")
	frequent("network", "networks", networks)
	frequent("address", "addresses", addresses)
}

# What has no more than was missed may be less frequent than what is not there.
function frequent(what, many, counts,   k, most) {
	for (k in counts)
		if (counts[k] > most + 0) most = counts[k]
	if (count_table(what, counts, all_talked, 10, missed[what] + 1 > 2 ? missed[what] + 1 : 2) == 0)
		say("No " what " had more than " plural(most + missed[what], "early talker", "early talkers") ".")
	else if (missed[what])
		say("There were more than " COUNTERS " " many ", so these counts may be too low, by " missed[what] " at most.", "soft")
}
