# read: finds the suite's lines, and hands each to what counts it: front.awk, talkers.awk,
# told.awk and backends.awk. Nothing that they keep grows with the number of lines, but for what is kept of each
# backend.
#
#	first, last	the earliest and the latest time stamp
#	damaged		lines of the suite that are not as they were written
#	hosts		the hosts whose names the lines have, "mx1.example, mx2.example"

BEGIN {
	split("etd-delay: etd-server: etd-connect: checkd:", program_name)
	for (i in program_name) is_program[program_name[i]] = 1
	# etd-server says what tcpserver says, too, whose lines are ignored.
	is_tcpserver["status:"] = is_tcpserver["ok"] = is_tcpserver["deny"] = is_tcpserver["end"] = 1
	HOSTS_MAX = 4
	step_bytes = total_bytes / 100
}

total_bytes > 0 {
	bytes += length($0) + 1
	if (bytes >= next_bytes) {
		printf "\retd-report: %3d %%", bytes * 100 / total_bytes > "/dev/stderr"
		next_bytes += step_bytes
	}
}

# The others' lines, which are many, cost little.
!index($0, "etd-") && !index($0, "checkd") { next }

# Where the program's name is depends on what comes before it: multilog's time stamp,
# tai64nlocal's, the journal's or syslog's, or nothing.
{
	stamp = $1
	if (substr(stamp, 1, 1) == "@") {
		at = 2
		if (length(stamp) != 25 || substr(stamp, 1, 9) != "@40000000") {
			damaged++	# two lines in one
			next
		}
	} else if (stamp in is_program) {
		at = 1
		stamp = ""
	} else if (stamp ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/) {
		at = 3
		stamp = stamp "T" $2
		is_local = 1
	} else if (stamp ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:.]+[-+]/ || (index(stamp, ".") == 11 && stamp ~ /^[0-9.]+$/))
		at = 4
	else {
		at = $3 ~ /^[0-9][0-9]:[0-9][0-9]:/ ? 6 : 1
		stamp = ""
	}
}

$at in is_program {
	program = $at
	event = $(at + 1)
	if (program == "etd-server:" && event in is_tcpserver) next
	ours++
	if (stamp != "") {
		if (first == "" || stamp < first) first = stamp
		if (stamp > last) last = stamp
	}
	if (at > 3 && $(at - 2) != host "") note_host($(at - 2))
	if (event == "fatal:")
		fatals++
	else if (program == "checkd:")
		checkd_event()
	else if (program == "etd-connect:")
		connect_event()
	else
		front_event()
}

function note_host(name) {
	host = name
	if (name in is_host || !is_name(name)) return
	if (++n_hosts <= HOSTS_MAX) {
		is_host[name] = 1
		hosts = hosts (hosts == "" ? "" : ", ") name
	} else
		more_hosts = 1
}

function is_number(text) { return text ~ /^[0-9]+(\.[0-9]+)?$/ && length(text) <= 15 }
function is_name(text) { return text ~ /^[-A-Za-z0-9._]+$/ && length(text) <= 64 }

# Fields have their places in a line. What is quoted and may have spaces comes last, but for
# a host.

function unquote_host() {
	if (index($0, " host=\"") && !index($0, " host=\"\" "))
		sub(/ host="([^"\\]|\\.)*"/, " host=")
}
