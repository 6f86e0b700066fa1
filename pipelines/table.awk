# Aligns a table whose first line has the names of its columns: words to the left, numbers with four digits to the right.
{
  if (NF > columns) columns = NF
  for (i = 1; i <= NF; i++) {
    cell[NR, i] = $i ~ /^-?[0-9]*\.[0-9]+([eE][-+]?[0-9]+)?$/ ? sprintf("%.4f", $i) : $i
    if (length(cell[NR, i]) > width[i]) width[i] = length(cell[NR, i])
  }
}
END {
  for (line = 1; line <= NR; line++) {
    text = sprintf("%-" width[1] "s", cell[line, 1])
    for (i = 2; i <= columns; i++) text = text sprintf("  %" width[i] "s", cell[line, i])
    print text
  }
}
