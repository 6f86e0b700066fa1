/// How a CSV or TSV table is to be read.
public struct TableSettings: Sendable {
  /// What to do with a cell that holds no value: "", NA, NaN, nan, null or ?.
  public enum Missing: String, CaseIterable, Sendable {
    /// An error that names line and column.
    case refuse
    /// The row is left out.
    case drop
    /// The mean of the column's other values; a missing text of a category is none of the texts (features only).
    case mean
  }

  /// The separator; nil to guess among comma, tab and semicolon.
  public var separator: UInt8?
  /// Whether the first row holds names; nil to guess.
  public var hasHeader: Bool?
  /// The column of class labels, by name or 1-based number; nil to guess by the names, "" for none.
  public var label: String?
  /// The column that tells which rows belong together, by name or 1-based number.
  public var group: String?
  /// Columns of numbers to predict, in the order of `y`.
  public var targets: [String] = []
  /// Columns to leave out.
  public var dropped: [String] = []
  /// Columns of texts, each of which becomes one feature a distinct text (one-hot).
  public var categories: [String] = []
  /// What to do with missing values.
  public var missing: Missing = .refuse
  /// Whether NaN and infinities are values.
  public var allowsNotFinite = false
  /// Names of the classes, the id being the position; nil takes them from the labels.
  public var classes: [String]?

  /// What the columns are to agree with; nil makes of them what there is.
  public var like: KnownColumns?

  /// The defaults.
  public init() {}

  /// Whether a setting was made that only a table has.
  var isForTables: Bool { isForColumns || label != nil || !targets.isEmpty }

  /// Whether a setting was made that asks for columns: LIBSVM text has none, but for the label that leads each line.
  var isForColumns: Bool {
    separator != nil || hasHeader != nil || group != nil
      || !dropped.isEmpty || !categories.isEmpty || missing != .refuse || like != nil
  }

  /// Spellings of a missing value.
  static let missingWords: [[UInt8]] = ["", "NA", "NaN", "nan", "null", "?"].map { Array($0.utf8) }
}
