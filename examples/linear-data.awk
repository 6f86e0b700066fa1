# A table of standard normal features and a target that depends on the first `useful` of them:
# y = 0.05 + weight * (x1 + ... + x_useful) + noise * e, with e standard normal, too.
#
#   awk -v seed=1 -v rows=20 -v features=200 -v useful=200 -v weight=0.01 -v noise=0.01 -f linear-data.awk
#
# Normal numbers are made by Box and Muller's formula over Park and Miller's generator, the same in every awk.
function uniform() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
function normal(  radius) { radius = sqrt(-2 * log(uniform())); return radius * cos(6.283185307179586 * uniform()) }
BEGIN {
  for (j = 1; j <= features; j++) printf "x%d,", j
  print "y"
  for (i = 0; i < rows; i++) {
    sum = 0
    for (j = 1; j <= features; j++) {
      x = normal()
      if (j <= useful) sum += x
      printf "%.6f,", x
    }
    printf "%.6f\n", 0.05 + weight * sum + noise * normal()
  }
}
