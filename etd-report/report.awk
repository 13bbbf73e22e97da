# report: what is said, from what was counted.

function percent(part, whole) { return whole > 0 ? sprintf("%.1f %%", 100 * part / whole) : "-" }
function mean(sum, b, digits) { return sum[b, "n"] > 0 ? sprintf("%." digits "f s", sum[b] / sum[b, "n"]) : "-" }

# sum(COUNTS): over the classes
function sum(counts) { return counts["named"] + counts["dynamic"] + counts["nordns"] }

# Each edge of a bin is a whole number of tenths.
function fill_bins(   k, part, bin) {
	for (k in tenths) {
		split(k, part, SUBSEP)
		for (bin = 1; bin <= bins && part[3] >= 10 * edge[bin]; bin++)
			;
		count[part[1], part[2], bin] += tenths[k]
	}
}

# within(EVENT, CLASS, SECONDS): how many of the class, of all if it is "", met the event before
function within(what, c, s,   i, j, n) {
	for (i = 1; i <= classes; i++)
		for (j = 1; (c == "" || c == class_name[i]) && j <= bins && edge[j] + 0 <= s; j++)
			n += count[what, class_name[i], j]
	return n + 0
}

function bin_name(j) {
	if (j > bins) return edge[bins] " s or later"
	return (j == 1 ? 0 : edge[j - 1]) "-" edge[j] " s"
}

function beginning() {
	if (html) page_begin()
	say(sprintf("%d lines, %d of them of etd-delay, etd-connect and checkd%s.", NR, ours,
		damaged ? sprintf(", %d of these damaged", damaged) : ""))
	if (first != "")
		say("From " date(seconds(first)) " to " date(seconds(last)) (is_local ? " local time: " : " UTC: ") span(read_for) ".")
	else
		say("The lines have no times: what would be for a day is for all of them.")
	if (fatals) say("Look for " fatals " lines with the word fatal: they are not in this report.")
}

# The shortest hold that would have caught 99 of 100, by what is known
function answer(   i, s) {
	for (i = 1; i < holds && within("early", "", hold[i]) < 0.99 * all_talked; i++)
		;
	s = sprintf("A hold of %s s would have caught %s of the early talkers", hold[i],
		percent(within("early", "", hold[i]), all_talked))
	if (!passed || within("pass", "", hold[i]) > 0) s = s ", as far as is known"
	s = s "."
	if (html) printf "<p class=\"answer\">%s</p>\n", escape(s)
	else say(s)
}

# Of etd-connect: clients that passed the hold, so that no shorter hold would have caught them.
function after_the_hold(   i, words) {
	if (!all_turned) return
	for (i = 1; i in kind_name; i++)
		if (turned_kinds[kind_name[i]] > 0)
			words = words (words == "" ? "" : ", ") turned_kinds[kind_name[i]] " " kind_name[i]
	say(sprintf("After the hold, etd-connect found %d more that talked before the greeting, and %d before the reply to their first command: %s.", turned["greeting"] + 0, turned["helo"] + 0, words))
}

function early_talkers(   i, j, n, most, label, value, words) {
	heading("Early talkers")
	if (all_early == 0) {
		say("Nobody talked early.")
		after_the_hold()
		return
	}
	if (passed)
		say(sprintf("%d of %d clients that were held talked before the greeting: %s.", all_early, all_held, percent(all_early, all_held)))
	else
		say("Clients that talked before the greeting: " all_early ".")
	if (all_early > all_talked)
		say("Those of kind tls, proxy and quit are no spam, and are left out of what follows on holds: " all_early - all_talked ".")
	after_the_hold()
	if (all_talked > 0) answer()
	if (!passed)
		say("No line says pass: with the option -v etd-delay logs the clients that were silent, and this can say what the hold cost them.")

	if (all_talked == 0) return
	heading("When they talked")
	for (j = 1; j <= bins + 1; j++) {
		value[j] = 0
		for (i = 1; i <= classes; i++)
			value[j] += count["early", class_name[i], j]
		if (value[j] > most) most = value[j]
		if (value[j] > 0) n = j
	}
	row("after\tclients\tshare" (html ? "" : "\t"))
	for (j = 1; j <= n; j++) {
		label[j] = bin_name(j)
		words[j] = value[j] " = " percent(value[j], all_talked)
		row(label[j] "\t" value[j] "\t" percent(value[j], all_talked) (html ? "" : "\t" bar(value[j], most)))
	}
	if (html) bars("When early talkers spoke", n, label, value, words)
	table(1)
}

# Of clients that passed after a shorter hold nobody knows what they would have done.
function which_hold(   i, j, c, cells, h, caught, unknown) {
	heading("Which hold")
	row("hold\tcaught\tof all\tnamed\tdynamic\tnordns\thung up\tsilent wait" (front_for > 0 ? " a day" : ""))
	for (i = 1; i <= holds; i++) {
		h = hold[i]
		caught = within("early", "", h)
		cells = h " s\t" caught "\t" percent(caught, all_talked)
		for (j = 1; j <= classes; j++) {
			c = class_name[j]
			cells = cells "\t" percent(within("early", c, h), talked[c])
		}
		cells = cells "\t" within("hangup", "", h) "\t"
		cells = cells (passed ? sprintf("%.0f s", h * passed / (front_for > 0 ? front_for / 86400 : 1)) : "-")
		row(cells)
		if (unknown == "" && within("pass", "", h) > 0) unknown = h
	}
	table()
	if (unknown != "")
		say("From " unknown " s on the counts are the least: some clients were not held so long, and what they would have done is not known.")
}

