import Tensors

/// Class labels of a table as they come, and the ids that they get in the end.
struct ClassTable {
  /// Names given beforehand; ids are known at once then.
  private let given: [String]?
  private var codes: [String: Int64] = [:]
  /// The distinct labels in the order in which they came.
  private var spellings: [String] = []

  init(given: [String]?) { self.given = given }

  /// Whether ids are final as rows come.
  var isFinal: Bool { given != nil }

  /// The number of a label: its class id when names were given, else its place among the distinct labels so far.
  ///
  /// - Throws: an input failure without a place.
  mutating func code(_ label: String) throws(Failure) -> Int64 {
    if let code = codes[label] { return code }
    var code = Int64(spellings.count)
    if let given {
      if let id = given.firstIndex(of: label) {
        code = Int64(id)
      } else if let id = Int(label), given.indices.contains(id) {
        code = Int64(id)
      } else {
        let names = given.count > 20 ? "\(given.count) names" : given.joined(separator: ", ").onOneLine
        throw .input(
          "label '\(String(label.prefix(40)).onOneLine)' is none of the classes (\(names)) and no id below \(given.count)"
        )
      }
    } else {
      guard spellings.count < Labels.maximumClasses else {
        throw .input("more than \(Labels.maximumClasses) distinct labels; numbers to predict are named by --target")
      }
      spellings.append(label)
    }
    codes[label] = code
    return code
  }

  /// The names of the classes, and the id of each distinct label in the order in which they came (nil when the codes
  /// are the ids).
  ///
  /// Labels that are all numbers are classes in the order of the numbers, equal numbers being one class; so labels
  /// 0…C−1 are their own ids. Other labels are classes in the order of their UTF-8 bytes.
  private func classes() -> (names: [String], ids: [Int64]?) {
    if let given { return (given, nil) }
    let numbers = spellings.map { label -> Double? in
      Array(label.utf8).withUnsafeBufferPointer(NumberScanner.float) == nil ? nil : Double(label)
    }
    let isNumeric = !numbers.contains(nil)
    let order = spellings.indices.sorted { a, b in
      if isNumeric, let left = numbers[a], let right = numbers[b], left != right { return left < right }
      return isNumeric ? a < b : spellings[a].utf8.lexicographicallyPrecedes(spellings[b].utf8)
    }
    var names: [String] = []
    var ids = [Int64](repeating: 0, count: spellings.count)
    for (place, index) in order.enumerated() {
      let isSame = isNumeric && place > 0 && numbers[index] == numbers[order[place - 1]]
      if !isSame { names.append(spellings[index]) }
      ids[index] = Int64(names.count - 1)
    }
    return (names, ids)
  }
}

extension ClassTable {
  /// The names of the classes, and the ids of rows whose codes are given.
  func labels(_ codes: Tensor) -> (names: [String], y: Tensor) {
    let (names, ids) = classes()
    guard let ids else { return (names, codes) }
    return (names, Tensor(codes.withElements(of: Int64.self) { $0.map { ids[Int($0)] } }, shape: codes.shape))
  }
}

/// Names of classes from the command line.
public enum ClassNames {
  /// "cat,dog" is a list of names; a text without a comma is a file of one name a line.
  public static func parse(_ text: String) throws(Failure) -> [String] {
    var names: [String]
    if text.contains(",") {
      names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    } else {
      let bytes = try ByteSource(path: text).readAll()
      let lines = bytes.withBytes { String(validating: $0, as: UTF8.self) }
      guard let lines else { throw .input("class names are not UTF-8 text") }
      names = lines.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
      while names.last?.isEmpty == true { names.removeLast() }
    }
    guard !names.isEmpty, !names.contains("") else { throw .input("an empty class name") }
    guard Set(names).count == names.count else { throw .input("a class name twice") }
    guard names.count <= Labels.maximumClasses else {
      throw .input("\(names.count) classes; at most \(Labels.maximumClasses) are kept")
    }
    return names
  }
}
