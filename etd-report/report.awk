# report: the report's order, and its beginning. What is said of clients is in report-front.awk, of
# backends in report-backends.awk.

# Without the names of hosts in the log, all that is known is where the report was made.
function beginning(   of) {
	of = hosts == "" ? "Report made on " made_on ", " : "Report of " hosts (more_hosts ? " and others" : "") ", made "
	if (html) page_begin("Early talking detection: " (hosts == "" ? made_on : hosts))
	say(of made_at ".")
	if (first != "")
		say("It covers " span(read_for) ", from " date(seconds(first)) " to " date(seconds(last)) " " zone() ".")
	else
		say("The lines have no times, so what is otherwise for one day is for the whole log.")
	say(sprintf("%s read, %d of them from etd%s.", plural(NR, "line was", "lines were"), ours,
		damaged ? sprintf("; damaged, and not counted: %d", damaged) : ""))
	if (fatals) say("The word fatal is in " plural(fatals, "line", "lines") ", which this report leaves out. Look for " (fatals == 1 ? "it" : "them") " with grep fatal.")
}

function zone() { return is_local ? "local time" : "UTC" }

END {
	if (total_bytes > 0) printf "\r%20s\r", "" > "/dev/stderr"
	if (ours == 0) {
		print "etd-report: fatal: no line of etd-delay, etd-server, etd-connect or checkd" > "/dev/stderr"
		exit 111
	}
	read_for = first == "" ? 0 : seconds(last) - seconds(first)
	after_table = 1
	beginning()
	report_front()
	report_backends()
	if (html) page_end()
}
