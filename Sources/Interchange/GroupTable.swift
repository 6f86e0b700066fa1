/// The distinct texts of a column of groups, numbered from 0 as they come, so that rows are final as they are read.
struct GroupTable {
  private var codes: [String: Int64] = [:]

  /// The number of a text.
  mutating func code(_ name: String) -> Int64 {
    if let code = codes[name] { return code }
    let code = Int64(codes.count)
    codes[name] = code
    return code
  }
}
