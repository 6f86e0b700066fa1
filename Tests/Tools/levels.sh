# shellcheck shell=bash disable=SC2034
# For cases that hold on every processor: the instruction levels of this one, as the refusal of another lists them.
levels=$(nn-train --cpu none 2>&1 | sed 's/.* has //; s/;.*//; s/,//g')
# agree LIMIT A B: whether the numbers in two files, exported to CSV, differ by LIMIT at most.
agree() {
  paste -d, <(nn-export -q --format csv "$2") <(nn-export -q --format csv "$3") | awk -F, -v limit="$1" '
    NR > 1 { for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (d > worst) worst = d } }
    END { print (NR > 1 && worst <= limit ? "close" : "apart by " worst " in " NR " lines") }'
}
