# table: joins what the soak's clients were told with what is stored, and prints the table.
# usage: awk -v tls=PORT -f table.awk faults measured stored.log told.front told.server told.all
# PORT is that of the backend with STARTTLS and CHUNKING, or empty if there is none.
# Fails where a figure that must be 0 is not, or no mail was stored at all.
# after: how long a fault's effect on connections lasts after its end; hold: how long a client is held, and a
# fault may begin meanwhile; in milliseconds
BEGIN { after = 2500; hold = 1500 }

FILENAME ~ /faults$/ {
	from[++faults] = $1
	to[faults] = $2 + after
	cuts[faults] = $4 ~ /cut/
	drops[faults] = $4 ~ /dropped/
	lasting[faults] = $4 ~ /lasting/
	lossy[faults] = $4 ~ /lossy/
	blind[faults] = $4 ~ /blind/
	unreachable[faults] = $4 ~ /unreachable/
	restarts[faults] = $4 ~ /restarted/
	injected[$3]++
	next
}
FILENAME ~ /measured$/ {
	if (last[$1] != $3 && last[$1] != "")
		restarted[$1, $2] = 1
	last[$1] = $3
	measured[$1, $2] = $4 " " $5
	next
}
FILENAME ~ /stored\.log$/ {
	if ($1 == "stored")
		copies[$2]++
	else if ($1 == "altered")
		count[front($2), "altered"]++
	else
		count[front($2), "partial"]++
	next
}
{
	f = front($1)
	count[f, "sessions"]++
	count[f, $2]++
	outcome(f, $1, $2, $3, $4, $5)
	if ($5 == "stored")
		count[f, "by " $6]++
}

function front(number) { return number >= 3000000000 ? "all" : number >= 2000000000 ? "server" : "front" }

# during(EFFECT, MS [, SPAN ]): whether a fault with that effect was on then, or in the SPAN milliseconds after
# it, or had just ended. They are in order.
function during(effect, ms, span,    i) {
	for (i = faults; i > 0 && to[i] >= ms - 60000; i--)
		if (ms + span >= from[i] && ms <= to[i] && (i in effect) && effect[i])
			return 1
	return 0
}

# excused: the end of a connection without a word
function excused(f, begun, ended) {
	return during(cuts, ended) || during(lasting, begun) || f == "front" && during(drops, ended) ||
		f != "front" && during(restarts, ended) || f == "all" && during(unreachable, ended)
}

function outcome(f, number, kind, begun, ended, told,    n) {
	n = copies[number] + 0
	delete copies[number]
	if (told == "stored") {
		count[f, n == 0 ? "missing" : "answered"]++
		if (n > 1)
			count[f, "twice"]++
	} else if (told == "lost") {
		count[f, "lost"]++
		if (n > 1)
			count[f, "twice"]++
	} else if (n > 0) {
		count[f, "unasked"]++
	}
	if (told == "lost" || told == "silent" || told == "hung")
		count[f, told != "hung" && excused(f, begun, ended) ? "cut" : "wordless"]++
	if (kind == "early" && told == "554")
		count[f, "refused"]++
	if (told == "greeted")
		count[f, during(lossy, begun, hold) ? "late" : "let in"]++
	if (kind == "listed" && told ~ /^5/)
		count[f, "listed refused"]++
	else if (kind == "listed" && (told == "stored" || told == "lost"))
		count[f, during(blind, begun, hold) ? "listed unseen" : "listed let in"]++
	else if (kind != "early" && told == "554")
		count[f, "wronged"]++
	else if (kind != "early" && told ~ /^[45]/)
		count[f, "later"]++
}

function total(key) { return count["front", key] + count["server", key] + count["all", key] }

function row(words, key, must_be_0) {
	printf "%-44s %12d %12d %12d\n", words, count["front", key], count["server", key], count["all", key]
	if (must_be_0 && total(key) > 0)
		bad = 1
}

function daemon(words, name,    i, at, text) {
	text = ""
	split("1 50 100", at, " ")
	for (i = 1; i <= 3; i++) {
		split(measured[name, at[i]], m, " ")
		text = text sprintf("  %4d %6d%s", m[1], m[2], (name, at[i]) in restarted ? "*" : " ")
	}
	printf "%-32s%s\n", words, text
}

END {
	printf "%-44s %12s %12s %12s\n", "", "tcpserver", "etd-server", "all on"
	row("sessions", "sessions")
	row("  patient, in lock step", "lockstep")
	row("  patient, pipelined", "pipelined")
	row("  patient, slow to read", "slow")
	row("  patient, by BDAT where it is offered", "bdat")
	row("  patient, by TLS where it is offered", "starttls")
	row("  patient, on a list", "listed")
	row("  early talkers", "early")
	row("  scanners", "scanner")
	row("  that vanish in mid-session", "vanishing")
	row("mails answered 250 and stored", "answered")
	row("  by BDAT", "by bdat")
	row("  through TLS", "by tls")
	row("answered 250 and missing", "missing", 1)
	row("stored twice", "twice", 1)
	row("stored, though refused", "unasked", 1)
	row("altered", "altered", 1)
	row("early talkers refused", "refused")
	row("early talkers let in", "let in", 1)
	row("  too late, since packets were lost or late", "late")
	row("on a list, refused", "listed refused")
	row("on a list, let in", "listed let in", 1)
	row("  since the list did not answer in time", "listed unseen")
	row("patient clients refused for early talk", "wronged", 1)
	row("told to come again, or refused, by a reply", "later")
	row("ended without a word", "wordless", 1)
	row("  because a fault cut the connection", "cut")
	row("    with the reply to a mail lost", "lost")
	printf "\n%-32s  %-12s  %-12s  %-12s\n", "descriptors and KB resident at", "1 %", "50 %", "100 %"
	daemon("tcpserver", "front")
	daemon("etd-server", "server")
	daemon("etd-server, all on", "all")
	daemon("checkd", "checkd")
	print "* another process than before: a fault killed it"
	printf "\nfaults:"
	for (name in injected)
		printf " %s %d", name, injected[name]
	print ""
	if (tls == "")
		print "not run by root: without the backend that offers STARTTLS and CHUNKING"
	else if (total("by bdat") * total("by tls") == 0) {
		print "no mail went by BDAT, or none through TLS"
		bad = 1
	}
	for (number in copies)	# a mail that no client sent
		stray++
	if (stray > 0)
		print stray " stored mails belong to no session"
	exit bad || stray > 0 || \
		count["front", "answered"] * count["server", "answered"] * count["all", "answered"] == 0
}
