# plot: inline SVG. Drawn 360 wide, so that its words can be read on a phone, and scaled up a
# little where there is room. Colours are the page's, for light and dark.

function svg(height, title) {
	printf "<svg viewBox=\"0 0 360 %d\" role=\"img\" aria-label=\"%s\">\n", height, escape(title)
}

# bars(TITLE, N): label[1..N], value[1..N] and words[1..N], a bar a line
function bars(title, n, label, value, words,   i, y, most, width) {
	most = 1
	for (i = 1; i <= n; i++) if (value[i] > most) most = value[i]
	svg(n * 20, title)
	for (i = 1; i <= n; i++) {
		y = i * 20 - 6
		width = 130 * value[i] / most
		printf "<text x=\"86\" y=\"%d\" class=\"label\">%s</text>", y, escape(label[i])
		printf "<rect x=\"92\" y=\"%d\" width=\"%.1f\" height=\"14\"/>", y - 11, width
		printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", 97 + width, y, escape(words[i])
	}
	print "</svg>"
}

# time_line(): each backend a line; a thin bar while it was up, a thick one while it was down
function time_line(   i, j, b, from, to, scale, y, a, long, width, up) {
	from = seconds(first)
	to = seconds(last)
	scale = 352 / (to - from)
	svg(n_checked * 40 + 20, "Backends, up and down, from " date(from) " to " date(to))
	for (i = 1; i <= n_checked; i++) {
		b = checked_name[i]
		y = i * 40 - 26
		printf "<text x=\"4\" y=\"%d\">%s</text>\n", y, escape(b)
		for (j = 1; j <= n_changes[b]; j++) {
			a = change_at[b, j]
			long = (j < n_changes[b] ? change_at[b, j + 1] : to) - a
			width = long * scale > 0.7 ? long * scale : 0.7	# short, but to be seen
			up = change_to[b, j] == "up"
			printf "<rect class=\"%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\">", change_to[b, j],
				4 + (a - from) * scale, up ? y + 10 : y + 5, width, up ? 2 : 12
			printf "<title>%s %s from %s, %s</title></rect>\n", escape(b), change_to[b, j], date(a), span(long)
		}
	}
	y = n_checked * 40 + 12
	printf "<text x=\"4\" y=\"%d\" class=\"axis\">%s</text>", y, substr(date(from), 1, 16)
	printf "<text x=\"356\" y=\"%d\" class=\"axis label\">%s</text>\n</svg>\n", y, substr(date(to), 1, 16)
}

function page_begin() {
	print "<!DOCTYPE html>"
	print "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>"
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
	print "<title>etd-report</title><style>"
	print ":root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --line: #c8ced6; --bar: #2b6cb0; --down: #c53030 }"
	print "@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --paper: #14181d; --line: #3c4652; --bar: #63a4e8; --down: #f57373 } }"
	print "body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem; margin: 0 auto; padding: 1rem }"
	print "h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line) }"
	print ".answer { font-size: 1.15rem; font-weight: 600 }"
	print ".wide { overflow-x: auto } table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; margin: 1rem 0 }"
	print "th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }"
	print "th:first-child, td:first-child { text-align: left; padding-left: 0 }"
	print "svg { display: block; width: 100%; max-width: 32rem; margin: 1rem 0; font: 12px system-ui, sans-serif }"
	print "svg text { fill: var(--ink) } svg .label { text-anchor: end } svg rect { fill: var(--bar) } svg .down { fill: var(--down) } svg .axis { font-size: 10px }"
	print "</style></head><body><h1>Early talking detection</h1>"
}

function page_end() { print "</body></html>" }
