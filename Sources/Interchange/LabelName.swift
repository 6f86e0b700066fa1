/// Names by which tables call the column that is to be learnt.
enum LabelName {
  /// The first or the last column, when it is called "label" or "class" in letters of any size; nil when neither is, or
  /// both are.
  static func guess(_ names: [String]) -> Int? {
    guard names.count > 1 else { return nil }
    let found = [0, names.count - 1].filter { ["label", "class"].contains(names[$0].lowercased()) }
    return found.count == 1 ? found[0] : nil
  }

  /// A name among those of features that is likely no feature, though classes and numbers are both called so.
  static func suspect(_ names: [String]) -> String? {
    names.first { ["label", "class", "target", "y"].contains($0.lowercased()) }
  }
}