function by_class(   i, j, c, cells) {
	heading("By class and kind")
	row("class\theld\tearly\tof them\tpass\thung up\texempt\thold\twaited")
	for (i = 1; i <= classes; i++) {
		c = class_name[i]
		j = early[c] + pass[c] + hangup[c]
		if (j + exempt[c] > 0)
			row(c "\t" j "\t" early[c] "\t" (passed ? percent(early[c], j) : "-") "\t" pass[c] "\t" hangup[c] "\t" \
				exempt[c] "\t" (pass[c] ? sprintf("%.1f s", held_for[c] / pass[c]) : "-") "\t" sprintf("%.0f s", held_for[c]))
	}
	table()
	if (all_early == 0) return
	row("kind\tearly\tof all\tnamed\tdynamic\tnordns")
	for (i = 1; i in kind_name; i++) {
		cells = 0
		for (j = 1; j <= classes; j++) cells += kinds[kind_name[i], class_name[j]]
		if (cells == 0) continue
		cells = kind_name[i] "\t" cells "\t" percent(cells, all_early)
		for (j = 1; j <= classes; j++) cells = cells "\t" kinds[kind_name[i], class_name[j]] + 0
		row(cells)
	}
	table()
}

function backends_used(   i, b, s, label, value, words) {
	heading("Sessions by backend")
	if (!all_ends && all_sessions + 0 == 0)
		say("No line says end: with the option -v etd-connect logs each session.")
	sort(backend_name, 1, n_backends)
	row("backend\tsessions\tshare\tMB in\tMB out\tconnect\tgreeting\tsession\tfailed")
	for (i = 1; i <= n_backends; i++) {
		b = backend_name[i]
		label[i] = substr(b, 1, 12)
		value[i] = sessions[b] + 0
		words[i] = value[i] " = " percent(value[i], all_sessions)
		row(b "\t" value[i] "\t" percent(value[i], all_sessions) "\t" sprintf("%.1f\t%.1f", bytes_in[b] / 1e6, bytes_out[b] / 1e6) "\t" \
			mean(connect, b, 3) "\t" mean(greeting, b, 3) "\t" \
			mean(total, b, 1) "\t" failed[b] + 0)
	}
	if (html && all_sessions > 0) bars("Sessions by backend", n_backends, label, value, words)
	table()
	if (none + later) say("Clients that found no backend, and were told 421: " none + later \
		(later ? ", " later " of them by a backend's own 4xx" : "") ".")
	row("failed\tat\ttimes")
	for (s in steps)
		for (i = 1; i <= n_backends; i++)
			if ((backend_name[i], s) in failures)
				row(backend_name[i] "\t" s "\t" failures[backend_name[i], s])
	sorted_table()
	row("end\tsessions\tshare")
	for (s in ends) row(s "\t" ends[s] "\t" percent(ends[s], all_ends))
	sorted_table()
}

# sort(LIST, FROM, TO): awk walks an array in any order
function sort(list, from, to,   i, j, s) {
	for (i = from + 1; i <= to; i++) {
		s = list[i]
		for (j = i - 1; j >= from && list[j] > s; j--) list[j + 1] = list[j]
		list[j + 1] = s
	}
}

# The rows in order below the head; none, no table
function sorted_table() {
	sort(rows, 2, n_rows)
	if (n_rows > 1) table()
	n_rows = 0
}

function up_and_down(   i, b, end) {
	heading("Backends up and down")
	end = seconds(last)
	sort(checked_name, 1, n_checked)
	row("backend\tnow\tdowns\tdown for\tlongest\tlast change")
	for (i = 1; i <= n_checked; i++) {
		b = checked_name[i]
		if (state[b] == "down") end_down(b, end)
		row(b "\t" state[b] "\t" downs[b] "\t" (read_for > 0 ? span(down_for[b]) "\t" span(longest[b]) "\t" date(since[b]) : "-\t-\t-"))
	}
	if (html && read_for > 0) time_line()
	table()
	if (disordered) say("Changes that are older than the one before, and so left out: " disordered ".")
	for (i = 1; html && i <= n_checked; i++)
		if (n_changes[checked_name[i]] == CHANGES_MAX)
			say("The time line shows the first " CHANGES_MAX " changes of " checked_name[i] ".")
}

END {
	if (total_bytes > 0) printf "\r%20s\r", "" > "/dev/stderr"
	if (ours == 0) {
		print "etd-report: fatal: no line of etd-delay, etd-connect or checkd" > "/dev/stderr"
		exit 111
	}
	fill_bins()
	all_early = sum(early)
	all_talked = sum(talked)
	passed = sum(pass)
	all_held = all_early + passed + sum(hangup)
	read_for = first == "" ? 0 : seconds(last) - seconds(first)
	front_for = held_first == "" ? 0 : seconds(held_last) - seconds(held_first)
	beginning()
	if (all_held + sum(exempt) > 0) {
		early_talkers()
		if (all_talked > 0) which_hold()
		by_class()
	}
	if (n_backends > 0 || none + later) backends_used()
	if (n_checked > 0) up_and_down()
	if (html) page_end()
}
