/// Columns of text for people, two spaces apart.
public enum TextTable {
  /// A head and rows of as many cells, one line each, without spaces at its end.
  ///
  /// - Parameter rightAligned: the columns that are set to the right, as numbers are.
  public static func text(_ head: [String], _ rows: [[String]], rightAligned: some Collection<Int>) -> String {
    let all = [head] + rows
    let right = Set(rightAligned)
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return right.contains(column) ? padding + row[column] : row[column] + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
