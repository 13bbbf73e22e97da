# render: headings, sentences, tables and plots, as text or, with html, as parts of a page.

function escape(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}

function heading(s) {
	if (html) printf "<h2>%s</h2>\n", escape(s)
	else printf "%s%s\n\n", after_table ? "" : "\n", toupper(s)
}

function say(s,   word, n, i, line) {
	if (html) {
		printf "<p>%s</p>\n", escape(s)
		return
	}
	after_table = 0
	n = split(s, word, " ")
	for (i = 1; i <= n; i++) {
		if (length(line) + length(word[i]) > 78) {
			print line
			line = ""
		}
		line = line (line == "" ? "" : " ") word[i]
	}
	print line
}

# row(CELLS): of the next table, with a tab between two; the first row is the head
function row(cells) { rows[++n_rows] = cells }

# table(): the rows, numbers to the right; barred: the text's last column is one of bars
function table(barred,   i, j, n, cell, width, line) {
	if (html) {
		print "<div class=\"wide\"><table>"
		for (i = 1; i <= n_rows; i++) {
			n = split(rows[i], cell, "\t")
			line = ""
			for (j = 1; j <= n; j++)
				line = line sprintf(i == 1 ? "<th>%s</th>" : "<td>%s</td>", escape(cell[j]))
			print "<tr>" line "</tr>"
		}
		print "</table></div>"
		n_rows = 0
		return
	}
	for (i = 1; i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		for (j = 1; j <= n; j++)
			if (length(cell[j]) > width[j] + 0) width[j] = length(cell[j])
	}
	for (i = 1; i <= n_rows; i++) {
		n = split(rows[i], cell, "\t")
		line = sprintf("%-" width[1] "s", cell[1])
		for (j = 2; j <= n; j++)
			line = line "  " (barred && j == n ? cell[j] : sprintf("%" width[j] "s", cell[j]))
		sub(/ +$/, "", line)
		print line
	}
	print ""
	after_table = 1
	n_rows = 0
}

# bar(VALUE, MOST): for text
function bar(value, most) { return substr("########################################", 1, int(40 * value / most + 0.5)) }
