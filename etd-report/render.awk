# render: headings, sentences and tables, as text of 79 columns or, with html, as parts of a page.
# What comes from the log goes through escape on its way to a page.

function escape(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	return s
}

function heading(s) {
	if (html) printf "<h2>%s</h2>\n", escape(s)
	else printf "%s%s\n\n", after_table ? "" : "\n", toupper(s)
	after_table = 1
}

# say(SENTENCE, CLASS): the class is the page's, and may be left out
function say(s, class,   word, n, i, line) {
	if (html) {
		printf "<p%s>%s</p>\n", class == "" ? "" : " class=\"" class "\"", escape(s)
		return
	}
	after_table = 0
	n = split(s, word, " ")
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line) + length(word[i]) > 78) {
			print line
			line = ""
		}
		line = line (line == "" ? "" : " ") word[i]
	}
	print line
}

# row(CELLS): of the next table, with a tab between two. The first row is the head. A column whose
# head begins with "<" is one of words: it and the first one go to the left, the others, of numbers,
# to the right.
function row(cells) { rows[++n_rows] = cells }

# table(BARRED): the rows; barred, the last column's numbers are shown as bars
function table(barred,   i, most, n, cell) {
	if (!html && !after_table) print ""
	for (i = 2; barred && i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		if (cell[n] + 0 > most + 0) most = cell[n] + 0
	}
	if (html) html_table(barred, most > 0 ? most : 1)
	else text_table(barred, most > 0 ? most : 1)
	n_rows = 0
	after_table = 1
}

# Cells that do not fit beside a name, which may be long, go below it.
function text_table(barred, most,   i, j, n, cell, width, left, all, below, line) {
	for (i = 1; i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		for (j = 1; j <= n; j++) {
			if (i == 1) left[j] = sub(/^</, "", cell[j]) || j == 1
			if (length(cell[j]) > width[j] + 0) width[j] = length(cell[j])
		}
	}
	if (barred) width[n] = 10
	for (j = 1; j <= n; j++) all += width[j] + (j > 1 ? 2 : 0)
	below = all > 79
	if (below) all -= width[1] - 2
	if (barred && all < 79) width[n] += 79 - all < 30 ? 79 - all : 30
	for (i = 1; i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		if (below) {
			print cell[1]
			line = "  "
		} else
			line = sprintf("%-" width[1] "s", cell[1])
		for (j = 2; j <= n; j++) {
			if (i == 1) sub(/^</, "", cell[j])
			if (barred && j == n) cell[j] = i > 1 ? bar(cell[j], most, width[n]) : ""
			line = line "  " sprintf("%" (left[j] || (barred && j == n) ? "-" : "") width[j] "s", cell[j])
		}
		sub(/ +$/, "", line)
		print line
	}
	print ""
}

function bar(value, most, width,   s) {
	s = sprintf("%" int(width * value / most + 0.5) "s", "")
	if (value == 0) return ""
	gsub(/ /, "#", s)
	return s
}

# A table of many columns, or of some and long names, has its cells below the name where the page is
# narrow: each then has its column's head beside it.
function html_table(barred, most,   i, j, n, cell, head, class, columns, long) {
	for (i = 2; i <= n_rows; i++)
		if (index(rows[i], "\t") > long + 0) long = index(rows[i], "\t")
	n = split(rows[1], head, "\t")
	columns = n - (barred ? 1 : 0)
	printf "<table%s>\n<thead><tr>", (columns > 5 || (columns > 3 && long > 20) ? " class=\"wide\"" : "")
	for (j = 1; j <= n; j++) {
		class[j] = sub(/^</, "", head[j]) || j == 1 ? " class=\"words\"" : ""
		if (barred && j == n) class[j] = " class=\"bar\""
		printf "<th scope=\"col\"%s>%s</th>", class[j], barred && j == n ? "" : escape(head[j])
	}
	print "</tr></thead>\n<tbody>"
	for (i = 2; i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		printf "<tr%s><th scope=\"row\" class=\"words\">%s</th>", (i in strip ? " class=\"above\"" : ""), escape(cell[1])
		for (j = 2; j <= n; j++)
			if (barred && j == n)
				printf "<td class=\"bar\">%s</td>", svg_bar(cell[j], most)
			else
				printf "<td%s data-head=\"%s\">%s</td>", class[j], escape(head[j]), escape(cell[j])
		print "</tr>"
		if (i in strip) printf "<tr class=\"strip\"><td colspan=\"%d\">%s</td></tr>\n", n, strip[i]
	}
	print "</tbody></table>"
}

# sort(LIST, FROM, TO): awk walks an array in any order. With "", names that look like numbers are compared
# as names: 10 is not 1e1.
function sort(list, from, to,   i, j, s) {
	for (i = from + 1; i <= to; i++) {
		s = list[i] ""
		for (j = i - 1; j >= from && list[j] "" > s; j--) list[j + 1] = list[j]
		list[j + 1] = s
	}
}

# The rows in order below the head; none, no table
function sorted_table() {
	sort(rows, 2, n_rows)
	if (n_rows > 1) table()
	n_rows = 0
}

# count_table(HEAD, COUNTS, WHOLE, MOST, LEAST): the names with the highest counts, at most so many and
# none below the least, with their shares of the whole. Takes them out of counts. Returns the number
# of rows.
function count_table(head, counts, whole, most, least,   i, k, best) {
	delete counts[""]
	row(head "\tclients\tshare\t")
	for (i = 1; i <= most; i++) {
		best = ""
		for (k in counts)
			if (best == "" || counts[k] > counts[best] || (counts[k] == counts[best] && k "" < best ""))
				best = k
		if (best == "" || counts[best] < least) break
		row(best "\t" counts[best] "\t" percent(counts[best], whole) "\t" counts[best])
		delete counts[best]
	}
	if (n_rows > 1) table(1)
	n_rows = 0
	return i - 1
}

function percent(part, whole) { return whole > 0 ? sprintf("%.1f %%", 100 * part / whole) : "-" }
function mean(sum, b, digits) { return sum[b, "n"] > 0 ? sprintf("%." digits "f s", sum[b] / sum[b, "n"]) : "-" }

# bytes_text(BYTES): "2.0 MB", "1.5 GB"
function bytes_text(n) {
	if (n < 1e9) return sprintf("%.1f MB", n / 1e6)
	if (n < 1e12) return sprintf("%.1f GB", n / 1e9)
	return sprintf("%.1f TB", n / 1e12)
}

function how_often(n) { return n == 1 ? "once" : n == 2 ? "twice" : n " times" }
function plural(n, one, many) { return n " " (n == 1 ? one : many) }
