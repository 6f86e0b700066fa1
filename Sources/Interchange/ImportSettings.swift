import Tensors

/// How outside files are to be read.
public struct ImportSettings: Sendable {
  /// What only tables have.
  public var table = TableSettings()
  /// The largest index in LIBSVM text: its indices are 32-bit integers elsewhere, too.
  public static let maximumFeatures = Int(Int32.max)
  /// How many features LIBSVM text has; nil for its largest index. Text that is to be read with it is LIBSVM's.
  public var features: Int?
  /// The array of inputs in an .npz archive; nil looks for the usual names.
  public var inputArray: String?
  /// The array of labels in an .npz archive; nil looks for the usual names.
  public var labelArray: String?
  /// What only images have.
  public var images = ImageSettings()
  /// The part that the data is: `train`, `valid` or `test`.
  public var role: String?
  /// Rows of a frame; nil for one frame of all.
  public var chunk: Int?

  /// The defaults.
  public init() {}
}

/// What was read, for a note to the person.
public struct ImportSummary: Sendable {
  /// Rows written.
  public var rows = 0
  /// The shape of a row: "64 features" or "28x28 U8".
  public var shape = ""
  /// "label 'digit' (10 classes)", "2 targets" or "no label".
  public var labels = "no label"
  /// Rows left out for a missing value.
  public var droppedRows = 0
  /// What was guessed: "header", "comma".
  public var guesses: [String] = []
  /// What may not be meant: labels that are nearly all different.
  public var warning: String?

  /// Tells how many features a row has.
  mutating func describe(features: Int) { shape = "\(features) feature\(features == 1 ? "" : "s")" }

  /// Tells how many numbers of a row are to be predicted.
  mutating func describe(targets: Int) { labels = "\(targets) target\(targets == 1 ? "" : "s")" }

  /// Tells how many classes the labels of this name have.
  mutating func describe(classes: Int, of name: String) {
    labels = "\(name) (\(classes) class\(classes == 1 ? "" : "es"))"
  }

  /// Warns of labels that are nearly all different; `option` is the column that --target would take.
  mutating func warn(classes: Int, of name: String, rows: Int, target option: String) {
    guard classes > 20, classes > rows / 2 else { return }
    warning =
      "\(name) has \(classes) classes in \(rows) rows: numbers to predict are taken with --target \(option)"
  }

  /// One line without the tool's name.
  public var text: String {
    var text = "\(rows) row\(rows == 1 ? "" : "s"), \(shape), \(labels)"
    if droppedRows > 0 { text += "; \(droppedRows) row\(droppedRows == 1 ? "" : "s") with missing values left out" }
    if !guesses.isEmpty { text += "; \(TableSurvey.list(guesses)) guessed" }
    return text
  }
}
