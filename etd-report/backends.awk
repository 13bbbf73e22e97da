# backends: counts what etd-connect and checkd say.
#
#	sessions[b] bytes_in[b] total[b] ...	of backend b
#	failures[b, step], ends[state]
#	downs[b] down_for[b] change_at[b, i] ...	the times of up and down
#	reload_at[i] reload_name[i] reload_words[i]	what a reload has changed

BEGIN {
	CHANGES_MAX = 2000	# of one backend, kept for the plot
	RELOADS_MAX = 40	# changes by a reload: the last ones are shown
}

function connect_event() {
	if (event == "early")
		out_of_turn()
	else if (event == "end" || event == "connected")
		session()
	else if (event == "failed")
		failure()
	else if (event == "none")
		none++
}

function checkd_event() {
	if (event == "up" || event == "down")
		change(event)
	else if (event == "added" || event == "removed" || event == "changed")
		reloaded()
	else if (event == "reload")
		reloads++
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

# change(STATE): of the backend that the line names; backend= addr= ...
function change(to,   b, when) {
	b = named(at + 2)
	if (b == "") { damaged++; return }
	if (!(b in state)) {
		checked_name[++n_checked] = b
		since[b] = downs[b] = down_for[b] = longest[b] = n_changes[b] = 0
	} else if (state[b] == to)
		return		# said anew after a restart
	when = seconds(stamp)
	if (when < since[b]) {
		disordered++
		return
	}
	if (n_changes[b] < CHANGES_MAX) {
		n_changes[b]++
		change_at[b, n_changes[b]] = when
		change_to[b, n_changes[b]] = to
	}
	if (to == "down")
		downs[b]++
	else if (state[b] == "down")
		end_down(b, when)
	state[b] = to
	since[b] = when
}

# A time of down ends
function end_down(b, when,   long) {
	long = when - since[b]
	down_for[b] += long
	if (long > longest[b]) longest[b] = long
}

# backend= addr= option= now= was=, after "changed"; backend= addr=, after the others
function reloaded(   b, option, now, was, words) {
	b = named(at + 2)
	words = event
	if (event == "changed" && match($0, / option=[a-z-]+ now=("([^"\\]|\\.)*"|[^ ]+) was=("([^"\\]|\\.)*"|[^ ]+)$/)) {
		now = was = option = substr($0, RSTART + 8)
		sub(/ now=.*/, "", option)
		sub(/^[a-z-]+ now=/, "", now)
		sub(/ was=("([^"\\]|\\.)*"|[^ ]+)$/, "", now)
		was = substr(was, length(option) + length(now) + 11)
		words = change_words(option, now, was)
	} else if (event == "changed")
		b = ""
	if (b == "") { damaged++; return }
	if (event == "removed")
		change("removed")
	else if (option == "disabled")
		change(now == "yes" ? "disabled" : "unknown")
	else if (option == "no-check")
		change(now == "yes" ? "unchecked" : "unknown")
	n_reloaded++
	reload_at[n_reloaded % RELOADS_MAX] = stamp
	reload_name[n_reloaded % RELOADS_MAX] = b
	reload_words[n_reloaded % RELOADS_MAX] = words
}

function change_words(option, now, was) {
	if (option == "disabled") return now == "yes" ? "disabled" : "enabled"
	gsub(/\t/, " ", now)
	gsub(/\t/, " ", was)
	return option " " now ", was " was
}
