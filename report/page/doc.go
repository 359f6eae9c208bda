// Package page holds a report as blocks that say nothing of the format in which they are shown: a headline, facts, text,
// lists, tables, charts and commands. Who makes a report makes one [Page]; each format walks its blocks. So a figure and
// its words are made once, and every format shows the same.
//
// Blocks carry what formats differ by: a level of detail, whether a column holds words or figures, the value behind a
// figure, by which a table is sorted, and a tone, which colour may repeat and never replaces a word.
//
//	block.go     Page and its blocks; levels of detail
//	table.go     tables: columns, typed cells, footnotes
//	chart.go     charts, and small drawings beside the rows of a table
//	terminal.go  the writer for a terminal: gutter.go its labelled rows, grid.go its tables, wrap.go its lines
//	markdown.go  the writer of GitHub's Markdown, with its escapes
//	clean.go     what text from elsewhere may hold; every writer cleans all that it writes
package page
