# Lines of a name, a tab and a number: of each name, in the order they come, the mean, the standard deviation and the
# count of its numbers.
BEGIN { FS = "\t" }
!($1 in n) { names[++count] = $1; if (length($1) > width) width = length($1) }
{ n[$1]++; sum[$1] += $2; squares[$1] += $2 * $2 }
END {
  name = "%-" width "s  "
  printf name "  mean  spread  seeds\n", ""
  for (i = 1; i <= count; i++) {
    k = names[i]
    mean = sum[k] / n[k]
    variance = n[k] > 1 ? (squares[k] - n[k] * mean * mean) / (n[k] - 1) : 0
    if (variance < 0) variance = 0
    printf name "%.4f  %.4f  %5d\n", k, mean, sqrt(variance), n[k]
  }
}
