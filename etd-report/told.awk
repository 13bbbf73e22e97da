# told: early talkers that a backend may have told to talk early, by PIPECONNECT in its reply to EHLO.
# Exim's clients remember that, and then send at once what they otherwise send one by one: EHLO, and
# STARTTLS or a mail, if the backend has offered what that takes.
#
#	told[what]				named hosts that have sent a whole EHLO, and perhaps more
#	told_hosts[host], passed_by["host", host]	the same by host; and how often one passed later
#
# The hosts are counted as the addresses in talkers.awk are, and so in bounded memory.

BEGIN {
	split("EHLO alone,EHLO and STARTTLS,EHLO and a mail", told_name, ",")
	used["host"] = missed["host"] = 0
}

# ip= port= host= class= waited= bytes= kind= text=
function note_told(   what) {
	what = told_what(substr($(at + 7), 7))
	if (what == "") return
	told[what]++
	all_told++
	count_frequent(told_hosts, "host", host_of())
}

function note_passed(   host) {
	host = host_of()
	if (host in told_hosts) passed_by["host", host]++
}

function host_of(   name) {
	name = substr($(at + 4), 6)
	return substr($(at + 2), 4) (is_name(name) ? " " name : "")
}

# told_what(BYTES): of told_name, or "". The log has 100 bytes at most, in which CR and LF are \r\n.
function told_what(bytes,   s, i, len) {
	i = index($0, " kind=smtp text=\"EHLO ")
	if (!i) return ""
	s = substr($0, i + 17)
	i = index(s, "\\r\\n")
	if (i < 7 || substr(s, 6, i - 6) ~ /[ \\]/) return ""
	len = i + 1
	s = substr(s, i + 4)
	if (s == "\"" && bytes == len) return told_name[1]
	if (s == "STARTTLS\\r\\n\"" && bytes == len + 10) return told_name[2]
	# Exim gives the size, since it knows that it may. Others do not know.
	if (s ~ /^MAIL FROM:</ && s !~ /^MAIL FROM:[^ ]*\\r\\n/) return told_name[3]
	return ""
}

function report_told(   i) {
	if (!all_told) return
	heading("Perhaps told to talk early")
	say(plural(all_told, "early talker with a name has", "early talkers with a name have") " sent a whole EHLO at once:")
	row("they sent\tclients\tshare\t")
	for (i = 1; i in told_name; i++)
		if (told[told_name[i]] > 0)
			row(told_name[i] "\t" told[told_name[i]] "\t" percent(told[told_name[i]], all_talked) "\t" told[told_name[i]])
	table(1)
	say("Exim does so if a backend has told it that it may, by PIPECONNECT in its reply to EHLO. Then these are honest mail servers, whose mail is refused or late. checkd warns of such a backend, and checkd -c asks each of them. In the configuration of its Exim, write \"pipelining_connect_advertise_hosts =\", with nothing after the equals sign. A host that comes again and again, or that passes at another time, is most likely one of these; a spam engine is not.")
	told_table()
}

function told_table(   i, k, best) {
	row("host\tearly\tpassed later")
	for (i = 1; i <= 10; i++) {
		best = ""
		for (k in told_hosts)
			if (best == "" || told_hosts[k] > told_hosts[best] || (told_hosts[k] == told_hosts[best] && k < best))
				best = k
		if (best == "" || told_hosts[best] <= missed["host"]) break
		row(best "\t" told_hosts[best] "\t" (passed ? passed_by["host", best] + 0 : "-"))
		delete told_hosts[best]
	}
	if (n_rows > 1) table()
	n_rows = 0
	if (missed["host"])
		say("There were more than " COUNTERS " hosts, so these counts may be too low, by " missed["host"] " at most.", "soft")
}
