# page: what is of a page alone: its frame and its plots, inline SVG that is as wide as its cell.
# Colours are for light and dark.

# svg_bar(VALUE, MOST): a cell of a table
function svg_bar(value, most) {
	return sprintf("<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"%.1f\" height=\"10\"/></svg>", 100 * value / most)
}

# state_strip(BACKEND, FROM, TO): thin while it was up, thick while it was down, nothing while it was
# neither
function state_strip(b, from, to,   j, a, s, long, width, scale) {
	scale = 1000 / (to - from)
	s = sprintf("<svg viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s from %s to %s\">", escape(b), date(from), date(to))
	for (j = 1; j <= n_changes[b]; j++) {
		if (change_to[b, j] != "up" && change_to[b, j] != "down") continue
		a = change_at[b, j]
		long = (j < n_changes[b] ? change_at[b, j + 1] : to) - a
		width = long * scale > 1.5 ? long * scale : 1.5	# short, but to be seen
		s = s sprintf("<rect class=\"%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\"><title>%s %s from %s, %s</title></rect>",
			change_to[b, j], (a - from) * scale, change_to[b, j] == "up" ? 6 : 0, width,
			change_to[b, j] == "up" ? 2 : 14, escape(b), change_to[b, j], date(a), span(long))
	}
	return s "</svg>"
}

function page_begin(title) {
	print "<!DOCTYPE html>"
	print "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>"
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
	printf "<title>%s</title><style>\n", escape(title)
	print ":root { color-scheme: light dark; --ink: #1d2329; --soft: #57606a; --paper: #fff; --line: #d0d6dd; --bar: #2b6cb0; --down: #c53030 }"
	print "@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #a2acb7; --paper: #14181d; --line: #3c4652; --bar: #63a4e8; --down: #f57373 } }"
	print "body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }"
	print "h1 { font-size: 1.5rem; line-height: 1.25 } h2 { font-size: 1.15rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line) }"
	print ".answer { font-size: 1.15rem; font-weight: 600 } .soft { color: var(--soft); font-size: .9rem }"
	print "table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; margin: 1rem 0 }"
	print "th, td { text-align: right; vertical-align: baseline; padding: .2rem 0 .2rem .8rem; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: normal }"
	print "thead th { color: var(--soft); vertical-align: bottom; white-space: normal; overflow-wrap: normal }"
	print ".words { text-align: left; white-space: normal } th:first-child { padding-left: 0 }"
	print ".bar { width: 40%; min-width: 4rem } td.bar svg { display: block; width: 100%; height: .8rem }"
	print ".above th, .above td { border: 0 } .strip td { padding: .2rem 0 .6rem } .strip svg { display: block; width: 100%; height: .9rem }"
	print "svg rect { fill: var(--bar) } svg .down { fill: var(--down) }"
	print "@media (max-width: 44rem) {"
	print ".bar { width: 28% } .wide .bar { width: auto } .wide, .wide tbody, .wide th, .wide td { display: block } .wide thead { display: none }"
	print ".wide tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line) } .wide .above { border: 0; padding: 0 }"
	print ".wide tbody th, .wide td.words, .wide .bar, .wide .strip td { grid-column: 1 / -1 } .wide tbody th { font-weight: 600; border: 0; padding-top: .5rem }"
	print ".wide td { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0; border: 0; text-align: right } .wide td.words { white-space: normal }"
	print ".wide td::before { content: attr(data-head); color: var(--soft); text-align: left; white-space: normal; overflow-wrap: normal } .wide .bar, .wide .strip td { display: block } .wide .bar::before, .wide .strip td::before { content: none }"
	print "}"
	print "</style></head><body><h1>Early talking detection</h1>"
}

function page_end() { print "</body></html>" }
