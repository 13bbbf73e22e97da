# report-front: what is said of clients.

# sum(COUNTS): over the classes
function sum(counts,   i, n) {
	for (i = 1; i <= classes; i++) n += counts[class_name[i]]
	return n + 0
}

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

# The shortest hold that would have caught 99 of 100, by what is known
function answer(   i, s) {
	for (i = 1; i < holds && within("early", "", hold[i]) < 0.99 * all_talked; i++)
		;
	s = sprintf("A hold of %s s would have caught %s of the early talkers", hold[i],
		percent(within("early", "", hold[i]), all_talked))
	if (!passed || within("pass", "", hold[i]) > 0) s = s ", as far as is known"
	say(s ".", "answer")
}

# Of etd-connect: clients that passed the hold, so that no shorter hold would have caught them.
function after_the_hold(   i, words) {
	if (!all_turned) return
	for (i = 1; i in kind_name; i++)
		if (turned_kinds[kind_name[i]] > 0)
			words = words (words == "" ? "" : ", ") turned_kinds[kind_name[i]] " " kind_name[i]
	say(sprintf("After the hold, etd-connect found %d more that talked before the greeting, and %d before the reply to their first command. By kind: %s.", turned["greeting"] + 0, turned["helo"] + 0, words))
}

function early_talkers() {
	heading("Early talkers")
	if (all_early == 0)
		say("Nobody talked early.")
	else if (passed)
		say(sprintf("%d of %s held talked before the greeting: %s.", all_early, plural(all_held, "client that was", "clients that were"), percent(all_early, all_held)))
	else
		say("Clients that talked before the greeting: " all_early ".")
	if (all_talked > 0) answer()
	if (all_early > all_talked)
		say("Not spam, and not counted in what follows, except by class and kind: " all_early - all_talked " of kind tls, proxy or quit.")
	after_the_hold()
	if (!passed && all_early > 0)
		say("No line says pass, so nothing is known of the clients that were silent: give etd-delay or etd-server the option -v to have them logged.")
}

function how_soon(   i, j, n, value) {
	heading("How soon they talked")
	for (j = 1; j <= bins + 1; j++) {
		value[j] = 0
		for (i = 1; i <= classes; i++)
			value[j] += count["early", class_name[i], j]
		if (value[j] > 0) n = j
	}
	row("after\tclients\tshare\t")
	for (j = 1; j <= n; j++)
		row(bin_name(j) "\t" value[j] "\t" percent(value[j], all_talked) "\t" value[j])
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
		for (j = 1; j <= columns; j++) {
			c = class_name[j]
			cells = cells "\t" percent(within("early", c, h), talked[c])
		}
		cells = cells "\t" within("hangup", "", h) "\t"
		cells = cells (passed ? wait(h * passed / (front_for > 0 ? front_for / 86400 : 1)) : "-")
		row(cells)
		if (unknown == "" && within("pass", "", h) > 0) unknown = h
	}
	table()
	say("How many early talkers each hold would have caught, and which share of all and of each class; how many clients would have hung up during it; and how long silent clients would have waited altogether.", "soft")
	if (unknown != "")
		say("From " unknown " s on, the hold may catch more than is shown: some clients passed after a shorter one, and what they would have done later is not known.", "soft")
}

function by_class(   i, j, c, cells) {
	heading("By class and kind")
	row("class\theld\tearly\tshare\tpassed\thung up\texempt\tmean hold\tall holds")
	for (i = 1; i <= classes; i++) {
		c = class_name[i]
		j = early[c] + pass[c] + hangup[c]
		if (j + exempt[c] > 0)
			row(c "\t" j "\t" early[c] "\t" (passed ? percent(early[c], j) : "-") "\t" pass[c] "\t" hangup[c] "\t" \
				exempt[c] "\t" (pass[c] ? sprintf("%.1f s", held_for[c] / pass[c]) : "-") "\t" wait(held_for[c] + 0))
	}
	table()
	say("Clients by their reverse name: named have one, dynamic have one that looks like that of a dynamic or an end user's address, nordns have none" \
		(hangup["unknown"] ? ", and of unknown ones it was not known when they hung up" : "") ". Both holds are those of clients that passed.", "soft")
	if (all_early > 0) by_kind()
}

function by_kind(   i, j, cells, looks) {
	looks["smtp"] = "an SMTP command"
	looks["tls"] = "TLS, as on port 465"
	looks["http"] = "an HTTP request"
	looks["proxy"] = "a PROXY header"
	looks["quit"] = "QUIT: tired of waiting"
	looks["binary"] = "anything else"
	row("kind\t<what they said\tearly\tof all\tnamed\tdynamic\tnordns")
	for (i = 1; i in kind_name; i++) {
		cells = 0
		for (j = 1; j <= columns; j++) cells += kinds[kind_name[i], class_name[j]]
		if (cells == 0) continue
		cells = kind_name[i] "\t" looks[kind_name[i]] "\t" cells "\t" percent(cells, all_early)
		for (j = 1; j <= columns; j++) cells = cells "\t" kinds[kind_name[i], class_name[j]] + 0
		row(cells)
	}
	table()
}

function report_front() {
	fill_bins()
	all_early = sum(early)
	all_talked = sum(talked)
	passed = sum(pass)
	all_held = all_early + passed + sum(hangup)
	front_for = held_first == "" ? 0 : seconds(held_last) - seconds(held_first)
	if (all_held + sum(exempt) > 0) {
		early_talkers()
		report_told()
		if (all_talked > 0) {
			how_soon()
			which_hold()
			report_talkers()
		}
		by_class()
		if (all_talked > 0) where_from()
	}
	if (listed) dns_lists()
	if (known) remembered_clients()
	if (limited) limits_met()
	if (stresses) under_stress()
}

function dns_lists(   words) {
	heading("Clients on DNS lists")
	if (listed_action["reject"]) words = ", " listed_action["reject"] " refused"
	if (listed_action["rblsmtpd"]) words = words ", " listed_action["rblsmtpd"] " left to rblsmtpd"
	if (listed_action["log"]) words = words ", " listed_action["log"] " only logged"
	say(plural(listed, "client was", "clients were") " listed: " substr(words, 3) ".")
	if (zones[""] > 1) say("A client may be on several lists.")
	count_table("list", zones, listed, NAMES_MAX + 1, 1)
}

function remembered_clients(   saved) {
	heading("Clients that were remembered")
	say(plural(known, "client", "clients") " had passed before and " (known == 1 ? "was" : "were") " not held again.")
	if (passed)
		saved = known * sum(held_for) / passed - known_waited
	if (saved > 0)
		say("That saved them " wait(saved) " of waiting: those that passed were held for " sprintf("%.1f s", sum(held_for) / passed) " on average.")
}

function limits_met() {
	heading("Clients over a limit")
	say(plural(limited, "client was", "clients were") " told to come again later, because a limit was reached.")
	count_table("reason", limits, limited, NAMES_MAX + 1, 1)
}

function under_stress() {
	heading("Under stress")
	if (is_stressed) end_stress(seconds(last))
	say("etd-server was under stress " how_often(stresses) \
		(read_for > 0 ? ", for " span(stressed_for) " in all and " span(longest_stress) " at most" : "") \
		(is_stressed ? "; it still was at the end of the log" : "") \
		". At the most, " plural(most_held + 0, "client was", "clients were") " held.")
}
