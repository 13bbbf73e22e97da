# front: counts what etd-delay and etd-server say of clients, and what etd-connect says of those that
# talk after the hold.
#
#	early[c] pass[c] hangup[c] exempt[c]	clients of class c; talked[c] are the early ones to hold for
#	tenths[event, c, t]			the same by time, in tenths of a second
#	kinds[kind, c]				early talkers
#	turned[step], turned_kinds[kind]	those who talked after the hold, to etd-connect
#	listed, listed_action[a], zones[z]	clients that DNS lists have, by action and by list
#	known, known_waited			clients that etd-server remembered, and their seconds
#	limited, limits[reason]			clients that were over a limit
#	stresses, stressed_for ...		the times under stress

BEGIN {
	# What left before its name was known has no class.
	classes = split("named dynamic nordns unknown", class_name)
	columns = 3	# of these, those by which early talkers are told apart
	split("smtp tls http proxy quit binary", kind_name)
	for (i in class_name) {
		c = class_name[i]
		is_class[c] = 1
		early[c] = talked[c] = pass[c] = hangup[c] = exempt[c] = 0	# gawk 5.2 errs on unset ones
	}
	for (i in kind_name) is_kind[kind_name[i]] = 1
	is_held["early"] = is_held["pass"] = is_held["hangup"] = is_held["exempt"] = 1
	is_action["reject"] = is_action["rblsmtpd"] = is_action["log"] = 1

	# Seconds at which one bin ends and the next begins; each hold to judge is among them.
	bins = split("0.1 0.2 0.5 1 2 4 6 10 20 30", edge)
	holds = split("0.5 1 2 4 6 10 20 30", hold)
	NAMES_MAX = 50	# of lists, and of reasons for a limit; the others count together
}

function front_event() {
	if (event in is_held)
		held()
	else if (event == "known")
		remembered()
	else if (event == "listed")
		on_a_list()
	else if (event == "limit")
		over_a_limit()
	else if (event == "stress")
		stress()
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
	if (c == "\"\"" && event == "hangup") c = "unknown"
	if (!(c in is_class) || !is_number(waited) || !(kind in is_kind)) { damaged++; return }
	if (held_first == "" || stamp < held_first) held_first = stamp
	if (stamp > held_last) held_last = stamp
	if (event == "exempt") { exempt[c]++; return }
	if (event == "early") {
		early[c]++
		kinds[kind, c]++
		if (kind == "tls" || kind == "proxy" || kind == "quit") return	# no spam, whenever they talk
		talked[c]++
		note_talker(substr($(at + 2), 4))
		if (c == "named" && kind == "smtp") note_told()
	} else if (event == "pass") {
		pass[c]++
		held_for[c] += waited
		if (all_told) note_passed()
	} else
		hangup[c]++
	tenths[event, c, waited + 0 < 300 ? int(waited * 10) : 3000]++
}

# ip= port= host= class= waited=
function remembered(   waited) {
	unquote_host()
	waited = substr($(at + 6), 8)
	if (!is_number(waited)) { damaged++; return }
	known++
	known_waited += waited
}

# count_name(COUNTS, NAME): COUNTS[""] is how many names there are
function count_name(counts, name) {
	if (!(name in counts)) {
		if (counts[""] + 0 >= NAMES_MAX) name = "others"
		else counts[""]++
	}
	counts[name]++
}

# ip= port= host= score= zones= action=; several zones have commas or spaces between them, and each
# may have its weight behind it
function on_a_list(   s, action, zone, n, i) {
	unquote_host()
	if (!match($0, / zones=("[^"]*"|[^ "]*) action=[a-z]+/)) { damaged++; return }
	s = substr($0, RSTART + 7, RLENGTH - 7)
	action = s
	sub(/.* action=/, "", action)
	sub(/ action=.*/, "", s)
	if (!(action in is_action)) { damaged++; return }
	listed++
	listed_action[action]++
	gsub(/"/, "", s)
	n = split(s, zone, /[ ,;]+/)
	for (i = 1; i <= n; i++) {
		sub(/[*=:].*/, "", zone[i])
		if (is_name(zone[i])) count_name(zones, zone[i])
	}
}

# ip= port= reason=
function over_a_limit(   s) {
	s = $0
	if (!sub(/.* limit ip=[^ ]* port=[^ ]* reason=/, "", s) || s == "") { damaged++; return }
	gsub(/^"|"$/, "", s)
	gsub(/\t/, " ", s)
	limited++
	count_name(limits, substr(s, 1, 60))
}

# held= programs= state=
function stress(   s, n, now) {
	n = substr($(at + 2), 6)
	s = substr($(at + 4), 7)
	if (!is_number(n) || (s != "on" && s != "off")) { damaged++; return }
	now = seconds(stamp)
	if (n + 0 > most_held + 0) most_held = n
	if (s == "on" && !is_stressed) {
		stresses++
		stressed_since = now
	} else if (s == "off" && is_stressed)
		end_stress(now)
	is_stressed = s == "on"
}

function end_stress(now,   long) {
	long = now - stressed_since
	stressed_for += long
	if (long > longest_stress) longest_stress = long
}
