# Lines of a name, a tab and a number, the names beginning with a way, such as "rbm 100 labels", in the same order of seeds
# for each: what each way gains over the way `base`, seed by seed, and whether that is more than chance would give.
BEGIN { FS = "\t" }
{
  way = case = $1
  sub(/ .*/, "", way)
  sub(/[^ ]* /, "", case)
  number[$1, ++n[$1]] = $2
  if (way != base) { if (!($1 in seen)) { seen[$1]; names[++count] = $1; cases[count] = case } }
}
END {
  for (i = 1; i <= count; i++) {
    k = names[i]
    sum = squares = 0
    for (j = 1; j <= n[k]; j++) {
      gain = number[k, j] - number[base " " cases[i], j]
      sum += gain
      squares += gain * gain
    }
    mean = sum / n[k]
    error = n[k] > 1 ? sqrt(spread(squares - n[k] * mean * mean) / (n[k] - 1) / n[k]) : 0
    verdict = "no difference to " base
    if (mean > 2 * error) verdict = "better than " base
    if (mean < -2 * error) verdict = "worse than " base
    printf "%s: %+.4f, standard error %.4f: %s\n", k, mean, error, verdict
  }
}
function spread(x) { return x > 0 ? x : 0 }
