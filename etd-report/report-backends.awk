# report-backends: what is said of backends.

function backends_used(   i, b) {
	heading("Sessions by backend")
	if (!all_ends && all_sessions + 0 == 0)
		say("No line says end: give etd-connect the option -v to have each session logged.")
	sort(backend_name, 1, n_backends)
	row("backend\tsessions\tshare\tfailed\t")
	for (i = 1; i <= n_backends; i++) {
		b = backend_name[i]
		row(b "\t" sessions[b] + 0 "\t" percent(sessions[b] + 0, all_sessions) "\t" failed[b] + 0 "\t" sessions[b] + 0)
	}
	if (n_backends) table(1)
	n_rows = 0
	if (all_sessions) {
		row("backend\tto it\tfrom it\tconnect\tgreeting\tsession")
		for (i = 1; i <= n_backends; i++) {
			b = backend_name[i]
			if (sessions[b])
				row(b "\t" bytes_text(bytes_in[b] + 0) "\t" bytes_text(bytes_out[b] + 0) "\t" \
					mean(connect, b, 3) "\t" mean(greeting, b, 3) "\t" mean(total, b, 1))
		}
		table()
		say("The bytes that went to each backend and came from it, and its mean times to connect, to its greeting and for a session.", "soft")
	}
	if (none + later) say("Clients that found no backend, and were told 421: " none + later \
		(later ? ", " later " of them by a backend's own 4xx" : "") ".")
}

function how_failed(   i, j, n, s, step, cells) {
	for (s in steps) step[++n] = s
	if (!n) return
	sort(step, 1, n)
	cells = "failed at"
	for (j = 1; j <= n; j++) cells = cells "\t" step[j]
	row(cells)
	for (i = 1; i <= n_backends; i++) {
		if (!failed[backend_name[i]]) continue
		cells = backend_name[i]
		for (j = 1; j <= n; j++) cells = cells "\t" failures[backend_name[i], step[j]] + 0
		row(cells)
	}
	table()
}

# The letters are etd-connect's
function how_ended(   s, means) {
	means["--"] = "in order"
	means["CC"] = "the client left while a backend was being tried"
	means["SC"] = "the backend could not be connected to"
	means["sC"] = "the backend could not be connected to in time"
	means["CH"] = "the client left before the greeting"
	means["SH"] = "the backend closed or said 4xx instead of greeting"
	means["sH"] = "the backend did not greet in time"
	means["PR"] = "the client talked out of turn and was refused"
	means["CD"] = "the client broke the connection"
	means["SD"] = "the backend broke the connection"
	means["cD"] = "idle for too long, waiting for the client"
	means["sD"] = "idle for too long, waiting for the backend"
	means["RD"] = "this host was out of memory"
	if (!all_ends) return
	heading("How sessions ended")
	row("state\t<meaning\tsessions\tshare")
	for (s in ends) row(s "\t" (s in means ? means[s] : "see etd-connect(8)") "\t" ends[s] "\t" percent(ends[s], all_ends))
	sorted_table()
}

function up_and_down(   i, b, end) {
	heading("Backends up and down")
	end = seconds(last)
	sort(checked_name, 1, n_checked)
	row("backend\tnow\tdowns\tdown for\tlongest\t<last change")
	for (i = 1; i <= n_checked; i++) {
		b = checked_name[i]
		if (state[b] == "down") end_down(b, end)
		row(b "\t" state[b] "\t" downs[b] "\t" (read_for > 0 ? span(down_for[b]) "\t" span(longest[b]) "\t" date(since[b]) : "-\t-\t-"))
		if (read_for > 0) strip[n_rows] = state_strip(b, seconds(first), end)
	}
	table()
	for (i in strip) delete strip[i]
	if (html && read_for > 0)
		say("The lines go from " date(seconds(first)) " to " date(end) " " zone() ": thin while the backend was up, thick while it was down.", "soft")
	if (disordered) say("Changes that are older than the one before, and so left out: " disordered ".")
	for (i = 1; html && i <= n_checked; i++)
		if (n_changes[checked_name[i]] == CHANGES_MAX)
			say("The line shows the first " CHANGES_MAX " changes of " checked_name[i] ".", "soft")
}

function reloads_seen(   i) {
	heading("Reloads of the backends file")
	say("checkd read its file again " how_often(reloads + 0) "; " (n_reloaded ? \
		plural(n_reloaded, "change", "changes") " took effect." : "nothing had changed."))
	if (!n_reloaded) return
	if (n_reloaded > RELOADS_MAX) say("These are the last " RELOADS_MAX ":")
	row("backend\t<" zone() "\t<change")
	for (i = n_reloaded > RELOADS_MAX ? n_reloaded - RELOADS_MAX + 1 : 1; i <= n_reloaded; i++)
		row(reload_name[i % RELOADS_MAX] "\t" (reload_at[i % RELOADS_MAX] == "" ? "-" : \
			date(seconds(reload_at[i % RELOADS_MAX]))) "\t" reload_words[i % RELOADS_MAX])
	table()
}

function report_backends() {
	if (n_backends > 0 || none + later) {
		backends_used()
		how_failed()
		how_ended()
	}
	if (n_checked > 0) up_and_down()
	if (reloads + n_reloaded > 0) reloads_seen()
}
