# read: counts what the lines of etd-delay, etd-server, etd-connect and checkd say. Nothing here grows
# with their number, but for what is kept of each backend.
#
#	early[c] pass[c] hangup[c] exempt[c]	clients of class c; talked[c] are the early ones to hold for
#	tenths[event, c, t]			the same by time, in tenths of a second
#	kinds[kind, c]				early talkers
#	turned[step], turned_kinds[kind]	those who talked after the hold, to etd-connect
#	sessions[b] bytes_in[b] total[b] ...	of backend b
#	failures[b, step], ends[state]
#	downs[b] down_for[b] change_at[b, i] ...	the times of up and down

BEGIN {
	classes = split("named dynamic nordns", class_name)
	split("smtp tls http proxy quit binary", kind_name)
	for (i in class_name) {
		c = class_name[i]
		is_class[c] = 1
		early[c] = talked[c] = pass[c] = hangup[c] = exempt[c] = 0	# gawk 5.2 errs on unset ones
	}
	for (i in kind_name) is_kind[kind_name[i]] = 1
	is_held["early"] = is_held["pass"] = is_held["hangup"] = is_held["exempt"] = 1
	is_program["etd-delay:"] = is_program["etd-server:"] = is_program["etd-connect:"] = is_program["checkd:"] = 1
	# etd-server says what tcpserver says, too, and that has always been passed over.
	is_tcpserver["status:"] = is_tcpserver["ok"] = is_tcpserver["deny"] = is_tcpserver["end"] = 1

	# Seconds at which one bin ends and the next begins; each hold to judge is among them.
	bins = split("0.1 0.2 0.5 1 2 4 6 10 20 30", edge)
	holds = split("0.5 1 2 4 6 10 20 30", hold)
	CHANGES_MAX = 2000	# of one backend, kept for the plot
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
	event = $(at + 1)
	if ($at == "etd-server:" && event in is_tcpserver) next
	ours++
	if (stamp != "") {
		if (first == "" || stamp < first) first = stamp
		if (stamp > last) last = stamp
	}
	if (event == "early" && $at == "etd-connect:")
		out_of_turn()
	else if (event in is_held)
		held()
	else if (event == "end" || event == "connected")
		session()
	else if (event == "failed")
		failure()
	else if (event == "none")
		none++
	else if (event == "fatal:")
		fatals++
	else if (event == "up" || event == "down")
		change()
}

function is_number(text) { return text ~ /^[0-9]+(\.[0-9]+)?$/ && length(text) <= 15 }
function is_name(text) { return text ~ /^[-A-Za-z0-9._]+$/ && length(text) <= 64 }

# Fields have their places in a line. What is quoted and may have spaces comes last, but for
# a host.

function unquote_host() {
	if (index($0, " host=\"") && !index($0, " host=\"\" "))
		sub(/ host="([^"\\]|\\.)*"/, " host=")
}

# ip= port= host= class= step= waited= bytes= kind= text=
function out_of_turn(   step, kind) {
	unquote_host()
	step = substr($(at + 6), 6)
	kind = substr($(at + 9), 6)
	if ((step != "greeting" && step != "helo") || !(kind in is_kind)) { damaged++; return }
	turned[step]++
	turned_kinds[kind]++
	all_turned++
}

# ip= port= host= class= waited= bytes= kind= text=
function held(   c, kind, waited) {
	unquote_host()
	c = substr($(at + 5), 7)
	waited = substr($(at + 6), 8)
	kind = event == "early" ? substr($(at + 8), 6) : "smtp"
	if (c == "\"\"" && event == "hangup") c = "nordns"	# etd-server did not know its name yet
	if (!(c in is_class) || !is_number(waited) || !(kind in is_kind)) { damaged++; return }
	if (held_first == "" || stamp < held_first) held_first = stamp
	if (stamp > held_last) held_last = stamp
	if (event == "exempt") { exempt[c]++; return }
	if (event == "early") {
		early[c]++
		kinds[kind, c]++
		if (kind == "tls" || kind == "proxy" || kind == "quit") return	# no spam, whenever they talk
		talked[c]++
	} else if (event == "pass") {
		pass[c]++
		held_for[c] += waited
	} else
		hangup[c]++
	tenths[event, c, waited + 0 < 300 ? int(waited * 10) : 3000]++
}

# named(I): the backend that field I names, or ""
function named(i,   b) {
	b = substr($i, 9)
	return $i ~ /^backend=/ && is_name(b) ? b : ""
}

# The backend of a session or failure, or ""; new ones are noted.
function backend_of(   b) {
	b = substr($(at + 4), 9)
	if (b in backends) return b
	b = named(at + 4)
	if (b == "") return ""
	backends[b] = 1
	backend_name[++n_backends] = b
	return b
}

# ip= port= backend= addr= tries= connect= greeting= total= in= out= state=
function session(   b, how) {
	how = event == "end" ? substr($(at + 12), 7) : "--"
	if ((!(how in ends) && how !~ /^[A-Za-z-][A-Za-z-]$/) ||
	    (event == "end" && (!is_number(substr($(at + 10), 4)) || !is_number(substr($(at + 11), 5)))) ||
	    (b = backend_of()) == "") {
		damaged++
		return
	}
	if (how == "SQ") {	# the client was told a 4xx, and had no session
		later++
		return
	}
	sessions[b]++
	all_sessions++
	add(connect, b, substr($(at + 7), 9))
	add(greeting, b, substr($(at + 8), 10))
	if (event != "end") return
	ends[how]++
	all_ends++
	add(total, b, substr($(at + 9), 7))
	bytes_in[b] += substr($(at + 10), 4)
	bytes_out[b] += substr($(at + 11), 5)
}

# ip= port= backend= addr= step= reason=
function failure(   b, step) {
	step = substr($(at + 6), 6)
	if (step !~ /^[a-z]+$/ || length(step) > 16 || (b = backend_of()) == "") { damaged++; return }
	failures[b, step]++
	failed[b]++
	steps[step] = 1
}

# add(SUM, BACKEND, SECONDS): those of a phase that was never reached are -1
function add(to, b, s) {
	if (!is_number(s)) return
	to[b] += s
	to[b, "n"]++
}

# backend= addr= ...
function change(   b, when) {
	b = named(at + 2)
	if (b == "") { damaged++; return }
	if (!(b in state)) {
		checked_name[++n_checked] = b
		since[b] = downs[b] = down_for[b] = longest[b] = n_changes[b] = 0
	} else if (state[b] == event)
		return		# said anew after a restart
	when = seconds(stamp)
	if (when < since[b]) {
		disordered++
		return
	}
	if (n_changes[b] < CHANGES_MAX) {
		n_changes[b]++
		change_at[b, n_changes[b]] = when
		change_to[b, n_changes[b]] = event
	}
	if (event == "down")
		downs[b]++
	else if (state[b] == "down")
		end_down(b, when)
	state[b] = event
	since[b] = when
}

# A time of down ends
function end_down(b, when,   long) {
	long = when - since[b]
	down_for[b] += long
	if (long > longest[b]) longest[b] = long
}
