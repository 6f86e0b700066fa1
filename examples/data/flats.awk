# Makes flats.csv: 800 flats that are to let, made up, with columns of numbers and of texts, and some cells empty. Run as
#
#   awk -f flats.awk > flats.csv

# A number from 0 to below 1: Lehmer's generator with the constants of Park and Miller, the same in every awk.
function uniform() {
  state = state * 16807 % 2147483647
  return state / 2147483647
}

# A normal number, nearly: the sum of twelve uniform ones (Irwin and Hall).
function normal(sum, i) {
  for (i = 0; i < 12; i++) sum += uniform()
  return sum - 6
}

function pick(list, words) { return words[int(uniform() * split(list, words, " ")) + 1] }

BEGIN {
  state = 2026
  print "id,street,district,heating,area,rooms,year,balcony,rent,taken"
  for (id = 1; id <= 800; id++) {
    district = pick("harbour hill market river station")
    heating = pick("district gas gas oil")
    area = 65 + 24 * normal()
    if (area < 18) area = 18
    rooms = int(area / 26 + 0.8 + 0.6 * uniform())
    year = int(1900 + 124 * uniform())
    balcony = uniform() < 0.4 + area / 300 ? "yes" : "no"
    price = 9 + (district == "harbour" ? 4 : district == "hill" ? 3 : district == "station" ? -2 : 0)
    price += (year > 1990 ? 2 : 0) + (heating == "oil" ? -1 : 0)
    fair = 140 + area * price + (balcony == "yes" ? 60 : 0)
    rent = fair + 90 * normal()
    # A flat is taken within a week when it is cheap for what it is.
    taken = (fair - rent) / 60 + 0.4 * normal() > -0.2 ? "yes" : "no"
    street = pick("Acacia Baker Canal Dean Elm Ferry Garden High Iron Jubilee King Lime Mill North Oak") " " int(1 + 99 * uniform())
    printf "%d,%s,%s,%s,%.0f,%d,%s,%s,%.0f,%s\n", id, street, district, uniform() < 0.03 ? "" : heating, area, rooms,
      uniform() < 0.08 ? "" : year, balcony, rent, taken
  }
}
